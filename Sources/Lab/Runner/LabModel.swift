import Telemetry

/// Which process of a scenario.
struct ProcessKey: Sendable, Hashable {
  /// The scenario's name of the service, or ``ServiceArguments/customers``.
  var service: String
  /// For an entry service.
  var way: CallWay?
  /// From 1.
  var number = 1

  static let customers = ProcessKey(service: ServiceArguments.customers)
}

/// Everything that the runner knows, as a value: events of processes go in, snapshots come out.
struct LabModel: Sendable {
  /// What is known of one process.
  struct ProcessModel: Sendable {
    let key: ProcessKey
    let name: String
    let queue: String?
    let isProducer: Bool
    var state = ServiceState.starting
    /// How often it was started.
    var startCount = 0
    /// Where it listens; that of the last start when it is dead.
    var port: Int?
    var isAlive = false
    var isKilled = false
    /// It was taken away on purpose, and its end is nothing to report.
    var isLeaving = false
    /// The optional services that it was told of when it was started.
    var joinedAtStart: [String] = []
    /// What the process said when it could not go on.
    var failure: String?
    /// Messages worked on by all of its processes.
    var handledCount: UInt64 = 0
    /// The sums of its earlier processes.
    var earlier = ServiceCounters()
    /// The last report of its present process.
    var present = ServiceCounters()
    var entry = EntryReport()

    var total: ServiceCounters { earlier + present }
  }

  let scenario: Scenario
  let language: Language
  /// The same in every snapshot.
  let lesson: Lesson
  var state = LabState.starting
  var mode: CallMode
  /// Customers a second for each way in use.
  var perSecond: Double
  var shape = LoadShape.steady
  var shapeBegan: Instant?
  /// Recorded arrivals that were given.
  let replay: LoadShape?
  /// Why the recording of this run's arrivals has ended.
  var recordingProblem: String?
  /// The broker was taken away on purpose and has not come back yet.
  var isBrokerAway: Bool { brokerDepartures > 0 }
  /// How many faults have taken it away and wait for it.
  var brokerDepartures = 0
  /// Whether customers were told what is wanted of them, in this run.
  private var haveCustomersBegun = false
  var messageBytes = 0
  var knob: Int? {
    didSet { highestKnob = max(highestKnob ?? 0, knob ?? 0) }
  }
  private(set) var highestKnob: Int?
  /// Optional services that have joined.
  var joined: [String] = []
  var faults: [ActiveFault] = []
  private var lastFault = 0
  /// Starts of processes that number messages.
  private var starts = 0
  private(set) var processes: [ProcessModel]
  var book: LedgerBook
  var paces: [String: QueuePace] = [:]
  var delays: [String: LatencyWindow] = [:]
  let windowSeconds: Int
  /// The ways of calling whose events reach each service's queue.
  let waysOfServices: [String: [CallWay]]
  /// How many seconds of the scenario pass in one of the clock.
  let timeScale: Double
  /// The processes that were killed or ended and not brought back, the last one last.
  private(set) var missing: [ProcessKey] = []
  private var earlierWays: [CustomersReport.Way] = []
  private(set) var customers = CustomersReport()

  init(scenario: Scenario, run: UInt32, configuration: LabConfiguration) {
    self.scenario = scenario
    language = configuration.language
    lesson = scenario.lesson(in: configuration.language)
    mode = configuration.mode
    perSecond = configuration.paymentsPerSecond ?? scenario.perSecond
    replay = configuration.arrivals.map { arrivals in
      LoadShape(kind: .replay, factor: 1, seconds: arrivals.last ?? 0, arrivals: arrivals)
    }
    shape = replay ?? .steady
    knob = scenario.knob?.start
    highestKnob = knob
    timeScale = configuration.timeScale
    let routing = Routing(scenario)
    waysOfServices = Dictionary(
      uniqueKeysWithValues: scenario.services.map { ($0.name, routing.ways(reaching: $0.name)) }
    )
    windowSeconds = max(1, Int(Double(Limits.latencyWindowSeconds) / configuration.timeScale))
    book = LedgerBook(run: run, scenario: scenario)
    processes = []
    processes = scenario.firstProcesses.map(process)
  }

