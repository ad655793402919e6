package import AMQP
package import struct NIOCore.ByteBuffer

/// A message that came from a queue.
package struct Delivery: Sendable, Hashable {
  /// Empty for a message that was fetched with ``AMQPChannel/get(_:noAck:)``.
  package var consumerTag: String
  /// What settles it, on the channel that it came on.
  package var deliveryTag: UInt64
  /// Whether the message was delivered before.
  package var redelivered: Bool
  package var exchange: String
  package var routingKey: String
  package var properties: BasicProperties
  package var body: ByteBuffer
}

/// A mandatory message that matched no queue.
package struct ReturnedMessage: Sendable, Hashable {
  /// A ``AMQP/ReplyCode``, usually 312.
  package var replyCode: UInt16
  package var replyText: String
  package var exchange: String
  package var routingKey: String
  package var properties: BasicProperties
  package var body: ByteBuffer
}

/// What the server says of a queue that was declared.
package struct DeclaredQueue: Sendable, Hashable {
  /// The name that was asked for, or the one that the server made up.
  package var name: String
  /// Messages ready for delivery.
  package var messageCount: UInt32
  package var consumerCount: UInt32
}
