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
  private struct Way {
    var counts: CustomersReport.Way
    var outstanding = 0
    var latencies = LatencyWindow()

    init(_ way: CallWay) {
      counts = CustomersReport.Way(way: way)
    }
  }

  private struct State {
    var schedule: ArrivalSchedule
    var purchases: SeededRandom
    var mode = CallMode.asynchronous
    var isOpen = true
    var ways = CallWay.allCases.map(Way.init)
    var timer: Scheduled<Void>?
  }

  private let context: ServiceContext
  private let payment: PeerClient
  private let state: Mutex<State>

  init(context: ServiceContext) {
    self.context = context
    payment = PeerClient(
      name: Role.payment.rawValue,
      timeout: Limits.customerPatience,
      loop: context.loop
    )
    let seed = context.arguments.seed
    state = Mutex(
      State(
        schedule: ArrivalSchedule(seed: seed, perSecond: 0, from: MonotonicClock.now()),
        purchases: SeededRandom(seed: seed ^ 0x5DEE_CE66)
      )
    )
  }

  func prepare() async throws(ServiceFailure) {
    // The customers need nobody but the payment service, and find out about it by going there.
  }

  func answer(_ request: ServiceRequest) async -> ServiceResponse {
    Answers.unknownPath
  }

  func receive(_ command: ServiceCommand) {
    let now = MonotonicClock.now()
    switch command {
    case .peer(let name, let port):
      if name == payment.name { payment.setPort(port) }
    case .mode(let mode):
      state.withLock { $0.mode = mode }
    case .load(let perSecond):
      state.withLock { $0.schedule.setRate(perSecond, at: now) }
      admit()
    case .burst(let customers):
      for _ in 0..<customers { arrive(at: now) }
    case .goHome:
      state.withLock { state in
        state.isOpen = false
        state.timer?.cancel()
        state.timer = nil
      }
      // The runner waits for the last answer.
      context.events.writeIfThereIsRoom(report())
    case .stop: break
    }
  }

  func finish() async {
    receive(.goHome)
    while state.withLock({ $0.ways.contains { $0.outstanding > 0 } }) {
      await context.pause(for: .milliseconds(10))
    }
  }

  func report() -> ServiceEvent {
    let now = MonotonicClock.now()
    return state.withLock { state in
      var report = CustomersReport(isOpen: state.isOpen)
      for index in state.ways.indices {
        state.ways[index].counts.latency = state.ways[index].latencies.snapshot(at: now)
        report.outstanding += UInt64(state.ways[index].outstanding)
        report.ways.append(state.ways[index].counts)
      }
      return .customers(report)
    }
  }

  /// Lets everybody in who is due and sets the timer for the next one.
  private func admit() {
    let now = MonotonicClock.now()
    while let arrival = takeDue(at: now) { arrive(at: arrival) }
    state.withLock { state in
      state.timer?.cancel()
      state.timer = nil
      guard state.isOpen, let next = state.schedule.next else { return }
      let wait = TimeAmount.nanoseconds(max(0, next.nanoseconds - now.nanoseconds))
      state.timer = context.loop.scheduleTask(in: wait) { [self] in admit() }
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
      let purchase: JSON = [
        "account": .integer(Int64.random(in: 0..<Int64(Accounts.count), using: &state.purchases)),
        "cents": .integer(Int64.random(in: 100...Accounts.dearestCents, using: &state.purchases)),
      ]
      let served = state.mode.ways.filter { way in
        let index = way.index
        state.ways[index].counts.offered += 1
        // There is a limit to the queue in the street; who finds it that long has failed to pay.
        guard state.ways[index].outstanding < Limits.outstandingCustomers else {
          state.ways[index].counts.failed += 1
          return false
        }
        state.ways[index].outstanding += 1
        return true
      }
      return (served, purchase.bytes)
    }
    for way in served {
      Task { await pay(way, purchase, since: scheduled) }
    }
  }

  private func pay(_ way: CallWay, _ purchase: [UInt8], since scheduled: Instant) async {
    // Why there was no answer does not matter to a customer.
    let response = try? await payment.post(PaymentService.path(of: way), purchase)
    let now = MonotonicClock.now()
    state.withLock { state in
      let index = way.index
      state.ways[index].outstanding -= 1
      state.ways[index].latencies.record(seconds: now.seconds(since: scheduled), at: now)
      switch response?.status {
      case 200: state.ways[index].counts.succeeded += 1
      case 402: state.ways[index].counts.declined += 1
      // No answer, or one that says that it went wrong.
      case .some, nil: state.ways[index].counts.failed += 1
      }
    }
  }
}

extension CallMode {
  /// The ways that are in use.
  var ways: [CallWay] {
    switch self {
    case .synchronous: [.synchronous]
    case .asynchronous: [.asynchronous]
    case .both: [.synchronous, .asynchronous]
    }
  }
}

extension CallWay {
  /// Its place in a list of all ways.
  fileprivate var index: Int {
    switch self {
    case .synchronous: 0
    case .asynchronous: 1
    }
  }
}
