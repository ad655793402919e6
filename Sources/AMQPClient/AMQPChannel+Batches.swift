package import AMQP
package import struct NIOCore.ByteBuffer

// Many messages with one hop to the event loop, for whoever sends or settles tens of thousands a
// second.
extension AMQPChannel {
  /// Publishes messages that differ in their bodies alone, without waiting for confirms.
  ///
  /// Returns when they are on their way and there is room for more.
  ///
  /// - Parameters:
  ///   - bodies: Each at most ``ClientLimits/bodyBytes``; sent in this order.
  ///   - exchange: Empty for the default exchange.
  ///   - routingKey: At most 255 bytes.
  ///   - properties: Of each; must fit into one frame.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func publish(
    contentsOf bodies: [ByteBuffer],
    exchange: String,
    routingKey: String,
    properties: BasicProperties = BasicProperties()
  ) async throws(ClientError) {
    let batch = try OutgoingBatch(bodies, exchange, routingKey, properties)
    try await perform { session, waiter in session.publish(batch, nil, waiter) }
  }

  /// Publishes messages that differ in their bodies alone, and tells of each when it is settled.
  ///
  /// Returns when they are on their way and there is room for more, long before they are confirmed.
  /// The channel must be confirming (``confirmSelect()``).
  ///
  /// - Parameters:
  ///   - bodies: Each at most ``ClientLimits/bodyBytes``; sent in this order.
  ///   - exchange: Empty for the default exchange.
  ///   - routingKey: At most 255 bytes.
  ///   - properties: Of each; must fit into one frame.
  ///   - onSettled: Called once for each with its index in `bodies`, and nil when it is confirmed,
  ///     else why it is not. It runs on the event loop and must not wait.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func publishConfirmed(
    contentsOf bodies: [ByteBuffer],
    exchange: String,
    routingKey: String,
    properties: BasicProperties = BasicProperties(),
    onSettled: @escaping @Sendable (_ index: Int, _ error: ClientError?) -> Void
  ) async throws(ClientError) {
    let batch = try OutgoingBatch(bodies, exchange, routingKey, properties)
    try await perform { session, waiter in session.publish(batch, onSettled, waiter) }
  }

  /// Settles deliveries, each by itself.
  ///
  /// A cancelled task settles too; it only does not wait for room in the socket.
  ///
  /// - Parameter deliveryTags: As the deliveries carried them.
  /// - Throws: The reason why the channel or its connection is gone.
  package func acknowledge(contentsOf deliveryTags: [UInt64]) async throws(ClientError) {
    do throws(ClientError) {
      try await perform { session, waiter in session.acknowledge(deliveryTags, waiter) }
    } catch {
      guard error.code == .cancelled else { throw error }
    }
  }
}

extension DeliveryStream {
  /// Waits until there is a delivery and takes all that are there by then, in order.
  ///
  /// - Parameter limit: How many at most; at least 1.
  /// - Returns: Empty at the end and when the task is cancelled.
  package func nextBatch(atMost limit: Int) async -> [Delivery] {
    await buffer.nextBatch(atMost: limit)
  }
}

/// Messages on their way to the server, checked.
struct OutgoingBatch: Sendable {
  let first: OutgoingMessage
  let bodies: [ByteBuffer]

  init(
    _ bodies: [ByteBuffer],
    _ exchange: String,
    _ routingKey: String,
    _ properties: BasicProperties
  ) throws(ClientError) {
    let longest = bodies.max { $0.readableBytes < $1.readableBytes }
    first = try OutgoingMessage(
      method: BasicPublish(exchange: exchange, routingKey: routingKey),
      properties: properties,
      body: longest ?? ByteBuffer()
    )
    self.bodies = bodies
  }
}

extension ChannelSession {
  /// Sends a batch; `waiter` waits for room, `onSettled` for each confirm.
  func publish(
    _ batch: OutgoingBatch,
    _ onSettled: (@Sendable (Int, ClientError?) -> Void)?,
    _ waiter: Waiter<Void>
  ) {
    if onSettled != nil, !confirms.isSelected, failure == nil {
      let message = "confirmSelect() comes before publishConfirmed()"
      waiter.settle(.failure(ClientError(code: .invalidArgument, message: message)))
      return
    }
    for (index, body) in batch.bodies.enumerated() {
      let own: Waiter<Void>
      if let onSettled {
        own = Waiter { outcome in
          switch outcome {
          case .success: onSettled(index, nil)
          case .failure(let error): onSettled(index, error)
          }
        }
      } else {
        own = index == batch.bodies.count - 1 ? waiter : Waiter()
      }
      publish(
        PendingPublish(
          message: OutgoingMessage(batch.first, body: body),
          waiter: own,
          awaitsConfirm: onSettled != nil
        )
      )
    }
    if onSettled == nil, !batch.bodies.isEmpty { return }
    if let failure {
      waiter.settle(.failure(failure))
    } else {
      connection.whenWritable(waiter)
    }
  }

  /// Acknowledges each delivery by itself.
  func acknowledge(_ deliveryTags: [UInt64], _ waiter: Waiter<Void>) {
    if let failure {
      waiter.settle(.failure(failure))
      return
    }
    for tag in deliveryTags {
      connection.writeMethod(BasicAck(deliveryTag: tag, multiple: false), channel: number)
    }
    connection.whenWritable(waiter)
  }
}
