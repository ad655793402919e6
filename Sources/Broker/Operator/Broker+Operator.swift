package import AMQP
import Telemetry

/// What a person at the dashboard can do to the broker, with one line on how it went.
extension Broker {
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

  /// Limits how many messages may wait in a queue, or takes that limit away.
  ///
  /// What is beyond the limit is refused as by `x-overflow` `reject-publish`, and nothing that waits
  /// is thrown away. A limit of the queue's own counts too while it is the lower one.
  ///
  /// - Parameters:
  ///   - limit: Messages, from 0 up; nil lets the queue be as it was declared.
  ///   - name: The queue.
  ///   - host: Where it is.
  /// - Returns: Why it was not done.
  package func setLimit(
    _ limit: Int?,
    ofQueue name: Name,
    in host: VirtualHost
  ) -> Result<Void, OperationRefusal> {
    if let limit, limit < 0 {
      return .failure(OperationRefusal("a limit of \(limit) messages is below 0"))
    }
    return findQueue(name, in: host).map { queue in
      queue.limitByHand = limit
      policyChanged(of: queue)
      let text = limit.map { "takes no message beyond \($0)" } ?? "has no limit by hand any more"
      record(limit == nil ? .information : .warning, "queue '\(name.text)' \(text) (you)")
    }
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
      ?? .failure(OperationRefusal("there is no virtual host '\(name)'", code: .notFound))
  }

  /// Finds a consumer for an operation on it.
  package func findConsumer(_ identifier: UInt64) -> Result<Consumer, OperationRefusal> {
    for queue in hosts.values.flatMap(\.queues.values) {
      for consumer in queue.consumers where consumer.identifier == identifier {
        return .success(consumer)
      }
    }
    return .failure(OperationRefusal("that consumer is gone", code: .notFound))
  }
}

/// Why an operation could not be done, as one line for a person.
package struct OperationRefusal: Error, Sendable, Hashable {
  package var message: String
  /// What a client would have got; nil where clients have no such operation.
  package var code: ReplyCode?

  package init(_ message: String, code: ReplyCode? = nil) {
    self.message = message
    self.code = code
  }
}
