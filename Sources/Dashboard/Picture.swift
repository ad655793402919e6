import Diagnosis
import Telemetry

/// All that the screen is drawn from, apart from where the person is in it.
///
/// A frozen screen keeps a copy of it, while the live one goes on recording.
struct Picture: Sendable {
  private(set) var window = SlidingWindow<BrokerSnapshot>(seconds: Limits.rateSeconds)
  private(set) var labWindow = SlidingWindow<LabSnapshot>(seconds: Limits.labRateSeconds)
  private(set) var history: History
  private(set) var log = EventLog()
  /// Indices into the snapshot's exchanges: the person's own, then the predeclared ones that
  /// carried something, then the rest.
  private(set) var exchangeOrder: [Int] = []
  private(set) var consumerRows: [ConsumerRow] = []
  private(set) var problems = Problems()
  /// What the rules say of the broker.
  private(set) var diagnosis: Diagnosis
  /// Exchanges that lost messages lately.
  private(set) var losingExchanges: Set<ExchangeIdentity> = []
  /// The worst finding about each queue that has one.
  private(set) var verdicts: [QueueIdentity: Finding] = [:]
  /// The rule of the worst finding about each consumer and each connection that has one, by its
  /// number.
  private(set) var consumerVerdicts: [UInt64: Rule] = [:]
  private(set) var connectionVerdicts: [UInt64: Rule] = [:]
  /// Since when the person has stopped a queue's deliveries, as far as was seen.
  private(set) var pausedSince: [QueueIdentity: Instant] = [:]
  /// The queues in which a message waits for longer than ``Limits/silentConsumerSeconds``.
  private(set) var lateQueues: Set<QueueIdentity> = []
  /// Channels with several consumers whose broker counts for each channel only: what one of them
  /// holds and acknowledges is not known.
  private(set) var sharedChannels: Set<ChannelPlace> = []
  /// How many consumers each connection has.
  private(set) var consumerCounts: [UInt64: Int] = [:]
  /// What was looked at last.
  private(set) var peeked: (queue: QueueIdentity, messages: [MessageSnapshot])?
  /// Whether messages that pass are shown, instead of those that were looked at.
  var isTapping = false
  /// Counts how often rows of a panel came or went; whoever holds indices must look again.
  private(set) var versions: [Panel: UInt64] = [:]
  private var serviceSince: [String: (state: ServiceState, at: Instant)] = [:]

  /// - Parameters:
  ///   - refreshSeconds: How often a snapshot of the broker comes.
  ///   - tuning: What the person changed of the diagnosis' rules.
  init(refreshSeconds: Double = 0.5, tuning: Tuning = .standard) {
    history = History(refreshSeconds: refreshSeconds)
    diagnosis = Diagnosis(tuning: tuning, refreshSeconds: refreshSeconds)
  }

  /// Says how often a snapshot of the broker comes from now on.
  mutating func expect(refreshSeconds: Double) {
    history.expect(refreshSeconds: refreshSeconds)
    diagnosis.refreshSeconds = refreshSeconds
  }

  /// The newest snapshot; nil until the first one.
  var broker: BrokerSnapshot? { window.newest }
  /// What the lab last said; nil without one.
  var lab: LabSnapshot? { labWindow.newest }

  /// Takes a snapshot of the broker.
  ///
  /// - Returns: Whether it was news.
  mutating func add(_ snapshot: BrokerSnapshot) -> Bool {
    if let known = broker, known.identity.startedAt != snapshot.identity.startedAt {
      window.reset()
      log.reset()
    }
    let before = broker
    guard window.add(snapshot) else { return false }
    countChanges(from: before, to: snapshot)
    history.record(window)
    diagnosis.examine(snapshot)
    verdicts = Dictionary(
      diagnosis.findings.compactMap { finding in
        finding.subject.queue.map { ($0, finding) }
      },
      // The first is the worst.
      uniquingKeysWith: { first, _ in first }
    )
    losingExchanges = Set(
      diagnosis.findings.compactMap { finding in
        guard finding.rule == .unroutable, case .exchange(let exchange) = finding.subject else {
          return nil
        }
        return exchange
      }
    )
    noteVerdictsOfClients()
    notePauses(snapshot)
    orderExchanges(snapshot.exchanges, before: before?.exchanges ?? [])
    lateQueues = Set(
      snapshot.queues.lazy.filter { queue in
        queue.oldestReadyAt.map {
          snapshot.at.seconds(since: $0) >= Limits.silentConsumerSeconds
        } ?? false
      }.map(\.identity)
    )
    noteSharedChannels(snapshot)
    arrange()
    noteEvents(snapshot)
    return true
  }

  private mutating func noteVerdictsOfClients() {
    consumerVerdicts.removeAll(keepingCapacity: true)
    connectionVerdicts.removeAll(keepingCapacity: true)
    for finding in diagnosis.findings where finding.rule.severity != .note {
      switch finding.subject {
      case .consumer(let identifier, _):
        if consumerVerdicts[identifier] == nil { consumerVerdicts[identifier] = finding.rule }
      case .connection(let identifier, _):
        if connectionVerdicts[identifier] == nil { connectionVerdicts[identifier] = finding.rule }
      case .broker, .queue, .exchange, .client, .resource: break
      }
    }
  }

