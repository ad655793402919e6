import Canvas
import Dashboard
import ManagementClient
import Telemetry

/// What a person does to a broker elsewhere.
extension AttachStage {
  /// Does it.
  ///
  /// - Returns: What to tell the person.
  func perform(_ act: BrokerAct) async -> Outcome {
    if case .publish(let draft) = act {
      let message = OutgoingMessage(
        exchange: draft.exchange,
        routingKey: draft.routingKey,
        properties: draft.properties,
        headers: draft.headers,
        body: draft.body
      )
      return await publish(message, draft.virtualHost, draft.count)
    }
    return await outcome { session throws(ManagementError) in
      switch act {
      case .publish: return ""
      case .purge(let queue):
        try await session.purge(queue)
        return "\(queue.shownName) is purged"
      case .deleteQueue(let queue):
        try await session.delete(queue: queue)
        return "\(queue.shownName) is deleted"
      case .deleteExchange(let exchange):
        try await session.delete(exchange: exchange)
        return "\(exchange.shownName) is deleted"
      case .declareQueue(let draft):
        try await session.declare(
          queue: draft.identity,
          isDurable: draft.isDurable,
          isAutoDelete: draft.isAutoDelete,
          arguments: draft.arguments
        )
        return "\(draft.identity.shownName) is declared"
      case .declareExchange(let draft):
        try await session.declare(
          exchange: draft.identity,
          type: draft.type,
          isDurable: draft.isDurable,
          isAutoDelete: draft.isAutoDelete,
          arguments: draft.arguments
        )
        return "\(draft.identity.shownName) is declared"
      case .bind(let binding):
        try await session.bind(binding.snapshot)
        return "bound"
      case .unbind(let binding):
        try await session.unbind(binding.snapshot)
        return "the binding is deleted; u binds again"
      case .moveMessages(let queue, let target):
        try await session.move(queue, to: target)
        return "the broker's shovel moves what waits in \(queue.shownName) to \(target)"
      case .closeConnection(let identifier, let reason):
        try await session.close(connection: identifier, reason: reason)
        return "the connection is closed"
      // The keys for these say why not.
      case .deleteMessage, .parkMessage, .cancelConsumer, .setPrefetch, .closeChannel, .redrive:
        throw .refused(status: 0, reason: "a broker's management cannot do that")
      }
    }
  }

  func publish(
    _ message: OutgoingMessage,
    _ virtualHost: String,
    _ count: Int
  ) async -> Outcome {
    await outcome { session throws(ManagementError) in
      let routed = try await session.publish(message, virtualHost: virtualHost, count: count)
      let noun = count == 1 ? "message" : "messages"
      return routed == count
        ? "\(Format.count(count)) \(noun) published"
        : "\(Format.count(count)) \(noun) published, \(Format.count(count - routed)) came to no queue"
    }
  }

  func close(consumer identifier: UInt64) async -> Outcome {
    await outcome { session throws(ManagementError) in
      try await session.close(consumer: identifier, reason: "closed by hand")
      return "the consumer's connection is closed"
    }
  }

  func peek(_ queue: QueueIdentity) async -> Message {
    do {
      return .peeked(
        queue,
        try await session.peek(queue, count: Dashboard.Limits.peekedMessages)
      )
    } catch {
      return .outcome(.refused(SafeText.clean(error.description)))
    }
  }

  private func outcome(
    _ work: (ManagementSession) async throws(ManagementError) -> String
  ) async -> Outcome {
    do {
      let text = try await work(session)
      // What the key did shows with the next picture, so that one comes at once.
      await session.refresh()
      return .succeeded(SafeText.clean(text))
    } catch {
      return .refused(SafeText.clean(error.description))
    }
  }
}

extension BindingIdentity {
  fileprivate var snapshot: BindingSnapshot {
    BindingSnapshot(
      virtualHost: virtualHost,
      source: source,
      destination: destination,
      routingKey: routingKey,
      arguments: arguments,
      argumentPairs: argumentPairs
    )
  }
}
