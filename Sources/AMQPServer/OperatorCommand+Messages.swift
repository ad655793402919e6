import Broker
import Telemetry

extension OperatorCommand {
  /// Does what concerns messages and takes one turn.
  func performOnMessages(of broker: Broker) -> Result<String, OperationRefusal> {
    switch self {
    case .publish(let host, let exchange, let routingKey, let body, let count):
      return Self.publish(
        OperatorMessage(
          virtualHost: host,
          exchange: exchange,
          routingKey: routingKey,
          body: body,
          count: max(1, count)
        ),
        on: broker
      )
    case .publishMessage(let message): return Self.publish(message, on: broker)
    case .deleteMessage(let host, let queue, let identifier):
      return broker.findHost(host).flatMap {
        broker.deleteMessage(identifier, queue: Name(queue), in: $0)
      }.map { "deleted 1 message of '\(queue)'" }
    case .parkMessage(let host, let queue, let identifier, let destination):
      return broker.findHost(host).flatMap {
        broker.parkMessage(identifier, queue: Name(queue), to: Name(destination), in: $0)
      }.map { "parked 1 message of '\(queue)' in '\(destination)'" }
    case .pauseQueue, .limitQueue, .pauseConsumer, .closeConsumer, .setAlarm, .cancelConsumer,
      .setPrefetch,
      .closeConnection, .closeChannel, .purgeQueue, .deleteQueue, .deleteExchange, .declareQueue,
      .declareExchange, .bind, .unbind, .moveMessages, .record:
      preconditionFailure("the command concerns messages")
    }
  }

  private static func publish(
    _ message: OperatorMessage,
    on broker: Broker
  ) -> Result<String, OperationRefusal> {
    message.content().flatMap { content in
      broker.findHost(message.virtualHost).flatMap { host in
        broker.publishByOperator(
          content,
          toExchange: Name(message.exchange),
          in: host,
          routingKey: Name(message.routingKey),
          count: message.count
        )
      }
    }.flatMap { counts in
      let report = report(counts, of: message.count)
      let place = message.exchange.isEmpty ? message.routingKey : message.exchange
      broker.record(.information, "\(report) to '\(place)'")
      guard counts.refused < message.count else {
        return .failure(OperationRefusal("the queue is full, or the message store takes nothing"))
      }
      return .success(report)
    }
  }

  private static func report(_ counts: PublicationCount, of count: Int) -> String {
    var text = "published \(messages(count))"
    if counts.unroutable > 0 { text += ", \(counts.unroutable) reached no queue" }
    if counts.refused > 0 { text += ", \(counts.refused) refused" }
    if counts.heldBack > 0 { text += ", \(counts.heldBack) held back" }
    return text
  }
}
