import Telemetry

/// What was found in one queue after everybody had left.
struct QueueInspection: Sendable, Hashable {
  var queue: String
  /// The broker's count.
  var waitingCount: Int
  /// The payments among the messages that were read, one entry a message.
  var identities: [MessageIdentity]
  /// Messages that were read and are none of the scenario's.
  var foreignCount: Int
  /// Why the queue could not be looked into; nil when it could.
  var problem: String?

  /// Whether every waiting message was read.
  var isComplete: Bool {
    problem == nil && identities.count + foreignCount == waitingCount
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
/// - The payment service writes `confirmed` before it answers. Killed before that, it leaves a
///   message without a line; it counts as published as soon as anybody sees it, in a `handled`
///   line or in an inspected queue.
///
/// What is beyond ``Limits/inspectedMessages`` in a queue is counted but not read. Messages that
/// were delivered once stand at the head of their queue, so the ones that matter are read first.
struct LedgerBook: Sendable {
  private struct Entry {
    var handled = IdentitySet()
    var handledLines: Int64 = 0
    var foreign: Int64 = 0
  }

  let run: UInt32
  private let queues: [String]
  private var confirmed = IdentitySet()
  private var entries: [String: Entry]

  init(run: UInt32, queues: [String]) {
    self.run = run
    self.queues = queues
    entries = Dictionary(uniqueKeysWithValues: queues.map { ($0, Entry()) })
  }

  /// Notes that the broker confirmed a message.
  mutating func confirm(_ identity: MessageIdentity) {
    guard identity.run == run else { return }
    confirmed.insert(identity)
  }

  /// Notes that a consumer finished a message; nil or another run's is not the scenario's.
  mutating func handle(_ identity: MessageIdentity?, from queue: String) {
    guard let identity, identity.run == run else {
      entries[queue]?.foreign += 1
      return
    }
    entries[queue]?.handledLines += 1
    entries[queue]?.handled.insert(identity)
  }

  /// Confirmed messages that no consumer of the queue has finished yet.
  func unhandledCount(in queue: String) -> Int {
    guard let entry = entries[queue] else { return 0 }
    var unhandled = confirmed
    unhandled.subtract(entry.handled)
    return unhandled.count
  }

  /// Balances the account.
  ///
  /// - Parameters:
  ///   - inspections: One a queue, made after the last consumer had left.
  ///   - counters: The payment service's sums.
  ///   - ways: What the customers saw.
  ///   - scenario: The scenario's name.
  /// - Returns: The ledger of the run.
  func closed(
    with inspections: [QueueInspection],
    counters: ServiceCounters,
    ways: [CallWaySnapshot],
    scenario: String
  ) -> LabLedger {
    var accepted = confirmed
    for entry in entries.values { accepted.formUnion(entry.handled) }
    for inspection in inspections { accepted.formUnion(own(inspection)) }
    let parts = queues.map { queue in
      part(queue, accepted: accepted, inspections.first { $0.queue == queue })
    }
    // One reason may stand in the way of every queue.
    var problems = inspections.compactMap(\.problem).reduce(into: [String]()) { problems, problem in
      if !problems.contains(problem) { problems.append(problem) }
    }
    let readInPart = inspections.filter { !$0.isComplete && $0.waitingCount > 0 }
    for inspection in readInPart where inspection.problem == nil {
      let readCount = inspection.identities.count + inspection.foreignCount
      problems.append(
        "of \(inspection.waitingCount) messages in \(inspection.queue) only \(readCount) were read"
      )
    }
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

  private func part(
    _ queue: String,
    accepted: IdentitySet,
    _ inspection: QueueInspection?
  ) -> LabLedger.Queue {
    let entry = entries[queue] ?? Entry()
    let inspection =
      inspection
      ?? QueueInspection(queue: queue, waitingCount: 0, identities: [], foreignCount: 0)
    let seen = own(inspection)
    var putBack = seen
    putBack.formIntersection(entry.handled)
    let acknowledged = Int64(entry.handled.count - putBack.count)
    let ofOtherRuns = inspection.identities.count { $0.run != run }
    let waiting = Int64(inspection.waitingCount - inspection.foreignCount - ofOtherRuns)
    let lost: Int64
    if inspection.problem != nil {
      // Nothing is known of what waits; the remainder says so.
      lost = 0
    } else if inspection.isComplete {
      var missing = accepted
      missing.subtract(entry.handled)
      missing.subtract(seen)
      lost = Int64(missing.count)
    } else {
      lost = max(0, Int64(accepted.count) - acknowledged - waiting)
    }
    return LabLedger.Queue(
      name: queue,
      published: Int64(accepted.count),
      acknowledged: acknowledged,
      waiting: waiting,
      lost: lost,
      repeated: entry.handledLines - Int64(entry.handled.count),
      foreign: entry.foreign
    )
  }

  private func own(_ inspection: QueueInspection) -> IdentitySet {
    var identities = IdentitySet()
    for identity in inspection.identities where identity.run == run { identities.insert(identity) }
    return identities
  }
}
