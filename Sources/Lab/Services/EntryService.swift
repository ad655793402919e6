import JSONText
import Synchronization
import Telemetry

/// Takes the customers' requests of one way of calling, and has their steps done.
///
///     synchronous    deduct ─ update ─ trade ─ notification ─ points ─ answer
///     asynchronous   deduct ─ update ─ publish, confirmed ─ answer
///                                        └─▶ trade, notification, points, each when it can
///
/// A synchronous request that fails half-way has been deducted all the same: undoing it would be a
/// chain of calls of its own, which is the point of the comparison.
final class EntryService: Service {
  private struct State {
    var counters = ServiceCounters()
    var lastSequence: UInt64 = 0
    /// How many requests are in each step now.
    var requestsByStep: [String: Int] = [:]
    var waterfall: [RequestStep] = []
  }

  /// The path of a customer's request.
  static let path = "/request"

  private let context: ServiceContext
  private let plan: ServicePlan
  private let way: CallWay
  private let parts: ServiceParts
  private let bench: WorkBench
  private let gate: Gate
  private let state = Mutex(State())

  init(context: ServiceContext, plan: ServicePlan, way: CallWay) {
    self.context = context
    self.plan = plan
    self.way = way
    parts = ServiceParts(
      context: context,
      plan: plan,
      publisher: plan.publishes[way]?.isEmpty == false ? EventPublisher(context: context) : nil
    )
    bench = WorkBench(places: plan.pool, plan: plan.work, context: context, salt: 1)
    gate = Gate(places: plan.pool)
  }

  func prepare() async throws(ServiceFailure) {
    try await parts.publisher?.start()
  }

  func receive(_ command: ServiceCommand) {
    parts.receive(command)
  }

  func answer(_ request: ServiceRequest) async -> ServiceResponse {
    await context.faults.passage()
    state.withLock { $0.counters.inHand += 1 }
    let response = await served(request)
    state.withLock { state in
      state.counters.inHand -= 1
      state.counters.callsAnswered += 1
      if response.status == 200 { state.counters.done += 1 }
    }
    await context.faults.passage()
    return response
  }

  func finish() async {
    // The customers have gone home by now; what is still in hand may finish.
    while state.withLock({ $0.counters.inHand > 0 }) {
      await context.pause(for: .milliseconds(10))
    }
    await parts.publisher?.finish()
  }

  func report() -> [ServiceEvent] {
    let load = gate.load
    var (counters, entry) = state.withLock { state in
      let busiest = state.requestsByStep.filter { $0.value > 0 }.max { $0.value < $1.value }
      return (
        state.counters,
        EntryReport(
          busyThreads: load.busy,
          threads: gate.places,
          waitingRequests: load.waiting,
          waitsFor: busiest?.key,
          waterfall: state.waterfall
        )
      )
    }
    parts.publisher?.count(into: &counters)
    if entry.busyThreads == 0 { entry.waitsFor = nil }
    return [.counters(counters), .entry(entry)]
  }

  private func served(_ request: ServiceRequest) async -> ServiceResponse {
    guard request.method == "POST" else { return Answers.wrongMethod }
    guard request.path == EntryService.path else { return Answers.unknownPath }
    guard let wish = wish(from: request.body) else { return Answers.badRequest }
    do {
      return try await gate.withPlace { await self.serve(wish) }
    } catch {
      return Answers.busy
    }
  }

  private func serve(_ wish: CustomerRequest) async -> ServiceResponse {
    var record = StepRecord()
    defer { state.withLock { $0.waterfall = record.steps } }
    if plan.work.meanMilliseconds > 0 {
      let isDone = await timed(plan.name, &record) {
        // The gate lets no more in than the bench has places.
        (try? await self.bench.work()) == true ? .done : .failed(reason: "the work failed")
      }
      guard isDone == .done else { return Answers.broken }
    }
    for call in plan.calls[way] ?? [] where call.applies(to: wish) && parts.caller.isPresent(call) {
      let knob = parts.knob
      let answer = await timed(call.service, &record) {
        await self.parts.caller.call(call, wish, knob: knob)
      }
      switch answer {
      case .done: continue
      case .declined: return Answers.declined
      case .failed(let reason): return Answers.failed(step: call.service, reason: reason)
      }
    }
    return await publishAll(wish, &record)
  }

  private func publishAll(
    _ wish: CustomerRequest,
    _ record: inout StepRecord
  ) async -> ServiceResponse {
    guard let publisher = parts.publisher else { return Answers.succeeded }
    for publish in plan.publishes[way] ?? [] where publish.applies(to: wish) {
      var isRefused = false
      let answer = await timed(RequestStep.publish, &record) {
        switch await publisher.publish(publish, wish) {
        case .published: return .done
        case .refused:
          isRefused = true
          return .failed(reason: "refused")
        case .failed(let reason): return .failed(reason: reason)
        }
      }
      if isRefused { return Answers.refused }
      if case .failed(let reason) = answer {
        return Answers.failed(step: RequestStep.publish, reason: reason)
      }
    }
    return Answers.succeeded
  }

  /// Runs one step and records how long it took.
  private func timed(
    _ name: String,
    _ record: inout StepRecord,
    _ body: () async -> StepAnswer
  ) async -> StepAnswer {
    let began = MonotonicClock.now()
    state.withLock { $0.requestsByStep[name, default: 0] += 1 }
    let answer = await body()
    state.withLock { $0.requestsByStep[name, default: 0] -= 1 }
    record.add(name, from: began, to: MonotonicClock.now(), answer)
    return answer
  }

  /// Gives a customer's request its identity; nil when it is no request, or when this process has
  /// numbered as many as the ledger can hold.
  private func wish(from body: [UInt8]) -> CustomerRequest? {
    // A body that cannot be read is answered with 400.
    guard let json = try? JSON(parsing: body),
      let account = json["account"]?.count, account < UInt64(context.scenario.accounts.count),
      let cents = json["cents"]?.integer, cents > 0, let arrivedAt = json["arrived"]?.integer
    else { return nil }
    let sequence = state.withLock { state in
      state.lastSequence += 1
      return state.lastSequence
    }
    guard sequence <= Limits.sequence else { return nil }
    var traits: [String] = []
    if case .array(let list) = json["traits"] { traits = list.compactMap(\.text) }
    return CustomerRequest(
      identity: MessageIdentity(
        run: context.arguments.run,
        start: context.arguments.start,
        sequence: sequence
      ),
      way: way,
      account: Int(account),
      cents: cents,
      traits: traits,
      arrivedAt: arrivedAt
    )
  }
}

/// The steps of one request, as they are taken.
private struct StepRecord {
  private var began: Instant?
  var steps: [RequestStep] = []

  mutating func add(_ name: String, from start: Instant, to end: Instant, _ answer: StepAnswer) {
    let began = began ?? start
    self.began = began
    let outcome: RequestStep.Outcome =
      switch answer {
      case .done: .done
      case .declined: .declined
      case .failed: .failed
      }
    steps.append(
      RequestStep(
        name: name,
        startMilliseconds: start.seconds(since: began) * 1000,
        milliseconds: end.seconds(since: start) * 1000,
        outcome: outcome
      )
    )
  }
}
