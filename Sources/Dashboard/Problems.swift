import Canvas
import Telemetry

/// One thing that is wrong, in words.
struct Problem: Sendable, Hashable {
  /// What kind of thing it is; causes stand before what follows from them, the worst first.
  enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
    case brokerAway
    case noData
    case ledger
    case alarm
    case labFailed
    case ended
    case killed
    case hung
    case noConsumer
    case silentConsumer
    case dropped
    case failing
    case backlog
    case fault
    case paused
    case notice

    static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

    /// One or two words in capitals.
    var word: String {
      switch self {
      case .brokerAway: "THE BROKER IS AWAY"
      case .noData: "NO DATA"
      case .ledger: "LEDGER"
      case .alarm: "ALARM"
      case .labFailed: "LAB FAILED"
      case .ended: "ENDED"
      case .killed: "KILLED"
      case .hung: "HUNG"
      case .noConsumer: "NO CONSUMER"
      case .silentConsumer: "NO ACK"
      case .dropped: "DROPPED"
      case .failing: "FAILING"
      case .backlog: "BACKLOG"
      case .fault: "FAULT"
      case .paused: "PAUSED"
      case .notice: "NOTE"
      }
    }

    /// Nothing is wrong, but the person should know.
    var isNote: Bool { self >= .fault }

    var role: Role {
      switch self {
      case .brokerAway, .noData, .ledger, .alarm, .labFailed, .ended: .alertCritical
      case .killed, .hung, .noConsumer, .silentConsumer, .dropped, .failing, .backlog: .alertWarning
      case .fault: .labFault
      case .paused, .notice: .alertInformation
      }
    }
  }

  var kind: Kind
  /// The thing it is about; a name from the network.
  var subject: String
  /// What can be seen, and what it means.
  var text: String
  /// Since when; nil when that is not known.
  var since: Instant?
  /// A key that helps, with what it does.
  var advice: String = ""
}

/// What is wrong, from the facts of one picture: the answer of the screen's first line.
struct Problems: Sendable, Hashable {
  /// By kind, then the oldest first; at most ``Limits/problems``.
  private(set) var listed: [Problem] = []
  /// How many things are wrong; notes are not counted.
  private(set) var count = 0

  init() {}

  init(in picture: Picture) {
    if let broker = picture.broker {
      addBroker(broker)
      addQueues(broker, picture)
      addConsumers(broker, picture)
      addDrops(broker, picture)
    }
    if let lab = picture.lab { addLab(lab, picture) }
    let numbered = listed.enumerated().sorted { left, right in
      if left.element.kind != right.element.kind {
        return left.element.kind < right.element.kind
      }
      let leftSince = left.element.since ?? .distant
      let rightSince = right.element.since ?? .distant
      return leftSince == rightSince ? left.offset < right.offset : leftSince < rightSince
    }
    listed = numbered.prefix(Limits.problems).map(\.element)
  }

  /// Whether more problems are only counted.
  private var isFull: Bool { listed.count >= 4 * Limits.problems }

  private mutating func add(_ problem: Problem) {
    if !problem.kind.isNote { count += 1 }
    if !isFull { listed.append(problem) }
  }

  private mutating func addBroker(_ broker: BrokerSnapshot) {
    if broker.totals.imbalance != 0 {
      add(
        Problem(
          kind: .ledger,
          subject: broker.identity.label,
          text: "the sums differ by \(broker.totals.imbalance) messages: a fault of the broker"
        )
      )
    }
    addAlarms(broker)
    if let notice = broker.identity.notice {
      add(Problem(kind: .notice, subject: "", text: notice))
    }
  }

  private mutating func addAlarms(_ broker: BrokerSnapshot) {
    guard !broker.alarms.isEmpty else { return }
    let count = broker.connections.count { $0.isBlocked }
    let blocked = count == 1 ? "1 connection is" : "\(Format.count(count)) connections are"
    for alarm in broker.alarms {
      add(
        Problem(
          kind: .alarm,
          subject: alarm.rawValue,
          text: "the broker runs low on it, so publishers wait; \(blocked) blocked"
        )
      )
    }
  }

