package import AMQP

/// The kinds of queue that a client may ask for with the argument `x-queue-type`.
///
/// A quorum queue of a single node holds messages as a classic one does; what it asks of its
/// declaration is checked (RabbitMQ, "Quorum Queues").
package enum QueueType: String, Sendable {
  case classic
  case quorum

  static let argument = "x-queue-type"

  /// Reads the argument's value; nil for a type that is not there.
  package init?(_ value: FieldValue) {
    guard let text = value.text else { return nil }
    self.init(rawValue: text)
  }

  /// The type that the arguments of a queue ask for.
  init(of arguments: FieldTable) {
    self = arguments[Self.argument].flatMap { QueueType($0) } ?? .classic
  }
}

extension QueueDeclaration {
  /// Why a queue of this type cannot have these properties; nil when it can.
  func refusal(in host: VirtualHost) -> Violation? {
    guard QueueType(of: arguments) == .quorum else { return nil }
    let properties: [(String, Bool)] = [
      ("auto-delete", isAutoDelete), ("exclusive-owner", isExclusive), ("non-durable", !isDurable),
    ]
    guard let (property, _) = properties.first(where: \.1) else { return nil }
    return Violation(
      .preconditionFailed,
      "invalid property '\(property)' for queue '\(name.text)' in vhost '\(host.name)'"
    )
  }
}
