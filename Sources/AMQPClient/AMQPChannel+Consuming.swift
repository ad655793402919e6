package import AMQP
import NIOCore

extension AMQPChannel {
  /// Starts a consumer.
  ///
  /// - Parameters:
  ///   - queue: The queue to read.
  ///   - tag: Its name on this channel; empty lets the server make one up.
  ///   - noAck: Deliveries count as acknowledged when they are sent.
  ///   - exclusive: Nobody else may consume from the queue.
  ///   - arguments: The server's extensions.
  /// - Returns: The deliveries; dropping the stream cancels the consumer and requeues what it
  ///   holds unread.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func consume(
    _ queue: String,
    tag: String = "",
    noAck: Bool = false,
    exclusive: Bool = false,
    arguments: FieldTable = [:]
  ) async throws(ClientError) -> DeliveryStream {
    try checkNames(queue, tag)
    let method = BasicConsume(
      queue: queue,
      consumerTag: tag,
      noAck: noAck,
      exclusive: exclusive,
      arguments: arguments
    )
    let buffer = try await perform { (session, waiter: Waiter<DeliveryBuffer>) in
      session.consume(method, waiter)
    }
    return DeliveryStream(channel: self, buffer: buffer)
  }

  /// Ends a consumer; its stream ends after what it holds already.
  package func cancel(_ tag: String) async throws(ClientError) {
    try checkNames(tag)
    try await perform { session, waiter in session.cancel(tag, waiter) }
  }

  /// Fetches one message; nil when the queue has none ready.
  package func get(_ queue: String, noAck: Bool = false) async throws(ClientError) -> Delivery? {
    try checkNames(queue)
    return try await perform { session, waiter in
      session.get(BasicGet(queue: queue, noAck: noAck), waiter)
    }
  }

  /// Settles a delivery, or with `multiple` also all before it (tag 0: all).
  ///
  /// A cancelled task settles too; it only does not wait for room in the socket.
  package func acknowledge(
    _ deliveryTag: UInt64,
    multiple: Bool = false
  ) async throws(ClientError) {
    try await send(.basicAck(BasicAck(deliveryTag: deliveryTag, multiple: multiple)))
  }

  /// Refuses a delivery, or with `multiple` also all before it (tag 0: all).
  ///
  /// - Parameters:
  ///   - deliveryTag: As the delivery carried it.
  ///   - multiple: Also every lower tag.
  ///   - requeue: Back to the queue instead of dropped.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func nack(
    _ deliveryTag: UInt64,
    multiple: Bool = false,
    requeue: Bool = true
  ) async throws(ClientError) {
    let method = BasicNack(deliveryTag: deliveryTag, multiple: multiple, requeue: requeue)
    try await send(.basicNack(method))
  }

  /// Refuses one delivery, which goes back to its queue or is dropped.
  package func reject(_ deliveryTag: UInt64, requeue: Bool = true) async throws(ClientError) {
    try await send(.basicReject(BasicReject(deliveryTag: deliveryTag, requeue: requeue)))
  }

  /// Puts back everything that this channel has not acknowledged.
  package func recover(requeue: Bool = true) async throws(ClientError) {
    _ = try await call(.basicRecover(BasicRecover(requeue: requeue)), answer: BasicRecoverOk.self)
  }

  /// Sends a method that has no answer and waits until there is room for more.
  private func send(_ method: Method) async throws(ClientError) {
    do throws(ClientError) {
      try await perform { session, waiter in session.send(method, waiter) }
    } catch {
      // Sent all the same: work that is done is settled, or it would be done twice.
      guard error.code == .cancelled else { throw error }
    }
  }
}
