import Telemetry

/// Everything that the runner knows, as a value: events of processes go in, snapshots come out.
struct LabModel: Sendable {
  /// What is known of one service.
  struct ServiceModel: Sendable {
    var role: Role
    var state = ServiceState.starting
    /// How often it was started.
    var startCount = 0
    /// Where it listens; that of the last start when it is dead.
    var port: Int?
    var isAlive = false
    var isKilled = false
    /// What the process said when it could not go on.
    var failure: String?
    /// Messages worked on by all of its processes.
    var handledCount: UInt64 = 0
    /// The sums of its earlier processes.
    var earlier = ServiceCounters()
    /// The last report of its present process.
    var present = ServiceCounters()

    init(role: Role) {
      self.role = role
    }

    var total: ServiceCounters { earlier + present }
  }

  let scenario: Scenario
  var state = LabState.starting
  var mode: CallMode
  /// Customers a second for each way in use.
  var perSecond: Double
  private(set) var services: [ServiceModel]
  private(set) var book: LedgerBook
  /// The services that were killed or ended and not brought back, the last one last.
  private(set) var missing: [Role] = []
  private var earlierWays: [CustomersReport.Way] = []
  private(set) var customers = CustomersReport()

  init(scenario: Scenario, run: UInt32, mode: CallMode, perSecond: Double) {
    self.scenario = scenario
    self.mode = mode
    self.perSecond = perSecond
    services = scenario.roles.map(ServiceModel.init)
    book = LedgerBook(run: run, queues: scenario.queues)
  }

  subscript(role: Role) -> ServiceModel {
    get { services.first { $0.role == role } ?? ServiceModel(role: role) }
    set {
      guard let index = services.firstIndex(where: { $0.role == role }) else { return }
      services[index] = newValue
    }
  }

  /// The service that a person names.
  func role(named name: String) -> Role? {
    scenario.roles.first { $0.rawValue == name }
  }

  /// Whether every service is up.
  var areAllRunning: Bool {
    services.allSatisfy(\.isRunning)
  }

  // MARK: What happens

  /// A process of the service is about to be started.
  ///
  /// - Returns: Which start it is, from 1.
  mutating func willStart(_ role: Role) -> Int {
    self[role].startCount += 1
    self[role].state = .starting
    self[role].isAlive = true
    self[role].isKilled = false
    self[role].failure = nil
    missing.removeAll { $0 == role }
    return self[role].startCount
  }

  /// The person killed the service's process.
  mutating func willKill(_ role: Role) {
    self[role].isKilled = true
  }

  /// There was no process left to kill.
  mutating func willNotKill(_ role: Role) {
    self[role].isKilled = false
  }

  /// A line of a service came in.
  mutating func received(_ event: ServiceEvent, from role: Role) {
    switch event {
    case .ready(let port, let processIdentifier):
      self[role].port = port
      self[role].state = .running(processIdentifier: processIdentifier)
    case .failed(let reason): self[role].failure = reason
    case .confirmed(let identity): book.confirm(identity)
    case .handled(let identity, _):
      guard let queue = role.queue else { return }
      book.handle(identity, from: queue)
      self[role].handledCount += 1
    case .counters(let counters): self[role].present = counters
    case .customers(let report): customers = report
    }
  }

  /// The process of a service ended, after its last line.
  ///
  /// - Parameters:
  ///   - role: The service.
  ///   - how: The rest of a sentence, `ended with exit code 1`.
  mutating func ended(_ role: Role, how: String) {
    let failure = self[role].failure
    self[role].earlier = self[role].total
    self[role].earlier.inHand = 0
    self[role].present = ServiceCounters()
    self[role].isAlive = false
    self[role].state = self[role].isKilled ? .killed : .ended(failure ?? "it \(how)")
    missing.append(role)
    guard role == .customers else { return }
    earlierWays = CallWay.allCases.map(total(of:))
    customers = CustomersReport()
  }

  // MARK: What is known

  /// What the customers saw of one way, without latencies.
  private func total(of way: CallWay) -> CustomersReport.Way {
    let parts = (earlierWays + customers.ways).filter { $0.way == way }
    return parts.reduce(into: CustomersReport.Way(way: way)) { sum, part in
      sum.offered += part.offered
      sum.succeeded += part.succeeded
      sum.declined += part.declined
      sum.failed += part.failed
    }
  }

  /// What the customers saw of the ways that have been used or are in use.
  var ways: [CallWaySnapshot] {
    CallWay.allCases.compactMap { way in
      let total = total(of: way)
      guard total.offered > 0 || mode.ways.contains(way) else { return nil }
      return CallWaySnapshot(
        way: way,
        offered: total.offered,
        succeeded: total.succeeded,
        declined: total.declined,
        failed: total.failed,
        latency: customers.ways.first { $0.way == way }?.latency
      )
    }
  }

  func snapshot(at now: Instant) -> LabSnapshot {
    LabSnapshot(
      at: now,
      scenario: scenario.name,
      mode: mode,
      offeredPerSecond: perSecond,
      state: state,
      ways: ways,
      services: services.map { service in
        ServiceSnapshot(
          name: service.role.rawValue,
          state: service.state,
          queue: service.role.queue,
          done: service.total.done + service.handledCount,
          callsAnswered: service.total.callsAnswered
        )
      }
    )
  }

  /// The ledger, when the queues have been looked into.
  func ledger(with inspections: [QueueInspection]) -> LabLedger {
    book.closed(
      with: inspections,
      counters: self[.payment].total,
      ways: ways,
      scenario: scenario.name
    )
  }
}

extension LabModel.ServiceModel {
  var isRunning: Bool {
    switch state {
    case .running: isAlive
    case .starting, .killed, .ended: false
    }
  }

  /// Why it does not run, as the rest of a sentence.
  var whyNotRunning: String {
    switch state {
    case .starting: "is not ready yet"
    case .running: "runs"
    case .killed: "was killed"
    case .ended(let reason): "ended: \(reason)"
    }
  }
}

extension ServiceCounters {
  static func + (left: ServiceCounters, right: ServiceCounters) -> ServiceCounters {
    var sum = left
    sum.done += right.done
    sum.callsAnswered += right.callsAnswered
    sum.published += right.published
    sum.returned += right.returned
    sum.unconfirmed += right.unconfirmed
    sum.inHand += right.inHand
    return sum
  }
}
