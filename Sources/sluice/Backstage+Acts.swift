import AMQPServer
import Dashboard
import Telemetry

/// What a person does to the broker in forms and dialogs, in the words of the server.
extension Backstage {
  /// Does it.
  ///
  /// - Returns: What to tell the person.
  func perform(_ act: BrokerAct) async -> Outcome? {
    if case .redrive(let queue) = act { return await redrive(queue) }
    guard let command = command(for: act) else { return nil }
    return await tell(command)
  }

  private func command(for act: BrokerAct) -> OperatorCommand? {
    switch act {
    case .publish(let draft): .publishMessage(message(draft))
    case .purge(let queue): .purgeQueue(virtualHost: queue.virtualHost, name: queue.name)
    case .deleteQueue(let queue): .deleteQueue(virtualHost: queue.virtualHost, name: queue.name)
    case .deleteExchange(let exchange):
      .deleteExchange(virtualHost: exchange.virtualHost, name: exchange.name)
    case .declareQueue(let draft):
      .declareQueue(
        QueueRequest(
          virtualHost: draft.identity.virtualHost,
          name: draft.identity.name,
          isDurable: draft.isDurable,
          isAutoDelete: draft.isAutoDelete,
          arguments: draft.arguments
        )
      )
    case .declareExchange(let draft):
      .declareExchange(
        ExchangeRequest(
          virtualHost: draft.identity.virtualHost,
          name: draft.identity.name,
          type: draft.type,
          isDurable: draft.isDurable,
          isAutoDelete: draft.isAutoDelete,
          arguments: draft.arguments
        )
      )
    case .bind(let binding): .bind(Self.request(binding))
    case .unbind(let binding): .unbind(Self.request(binding))
    case .moveMessages(let queue, let target):
      .moveMessages(virtualHost: queue.virtualHost, from: queue.name, to: target, count: nil)
    case .deleteMessage(let queue, let identifier):
      .deleteMessage(virtualHost: queue.virtualHost, queue: queue.name, identifier: identifier)
    case .parkMessage(let queue, let identifier, let target):
      .parkMessage(
        virtualHost: queue.virtualHost,
        queue: queue.name,
        identifier: identifier,
        to: target
      )
    case .cancelConsumer(let identifier): .cancelConsumer(identifier: identifier)
    case .setPrefetch(let consumer, let count): .setPrefetch(consumer: consumer, count: count)
    case .closeConnection(let identifier, let reason):
      .closeConnection(identifier: identifier, reason: reason)
    case .closeChannel(let connection, let number, let reason):
      .closeChannel(connection: connection, number: number, reason: reason)
    case .redrive: nil
    }
  }

  private func message(_ draft: MessageDraft) -> OperatorMessage {
    OperatorMessage(
      virtualHost: draft.virtualHost,
      exchange: draft.exchange,
      routingKey: draft.routingKey,
      properties: draft.properties,
      headers: draft.headers,
      body: draft.body,
      count: draft.count
    )
  }

  private static func request(_ binding: BindingIdentity) -> BindingRequest {
    BindingRequest(
      virtualHost: binding.virtualHost,
      source: binding.source,
      destination: binding.destination,
      routingKey: binding.routingKey,
      arguments: binding.argumentPairs
    )
  }

  private func redrive(_ queue: QueueIdentity) async -> Outcome {
    let result = await server.redrive(
      virtualHost: queue.virtualHost,
      queue: queue.name,
      isDryRun: false
    )
    switch result {
    case .success(let redrive):
      let moved = redrive.groups.filter { $0.obstacle == nil }.reduce(0) { $0 + $1.count }
      return .succeeded("\(moved) messages of \(queue.name) went back to where they came from")
    case .failure(let refusal): return .refused(refusal.message)
    }
  }

  /// Looks closer at something for the dashboard.
  ///
  /// - Returns: The answer, or why there is none.
  func look(_ look: Look) async -> Message {
    switch look {
    case .peek(let queue):
      let result = await server.peek(
        virtualHost: queue.virtualHost,
        queue: queue.name,
        from: 0,
        count: Dashboard.Limits.peekedMessages
      )
      return result.message { .peeked(queue, $0) }
    case .redrive(let queue):
      let result = await server.redrive(
        virtualHost: queue.virtualHost,
        queue: queue.name,
        isDryRun: true
      )
      return result.message { .redrive(queue, $0) }
    }
  }
}

extension Result where Failure == OperatorRefusal {
  /// What the dashboard is told about it.
  fileprivate func message(_ success: (Success) -> Message) -> Message {
    switch self {
    case .success(let value): success(value)
    case .failure(let refusal): .outcome(.refused(refusal.message))
    }
  }
}