  private mutating func noteEvents(_ snapshot: BrokerSnapshot) {
    let before = log.version
    var next = log
    next.add(snapshot)
    next.add(diagnosis.rateSteps, in: self)
    next.examine(self)
    log = next
    if log.version != before { changed(.events) }
  }

  /// Takes a snapshot of the lab.
  ///
  /// - Returns: Whether it was news.
  mutating func add(_ snapshot: LabSnapshot) -> Bool {
    guard labWindow.add(snapshot) else { return false }
    history.record(labWindow)
    for service in snapshot.services.prefix(Limits.trackedServices)
    where serviceSince[service.name]?.state != service.state {
      if serviceSince.count >= Limits.trackedServices { serviceSince.removeAll() }
      serviceSince[service.name] = (service.state, snapshot.at)
    }
    arrange()
    return true
  }

  /// The state of a queue: what the diagnosis says of it, else whether anybody consumes.
  func queueState(at index: Int) -> QueueState {
    guard let broker else { return .ok }
    return queueState(of: broker.queues[index])
  }

  /// The state of a queue of the newest snapshot.
  func queueState(of queue: QueueSnapshot) -> QueueState {
    if queue.isPaused { return .paused }
    if !verdicts.isEmpty, let state = verdicts[queue.identity].flatMap({ QueueState($0.rule) }) {
      return state
    }
    return queue.consumerCount == 0 && queue.ready == 0 ? .idle : .ok
  }

  /// Since when a queue is in the state it is in; nil when that is not known.
  func since(of queue: QueueIdentity, _ state: QueueState) -> Instant? {
    state == .paused ? pausedSince[queue] : verdicts[queue]?.since
  }

  private mutating func notePauses(_ snapshot: BrokerSnapshot) {
    var paused: [QueueIdentity: Instant] = [:]
    for index in snapshot.queues.indices where snapshot.queues[index].isPaused {
      let queue = snapshot.queues[index].identity
      paused[queue] = pausedSince[queue] ?? snapshot.at
    }
    pausedSince = paused
  }

  /// When a service came into the state it is in, as far as was seen.
  func since(ofService name: String) -> Instant? {
    serviceSince[name]?.at
  }

  /// The state of a service; nil when there is none with that name.
  func service(named name: String) -> ServiceSnapshot? {
    lab?.services.first { $0.name == name }
  }

  /// A fault that is in force.
  func fault(_ identifier: Int) -> ActiveFault? {
    lab?.faults.first { $0.identifier == identifier }
  }

  /// The fault of a kind that is on a service.
  func fault(on service: String, _ kind: FaultKind) -> ActiveFault? {
    lab?.faults.last { $0.request.service == service && $0.request.kind == kind }
  }

  /// Returns the time of day of an instant, by the clock of the newest snapshot.
  func wallTime(of instant: Instant) -> WallTime? {
    guard let broker else { return nil }
    let passed = broker.at.nanoseconds - instant.nanoseconds
    return WallTime(milliseconds: broker.wallTime.milliseconds - passed / 1_000_000)
  }

  /// Takes what a look at a queue's messages found.
  mutating func add(_ messages: [MessageSnapshot], of queue: QueueIdentity) {
    peeked = (queue, messages)
    changed(.messages)
  }

  /// Says that rows of a panel came or went.
  mutating func changed(_ panel: Panel) {
    versions[panel, default: 0] += 1
  }

  /// Whether what a consumer holds and acknowledges is counted.
  func isCounted(_ consumer: ConsumerSnapshot) -> Bool {
    sharedChannels.isEmpty || !sharedChannels.contains(ChannelPlace(of: consumer))
  }

  private mutating func noteSharedChannels(_ snapshot: BrokerSnapshot) {
    sharedChannels = []
    if snapshot.totals.isLedgerKept { return }
    var seen: Set<ChannelPlace> = []
    for consumer in snapshot.consumers {
      let place = ChannelPlace(of: consumer)
      if !seen.insert(place).inserted { sharedChannels.insert(place) }
    }
  }

  private mutating func arrange() {
    let rows = ConsumerRow.rows(consumers: broker?.consumers ?? [], lab: lab)
    if rows != consumerRows { changed(.consumers) }
    consumerRows = rows
    consumerCounts = (broker?.consumers ?? []).reduce(into: [:]) { counts, consumer in
      counts[consumer.connectionIdentifier, default: 0] += 1
    }
    problems = Problems(in: self)
  }

  private mutating func orderExchanges(_ now: [ExchangeSnapshot], before: [ExchangeSnapshot]) {
    let order = Self.order(now)
    let isSame =
      order == exchangeOrder
      && zip(before, now).allSatisfy { $0.name == $1.name && $0.virtualHost == $1.virtualHost }
    exchangeOrder = order
    if !isSame { changed(.exchanges) }
  }

  private static func order(_ exchanges: [ExchangeSnapshot]) -> [Int] {
    func rank(_ exchange: ExchangeSnapshot) -> Int {
      if !exchange.isPredeclared { return 0 }
      return exchange.published > 0 ? 1 : 2
    }
    let ranks = exchanges.map(rank)
    return (0...2).flatMap { wanted in exchanges.indices.filter { ranks[$0] == wanted } }
  }
}

/// Which channel a consumer is on.
struct ChannelPlace: Hashable, Sendable {
  var connection: UInt64
  var number: UInt16

  init(of consumer: ConsumerSnapshot) {
    connection = consumer.connectionIdentifier
    number = consumer.channelNumber
  }
}
