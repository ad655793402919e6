import AMQP
import AMQPClient
import NIOCore
import Synchronization
import Telemetry

/// Consumes a service's queue: a step of work for each message, a line for the ledger, an
/// acknowledgement; and what the scenario says for a message whose work fails.
///
/// It connects again, with growing pauses, whenever the broker goes away.
final class QueueConsumer: Sendable {
  struct State {
    var inHand: UInt64 = 0
    var givenBack: UInt64 = 0
    var isFinishing = false
    /// The channel that is consumed on.
    var channel: AMQPChannel?
    var task: Task<Void, Never>?
    /// How many queues of a group are consumed.
    var copies: Int
    var subscribed = 0
    /// The group in which deliveries are worked on, fed by every subscription.
    var deliveries: AsyncStream<CopyDelivery>.Continuation?
    /// Failed attempts of messages that are requeued.
    var attempts: [MessageIdentity: Int] = [:]
    /// Replies of each broadcast.
    var replies = ReplyCounts(limit: Limits.countedBroadcasts)
    var poisonCount: UInt64 = 0
    var isPoisoning = false
  }

  /// A delivery with the copy of the queue that it came from.
  struct CopyDelivery: Sendable {
    var delivery: Delivery
    /// From 1; 0 for a queue that is no copy.
    var copy: Int
  }

  let context: ServiceContext
  let service: ServicePlan
  let queue: QueuePlan
  let publisher: EventPublisher
  private let benches: [WorkBench]
  let isGroup: Bool
  let seen: SeenStore
  let state: Mutex<State>

  init(
    context: ServiceContext,
    service: ServicePlan,
    queue: QueuePlan,
    publisher: EventPublisher
  ) {
    self.context = context
    self.service = service
    self.queue = queue
    self.publisher = publisher
    isGroup = context.scenario.isGroup(service)
    let benchCount = isGroup ? Limits.copies + 1 : 1
    // Each copy of a queue is a friend of its own, who waits for nobody.
    benches = (0..<benchCount).map { copy in
      WorkBench(
        places: queue.prefetch,
        plan: service.work,
        context: context,
        salt: 2 + UInt64(copy) + UInt64(context.arguments.number) << 20
      )
    }
    seen = SeenStore(
      path: queue.isIdempotent ? "\(context.arguments.directory)/\(service.name).seen" : nil,
      run: context.arguments.run
    )
    state = Mutex(State(copies: context.scenario.copies(of: service, knob: context.arguments.knob)))
  }

  /// Adds its sums to a report.
  func count(into counters: inout ServiceCounters) {
    state.withLock { state in
      counters.inHand += state.inHand
      counters.givenBack = state.givenBack
    }
  }

  /// Connects for the first time and begins to consume.
  ///
  /// - Throws: What the broker has against it; later losses are only waited out.
  func start() async throws(ServiceFailure) {
    let deliveries: AsyncStream<CopyDelivery>
    do {
      deliveries = try await subscribe()
    } catch {
      throw ServiceFailure(reason: "it cannot consume from queue '\(queue.name)': \(error)")
    }
    let task = Task { await consume(deliveries) }
    state.withLock { $0.task = task }
  }

  /// Takes no more messages, finishes and acknowledges those in hand, and leaves the broker.
  func finish() async {
    let (channel, task, subscribed) = state.withLock { state in
      state.isFinishing = true
      return (state.channel, state.task, state.subscribed)
    }
    for copy in isGroup ? Array(1...max(1, subscribed)) : [0] {
      // When the broker is gone there is nothing to cancel.
      try? await channel?.cancel(tag(copy))
    }
    state.withLock { $0.deliveries?.finish() }
    await task?.value
  }

  /// Holds back or lets go what passes between the service and the broker.
  func followSplit() {
    let channel = state.withLock(\.channel)
    channel?.connection.setSilent(context.faults.isSplit)
  }

  /// Cuts the connection, as if its link had broken.
  func drop() {
    let channel = state.withLock(\.channel)
    channel?.connection.cut()
  }

  /// Consumes more copies of the queue; fewer only means that the further ones get nothing new.
  func setCopies(_ copies: Int) async {
    let channel = state.withLock { state -> AMQPChannel? in
      guard isGroup, copies > state.subscribed else { return nil }
      state.copies = copies
      return state.channel
    }
    guard let channel else { return }
    // What fails here is tried again with the next connection.
    try? await subscribe(on: channel)
  }

  // MARK: Subscribing

  private var type: QueueType { context.arguments.queueType }

  private func tag(_ copy: Int) -> String {
    copy == 0 ? context.brokerName : "\(context.brokerName).\(copy)"
  }

  /// Connects, makes sure that exchanges, queues and bindings exist, and subscribes.
  ///
  /// Exchanges and queues are not auto-delete: they outlive this process, and what comes while
  /// nobody consumes waits.
  private func subscribe() async throws(ClientError) -> AsyncStream<CopyDelivery> {
    let channel = try await context.connect()
    for exchange in context.scenario.exchanges
    where queue.bindings.contains(where: { $0.exchange == exchange.name }) {
      try await channel.declareExchange(exchange.name, type: exchange.type, durable: true)
    }
    if queue.hasDeadLetters {
      try await channel.declareQueue(queue.deadName, durable: true, arguments: type.arguments)
    }
    if queue.onError == .retry {
      try await channel.declareQueue(
        queue.retryName,
        durable: true,
        arguments: queue.retryArguments(of: type)
      )
    }
    try await channel.setPrefetch(count: UInt16(clamping: queue.prefetch))
    let (stream, continuation) = AsyncStream.makeStream(of: CopyDelivery.self)
    state.withLock { state in
      state.channel = channel
      state.subscribed = 0
      state.deliveries = continuation
    }
    try await subscribe(on: channel)
    return stream
  }

