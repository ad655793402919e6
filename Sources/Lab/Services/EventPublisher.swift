import AMQP
import AMQPClient
import NIOCore
import Synchronization
import Telemetry

/// What became of a publish.
enum PublishAnswer: Sendable, Hashable {
  /// The producer believes that the broker has it, or will have it.
  case published
  /// The broker said no: a queue is full.
  case refused
  case failed(reason: String)
}

/// Publishes a service's events, over a connection that is made again when it is lost.
final class EventPublisher: Sendable {
  private struct Waiting {
    var plan: PublishPlan
    var request: CustomerRequest
    var filling: Int
    var key: String
  }

  private struct State {
    /// With confirms.
    var channel: AMQPChannel?
    /// Without: a channel knows only one of the two.
    var plainChannel: AMQPChannel?
    var published: UInt64 = 0
    var returned: UInt64 = 0
    var unconfirmed: UInt64 = 0
    var outbox: [Waiting] = []
    var isRelaying = false
    var isFinishing = false
    var messageBytes = 0
    var refusals = RefusalWatch()
    /// What the scenario's knob stands at.
    var knob: Int?
  }

  private let context: ServiceContext
  private let state: Mutex<State>

  init(context: ServiceContext) {
    self.context = context
    state = Mutex(State(knob: context.arguments.knob))
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

  /// Empties the outbox, as far as the broker lets it in time, and leaves the broker.
  func finish() async {
    let deadline = MonotonicClock.now().advanced(by: Limits.farewell)
    while state.withLock({ !$0.outbox.isEmpty }), MonotonicClock.now() < deadline {
      await context.pause(for: .milliseconds(10))
    }
    let channel = state.withLock { state in
      state.isFinishing = true
      return state.channel
    }
    await channel?.connection.close()
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

  /// Sets what messages carry besides what they need.
  func setMessageBytes(_ bytes: Int) {
    state.withLock { $0.messageBytes = bytes }
  }

  /// Notes what the scenario's knob stands at, which may be how many copies a broadcast has.
  func setKnob(_ value: Int) {
    state.withLock { $0.knob = value }
  }

  /// Adds its sums to a report.
  func count(into counters: inout ServiceCounters) {
    state.withLock { state in
      counters.published = state.published
      counters.returned = state.returned
      counters.unconfirmed = state.unconfirmed
    }
  }

  /// Publishes one event, with the guarantee that its plan asks for.
  ///
  /// When it returns ``PublishAnswer/published`` the ledger has the event's line already.
  func publish(_ plan: PublishPlan, _ request: CustomerRequest) async -> PublishAnswer {
    let effect = context.faults.nextPublish()
    var request = request
    if let copies = copies(of: plan) {
      request.copies = copies
    } else if request.identity.copy == 0 {
      request.copies = 1
    }
    let waiting = Waiting(
      plan: plan,
      request: request,
      filling: state.withLock(\.messageBytes) + effect.extraBytes,
      key: effect.hasWrongKey ? plan.key + ".wrong" : plan.key
    )
    let guarantee: PublishPlan.Guarantee = effect.isUnconfirmed ? .none : plan.guarantee
    let answer =
      switch guarantee {
      case .confirm: await confirmed(waiting)
      case .none: await forgotten(waiting)
      case .outbox: stored(waiting)
      }
    if effect.isTwice, answer == .published { _ = await confirmed(waiting, isCounted: false) }
    return answer
  }

  /// Puts a message straight into a queue and waits for the confirm.
  func put(
    _ body: [UInt8],
    into queue: String,
    properties: BasicProperties
  ) async throws(ClientError) {
    await context.faults.passage()
    guard let channel = state.withLock({ $0.channel }) else {
      throw ClientError(code: .connectFailed, message: "the broker cannot be reached")
    }
    try await channel.publishConfirmed(
      body,
      exchange: "",
      routingKey: queue,
      mandatory: true,
      properties: properties
    )
  }

  // MARK: Guarantees

  private func confirmed(_ waiting: Waiting, isCounted: Bool = true) async -> PublishAnswer {
    let beganAt = MonotonicClock.now().nanoseconds
    await context.faults.passage()
    guard let channel = state.withLock({ $0.channel }) else {
      return .failed(reason: "the broker cannot be reached")
    }
    if isCounted { state.withLock { $0.published += 1 } }
    let publish = Task<Void, any Error> {
      try await channel.publishConfirmed(
        waiting.request.body(filling: waiting.filling),
        exchange: waiting.plan.exchange,
        routingKey: waiting.key,
        mandatory: true,
        properties: properties(of: waiting)
      )
    }
    let timer = context.loop.scheduleTask(in: TimeAmount(Limits.confirmTimeout)) {
      publish.cancel()
    }
    defer { timer.cancel() }
    switch await publish.result {
    case .success:
      state.withLock { $0.refusals.confirmed() }
      if isCounted { writeLine(waiting, beganAt) }
      return .published
    case .failure(let error):
      return await failed(error as? ClientError, on: channel)
    }
  }

  /// Writes the event to the socket and looks no further.
  private func forgotten(_ waiting: Waiting) async -> PublishAnswer {
    let beganAt = MonotonicClock.now().nanoseconds
    let channel = state.withLock { state in
      state.published += 1
      return state.plainChannel
    }
    // Whether there is a connection does not matter to who forgets.
    try? await channel?.publish(
      waiting.request.body(filling: waiting.filling),
      exchange: waiting.plan.exchange,
      routingKey: waiting.key,
      properties: properties(of: waiting)
    )
    writeLine(waiting, beganAt)
    return .published
  }

  /// Keeps the event until the broker has confirmed it.
  private func stored(_ waiting: Waiting) -> PublishAnswer {
    let isKept = state.withLock { state in
      guard state.outbox.count < Limits.outbox else { return false }
      state.published += 1
      state.outbox.append(waiting)
      return true
    }
    guard isKept else { return .failed(reason: "the outbox is full") }
    writeLine(waiting, MonotonicClock.now().nanoseconds)
    let begins = state.withLock { state in
      defer { state.isRelaying = true }
      return !state.isRelaying
    }
    if begins { Task { await relay() } }
    return .published
  }

  private func relay() async {
    while true {
      let next = state.withLock { state -> Waiting? in
        guard let first = state.outbox.first else {
          state.isRelaying = false
          return nil
        }
        return first
      }
      guard let next else { return }
      if await confirmed(next, isCounted: false) == .published {
        state.withLock { _ = $0.outbox.removeFirst() }
      } else {
        await context.pause(for: Limits.outboxPause)
      }
    }
  }

  private func writeLine(_ waiting: Waiting, _ beganAt: Int64) {
    context.events.write(
      .published(
        PublishedLine(
          identity: waiting.request.identity,
          exchange: waiting.plan.exchange,
          key: waiting.plan.key,
          copies: waiting.request.copies,
          beganAt: beganAt
        )
      )
    )
  }

  private func properties(of waiting: Waiting) -> BasicProperties {
    BasicProperties(
      contentType: "application/json",
      deliveryMode: waiting.plan.isPersistent ? 2 : 1,
      messageID: waiting.request.identity.text
    )
  }

  /// How many queues of one service the event goes to; nil when no service has many of them.
  ///
  /// What is published for one copy of a broadcast, a reply say, keeps the broadcast's number: who
  /// counts replies learns from it how many there will be.
  private func copies(of plan: PublishPlan) -> Int? {
    let knob = state.withLock(\.knob)
    return context.scenario.services
      .filter { service in
        context.scenario.isGroup(service)
          && service.queue?.bindings.contains { $0.exchange == plan.exchange } == true
      }
      .map { context.scenario.copies(of: $0, knob: knob) }
      .max()
  }

  private func failed(_ error: ClientError?, on channel: AMQPChannel) async -> PublishAnswer {
    state.withLock { state in
      if error?.code == .returned { state.returned += 1 } else { state.unconfirmed += 1 }
    }
    switch error?.code {
    case .returned: return .failed(reason: "no queue is bound for it")
    case .cancelled: return .failed(reason: "the broker did not confirm it in time")
    case .nacked:
      let isBroken = state.withLock { $0.refusals.refused(at: MonotonicClock.now()) }
      // A classic queue refuses only what it has no room for.
      if isBroken, context.arguments.queueType == .quorum { await channel.connection.close() }
      return .refused
    case .channelClosed:
      // The exchange was deleted, say; a new connection declares it again.
      await channel.connection.close()
    case .some, nil: break
    }
    return .failed(reason: error?.message ?? "it could not be published")
  }

  // MARK: The connection

  private func connect() async throws(ClientError) {
    let channel = try await context.connect()
    let plans = context.plan?.publishes.values.flatMap { $0 } ?? []
    for exchange in context.scenario.exchanges
    where plans.contains(where: { $0.exchange == exchange.name }) {
      try await channel.declareExchange(exchange.name, type: exchange.type, durable: true)
    }
    try await channel.confirmSelect()
    let needsPlain = plans.contains { $0.guarantee == .none } || !plans.isEmpty
    let plainChannel = needsPlain ? try await channel.connection.openChannel() : nil
    state.withLock { state in
      state.channel = channel
      state.plainChannel = plainChannel
    }
  }

  private func keepConnected() async {
    var backoff = Backoff()
    while true {
      if let channel = state.withLock({ $0.channel }) {
        backoff.succeeded()
        _ = await channel.connection.waitUntilClosed()
        state.withLock { state in
          state.channel = nil
          state.plainChannel = nil
        }
      }
      guard !state.withLock({ $0.isFinishing }) else { return }
      await context.pause(for: backoff.next())
      // Whatever the broker has against it now, the next attempt may succeed.
      try? await connect()
    }
  }
}

extension Scenario {
  /// Whether a service has many queues that each get every event.
  func isGroup(_ service: ServicePlan) -> Bool {
    if let knob, knob.subject == .copies(service: service.name) { return true }
    return (service.queue?.copies ?? 1) > 1
  }

  /// How many queues a service has when the knob stands at a value.
  func copies(of service: ServicePlan, knob value: Int?) -> Int {
    if let knob, knob.subject == .copies(service: service.name) { return value ?? knob.start }
    return service.queue?.copies ?? 1
  }
}
