/// What a message's properties ask of the broker, found once when they are checked.
///
/// The common message has none, so that one test of a byte passes it by everything rare.
package struct MessageTraits: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  @inlinable
  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// What the common message asks for.
  ///
  /// An empty literal is a generic call in another module, a tenth of the time of a message.
  @inlinable package static var none: MessageTraits { MessageTraits(rawValue: 0) }

  /// Delivery mode 2: kept on disk in a durable queue.
  package static let persistent = MessageTraits(rawValue: 1 << 0)
  /// It has the expiration property.
  package static let expiring = MessageTraits(rawValue: 1 << 1)
  /// It has headers.
  package static let headers = MessageTraits(rawValue: 1 << 2)
  /// Its headers name more routing keys (RabbitMQ, "Sender-selected Distribution").
  package static let copies = MessageTraits(rawValue: 1 << 3)
  /// It asks for answers to `amq.rabbitmq.reply-to` (RabbitMQ, "Direct Reply-to").
  package static let directReply = MessageTraits(rawValue: 1 << 4)
  /// It was read back from a record that the log keeps for one queue's sake, not for a restart.
  static let pagedIn = MessageTraits(rawValue: 1 << 5)

  /// Whether the message has a place for its position in the log.
  @inlinable var isPositioned: Bool { rawValue & 0b10_0001 != 0 }
}
