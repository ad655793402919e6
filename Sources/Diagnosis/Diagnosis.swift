package import Telemetry

/// Says what is wrong with a broker, from its snapshots one after the other.
///
/// The rules are pure functions of a ``Window``; this keeps what a window needs of the past.
package struct Diagnosis: Sendable {
  /// What the rules found in the newest snapshot: causes before what follows from them, the worst
  /// first, the oldest of equals first; at most ``Limits/findings``.
  package private(set) var findings: [Finding] = []
  /// How many findings are no notes, the unlisted ones included.
  package private(set) var troubleCount = 0
  /// The rates that changed for good, as became sure with the newest snapshot.
  package var rateSteps: [RateStep] { steps.newest }
  package var tuning: Tuning
  package var refreshSeconds: Double

  private var newest: BrokerSnapshot?
  private var firstAt = Instant.zero
  private var queues: [QueueFacts] = []
  private var consumers: [ConsumerFacts] = []
  /// What stands at each place of ``queues`` and ``consumers``; the same arrays while nothing comes
  /// or goes, so that it costs nothing to see that.
  private var queueKeys: [QueueIdentity] = []
  private var consumerKeys: [UInt64] = []
  private var consumersOfQueue: [Range<Int>] = []
  private var queueSums = SumRing<QueueIdentity, QueueSums>()
  private var consumerSums = SumRing<UInt64, ConsumerSums>()
  private var exchangeSums = SumRing<ExchangeIdentity, ExchangeSums>()
  private var totalSums = SumRing<String, BrokerTotals>()
  private var longTerm = LongTerm()
  private var steps = RateSteps()
  /// Since when each finding holds that does not know it itself.
  private var seenSince: [Finding.Identity: Instant] = [:]

  /// - Parameters:
  ///   - tuning: What the person changed of the rules.
  ///   - refreshSeconds: How often a snapshot comes.
  package init(tuning: Tuning = .standard, refreshSeconds: Double = 0.5) {
    self.tuning = tuning
    self.refreshSeconds = refreshSeconds
  }

  /// Takes a snapshot and asks all rules.
  ///
  /// - Parameter snapshot: Newer than the one before; of a broker that was started anew it may be
  ///   any, and everything before is forgotten.
  package mutating func examine(_ snapshot: BrokerSnapshot) {
    if let newest, newest.identity.startedAt != snapshot.identity.startedAt { forget() }
    if newest == nil { firstAt = snapshot.at }
    record(snapshot)
    let window = window(of: snapshot)
    var found: [Finding] = []
    for rule in Rule.allCases where !tuning.off.contains(rule) {
      found += rule.findings(in: window)
    }
    settle(found, in: window)
  }

  private mutating func forget() {
    self = Diagnosis(tuning: tuning, refreshSeconds: refreshSeconds)
  }

  private mutating func record(_ snapshot: BrokerSnapshot) {
    let step = Step(
      now: snapshot.at,
      seconds: newest.map { max(0, snapshot.at.seconds(since: $0.at)) } ?? 0,
      tuning: tuning
    )
    consumersOfQueue = Self.consumersOfQueue(in: snapshot)
    recordConsumers(snapshot, in: step)
    recordQueues(snapshot, in: step)
    steps.record(published: snapshot.totals.published, queueChanges, in: step)
    // By index: to hand on an element is to copy it, with all its texts.
    queueSums.add(
      snapshot.queues.indices.map { QueueSums(snapshot.queues[$0]) },
      of: queueKeys,
      at: snapshot.at
    )
    consumerSums.add(
      snapshot.consumers.indices.map { ConsumerSums(snapshot.consumers[$0]) },
      of: consumerKeys,
      at: snapshot.at
    )
    exchangeSums.add(
      snapshot.exchanges.map(ExchangeSums.init),
      of: snapshot.exchanges.map(\.identity),
      at: snapshot.at
    )
    totalSums.add([snapshot.totals], of: [""], at: snapshot.at)
    longTerm.record(
      snapshot,
      after: newest,
      consumersOfQueue: consumersOfQueue,
      tuning: tuning
    )
    newest = snapshot
  }

  private mutating func recordConsumers(_ snapshot: BrokerSnapshot, in step: Step) {
    let isSame =
      consumerKeys.count == snapshot.consumers.count
      && consumerKeys.indices.allSatisfy { consumerKeys[$0] == snapshot.consumers[$0].identifier }
    if isSame {
      for index in consumers.indices {
        consumers[index].record(snapshot.consumers[index], in: step)
      }
      return
    }
    let places = Dictionary(
      consumerKeys.enumerated().map { ($1, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    consumerKeys = snapshot.consumers.map(\.identifier)
    consumers = snapshot.consumers.map { consumer in
      guard let place = places[consumer.identifier] else {
        return ConsumerFacts(consumer, in: step)
      }
      var facts = consumers[place]
      facts.record(consumer, in: step)
      return facts
    }
  }

  private mutating func recordQueues(_ snapshot: BrokerSnapshot, in step: Step) {
    let isSame =
      queueKeys.count == snapshot.queues.count
      && queueKeys.indices.allSatisfy { index in
        queueKeys[index].name == snapshot.queues[index].name
          && queueKeys[index].virtualHost == snapshot.queues[index].virtualHost
      }
    if isSame {
      for index in queues.indices {
        queues[index].record(
          snapshot.queues[index],
          of: consumers[consumersOfQueue[index]],
          allPaused: isPaused(consumersOfQueue[index], in: snapshot),
          in: step
        )
      }
      return
    }
    let places = Dictionary(
      queueKeys.enumerated().map { ($1, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    queueKeys = snapshot.queues.map(\.identity)
    queues = snapshot.queues.indices.map { index in
      let queue = snapshot.queues[index]
      let range = consumersOfQueue[index]
      guard let place = places[queue.identity] else {
        return QueueFacts(queue, of: consumers[range], in: step)
      }
      var facts = queues[place]
      facts.record(
        queue,
        of: consumers[range],
        allPaused: isPaused(range, in: snapshot),
        in: step
      )
      return facts
    }
  }

  /// The queues' rates that changed for good, those with the most messages first.
  private var queueChanges: [RateStep] {
    var changes: [RateStep] = []
    for index in queues.indices {
      guard let change = queues[index].arrivalChange else { continue }
      changes.append(
        RateStep(
          subject: .queue(queues[index].identity),
          before: change.before,
          now: change.now,
          at: change.at
        )
      )
    }
    return changes.sorted { max($0.now, $0.before) > max($1.now, $1.before) }
  }

  /// Whether a person paused all of some consumers.
  private func isPaused(_ range: Range<Int>, in snapshot: BrokerSnapshot) -> Bool {
    !range.isEmpty && range.allSatisfy { snapshot.consumers[$0].isPaused }
  }

  private func window(of snapshot: BrokerSnapshot) -> Window {
    Window(
      newest: snapshot,
      refreshSeconds: refreshSeconds,
      firstAt: firstAt,
      queues: queues,
      consumers: consumers,
      consumersOfQueue: consumersOfQueue,
      queueSums: queueSums,
      consumerSums: consumerSums,
      exchangeSums: exchangeSums,
      totalSums: totalSums,
      longTerm: longTerm,
      tuning: tuning
    )
  }

  /// Both are sorted by virtual host and queue, so that one walk finds them all.
  static func consumersOfQueue(in snapshot: BrokerSnapshot) -> [Range<Int>] {
    var next = 0
    let queues = snapshot.queues
    let consumers = snapshot.consumers
    return queues.indices.map { index in
      func isBefore(_ place: Int) -> Bool {
        consumers[place].virtualHost == queues[index].virtualHost
          ? consumers[place].queue < queues[index].name
          : consumers[place].virtualHost < queues[index].virtualHost
      }
      while next < consumers.count, isBefore(next) { next += 1 }
      let first = next
      while next < consumers.count, consumers[next].queue == queues[index].name,
        consumers[next].virtualHost == queues[index].virtualHost
      {
        next += 1
      }
      return first..<next
    }
  }

  /// Orders the findings, and hides what only follows from others.
  private mutating func settle(_ found: [Finding], in window: Window) {
    let now = window.now
    var since: [Finding.Identity: Instant] = [:]
    var dated = found
    for index in dated.indices where dated[index].since == nil {
      let identity = dated[index].identity
      let known = seenSince[identity] ?? now
      since[identity] = known
      dated[index].since = known
    }
    seenSince = since
    let settled = Causes.settled(dated, in: window)
    troubleCount = settled.count { $0.rule.severity != .note }
    findings = Array(settled.prefix(Limits.findings))
  }
}
