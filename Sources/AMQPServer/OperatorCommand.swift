import Broker
package import Telemetry

/// What a person at the dashboard asks of the broker.
package enum OperatorCommand: Sendable, Hashable {
  /// Publishes the same body `count` times.
  case publish(
    virtualHost: String,
    exchange: String,
    routingKey: String,
    body: [UInt8],
    count: Int
  )
  case pauseQueue(virtualHost: String, name: String, isPaused: Bool)
  case pauseConsumer(identifier: UInt64, isPaused: Bool)
  /// Cuts the socket of the consumer's connection, as if its process had died.
  case closeConsumer(identifier: UInt64)
  /// Raises or clears an alarm by hand, as if the resource were low.
  case setAlarm(ResourceAlarm, isOn: Bool)
  /// Ends the consumer and tells its client.
  case cancelConsumer(identifier: UInt64)
  /// Sets how many messages a live consumer may hold; 0 means no limit.
  case setPrefetch(consumer: UInt64, count: UInt16)
  /// Says `connection.close` with a reason.
  case closeConnection(identifier: UInt64, reason: String)
  /// Says `channel.close` with a reason.
  case closeChannel(connection: UInt64, number: UInt16, reason: String)
  /// Puts a line on the timeline of events.
  case record(text: String, severity: BrokerEvent.Severity)
}

/// Why a command could not be done: one line for a person.
package struct OperatorRefusal: Error, Sendable, Hashable {
  package var message: String

  package init(message: String) {
    self.message = message
  }
}

extension OperatorCommand {
  /// Does it, on the broker's loop.
  func perform(on broker: Broker) -> Result<String, OperatorRefusal> {
    let result: Result<String, OperationRefusal>
    switch self {
    case .publish(let host, let exchange, let routingKey, let body, let count):
      result = broker.findHost(host).flatMap { host in
        broker.publish(
          body,
          toExchange: Name(exchange),
          in: host,
          routingKey: Name(routingKey),
          count: max(1, count)
        )
      }.map { Self.report(routed: $0, of: max(1, count)) }
    case .pauseQueue(let host, let name, let isPaused):
      result = broker.findHost(host).flatMap { host in
        broker.setPaused(isPaused, queue: Name(name), in: host)
      }.map { "queue \(name) is \(isPaused ? "paused" : "running again")" }
    case .pauseConsumer(let identifier, let isPaused):
      result = broker.setPaused(isPaused, consumer: identifier).map { consumer in
        "consumer \(consumer.tag.text) is \(isPaused ? "paused" : "running again")"
      }
    case .closeConsumer(let identifier):
      result = broker.findConsumer(identifier).map { consumer in
        broker.record(.warning, "connection '\(consumer.connection.identity.name)' cut (you)")
        consumer.connection.transport?.cut()
        return "cut the connection of consumer \(consumer.tag.text)"
      }
    case .setAlarm(let alarm, let isOn):
      result = .success(broker.setAlarm(alarm, isOn: isOn))
    case .cancelConsumer, .setPrefetch, .closeConnection, .closeChannel:
      result = performOnClient(of: broker)
    case .record(let text, let severity):
      broker.record(severity, text)
      result = .success("")
    }
    return result.mapError { OperatorRefusal(message: $0.message) }
  }

  private static func report(routed: Int, of count: Int) -> String {
    let messages = count == 1 ? "1 message" : "\(count) messages"
    return routed == count
      ? "published \(messages)"
      : "published \(messages), \(count - routed) reached no queue"
  }
}
