import Telemetry

/// What was found in one queue after everybody had left.
struct QueueInspection: Sendable, Hashable {
  var queue: String
  /// The broker's count.
  var waitingCount = 0
  /// The lab's messages among those that were read, one entry a message.
  var identities: [MessageIdentity] = []
  /// Messages that were read and are none of the lab's.
  var foreignCount = 0
  /// Why the queue could not be looked into; nil when it could.
  var problem: String?

  /// Whether every waiting message was read.
  var isComplete: Bool { problem == nil && unreadCount == 0 }

  /// Waiting messages that nobody had the time to read.
  var unreadCount: Int { problem == nil ? waitingCount - identities.count - foreignCount : 0 }

  /// Which copy of a queue it is, by its name; nil for a queue that is none.
  var copy: Int? { queue.split(separator: ".").last.flatMap { Int($0) } }
}

/// What was found in the queues of one service.
struct ServiceInspection: Sendable, Hashable {
  var service: String
  /// Its queue, or the copies of it, and its retry queue.
  var waiting: [QueueInspection] = []
  /// Its dead-letter queue.
  var dead: QueueInspection?

  var all: [QueueInspection] { waiting + [dead].compactMap { $0 } }

  /// What was not read, in one sentence for all of its queues; nil when everything was.
  var unreadText: String? {
    let unread = all.filter { $0.unreadCount != 0 }
    guard let first = unread.first else { return nil }
    let waiting = unread.reduce(0) { $0 + $1.waitingCount }
    let read = waiting - unread.reduce(0) { $0 + $1.unreadCount }
    let queues = unread.count == 1 ? first.queue : "\(unread.count) queues of \(service)"
    return "of \(waiting) messages in \(queues) only \(read) were read"
  }
}

/// Keeps the account of a run by message identity, so that it is exact whoever is killed.
///
/// A killed process takes its unreported work with it, so sums that it reports now and then cannot
/// be trusted to the last message. Instead each message has one line, written before the step that
/// cannot be taken back (see ``ServiceEvent``):
///
/// - A consumer writes `handled` before it acknowledges. Killed in between, it leaves a line for a
///   message that the broker puts back: its next `handled` line is known by its identity
///   (``LabLedger/Queue/repeated``), and if it still waits at the end, the inspection finds it in
///   the queue and takes it off the acknowledged ones.
/// - A producer writes `published` before it answers. Killed before that, it leaves a message
///   without a line; it counts as published as soon as anybody sees it, in a `handled` line or in an
///   inspected queue.
///
/// What is beyond ``Limits/inspectedMessages`` in a queue is counted but not read. Messages that
/// were delivered once stand at the head of their queue, so the ones that matter are read first.
struct LedgerBook: Sendable {
  private struct Entry {
    let service: ServicePlan
    var published = IdentitySet()
    var handled = IdentitySet()
    var applied = IdentitySet()
    var dead = IdentitySet()
    var handledLines = 0
    var appliedLines = 0
    var foreign = 0
    /// Since when its queue is bound, on the monotonic clock, in nanoseconds.
    var boundAt: Int64?
  }

  /// The sums of one queue so far.
  struct Sums: Sendable, Hashable {
    var published = 0
    var acknowledged = 0
    var dead = 0
    var repeated = 0
    var doubled = 0

    /// Neither worked on nor given up.
    var outstanding: Int { max(0, published - acknowledged - dead) }
  }

  let run: UInt32
  private let scenario: Scenario
  private let routing: Routing
  private var accepted = IdentitySet()
  private var entries: [Entry]

  init(run: UInt32, scenario: Scenario) {
    self.run = run
    self.scenario = scenario
    routing = Routing(scenario)
    entries = scenario.services.filter { $0.queue != nil }.map { Entry(service: $0) }
  }