  private func subscribe(on channel: AMQPChannel) async throws(ClientError) {
    let (first, last) = state.withLock { ($0.subscribed + 1, $0.copies) }
    for copy in isGroup ? Array(first...max(first, last)) : [0] {
      let name = copy == 0 ? queue.name : queue.copyName(copy)
      try await channel.declareQueue(
        name,
        durable: queue.isDurable,
        arguments: queue.arguments(of: type)
      )
      for binding in queue.bindings {
        try await channel.bindQueue(name, exchange: binding.exchange, routingKey: binding.key)
      }
      let deliveries = try await channel.consume(
        name,
        tag: tag(copy),
        noAck: queue.isAutoAcknowledged
      )
      let sink = state.withLock { state in
        state.subscribed = max(state.subscribed, copy)
        return state.deliveries
      }
      Task {
        for await delivery in deliveries {
          sink?.yield(CopyDelivery(delivery: delivery, copy: copy))
        }
        sink?.finish()
      }
    }
  }

  // MARK: Consuming

  private func consume(_ first: AsyncStream<CopyDelivery>) async {
    var deliveries: AsyncStream<CopyDelivery>? = first
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

  /// Works on all deliveries of one connection, as many at once as the broker sends.
  private func work(off deliveries: AsyncStream<CopyDelivery>) async {
    guard let channel = state.withLock({ $0.channel }) else { return }
    await withDiscardingTaskGroup { group in
      for await delivery in deliveries {
        group.addTask { await self.handle(delivery, on: channel) }
      }
    }
  }

  private func handle(_ arrived: CopyDelivery, on channel: AMQPChannel) async {
    await context.faults.passage()
    state.withLock { $0.inHand += 1 }
    defer { state.withLock { $0.inHand -= 1 } }
    let delivery = arrived.delivery
    // Not every message is ours: a person may publish by hand, and that is work as well.
    var wish = CustomerRequest(body: delivery.body.readableBytesView)
    if arrived.copy > 0 { wish?.identity.copy = arrived.copy }
    if let wish, arrived.copy > wish.copies, wish.poison == nil {
      // This copy of the queue was not among those that the broadcast meant.
      return await acknowledge(delivery, on: channel)
    }
    if let wish, queue.isIdempotent, seen.contains(wish.identity) {
      writeHandled(wish, delivery, isApplied: false)
      return await acknowledge(delivery, on: channel)
    }
    do {
      let isDone = try await benches[arrived.copy].work()
      guard isDone, !context.faults.isPoison(wish?.poison) else {
        return await giveBack(delivery, wish, on: channel)
      }
    } catch {
      // More than the prefetch allows was sent; what is not acknowledged comes again.
      return
    }
    await finish(delivery, wish, arrived.copy, on: channel)
  }

  /// Publishes what follows from the work, writes the line and acknowledges.
  private func finish(
    _ delivery: Delivery,
    _ wish: CustomerRequest?,
    _ copy: Int,
    on channel: AMQPChannel
  ) async {
    if let wish {
      for publish in following(wish) where publish.applies(to: wish) {
        guard await publisher.publish(publish, wish) == .published else {
          return await giveBack(delivery, wish, on: channel)
        }
      }
      if queue.isIdempotent { seen.insert(wish.identity) }
    }
    // First the ledger's line, then the acknowledgement; see ``ServiceEvent``.
    writeHandled(wish, delivery, isApplied: true)
    await context.pause(milliseconds: Double(queue.acknowledgementDelayMilliseconds))
    await acknowledge(delivery, on: channel)
  }

  private func following(_ wish: CustomerRequest) -> [PublishPlan] {
    service.publishes[wish.way] ?? service.publishes[.asynchronous] ?? []
  }

  func acknowledge(_ delivery: Delivery, on channel: AMQPChannel) async {
    guard !queue.isAutoAcknowledged else { return }
    await context.faults.passage()
    // When the channel is gone the broker delivers the message again.
    try? await channel.acknowledge(delivery.deliveryTag)
  }

  private func writeHandled(_ wish: CustomerRequest?, _ delivery: Delivery, isApplied: Bool) {
    context.events.write(
      .handled(
        HandledLine(
          identity: wish?.identity,
          isRedelivered: delivery.redelivered,
          isApplied: isApplied,
          milliseconds: wish.flatMap(delay)
        )
      )
    )
  }

  /// Since the customer's arrival; for replies only when the last one has come.
  private func delay(_ wish: CustomerRequest) -> Double? {
    let milliseconds = wish.age(at: MonotonicClock.now()) * 1000
    guard queue.isCountingReplies else { return milliseconds }
    let whole = wish.identity.copied(0)
    let isLast = state.withLock { $0.replies.add(to: whole, of: wish.copies) }
    return isLast ? milliseconds : nil
  }
}
