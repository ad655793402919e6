import Canvas
import Diagnosis
import Telemetry

/// One thing that is wrong, in words.
struct Problem: Sendable, Hashable {
  /// What kind of thing it is; causes stand before what follows from them, the worst first.
  enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
    case brokerAway
    case noData
    /// A node of a broker that is watched from outside does not run.
    case nodeDown
    /// Its nodes lost sight of each other.
    case clusterSplit
    case labFailed
    case ended
    case killed
    case hung
    /// What the diagnosis found, of the gravest kind.
    case critical
    case failing
    /// What it found that will hurt.
    case warning
    case fault
    case paused
    /// What it found that is only good to know.
    case remark
    case notice

    static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

    /// Nothing is wrong, but the person should know.
    var isNote: Bool { self >= .fault }

    var role: Role {
      switch self {
      case .brokerAway, .noData, .nodeDown, .clusterSplit, .labFailed, .ended, .critical:
        .alertCritical
      case .killed, .hung, .failing, .warning: .alertWarning
      case .fault: .labFault
      case .paused, .remark, .notice: .alertInformation
      }
    }

    init(_ severity: Rule.Severity) {
      switch severity {
      case .critical: self = .critical
      case .warning: self = .warning
      case .note: self = .remark
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
  /// What the diagnosis found; nil for what the lab and the dashboard know themselves.
  var finding: Finding?

  /// One or two words in capitals.
  var word: String {
    switch kind {
    case .brokerAway: "THE BROKER IS AWAY"
    case .noData: "NO DATA"
    case .nodeDown: "NODE DOWN"
    case .clusterSplit: "SPLIT"
    case .labFailed: "LAB FAILED"
    case .ended: "ENDED"
    case .killed: "KILLED"
    case .hung: "HUNG"
    case .critical, .warning, .remark: finding?.rule.word ?? ""
    case .failing: "FAILING"
    case .fault: "FAULT"
    case .paused: "PAUSED"
    case .notice: "NOTE"
    }
  }
}

/// What is wrong, from the facts of one picture: the answer of the screen's first line.
struct Problems: Sendable, Hashable {
  /// By kind, then as the diagnosis orders them, then the oldest first; at most ``Limits/problems``.
  private(set) var listed: [Problem] = []
  /// How many things are wrong; notes are not counted.
  private(set) var count = 0

  init() {}

  init(in picture: Picture) {
    if let broker = picture.broker {
      if let notice = broker.identity.notice {
        add(Problem(kind: .notice, subject: "", text: notice))
      }
      addFindings(picture)
      addPaused(broker, picture)
    }
    if let lab = picture.lab { addLab(lab, picture) }
    let numbered = listed.enumerated().sorted { left, right in
      if left.element.kind != right.element.kind {
        return left.element.kind < right.element.kind
      }
      // The diagnosis has its own order.
      if left.element.finding != nil || right.element.finding != nil {
        return left.offset < right.offset
      }
      let leftSince = left.element.since ?? .distant
      let rightSince = right.element.since ?? .distant
      return leftSince == rightSince ? left.offset < right.offset : leftSince < rightSince
    }
    listed = numbered.prefix(Limits.problems).map(\.element)
  }

  private mutating func add(_ problem: Problem) {
    if !problem.kind.isNote { count += 1 }
    if listed.count < 4 * Limits.problems { listed.append(problem) }
  }

  /// What the diagnosis found and the screen says, the notes included.
  private static func shownFindings(in picture: Picture) -> [Finding] {
    // A service that is away is the cause; what its queue shows is only what follows. So is
    // everything while the broker itself is away.
    if picture.lab?.isBrokerAway == true { return [] }
    let absent = Set(
      (picture.lab?.services ?? []).filter { $0.state.isAbsent }.compactMap(\.queue)
    )
    // Nobody is meant to consume what the scenario gave up.
    let dead = Set((picture.lab?.queues ?? []).map { $0.name + ".dead" })
    return picture.diagnosis.findings.filter { finding in
      guard let queue = finding.subject.queue?.name else { return true }
      if absent.contains(queue), finding.rule.followsFromAbsence { return false }
      return !dead.contains(queue) || finding.rule != .noConsumer
    }
  }

  /// The verdicts: what the diagnosis found that is wrong, without what only follows from a service
  /// that is away.
  static func verdicts(in picture: Picture) -> [Finding] {
    shownFindings(in: picture).filter { $0.rule.severity != .note }
  }

  private mutating func addFindings(_ picture: Picture) {
    if picture.lab?.isBrokerAway == true { return }
    for finding in Self.shownFindings(in: picture) {
      add(
        Problem(
          kind: Problem.Kind(finding.rule.severity),
          subject: finding.subject.shownName,
          text: finding.text,
          since: finding.since,
          finding: finding
        )
      )
    }
    let unlisted = picture.diagnosis.troubleCount - picture.diagnosis.findings.count
    if unlisted > 0 { count += unlisted }
  }

  private mutating func addPaused(_ broker: BrokerSnapshot, _ picture: Picture) {
    for index in broker.queues.indices where broker.queues[index].isPaused {
      add(
        Problem(
          kind: .paused,
          subject: broker.queues[index].name,
          text: "\(Format.count(broker.queues[index].ready)) wait until its deliveries go on",
          since: picture.pausedSince[broker.queues[index].identity],
          advice: "p resumes"
        )
      )
    }
    let count = broker.consumers.count { $0.isPaused }
    if count == 0 { return }
    add(
      Problem(
        kind: .paused,
        subject: "",
        text: count == 1 ? "1 consumer is paused" : "\(count) consumers are paused",
        advice: "p resumes"
      )
    )
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

extension Rule {
  /// Whether it is only what follows when the queue's consumer is away.
  fileprivate var followsFromAbsence: Bool {
    switch self {
    case .noConsumer, .backlog, .age, .stuck, .slow, .leak, .full, .surge, .hoarding: true
    case .ledger, .alarm, .poison, .unroutable, .blocked, .deadLetters, .ghost, .churn,
      .channelLeak, .generations, .bindings, .draining:
      false
    }
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