  /// Notes that a service's queue exists and is bound; earlier events have not reached it.
  mutating func bind(_ service: String, at now: Int64) {
    guard let index = index(of: service), entries[index].boundAt == nil else { return }
    entries[index].boundAt = now
  }

  /// Notes that a producer believes the broker has an event.
  mutating func publish(_ line: PublishedLine) {
    guard line.identity.run == run else { return }
    accepted.insert(line.identity)
    for service in routing.services(exchange: line.exchange, key: line.key) {
      guard let index = index(of: service.name), let boundAt = entries[index].boundAt,
        line.beganAt >= boundAt
      else { continue }
      for identity in identities(of: line, at: service) {
        entries[index].published.insert(identity)
      }
    }
  }

  /// What an event is called in the queues of a service.
  private func identities(of line: PublishedLine, at service: ServicePlan) -> [MessageIdentity] {
    guard scenario.isGroup(service) else { return [line.identity] }
    guard line.exchange.isEmpty else {
      return (1...max(1, line.copies)).map(line.identity.copied)
    }
    // Published straight into one of the copies of the queue.
    return [line.key.split(separator: ".").last.flatMap { Int($0) } ?? 0].map(line.identity.copied)
  }

  /// Notes that a consumer finished a message; nil or another run's is not the scenario's.
  mutating func handle(_ line: HandledLine, by service: String) {
    guard let index = index(of: service) else { return }
    guard let identity = line.identity, identity.run == run else {
      entries[index].foreign += 1
      return
    }
    entries[index].handledLines += 1
    entries[index].handled.insert(identity)
    guard line.isApplied else { return }
    entries[index].appliedLines += 1
    entries[index].applied.insert(identity)
  }

  /// Notes that a consumer gives a message up.
  mutating func giveUp(_ identity: MessageIdentity, by service: String) {
    guard identity.run == run, let index = index(of: service) else { return }
    entries[index].dead.insert(identity)
  }

  private func index(of service: String) -> Int? {
    entries.firstIndex { $0.service.name == service }
  }

  /// The sums of a service's queue so far.
  func sums(of service: String) -> Sums {
    guard let index = index(of: service) else { return Sums() }
    let entry = entries[index]
    var published = entry.published
    published.formUnion(entry.handled)
    published.formUnion(entry.dead)
    return Sums(
      published: published.count,
      acknowledged: entry.handled.count,
      dead: entry.dead.countOfDifference(from: entry.handled),
      repeated: entry.handledLines - entry.handled.count,
      doubled: entry.appliedLines - entry.applied.count
    )
  }

  /// The messages of a service's queue that are neither worked on nor given up.
  func outstanding(of service: String) -> IdentitySet {
    guard let index = index(of: service) else { return IdentitySet() }
    var outstanding = entries[index].published
    outstanding.subtract(entries[index].handled)
    outstanding.subtract(entries[index].dead)
    return outstanding
  }

  /// Balances the account.
  ///
  /// - Parameters:
  ///   - inspections: One a service with a queue, made after the last consumer had left.
  ///   - counters: The producers' sums.
  ///   - ways: What the customers saw.
  ///   - scenario: The scenario's name.
  /// - Returns: The ledger of the run.
  func closed(
    with inspections: [ServiceInspection],
    counters: ServiceCounters,
    ways: [CallWaySnapshot],
    scenario: String
  ) -> LabLedger {
    let parts = entries.map { entry in
      part(entry, inspections.first { $0.service == entry.service.name })
    }
    let all = inspections.flatMap(\.all)
    // One reason may stand in the way of every queue.
    var problems = all.compactMap(\.problem).reduce(into: [String]()) { problems, problem in
      if !problems.contains(problem) { problems.append(problem) }
    }
    problems += inspections.compactMap(\.unreadText)
    return LabLedger(
      scenario: scenario,
      queues: parts,
      begun: counters.published,
      published: UInt64(accepted.count),
      returned: counters.returned,
      unconfirmed: counters.unconfirmed,
      ways: ways,
      problems: problems
    )
  }

