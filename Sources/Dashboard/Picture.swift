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
  /// The queues in which a message waits for longer than ``Limits/silentConsumerSeconds``.
  private(set) var lateQueues: Set<QueueIdentity> = []
  private var serviceSince: [String: (state: ServiceState, at: Instant)] = [:]

  /// - Parameter refreshSeconds: How often a snapshot of the broker comes.
  init(refreshSeconds: Double = 0.5) {
    history = History(refreshSeconds: refreshSeconds)
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
    guard window.add(snapshot) else { return false }
    history.record(window)
    log.add(snapshot.events)
    exchangeOrder = Self.order(snapshot.exchanges)
    lateQueues = Set(
      snapshot.queues.lazy.filter { queue in
        queue.oldestReadyAt.map {
          snapshot.at.seconds(since: $0) >= Limits.silentConsumerSeconds
        } ?? false
      }.map(\.identity)
    )
    arrange()
    return true
  }

  /// Takes a snapshot of the lab.
  ///
  /// - Returns: Whether it was news.
  mutating func add(_ snapshot: LabSnapshot) -> Bool {
    guard labWindow.add(snapshot) else { return false }
    history.record(snapshot)
    for service in snapshot.services.prefix(Limits.trackedServices)
    where serviceSince[service.name]?.state != service.state {
      if serviceSince.count >= Limits.trackedServices { serviceSince.removeAll() }
      serviceSince[service.name] = (service.state, snapshot.at)
    }
    arrange()
    return true
  }

  /// When a service came into the state it is in, as far as was seen.
  func since(ofService name: String) -> Instant? {
    serviceSince[name]?.at
  }

  /// The state of a service; nil when there is none with that name.
  func service(named name: String) -> ServiceSnapshot? {
    lab?.services.first { $0.name == name }
  }

  /// Returns the time of day of an instant, by the clock of the newest snapshot.
  func wallTime(of instant: Instant) -> WallTime? {
    guard let broker else { return nil }
    let passed = broker.at.nanoseconds - instant.nanoseconds
    return WallTime(milliseconds: broker.wallTime.milliseconds - passed / 1_000_000)
  }

  private mutating func arrange() {
    consumerRows = ConsumerRow.rows(consumers: broker?.consumers ?? [], lab: lab)
    problems = Problems(in: self)
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