  private mutating func addQueues(_ broker: BrokerSnapshot, _ picture: Picture) {
    // A service that is away is the cause; its queue without a consumer is only what follows.
    // And nobody is meant to consume what waits to be tried again or was given up.
    let absent = (picture.lab?.services ?? []).filter { $0.state.isAbsent }.compactMap(\.queue)
    let unconsumed = (picture.lab?.queues ?? []).flatMap { queue in
      [queue.name + ".retry", queue.name + ".dead"]
    }
    let explained = Set(absent + unconsumed)
    let isBrokerAway = picture.lab?.isBrokerAway == true
    for index in broker.queues.indices {
      let state = picture.queueState(at: index)
      // Nearly all end here, and a queue is large to copy.
      if state == .ok || state == .idle || state == .draining { continue }
      if isFull, absent.isEmpty {
        if state != .paused { count += 1 }
        continue
      }
      let queue = broker.queues[index]
      let track = picture.history.track(at: index)
      switch state {
      case .ok, .idle, .draining: break
      case .paused:
        add(
          Problem(
            kind: .paused,
            subject: queue.name,
            text: "\(Format.count(queue.ready)) wait until its deliveries go on",
            since: track?.since,
            advice: "p resumes"
          )
        )
      case .noConsumer:
        // While the broker is away nobody can consume: that is what follows, and not news.
        if isBrokerAway || explained.contains(queue.name) { continue }
        add(
          Problem(
            kind: .noConsumer,
            subject: queue.name,
            text: "\(Format.count(queue.ready)) wait and nobody consumes",
            since: track?.since
          )
        )
      case .backlog:
        let oldest = queue.oldestReadyAt.map { broker.at.seconds(since: $0) }
        add(
          Problem(
            kind: .backlog,
            subject: queue.name,
            text: "\(Format.count(queue.ready)) wait, the oldest for \(Format.age(oldest))",
            since: track?.since
          )
        )
      }
    }
  }

  private mutating func addConsumers(_ broker: BrokerSnapshot, _ picture: Picture) {
    var pausedCount = 0
    for row in picture.consumerRows {
      guard case .consumer(let index) = row.subject else { continue }
      let consumer = broker.consumers[index]
      if consumer.isPaused { pausedCount += 1 }
      guard picture.state(of: consumer, near: index) == .silent else { continue }
      add(
        Problem(
          kind: .silentConsumer,
          subject: row.service ?? consumer.shownName,
          text: "holds \(Format.count(consumer.held)) and acknowledges none, more wait",
          since: consumer.quietSince
        )
      )
    }
    if pausedCount > 0 {
      add(
        Problem(
          kind: .paused,
          subject: "",
          text: pausedCount == 1 ? "1 consumer is paused" : "\(pausedCount) consumers are paused",
          advice: "p resumes"
        )
      )
    }
  }

  private mutating func addDrops(_ broker: BrokerSnapshot, _ picture: Picture) {
    for drop in picture.history.drops where drop.isRecent(at: broker.at) {
      guard
        let exchange = broker.exchanges.first(where: {
          $0.name == drop.name && $0.virtualHost == drop.virtualHost
        })
      else { continue }
      let dropped = Format.count(drop.droppedCount)
      let key = exchange.lastUnroutableKey.map { " for \"\($0)\"" } ?? ""
      add(
        Problem(
          kind: .dropped,
          subject: exchange.shownName,
          text: "\(dropped) matched no queue, no binding\(key)",
          since: drop.firstAt
        )
      )
    }
  }