  private func process(_ key: ProcessKey) -> ProcessModel {
    let plan = scenario.service(named: key.service)
    let ofAllWays = plan?.publishes.values.flatMap { $0 }
    let publishes = key.way.map { plan?.publishes[$0] ?? [] } ?? ofAllWays
    return ProcessModel(
      key: key,
      name: scenario.name(of: key),
      queue: plan?.queue?.name,
      isProducer: publishes?.isEmpty == false
    )
  }

  subscript(key: ProcessKey) -> ProcessModel {
    get { processes.first { $0.key == key } ?? process(key) }
    set {
      guard let index = processes.firstIndex(where: { $0.key == key }) else { return }
      processes[index] = newValue
    }
  }

  /// The process that a person names.
  func key(named name: String) -> ProcessKey? {
    processes.first { $0.name == name }?.key
  }

  /// The processes of a service, for an entry service those of one way.
  func keys(of service: String, way: CallWay? = nil) -> [ProcessKey] {
    processes.map(\.key).filter { $0.service == service && (way == nil || $0.way == way) }
  }

  /// Whether every service is up.
  var areAllRunning: Bool {
    processes.allSatisfy(\.isRunning)
  }

  // MARK: What happens

  /// One more process of a service.
  ///
  /// - Returns: Nil when there are as many as there may be.
  mutating func add(like key: ProcessKey) -> ProcessKey? {
    let numbers = keys(of: key.service, way: key.way).map(\.number)
    guard numbers.count < Limits.instances else { return nil }
    let number = (1...Limits.instances).first { !numbers.contains($0) } ?? 1
    let new = ProcessKey(service: key.service, way: key.way, number: number)
    let last = processes.lastIndex { $0.key.service == key.service && $0.key.way == key.way }
    processes.insert(process(new), at: last.map { $0 + 1 } ?? processes.count)
    return new
  }

  /// The process is gone for good.
  mutating func remove(_ key: ProcessKey) {
    processes.removeAll { $0.key == key }
    missing.removeAll { $0 == key }
  }

  /// A process of the service is about to be started.
  ///
  /// - Returns: Which start it is, from 1, counted over all processes.
  mutating func willStart(_ key: ProcessKey) -> Int {
    self[key].startCount += 1
    self[key].state = .starting
    self[key].isAlive = true
    self[key].isKilled = false
    self[key].failure = nil
    self[key].joinedAtStart = joined
    missing.removeAll { $0 == key }
    starts += 1
    return starts
  }

  /// The process is about to be killed.
  mutating func willKill(_ key: ProcessKey) {
    self[key].isKilled = true
  }

  /// There was no process left to kill.
  mutating func willNotKill(_ key: ProcessKey) {
    self[key].isKilled = false
  }

  /// A fault begins.
  mutating func put(_ request: FaultRequest, at now: Instant) -> ActiveFault {
    lastFault += 1
    let fault = ActiveFault(identifier: lastFault, request: request, since: now)
    faults.append(fault)
    return fault
  }

  /// A line of a process came in.
  mutating func received(_ event: ServiceEvent, from key: ProcessKey, at now: Instant) {
    switch event {
    case .ready(let port, let processIdentifier):
      self[key].port = port
      self[key].state = .running(processIdentifier: processIdentifier)
      book.bind(key.service, at: now.nanoseconds)
    case .failed(let reason): self[key].failure = reason
    case .published(let line): book.publish(line)
    case .handled(let line):
      book.handle(line, by: key.service)
      self[key].handledCount += 1
      guard let milliseconds = line.milliseconds else { return }
      delays[key.service, default: LatencyWindow(seconds: windowSeconds)]
        .record(seconds: milliseconds / 1000, at: now)
    case .dead(let identity): book.giveUp(identity, by: key.service)
    case .faultOver(let identifier): faults.removeAll { $0.identifier == identifier }
    case .knobTurned, .arrived: break
    case .counters(let counters): self[key].present = counters
    case .entry(let report): self[key].entry = report
    case .customers(let report): customers = report
    }
  }

