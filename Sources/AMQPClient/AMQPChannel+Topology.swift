package import AMQP

extension AMQPChannel {
  /// Makes an exchange, or checks that it exists when `passive`.
  ///
  /// - Parameters:
  ///   - name: At most 255 bytes.
  ///   - type: `direct`, `fanout`, `topic`, ...
  ///   - durable: It survives a restart of the server.
  ///   - autoDelete: It goes when its last binding goes.
  ///   - passive: Only check; a missing exchange costs the channel.
  ///   - arguments: The server's extensions.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  package func declareExchange(
    _ name: String,
    type: String,
    durable: Bool = false,
    autoDelete: Bool = false,
    passive: Bool = false,
    arguments: FieldTable = [:]
  ) async throws(ClientError) {
    try checkNames(name, type)
    let method = ExchangeDeclare(
      exchange: name,
      type: type,
      passive: passive,
      durable: durable,
      autoDelete: autoDelete,
      arguments: arguments
    )
    _ = try await call(.exchangeDeclare(method), answer: ExchangeDeclareOk.self)
  }

  /// Deletes an exchange and its bindings.
  package func deleteExchange(_ name: String, ifUnused: Bool = false) async throws(ClientError) {
    try checkNames(name)
    _ = try await call(
      .exchangeDelete(ExchangeDelete(exchange: name, ifUnused: ifUnused)),
      answer: ExchangeDeleteOk.self
    )
  }

  /// Makes a queue, or checks that it exists when `passive`.
  ///
  /// - Parameters:
  ///   - name: At most 255 bytes; empty lets the server make one up.
  ///   - durable: It survives a restart of the server.
  ///   - exclusive: For this connection alone, and gone with it.
  ///   - autoDelete: It goes when its last consumer goes.
  ///   - passive: Only check; a missing queue costs the channel.
  ///   - arguments: The server's extensions.
  /// - Returns: Its name and what it holds.
  /// - Throws: The reason why the channel or its connection is gone, or the task's cancellation.
  @discardableResult
  package func declareQueue(
    _ name: String = "",
    durable: Bool = false,
    exclusive: Bool = false,
    autoDelete: Bool = false,
    passive: Bool = false,
    arguments: FieldTable = [:]
  ) async throws(ClientError) -> DeclaredQueue {
    try checkNames(name)
    let method = QueueDeclare(
      queue: name,
      passive: passive,
      durable: durable,
      exclusive: exclusive,
      autoDelete: autoDelete,
      arguments: arguments
    )
    let answer = try await call(.queueDeclare(method), answer: QueueDeclareOk.self)
    return DeclaredQueue(
      name: answer.queue,
      messageCount: answer.messageCount,
      consumerCount: answer.consumerCount
    )
  }

  /// Deletes a queue with its messages and bindings.
  ///
  /// - Returns: How many messages were deleted with it.
  @discardableResult
  package func deleteQueue(
    _ name: String,
    ifUnused: Bool = false,
    ifEmpty: Bool = false
  ) async throws(ClientError) -> UInt32 {
    try checkNames(name)
    let method = QueueDelete(queue: name, ifUnused: ifUnused, ifEmpty: ifEmpty)
    return try await call(.queueDelete(method), answer: QueueDeleteOk.self).messageCount
  }

  /// Drops the ready messages of a queue.
  ///
  /// - Returns: How many messages were dropped.
  @discardableResult
  package func purgeQueue(_ name: String) async throws(ClientError) -> UInt32 {
    try checkNames(name)
    return try await call(.queuePurge(QueuePurge(queue: name)), answer: QueuePurgeOk.self)
      .messageCount
  }

  /// Routes messages from an exchange to a queue.
  package func bindQueue(
    _ queue: String,
    exchange: String,
    routingKey: String = "",
    arguments: FieldTable = [:]
  ) async throws(ClientError) {
    try checkNames(queue, exchange, routingKey)
    let method = QueueBind(
      queue: queue,
      exchange: exchange,
      routingKey: routingKey,
      arguments: arguments
    )
    _ = try await call(.queueBind(method), answer: QueueBindOk.self)
  }

  /// Removes a binding; its routing key and arguments must be those that it was made with.
  package func unbindQueue(
    _ queue: String,
    exchange: String,
    routingKey: String = "",
    arguments: FieldTable = [:]
  ) async throws(ClientError) {
    try checkNames(queue, exchange, routingKey)
    let method = QueueUnbind(
      queue: queue,
      exchange: exchange,
      routingKey: routingKey,
      arguments: arguments
    )
    _ = try await call(.queueUnbind(method), answer: QueueUnbindOk.self)
  }
}