  private mutating func addLab(_ lab: LabSnapshot, _ picture: Picture) {
    if case .failed(let reason) = lab.state {
      add(
        Problem(kind: .labFailed, subject: lab.scenario, text: reason)
      )
      // That its services are gone is only what follows.
      return
    }
    if lab.isBrokerAway {
      let cause = lab.faults.last {
        $0.request.kind == .brokerRestart || $0.request.kind == .brokerCrash
      }
      add(
        Problem(
          kind: .brokerAway,
          subject: "",
          text: "on purpose: no message is taken or delivered until it is back",
          since: cause?.since
        )
      )
    }
    for service in lab.services { addService(service, picture) }
    for fault in lab.faults {
      add(
        Problem(
          kind: .fault,
          subject: fault.request.service,
          text: FaultText.description(of: fault.request),
          since: fault.since,
          advice: "u heals"
        )
      )
    }
    guard let base = picture.labWindow.base else { return }
    for way in lab.ways {
      let before = base.ways.first { $0.way == way.way }?.failed ?? 0
      guard way.failed > before else { continue }
      let seconds = Int(picture.labWindow.baseSeconds + 0.5)
      let count = way.failed - before
      add(
        Problem(
          kind: .failing,
          subject: "\(way.way.shortName) customers",
          text:
            "\(Format.count(count)) \(count == 1 ? "call" : "calls") failed in the last \(seconds)s"
        )
      )
    }
  }

  private func consequence(of service: ServiceSnapshot, _ picture: Picture) -> String {
    if service.name == "customers" { return "nobody comes until it is back" }
    guard let name = service.queue else { return "calls to it fail" }
    let queue = picture.broker?.queues.first { $0.name == name }
    let waiting = queue.map { Format.count($0.ready) + " wait" } ?? "messages wait"
    return "\(waiting) in \(name) until it is back"
  }

  private mutating func addService(_ service: ServiceSnapshot, _ picture: Picture) {
    let since = picture.since(ofService: service.name)
    switch service.state {
    case .starting, .running:
      return
    case .hung:
      add(
        Problem(
          kind: .hung,
          subject: service.name,
          text: "its process is stopped; whoever waits for it goes on waiting",
          since: since,
          advice: "u lets it go on"
        )
      )
    case .killed:
      add(
        Problem(
          kind: .killed,
          subject: service.name,
          text: consequence(of: service, picture),
          since: since,
          advice: "u brings it back"
        )
      )
    case .ended(let reason):
      add(
        Problem(
          kind: .ended,
          subject: service.name,
          text: reason,
          since: since,
          advice: "u starts it again"
        )
      )
    }
  }
}

extension Picture {
  /// Returns the word for a consumer that stands at `index`; ``ConsumerState`` says what each needs.
  func state(of consumer: ConsumerSnapshot, near index: Int) -> ConsumerState {
    guard let broker else { return .idle }
    if consumer.isPaused { return .paused }
    if consumer.held > 0 {
      let isSilent =
        broker.at.seconds(since: consumer.quietSince) >= Limits.silentConsumerSeconds
        && lateQueues.contains(
          QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
        )
      return isSilent ? .silent : .busy
    }
    return (ackRate(of: consumer, near: index) ?? 0) > 0 ? .busy : .idle
  }

  /// Returns a consumer's acknowledgements a second; nil when nothing is known.
  func ackRate(of consumer: ConsumerSnapshot, near index: Int) -> Double? {
    guard let base = window.base else { return nil }
    let before = base.consumers.index(near: index) { $0.identifier == consumer.identifier }
    return Rates.perSecond(
      consumer.acknowledged,
      since: before.map { base.consumers[$0].acknowledged } ?? 0,
      seconds: window.baseSeconds
    )
  }
}

extension Instant {
  /// Later than any other.
  fileprivate static let distant = Instant(nanoseconds: .max)
}

extension ConsumerSnapshot {
  /// When it last acknowledged, or began to hold what it holds.
  fileprivate var quietSince: Instant {
    max(lastAcknowledgedAt ?? startedAt, heldSince ?? startedAt)
  }
}

extension ExchangeSnapshot {
  /// The default exchange has an empty name on the wire.
  var shownName: String { name.isEmpty ? "(default)" : name }
}
