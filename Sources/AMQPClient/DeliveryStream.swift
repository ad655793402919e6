import NIOCore

/// Why a consumer gets no more deliveries.
package enum ConsumerEnd: Sendable, Hashable {
  case cancelledByClient
  /// The queue is gone, or the server's operator cancelled the consumer.
  case cancelledByServer
  /// The channel or the connection ended.
  case closed(ClientError)
}

/// A consumer's deliveries, in order; several readers share them.
///
/// The stream ends when the consumer is cancelled by either side or its channel ends, after the
/// deliveries that had come by then, and for a reader whose task is cancelled. While
/// ``ClientLimits/bufferedDeliveries`` wait unread the whole connection stops reading, unless
/// somebody waits for an answer of the server.
package final class DeliveryStream: AsyncSequence, Sendable {
  package typealias Element = Delivery
  package typealias Failure = Never

  private let channel: AMQPChannel
  let buffer: DeliveryBuffer

  init(channel: AMQPChannel, buffer: DeliveryBuffer) {
    self.channel = channel
    self.buffer = buffer
  }

  deinit {
    let buffer = buffer
    let session = channel.session
    channel.connection.execute { session.value.abandon(buffer) }
  }

  /// The name of the consumer on its channel.
  package var consumerTag: String { buffer.consumerTag }

  /// Why there will be no more; nil while the consumer lives.
  package var end: ConsumerEnd? { buffer.end }

  /// Reads the stream; holds it while it lives.
  package struct Iterator: AsyncIteratorProtocol {
    let stream: DeliveryStream

    /// Waits for the next delivery; nil at the end and when the task is cancelled.
    package mutating func next(isolation actor: isolated (any Actor)?) async -> Delivery? {
      await stream.buffer.next()
    }

    /// Waits for the next delivery; nil at the end and when the task is cancelled.
    package mutating func next() async -> Delivery? {
      await stream.buffer.next()
    }
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(stream: self)
  }
}