  /// The process ended, after its last line.
  ///
  /// - Parameters:
  ///   - key: The process.
  ///   - how: The rest of a sentence, `ended with exit code 1`.
  mutating func ended(_ key: ProcessKey, how: String) {
    let failure = self[key].failure
    self[key].earlier = self[key].total
    self[key].earlier.inHand = 0
    self[key].present = ServiceCounters()
    self[key].entry = EntryReport()
    self[key].isAlive = false
    self[key].state = self[key].isKilled ? .killed : .ended(failure ?? "it \(how)")
    if self[key].isLeaving { return remove(key) }
    missing.append(key)
    guard key == .customers else { return }
    earlierWays = CallWay.allCases.map(total(of:))
    customers = CustomersReport()
  }

  /// The customers begin, or begin again after their process was killed.
  ///
  /// - Returns: The shape of the load for them, which begins now: of a recording that is under way
  ///   what is left.
  mutating func welcome(at now: Instant) -> LoadShape {
    let isFirst = !haveCustomersBegun
    haveCustomersBegun = true
    if !isFirst, shape.kind == .replay, let shapeBegan {
      return shape.rest(after: now.seconds(since: shapeBegan) * timeScale)
    }
    let inForce = shapeInForce(at: now)
    if inForce.kind != .steady { shapeBegan = now }
    return inForce
  }

  /// The poison faults on any process of a service.
  func poisons(of service: String) -> [Int] {
    faults.filter { fault in
      fault.request.kind == .poison && key(named: fault.request.service)?.service == service
    }.map(\.identifier)
  }

  /// What the customers saw of one way, without latencies.
  func total(of way: CallWay) -> CustomersReport.Way {
    let parts = (earlierWays + customers.ways).filter { $0.way == way }
    return parts.reduce(into: CustomersReport.Way(way: way)) { sum, part in
      sum.offered += part.offered
      sum.succeeded += part.succeeded
      sum.declined += part.declined
      sum.failed += part.failed
      sum.refused += part.refused
    }
  }
}

extension Scenario {
  /// The processes that a run begins with, in order.
  var firstProcesses: [ProcessKey] {
    var keys: [ProcessKey] = [.customers]
    for service in services where !service.isOptional {
      if service.isEntry {
        keys += ways.map { ProcessKey(service: service.name, way: $0) }
      } else {
        keys += (1...max(1, service.queue?.consumers ?? 1)).map {
          ProcessKey(service: service.name, number: $0)
        }
      }
    }
    return keys
  }

  /// The name of a process, for people.
  func name(of key: ProcessKey) -> String {
    let base = key.way.map(entryName) ?? key.service
    return key.number == 1 ? base : "\(base)-\(key.number)"
  }

  /// The name under which others know the service, for an entry service with its way.
  func peerName(of key: ProcessKey) -> String {
    key.way.map(entryName) ?? key.service
  }

  /// The peers whose addresses a process must know.
  func peers(of key: ProcessKey) -> [String] {
    if key == .customers { return ways.map(entryName) }
    guard let plan = service(named: key.service) else { return [] }
    return Array(Set(plan.calls.values.flatMap { $0 }.map(\.service)))
  }
}

extension LabModel.ProcessModel {
  var isRunning: Bool {
    switch state {
    case .running, .hung: isAlive
    case .starting, .killed, .ended: false
    }
  }

  var processIdentifier: Int? {
    switch state {
    case .running(let identifier), .hung(let identifier): identifier
    case .starting, .killed, .ended: nil
    }
  }

  /// Why it does not run, as the rest of a sentence.
  var whyNotRunning: String {
    switch state {
    case .starting: "is not ready yet"
    case .running, .hung: "runs"
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
    sum.givenBack += right.givenBack
    sum.inHand += right.inHand
    return sum
  }
}
