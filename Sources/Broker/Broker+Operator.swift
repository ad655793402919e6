import AMQP
import Telemetry

/// What a person at the dashboard can do to the broker, with one line on how it went.
extension Broker {
  /// Publishes messages as a client would, each with its own copy of the body.
  ///
  /// - Returns: How many of them reached a queue.
  package func publish(
    _ body: [UInt8],
    toExchange exchangeName: Name,
    in host: VirtualHost,
    routingKey: Name,
    count: Int
  ) -> Result<Int, OperationRefusal> {
    guard let exchange = host.exchanges[exchangeName] else {
      return .failure(OperationRefusal("there is no exchange '\(exchangeName.text)'"))
    }
    guard !exchange.isInternal else {
      return .failure(OperationRefusal("exchange '\(exchangeName.text)' is internal"))
    }
    guard routingKey.bytes.count <= Limits.shortStringBytes else {
      return .failure(OperationRefusal("a routing key has at most 255 bytes"))
    }
    var routed = 0
    for _ in 0..<count {
      guard let message = makeMessage(body, exchange: exchangeName, routingKey: routingKey) else {
        return .failure(OperationRefusal("no memory for \(body.count) bytes"))
      }
      let before = exchange.unroutable
      publishByOperator(message, through: exchange)
      if exchange.unroutable == before { routed += 1 }
    }
    return .success(routed)
  }

  private func makeMessage(_ body: [UInt8], exchange: Name, routingKey: Name) -> Message? {
    // Property flags with none set: the empty property list (AMQP 0-9-1 section 4.2.6.1).
    let properties: [UInt8] = [0, 0]
    // Safe: `reserve` copies the three pieces; the body is as long as was reserved for it.
    let message = exchange.bytes.withUnsafeBytes { exchangeBytes in
      routingKey.bytes.withUnsafeBytes { keyBytes in
        properties.withUnsafeBytes { propertyBytes in
          Message.reserve(
            exchange: exchangeBytes,
            routingKey: keyBytes,
            properties: propertyBytes,
            bodyBytes: body.count,
            enteredAt: now
          )
        }
      }
    }
    body.withUnsafeBytes { message?.bodyForWriting.copyMemory(from: $0) }
    return message
  }

  /// Stops or lets go on the delivery of a queue's messages.
  package func setPaused(
    _ isPaused: Bool,
    queue name: Name,
    in host: VirtualHost
  ) -> Result<Void, OperationRefusal> {
    guard let queue = host.queues[name] else {
      return .failure(OperationRefusal("there is no queue '\(name.text)' any more"))
    }
    queue.isPaused = isPaused
    if !isPaused { schedulePump(queue) }
    record(.information, "queue '\(name.text)' " + (isPaused ? "paused" : "resumed") + " (you)")
    return .success(())
  }

  /// Stops or lets go on deliveries to one consumer.
  ///
  /// - Returns: The consumer.
  package func setPaused(
    _ isPaused: Bool,
    consumer identifier: UInt64
  ) -> Result<Consumer, OperationRefusal> {
    findConsumer(identifier).map { consumer in
      consumer.isPaused = isPaused
      if !isPaused { schedulePump(consumer.queue) }
      record(
        .information,
        "consumer '\(consumer.tag.text)' " + (isPaused ? "paused" : "resumed") + " (you)"
      )
      return consumer
    }
  }

  /// Finds a virtual host for an operation in it.
  package func findHost(_ name: String) -> Result<VirtualHost, OperationRefusal> {
    hosts[name].map { .success($0) }
      ?? .failure(OperationRefusal("there is no virtual host '\(name)'"))
  }

  /// Finds a consumer for an operation on it.
  package func findConsumer(_ identifier: UInt64) -> Result<Consumer, OperationRefusal> {
    for queue in hosts.values.flatMap(\.queues.values) {
      for consumer in queue.consumers where consumer.identifier == identifier {
        return .success(consumer)
      }
    }
    return .failure(OperationRefusal("that consumer is gone"))
  }
}

/// Why an operation could not be done, as one line for a person.
package struct OperationRefusal: Error, Sendable, Hashable {
  package var message: String

  package init(_ message: String) {
    self.message = message
  }
}
