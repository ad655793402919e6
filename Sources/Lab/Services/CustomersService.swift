import JSONText
import NIOCore
import Synchronization
import Telemetry

/// The customers: an open-loop load generator.
///
/// They arrive when the schedule says, whether or not the ones before them have been served, and
/// each waits from the instant at which it should have arrived. When both ways are in use every
/// arrival is two customers, one for each way, so that both ways get the same load.
final class CustomersService: Service {
  fileprivate struct Way {
    var counts: CustomersReport.Way
    var outstanding = 0
    var latencies: LatencyWindow

    init(_ way: CallWay, windowSeconds: Int) {
      counts = CustomersReport.Way(way: way)
      latencies = LatencyWindow(seconds: windowSeconds)
    }
  }

  fileprivate struct State {
    var schedule: ArrivalSchedule
    var purchases: SeededRandom
    var mode = CallMode.asynchronous
    /// Traits with the percentage of customers that have them, in a fixed order.
    var traits: [(name: String, percent: Int)]
    var isOpen = true
    /// Whether somebody records the arrivals, and those that are to be told.
    var isRecorded = false
    var untold: [Int64] = []
    var ways: [Way]
    var timer: Scheduled<Void>?
  }

  private let context: ServiceContext
  private let peers: [CallWay: PeerClient]
  private let state: Mutex<State>

  init(context: ServiceContext) {
    self.context = context
    peers = Dictionary(
      uniqueKeysWithValues: context.scenario.ways.map { way in
        (
          way,
          PeerClient(
            name: context.scenario.entryName(of: way),
            timeout: context.scaled(milliseconds: Limits.customerPatienceMilliseconds),
            loop: context.loop
          )
        )
      }
    )
    let seed = context.arguments.seed
    state = Mutex(
      State(
        schedule: ArrivalSchedule(seed: seed, perSecond: 0, from: MonotonicClock.now()),
        purchases: SeededRandom(seed: seed ^ 0x5DEE_CE66),
        traits: context.scenario.traits.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
        ways: CallWay.allCases.map { Way($0, windowSeconds: context.latencyWindowSeconds) }
      )
    )
  }

  func prepare() async throws(ServiceFailure) {
    // The customers need nobody but the entry service, and find out about it by going there.
  }

  func answer(_ request: ServiceRequest) async -> ServiceResponse {
    Answers.unknownPath
  }

  func receive(_ command: ServiceCommand) {
    let now = MonotonicClock.now()
    let timeScale = context.arguments.timeScale
    switch command {
    case .peer(let name, let ports):
      for peer in peers.values where peer.name == name { peer.setPorts(ports) }
    case .shape(let shape):
      state.withLock { $0.schedule.setShape(shape.faster(by: timeScale), at: now) }
      admit()
    case .knob(let value):
      state.withLock { $0.turn(context.scenario.knob, to: value) }
      context.events.write(.knobTurned(value))
    case .mode(let mode):
      state.withLock { $0.mode = mode }
    case .load(let perSecond):
      state.withLock { $0.schedule.setRate(perSecond * timeScale, at: now) }
      admit()
    case .burst(let customers):
      for _ in 0..<customers { arrive(at: now) }
      tellArrivals()
    case .tellArrivals: state.withLock { $0.isRecorded = true }
    case .goHome:
      state.withLock { state in
        state.isOpen = false
        state.timer?.cancel()
        state.timer = nil
      }
      // The runner waits for the last answer.
      context.events.write(report: report())
    case .scenario, .messageBytes, .fault, .heal, .poisons, .drop, .stop: break
    }
  }

  func finish() async {
    receive(.goHome)
    while state.withLock({ $0.ways.contains { $0.outstanding > 0 } }) {
      await context.pause(for: .milliseconds(10))
    }
  }

  func report() -> [ServiceEvent] {
    let now = MonotonicClock.now()
    return state.withLock { state in
      var report = CustomersReport(isOpen: state.isOpen)
      for index in state.ways.indices {
        state.ways[index].counts.latency = state.ways[index].latencies.snapshot(at: now)
        report.outstanding += UInt64(state.ways[index].outstanding)
        report.ways.append(state.ways[index].counts)
      }
      return [.customers(report)]
    }
  }

  /// Lets everybody in who is due and sets the timer for the next one.
  private func admit() {
    let now = MonotonicClock.now()
    while let arrival = takeDue(at: now) { arrive(at: arrival) }
    tellArrivals()
    state.withLock { state in
      state.timer?.cancel()
      state.timer = nil
      guard state.isOpen, let next = state.schedule.next else { return }
      let wait = TimeAmount.nanoseconds(max(0, next.nanoseconds - now.nanoseconds))
      state.timer = context.loop.scheduleTask(in: wait) { [self] in admit() }
    }
  }

