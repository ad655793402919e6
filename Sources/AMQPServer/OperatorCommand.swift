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
  /// Publishes a message with properties and headers.
  case publishMessage(OperatorMessage)
  case pauseQueue(virtualHost: String, name: String, isPaused: Bool)
  /// Refuses messages beyond so many that wait in a queue, until the broker ends; nil lets the
  /// queue be as it was declared.
  case limitQueue(virtualHost: String, name: String, maximumLength: Int?)
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
  /// Throws away what waits in a queue.
  case purgeQueue(virtualHost: String, name: String)
  case deleteQueue(virtualHost: String, name: String)
  case deleteExchange(virtualHost: String, name: String)
  case declareQueue(QueueRequest)
  case declareExchange(ExchangeRequest)
  case bind(BindingRequest)
  case unbind(BindingRequest)
  /// Moves the messages at the head of a queue to the end of another; nil means all that wait.
  case moveMessages(virtualHost: String, from: String, to: String, count: Int?)
  /// Throws away one waiting message; `identifier` is as ``BrokerServer/peek`` gave it.
  case deleteMessage(virtualHost: String, queue: String, identifier: UInt64)
  /// Puts one waiting message into another queue.
  case parkMessage(virtualHost: String, queue: String, identifier: UInt64, to: String)
  /// Puts a line on the timeline of events.
  case record(text: String, severity: BrokerEvent.Severity)
}

/// Why a command could not be done: one line for a person.
package struct OperatorRefusal: Error, Sendable, Hashable {
  package var message: String

  package init(message: String) {
    self.message = message
  }

  static let stopped = OperatorRefusal(message: "the broker has stopped")
}

extension OperatorCommand {
  /// Does what takes one turn, on the broker's loop.
  func perform(on broker: Broker) -> Result<String, OperatorRefusal> {
    let result: Result<String, OperationRefusal>
    switch self {
    case .publish, .publishMessage, .deleteMessage, .parkMessage:
      result = broker.byOperator { performOnMessages(of: broker) }
    case .purgeQueue, .deleteQueue, .deleteExchange, .declareQueue, .declareExchange, .bind,
      .unbind:
      result = broker.byOperator { performOnTopology(of: broker) }
    case .moveMessages: preconditionFailure("a move takes several turns")
    case .pauseQueue(let host, let name, let isPaused):
      result = broker.findHost(host).flatMap { host in
        broker.setPaused(isPaused, queue: Name(name), in: host)
      }.map { "queue \(name) is \(isPaused ? "paused" : "running again")" }
    case .limitQueue(let host, let name, let limit):
      result = broker.findHost(host).flatMap { broker.setLimit(limit, ofQueue: Name(name), in: $0) }
        .map {
          limit.map { "queue \(name) takes no message beyond \($0)" }
            ?? "queue \(name) has no limit by hand any more"
        }
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
}
