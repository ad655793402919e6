import NIOCore
import Synchronization
import Telemetry

/// A service that does its step for each request and for each message of its queue.
///
/// It is a copy of one service for each way: what is called and what consumes have places of their
/// own, and every way of calling has accounts of its own, so that none stands in another's way. All
/// are one process, so that a fault strikes all in the same instant.
final class WorkerService: Service {
  private struct State {
    var counters = ServiceCounters()
    var accounts: [CallWay: Accounts]
  }

  /// The path of a step.
  static let path = "/work"

  private let context: ServiceContext
  private let plan: ServicePlan
  private let benches: [CallWay: WorkBench]
  private let state: Mutex<State>
  private let parts: ServiceParts

  init(context: ServiceContext, plan: ServicePlan) {
    self.context = context
    self.plan = plan
    benches = Dictionary(
      uniqueKeysWithValues: CallWay.allCases.map { way in
        (way, WorkBench(places: plan.pool, plan: plan.work, context: context, salt: 1))
      }
    )
    let accounts =
      plan.isDeducting
      ? Dictionary(
        uniqueKeysWithValues: CallWay.allCases.map { ($0, Accounts(context.scenario.accounts)) }
      ) : [:]
    state = Mutex(State(accounts: accounts))
    let publishes = !plan.publishes.isEmpty || plan.queue != nil
    let publisher = publishes ? EventPublisher(context: context) : nil
    let consumer = plan.queue.flatMap { queue in
      publisher.map { QueueConsumer(context: context, service: plan, queue: queue, publisher: $0) }
    }
    parts = ServiceParts(context: context, plan: plan, publisher: publisher, consumer: consumer)
  }

  func prepare() async throws(ServiceFailure) {
    try await parts.publisher?.start()
    try await parts.consumer?.start()
  }

  func receive(_ command: ServiceCommand) {
    parts.receive(command)
  }

  func answer(_ request: ServiceRequest) async -> ServiceResponse {
    await context.faults.passage()
    state.withLock { $0.counters.inHand += 1 }
    let response = await worked(request)
    state.withLock { state in
      state.counters.inHand -= 1
      state.counters.callsAnswered += 1
    }
    await context.faults.passage()
    return response
  }

  func finish() async {
    await parts.consumer?.finish()
    await parts.publisher?.finish()
  }

  func report() -> [ServiceEvent] {
    var counters = state.withLock { $0.counters }
    // The runner counts the consumer's work itself, by its lines.
    parts.consumer?.count(into: &counters)
    parts.publisher?.count(into: &counters)
    return [.counters(counters)]
  }

  private func worked(_ request: ServiceRequest) async -> ServiceResponse {
    guard request.method == "POST" else { return Answers.wrongMethod }
    guard request.path == WorkerService.path else { return Answers.unknownPath }
    guard let wish = CustomerRequest(body: request.body) else { return Answers.badRequest }
    guard let bench = benches[wish.way] else { return Answers.badRequest }
    do {
      guard try await bench.work() else { return Answers.broken }
    } catch {
      return Answers.busy
    }
    state.withLock { $0.counters.done += 1 }
    if plan.isDeducting, let refusal = deduct(wish) { return refusal }
    let knob = parts.knob
    for call in plan.calls[wish.way] ?? [] where call.applies(to: wish) {
      switch await parts.caller.call(call, wish, knob: knob) {
      case .done: continue
      case .declined: return Answers.declined
      case .failed(let reason): return Answers.failed(step: call.service, reason: reason)
      }
    }
    return Answers.done
  }

  /// Takes the price; nil when it was taken.
  private func deduct(_ wish: CustomerRequest) -> ServiceResponse? {
    state.withLock { state in
      switch state.accounts[wish.way]?.deduct(cents: wish.cents, from: wish.account) {
      case .deducted: nil
      case .tooLittle: Answers.declined
      case .unknownAccount, nil: Answers.badRequest
      }
    }
  }
}

extension CallPlan {
  /// Whether it is called for this customer.
  func applies(to request: CustomerRequest) -> Bool {
    trait.map(request.traits.contains) ?? true
  }
}

extension PublishPlan {
  /// Whether it is published for this customer.
  func applies(to request: CustomerRequest) -> Bool {
    trait.map(request.traits.contains) ?? true
  }
}
