import AMQPClient
import NIOCore
import Synchronization
import Telemetry

/// Consumes one queue: a step of work for each message, a line for the ledger, an acknowledgement.
///
/// It connects again, with growing pauses, whenever the broker goes away.
final class QueueConsumer: Sendable {
  private struct State {
    var inHand: UInt64 = 0
    var isFinishing = false
    /// The channel that is consumed on.
    var channel: AMQPChannel?
    var task: Task<Void, Never>?
  }

  private let context: ServiceContext
  private let queue: String
  private let bench: WorkBench
  private let state = Mutex(State())

  init(context: ServiceContext, queue: String, work: Duration = Limits.work) {
    self.context = context
    self.queue = queue
    bench = WorkBench(places: Int(Limits.prefetchCount), duration: work, loop: context.loop)
  }

  /// Messages in work now.
  var inHand: UInt64 { state.withLock { $0.inHand } }

  /// Connects for the first time and begins to consume.
  ///
  /// - Throws: What the broker has against it; later losses are only waited out.
  func start() async throws(ServiceFailure) {
    let deliveries: DeliveryStream
    do {
      deliveries = try await subscribe()
    } catch {
      throw ServiceFailure(reason: "it cannot consume from queue '\(queue)': \(error)")
    }
    let task = Task { await consume(deliveries) }
    state.withLock { $0.task = task }
  }

  /// Takes no more messages, finishes and acknowledges those in hand, and leaves the broker.
  func finish() async {
    let (channel, task) = state.withLock { state in
      state.isFinishing = true
      return (state.channel, state.task)
    }
    // When the broker is gone there is nothing to cancel.
    try? await channel?.cancel(context.brokerName)
    await task?.value
  }

  /// Connects, makes sure that exchange, queue and binding exist, and subscribes.
  ///
  /// Exchange and queue are durable and not auto-delete: they outlive this process, and what comes
  /// while nobody consumes waits.
  private func subscribe() async throws(ClientError) -> DeliveryStream {
    let scenario = Scenario.payment
    let channel = try await context.connect()
    try await channel.declareExchange(scenario.exchange, type: "topic", durable: true)
    try await channel.declareQueue(queue, durable: true)
    try await channel.bindQueue(
      queue,
      exchange: scenario.exchange,
      routingKey: scenario.routingKey
    )
    try await channel.setPrefetch(count: Limits.prefetchCount)
    let deliveries = try await channel.consume(queue, tag: context.brokerName)
    state.withLock { $0.channel = channel }
    return deliveries
  }

  private func consume(_ first: DeliveryStream) async {
    var deliveries: DeliveryStream? = first
    var backoff = Backoff()
    while true {
      if let deliveries {
        backoff.succeeded()
        await work(off: deliveries)
        let channel = state.withLock { state in
          defer { state.channel = nil }
          return state.channel
        }
        await channel?.connection.close()
      }
      deliveries = nil
      guard !state.withLock({ $0.isFinishing }) else { return }
      await context.pause(for: backoff.next())
      // Whatever the broker has against it now, the next attempt may succeed.
      deliveries = try? await subscribe()
    }
  }

  /// Works on all deliveries of one subscription, as many at once as the broker sends.
  private func work(off deliveries: DeliveryStream) async {
    guard let channel = state.withLock({ $0.channel }) else { return }
    await withDiscardingTaskGroup { group in
      for await delivery in deliveries {
        group.addTask { await self.handle(delivery, on: channel) }
      }
    }
  }

  private func handle(_ delivery: Delivery, on channel: AMQPChannel) async {
    state.withLock { $0.inHand += 1 }
    defer { state.withLock { $0.inHand -= 1 } }
    do {
      try await bench.work()
    } catch {
      // More than the prefetch allows was sent; what is not acknowledged comes again.
      return
    }
    // Not every message is a payment: a person may publish by hand, and that is work as well.
    let payment = Payment(body: delivery.body.readableBytesView)
    // First the ledger's line, then the acknowledgement; see ``ServiceEvent``.
    context.events.write(.handled(payment?.identity, isRedelivered: delivery.redelivered))
    // When the channel is gone the broker delivers the message again.
    try? await channel.acknowledge(delivery.deliveryTag)
  }
}