  /// Tells who has come, before the report of what they saw, so that the death of this process takes
  /// nobody out of a recording.
  private func tellArrivals() {
    let untold = state.withLock { state in
      defer { state.untold = [] }
      return state.untold
    }
    for start in stride(from: 0, to: untold.count, by: Limits.arrivalsInLine) {
      let end = min(start + Limits.arrivalsInLine, untold.count)
      context.events.write(.arrived(Array(untold[start..<end])))
    }
  }

  private func takeDue(at now: Instant) -> Instant? {
    state.withLock { state in
      state.isOpen ? state.schedule.takeDue(at: now) : nil
    }
  }

  /// One arrival: a customer for each way in use, with the same purchase.
  private func arrive(at scheduled: Instant) {
    let (served, purchase) = state.withLock { state in
      guard state.isOpen else { return ([CallWay](), [UInt8]()) }
      if state.isRecorded { state.untold.append(scheduled.nanoseconds) }
      let purchase = state.purchase(context.scenario.accounts, arrivedAt: scheduled)
      let served = context.scenario.ways(in: state.mode).filter { way in
        let index = way.index
        state.ways[index].counts.offered += 1
        // There is a limit to the queue in the street; who finds it that long has failed.
        guard state.ways[index].outstanding < Limits.outstandingCustomers else {
          state.ways[index].counts.failed += 1
          return false
        }
        state.ways[index].outstanding += 1
        return true
      }
      return (served, purchase)
    }
    for way in served {
      Task { await pay(way, purchase, since: scheduled) }
    }
  }

  private func pay(_ way: CallWay, _ purchase: [UInt8], since scheduled: Instant) async {
    // Why there was no answer does not matter to a customer.
    let response = try? await peers[way]?.post(EntryService.path, purchase)
    let now = MonotonicClock.now()
    state.withLock { state in
      let index = way.index
      state.ways[index].outstanding -= 1
      state.ways[index].latencies.record(seconds: now.seconds(since: scheduled), at: now)
      switch response?.status {
      case 200: state.ways[index].counts.succeeded += 1
      case 402: state.ways[index].counts.declined += 1
      case 429:
        state.ways[index].counts.refused += 1
        state.ways[index].counts.failed += 1
      // No answer, or one that says that it went wrong.
      case .some, nil: state.ways[index].counts.failed += 1
      }
    }
  }
}

extension CustomersService.State {
  /// Draws what one customer wants.
  fileprivate mutating func purchase(_ plan: AccountPlan, arrivedAt: Instant) -> [UInt8] {
    let account = Int64.random(in: 0..<Int64(plan.count), using: &purchases)
    let cents = Int64.random(
      in: Int64(plan.cheapestCents)...Int64(plan.dearestCents),
      using: &purchases
    )
    var special: [JSON] = []
    for trait in traits where purchases.unit() * 100 < Double(trait.percent) {
      special.append(.string(trait.name))
    }
    let purchase: JSON = [
      "account": .integer(account), "cents": .integer(cents), "traits": .array(special),
      "arrived": .integer(arrivedAt.nanoseconds),
    ]
    return purchase.bytes
  }

  /// Gives more or fewer customers a trait, when that is what the knob turns.
  fileprivate mutating func turn(_ knob: KnobPlan?, to value: Int) {
    guard case .trait(let name) = knob?.subject,
      let index = traits.firstIndex(where: { $0.name == name })
    else { return }
    traits[index].percent = value
  }
}

extension Scenario {
  /// The ways of calling that are in use in a mode.
  func ways(in mode: CallMode) -> [CallWay] {
    switch mode {
    case .synchronous: ways.filter { $0 == .synchronous }
    case .asynchronous: ways.filter { $0 == .asynchronous }
    case .both: ways
    }
  }

  /// The name of the entry service's first process for a way: `payment-sync`.
  func entryName(of way: CallWay) -> String {
    switch way {
    case .synchronous: entry.name + "-sync"
    case .asynchronous: entry.name + "-async"
    case .alternative: entry.name + "-alternative"
    }
  }
}

extension LoadShape {
  /// The same shape where time runs so many times as fast.
  fileprivate func faster(by factor: Double) -> LoadShape {
    var shape = self
    shape.seconds /= factor
    shape.arrivals = arrivals.map { $0 / factor }
    return shape
  }
}

extension ServiceContext {
  /// The span of time that percentiles are taken over, in seconds of the clock.
  var latencyWindowSeconds: Int {
    max(1, Int(Double(Limits.latencyWindowSeconds) / arguments.timeScale))
  }
}

extension CallWay {
  /// Its place in a list of all ways.
  fileprivate var index: Int {
    switch self {
    case .synchronous: 0
    case .asynchronous: 1
    case .alternative: 2
    }
  }
}