  private func part(_ entry: Entry, _ inspection: ServiceInspection?) -> LabLedger.Queue {
    let waitingIn = inspection?.waiting ?? []
    let seen = own(waitingIn, isGroup: scenario.isGroup(entry.service))
    let deadOnes = deadOnes(entry, inspection)
    var published = entry.published
    published.formUnion(entry.handled)
    published.formUnion(entry.dead)
    published.formUnion(seen.set)
    published.formUnion(deadOnes)
    var putBack = seen.set
    putBack.formIntersection(entry.handled)
    let acknowledged = entry.handled.count - putBack.count
    // A second copy of a message that waits twice is a repetition, and is not published again.
    let surplus = surplus(entry, waitingIn, seen.set, deadOnes)
    let waiting =
      waitingIn.reduce(0) { $0 + $1.waitingCount } - seen.foreign - seen.twice - surplus
    var isDead = deadOnes
    isDead.subtract(entry.handled)
    isDead.subtract(seen.set)
    let isComplete = inspection?.all.allSatisfy(\.isComplete) ?? true
    let lost: Int
    if inspection?.all.contains(where: { $0.problem != nil }) == true {
      // Nothing is known of what waits; the remainder says so.
      lost = 0
    } else if isComplete {
      var missing = published
      missing.subtract(entry.handled)
      missing.subtract(seen.set)
      missing.subtract(isDead)
      lost = missing.count
    } else {
      lost = max(0, published.count - acknowledged - waiting - isDead.count)
    }
    return LabLedger.Queue(
      name: entry.service.queue?.name ?? entry.service.name,
      service: entry.service.name,
      published: Int64(published.count),
      acknowledged: Int64(acknowledged),
      waiting: Int64(waiting),
      dead: Int64(isDead.count),
      lost: Int64(lost),
      repeated: Int64(entry.handledLines - entry.handled.count + seen.twice),
      doubled: Int64(entry.appliedLines - entry.applied.count),
      foreign: Int64(entry.foreign)
    )
  }

  /// Unread messages in copies of a queue that the broadcasts did not mean: the copies above the
  /// knob get every event as well, and their consumer throws it away, unless it is dead.
  private func surplus(
    _ entry: Entry,
    _ inspections: [QueueInspection],
    _ seen: IdentitySet,
    _ dead: IdentitySet
  ) -> Int {
    guard scenario.isGroup(entry.service), !inspections.allSatisfy(\.isComplete) else { return 0 }
    var missing = entry.published
    missing.subtract(entry.handled)
    missing.subtract(seen)
    missing.subtract(dead)
    let meant = missing.countsByCopy
    return inspections.reduce(0) { sum, inspection in
      sum + max(0, inspection.unreadCount - meant[inspection.copy ?? 0, default: 0])
    }
  }

  /// The messages that were given up, whatever became of them later.
  ///
  /// With a dead-letter queue the broker's word counts, without one the consumer's; so it does for
  /// copies, because a message in the dead-letter queue does not say which one it was.
  private func deadOnes(_ entry: Entry, _ inspection: ServiceInspection?) -> IdentitySet {
    guard let dead = inspection?.dead, dead.isComplete, !scenario.isGroup(entry.service) else {
      return entry.dead
    }
    return own([dead], isGroup: false).set
  }

  private func own(
    _ inspections: [QueueInspection],
    isGroup: Bool
  ) -> (set: IdentitySet, foreign: Int, twice: Int) {
    var set = IdentitySet()
    var foreign = 0
    var twice = 0
    for inspection in inspections {
      foreign += inspection.foreignCount
      let copy = isGroup ? inspection.copy : nil
      for identity in inspection.identities {
        guard identity.run == run else {
          foreign += 1
          continue
        }
        if !set.insert(copy.map(identity.copied) ?? identity) { twice += 1 }
      }
    }
    return (set, foreign, twice)
  }
}
