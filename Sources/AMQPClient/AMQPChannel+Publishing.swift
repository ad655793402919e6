package import AMQP
package import struct NIOCore.ByteBuffer

extension AMQPChannel {
  /// Publishes a message without waiting for the server to take charge of it.
  ///
  /// Returns when the message is on its way and there is room for the next one: it waits while the
  /// server has blocked publishers and while the socket takes no more.
  ///
  /// - Parameters:
  ///   - body: At most ``ClientLimits/bodyBytes``.
  ///   - exchange: Empty for the default exchange, which routes to the queue named by the key.
  ///   - routingKey: At most 255 bytes.
  ///   - mandatory: An unroutable message comes back on ``AMQPChannel/returns``.
  ///   - immediate: A message that no consumer takes at once comes back; few servers know it.
  ///   - properties: Must fit into one frame.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func publish(
    _ body: ByteBuffer,
    exchange: String,
    routingKey: String,
    mandatory: Bool = false,
    immediate: Bool = false,
    properties: BasicProperties = BasicProperties()
  ) async throws(ClientError) {
    let message = try OutgoingMessage(
      method: BasicPublish(
        exchange: exchange,
        routingKey: routingKey,
        mandatory: mandatory,
        immediate: immediate
      ),
      properties: properties,
      body: body
    )
    try await perform { session, waiter in
      session.publish(PendingPublish(message: message, waiter: waiter, awaitsConfirm: false))
    }
  }

  /// Publishes a message without waiting for the server to take charge of it.
  package func publish(
    _ body: [UInt8],
    exchange: String,
    routingKey: String,
    mandatory: Bool = false,
    properties: BasicProperties = BasicProperties()
  ) async throws(ClientError) {
    try await publish(
      ByteBuffer(bytes: body),
      exchange: exchange,
      routingKey: routingKey,
      mandatory: mandatory,
      properties: properties
    )
  }

  /// Publishes a message and waits until the server has taken charge of it.
  ///
  /// The channel must be confirming (``confirmSelect()``). A mandatory message that came back is
  /// recognised by its route, properties and body; between messages that are equal in all of these
  /// the oldest unconfirmed one is taken to be meant.
  ///
  /// - Parameters:
  ///   - body: At most ``ClientLimits/bodyBytes``.
  ///   - exchange: Empty for the default exchange, which routes to the queue named by the key.
  ///   - routingKey: At most 255 bytes.
  ///   - mandatory: An unroutable message is an error instead of a success.
  ///   - properties: Must fit into one frame.
  /// - Throws: ``ClientError/Code/nacked``, ``ClientError/Code/returned``, or the reason why the
  ///   confirm can no longer come; the message may then be with the server or not.
  package func publishConfirmed(
    _ body: ByteBuffer,
    exchange: String,
    routingKey: String,
    mandatory: Bool = false,
    properties: BasicProperties = BasicProperties()
  ) async throws(ClientError) {
    let message = try OutgoingMessage(
      method: BasicPublish(exchange: exchange, routingKey: routingKey, mandatory: mandatory),
      properties: properties,
      body: body
    )
    try await perform { session, waiter in
      session.publish(PendingPublish(message: message, waiter: waiter, awaitsConfirm: true))
    }
  }

  /// Publishes a message and waits until the server has taken charge of it.
  package func publishConfirmed(
    _ body: [UInt8],
    exchange: String,
    routingKey: String,
    mandatory: Bool = false,
    properties: BasicProperties = BasicProperties()
  ) async throws(ClientError) {
    try await publishConfirmed(
      ByteBuffer(bytes: body),
      exchange: exchange,
      routingKey: routingKey,
      mandatory: mandatory,
      properties: properties
    )
  }
}

/// A message on its way to the server, checked.
struct OutgoingMessage: Sendable {
  let method: BasicPublish
  let properties: BasicProperties
  let body: ByteBuffer

  init(
    method: BasicPublish,
    properties: BasicProperties,
    body: ByteBuffer
  ) throws(ClientError) {
    try checkNames(method.exchange, method.routingKey)
    let texts = [
      properties.contentType, properties.contentEncoding, properties.correlationID,
      properties.replyTo, properties.expiration, properties.messageID, properties.type,
      properties.userID, properties.appID, properties.clusterID,
    ]
    for case .some(let text) in texts { try checkNames(text) }
    guard body.readableBytes <= ClientLimits.bodyBytes else {
      throw ClientError(
        code: .limitReached,
        message:
          "a body of \(body.readableBytes) bytes is longer than \(ClientLimits.bodyBytes) bytes"
      )
    }
    self.method = method
    self.properties = properties
    self.body = body
  }

  /// The same with another body, whose length is checked already.
  init(_ other: OutgoingMessage, body: ByteBuffer) {
    method = other.method
    properties = other.properties
    self.body = body
  }
}

/// A message and who waits for it.
struct PendingPublish {
  let message: OutgoingMessage
  let waiter: Waiter<Void>
  /// Until the server confirms it, instead of until the socket has room.
  let awaitsConfirm: Bool
}
