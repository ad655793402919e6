import AMQP
import Telemetry

/// What a person at the dashboard can do to clients.
extension Broker {
  /// Ends one consumer; what it holds stays with its channel, which can settle it.
  ///
  /// A client that asked for such notices gets `basic.cancel`; another waits for ever.
  ///
  /// - Returns: The consumer.
  package func cancel(consumer identifier: UInt64) -> Result<Consumer, OperationRefusal> {
    findConsumer(identifier).map { consumer in
      record(
        .warning,
        "consumer '\(consumer.tag.text)' of \(consumer.queue.name.text) cancelled (you)"
      )
      cancelByBroker(consumer)
      removeIfUnused(consumer.queue)
      return consumer
    }
  }

  /// Sets how many messages a live consumer may hold; 0 means no limit.
  ///
  /// One that holds more keeps them and gets none until it has settled enough.
  ///
  /// - Returns: The consumer; a refusal for one that acknowledges automatically.
  package func setPrefetch(
    _ count: UInt16,
    consumer identifier: UInt64
  ) -> Result<Consumer, OperationRefusal> {
    findConsumer(identifier).flatMap { consumer in
      guard !consumer.isAutomaticallyAcknowledged else {
        return .failure(
          OperationRefusal(
            "consumer '\(consumer.tag.text)' acknowledges automatically and has no prefetch count"
          )
        )
      }
      let old = consumer.prefetchCount
      consumer.prefetchCount = Int(count)
      schedulePump(consumer.queue)
      record(
        .information,
        "prefetch count of consumer '\(consumer.tag.text)' changed from \(old) to \(count) (you)"
      )
      return .success(consumer)
    }
  }

  /// Closes a connection with `connection.close` and the person's reason.
  ///
  /// - Returns: The connection's name.
  package func close(
    connection identifier: UInt64,
    reason: String
  ) -> Result<String, OperationRefusal> {
    findConnection(identifier).flatMap { connection in
      guard let transport = connection.transport else { return .failure(.connectionIsGone) }
      record(.warning, "connection '\(connection.identity.name)' closed (you)")
      transport.close(for: Violation(.connectionForced, Self.stated(reason)))
      return .success(connection.identity.name)
    }
  }

  /// Closes a channel with `channel.close` and the person's reason; its messages are requeued.
  ///
  /// The code is 406, which clients know from RabbitMQ's own closing of channels in delay.
  ///
  /// - Returns: The connection's name.
  package func close(
    channel number: UInt16,
    ofConnection identifier: UInt64,
    reason: String
  ) -> Result<String, OperationRefusal> {
    findConnection(identifier).flatMap { connection in
      let name = connection.identity.name
      guard connection.channels[number] != nil, let transport = connection.transport else {
        return .failure(OperationRefusal("connection '\(name)' has no channel \(number)"))
      }
      record(.warning, "channel \(number) of connection '\(name)' closed (you)")
      transport.close(
        channel: number,
        for: Violation(.preconditionFailed, Self.stated(reason))
      )
      return .success(name)
    }
  }

  private func findConnection(_ identifier: UInt64) -> Result<Connection, OperationRefusal> {
    connections[identifier].map { .success($0) } ?? .failure(.connectionIsGone)
  }

  private static func stated(_ reason: String) -> String {
    reason.isEmpty ? "closed by the operator" : reason
  }
}

extension OperationRefusal {
  fileprivate static let connectionIsGone = OperationRefusal("that connection is gone")
}
