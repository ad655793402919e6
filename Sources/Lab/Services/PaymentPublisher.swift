import AMQP
import AMQPClient
import NIOCore
import Synchronization
import Telemetry

/// Publishes `payment.succeeded` with a confirm, over a connection that is made again when lost.
final class PaymentPublisher: Sendable {
  private struct State {
    var channel: AMQPChannel?
    var published: UInt64 = 0
    var returned: UInt64 = 0
    var unconfirmed: UInt64 = 0
    var isFinishing = false
  }

  private let context: ServiceContext
  private let state = Mutex(State())

  init(context: ServiceContext) {
    self.context = context
  }

  /// Connects for the first time, and again whenever the connection is lost.
  ///
  /// - Throws: What the broker has against the first connection.
  func start() async throws(ServiceFailure) {
    do {
      try await connect()
    } catch {
      throw ServiceFailure(reason: "it cannot publish: \(error)")
    }
    Task { await keepConnected() }
  }

  /// Leaves the broker.
  func finish() async {
    let channel = state.withLock { state in
      state.isFinishing = true
      return state.channel
    }
    await channel?.connection.close()
  }

  /// Adds its sums to a report.
  func count(into counters: inout ServiceCounters) {
    state.withLock { state in
      counters.published = state.published
      counters.returned = state.returned
      counters.unconfirmed = state.unconfirmed
    }
  }

  /// Publishes one payment and waits for the confirm.
  ///
  /// When it returns ``PublishAnswer/confirmed`` the ledger has the payment's line already.
  func publish(_ payment: Payment) async -> PublishAnswer {
    guard let channel = state.withLock({ $0.channel }) else {
      return .failed(reason: "the broker cannot be reached")
    }
    state.withLock { $0.published += 1 }
    let publish = Task<Void, any Error> {
      try await channel.publishConfirmed(
        payment.body,
        exchange: Scenario.payment.exchange,
        routingKey: Scenario.payment.routingKey,
        mandatory: true,
        properties: BasicProperties(
          contentType: "application/json",
          // Persistent: a payment is worth a disk write to a broker that has one.
          deliveryMode: 2,
          messageID: payment.identity.text
        )
      )
    }
    let timer = context.loop.scheduleTask(in: TimeAmount(Limits.confirmTimeout)) {
      publish.cancel()
    }
    defer { timer.cancel() }
    switch await publish.result {
    case .success:
      context.events.write(.confirmed(payment.identity))
      return .confirmed
    case .failure(let error):
      return await failed(error as? ClientError, on: channel)
    }
  }

  private func failed(_ error: ClientError?, on channel: AMQPChannel) async -> PublishAnswer {
    state.withLock { state in
      if error?.code == .returned { state.returned += 1 } else { state.unconfirmed += 1 }
    }
    switch error?.code {
    case .returned: return .failed(reason: "no queue is bound for it")
    case .cancelled: return .failed(reason: "the broker did not confirm it in time")
    case .channelClosed:
      // The exchange was deleted, say; a new connection declares it again.
      await channel.connection.close()
    case .some, nil: break
    }
    return .failed(reason: error?.message ?? "it could not be published")
  }

  private func connect() async throws(ClientError) {
    let channel = try await context.connect()
    try await channel.declareExchange(Scenario.payment.exchange, type: "topic", durable: true)
    try await channel.confirmSelect()
    state.withLock { $0.channel = channel }
  }

  private func keepConnected() async {
    var backoff = Backoff()
    while true {
      if let channel = state.withLock({ $0.channel }) {
        backoff.succeeded()
        _ = await channel.connection.waitUntilClosed()
        state.withLock { $0.channel = nil }
      }
      guard !state.withLock({ $0.isFinishing }) else { return }
      await context.pause(for: backoff.next())
      // Whatever the broker has against it now, the next attempt may succeed.
      try? await connect()
    }
  }
}
