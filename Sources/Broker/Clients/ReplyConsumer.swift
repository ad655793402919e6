import AMQP

/// A channel that waits for answers without a queue (RabbitMQ, "Direct Reply-to").
///
/// - Isolation: the broker's loop.
final class ReplyConsumer {
  /// Where answers are published to, through the default exchange; nobody can guess it.
  let name: Name
  let tag: Name
  // Safe: a channel takes its reply consumer out of the broker before it goes.
  unowned(unsafe) let channel: Channel

  init(name: Name, tag: Name, channel: Channel) {
    self.name = name
    self.tag = tag
    self.channel = channel
  }

  /// The name that clients consume from and name as the address of answers.
  static let address = Name("amq.rabbitmq.reply-to")

  /// Whether a name is of the form of a reply consumer's own.
  static func isName(_ bytes: some Collection<UInt8>) -> Bool {
    let count = address.bytes.count
    return bytes.count > count && bytes.starts(with: address.bytes)
      && bytes.dropFirst(count).first == UInt8(ascii: ".")
  }
}
