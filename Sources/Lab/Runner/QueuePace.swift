import Telemetry

/// How fast a queue fills and empties, and how much of it must be lost.
struct QueuePace: Sendable {
  private struct Look: Sendable {
    var at: Instant
    var published: Int
    var done: Int
  }

  /// One a second, oldest first.
  private var looks: [Look] = []
  /// What was outstanding at the last looks into the broker, oldest first.
  private var outstanding: [IdentitySet] = []
  /// Messages that have been outstanding for all of these looks and that nobody holds.
  ///
  /// Which ones are held cannot be told, so that it may be a few too few while it runs; never too
  /// many.
  private(set) var lost = 0
  /// What the last look alone would have made of it.
  private var suspected: Int?

  /// Notes the sums at an instant.
  mutating func look(at now: Instant, _ sums: LedgerBook.Sums) {
    looks.append(Look(at: now, published: sums.published, done: sums.acknowledged + sums.dead))
    if looks.count > Limits.paceSeconds + 1 { looks.removeFirst() }
  }

  /// Notes what the broker and the consumers hold at most.
  mutating func lookIntoBroker(outstanding now: IdentitySet, held: Int) {
    if outstanding.count == Limits.agreeingLooks {
      var old = outstanding.removeFirst()
      old.formIntersection(now)
      // What came since the oldest look may be held as well, and is none of the old ones then. But
      // what was done in this moment may still be outstanding here and held by nobody.
      let young = max(0, now.count - old.count - justDone)
      let suspicion = max(0, old.count - max(0, held - young))
      // What two looks in a row say is no accident of their instants.
      lost = max(old.count - held, min(suspicion, suspected ?? 0), 0)
      suspected = suspicion
    }
    outstanding.append(now)
  }

  /// At most how many messages were done whose lines are not read yet.
  private var justDone: Int {
    guard looks.count > 1 else { return 0 }
    let done = looks[looks.count - 1].done - looks[looks.count - 2].done
    return (max(0, done) + 1) / 2
  }

  /// Nothing is outstanding.
  mutating func nothingIsOutstanding() {
    outstanding = []
    suspected = nil
    lost = 0
  }

  /// Messages that were done a second.
  var donePerSecond: Double? {
    guard let first = looks.first, let last = looks.last, looks.count > 1 else { return nil }
    let seconds = last.at.seconds(since: first.at)
    return seconds > 0 ? Double(last.done - first.done) / seconds : nil
  }

  /// Messages that came a second.
  var publishedPerSecond: Double? {
    guard let first = looks.first, let last = looks.last, looks.count > 1 else { return nil }
    let seconds = last.at.seconds(since: first.at)
    return seconds > 0 ? Double(last.published - first.published) / seconds : nil
  }
}

/// When a backlog is gone, if arrivals go on as the load's shape says.
struct DrainForecast: Sendable, Hashable {
  var waiting: Int
  var donePerSecond: Double
  var publishedPerSecond: Double
  /// How long the present rate goes on, in seconds; nil for a rate that goes on.
  var remainingSeconds: Double?
  /// What the rate is afterwards, as a part of the present one.
  var laterShare = 1.0

  /// Seconds from now until nothing waits; nil when nothing waits or it never will be gone.
  var seconds: Double? {
    guard waiting > 0 else { return nil }
    guard let remainingSeconds else {
      return gone(Double(waiting), arriving: publishedPerSecond)
    }
    let growth = publishedPerSecond - donePerSecond
    let later = Double(waiting) + growth * remainingSeconds
    if growth < 0, later <= 0 { return Double(waiting) / -growth }
    return gone(max(0, later), arriving: publishedPerSecond * laterShare).map {
      remainingSeconds + $0
    }
  }

  private func gone(_ backlog: Double, arriving perSecond: Double) -> Double? {
    let pace = donePerSecond - perSecond
    // A pace that is hardly one would name a time that nobody can believe.
    guard pace > 0.01 * max(donePerSecond, 1) else { return nil }
    return backlog / pace
  }
}
