package import Telemetry

/// What was kept of a queue's past.
package struct QueueFacts: Sendable {
  package let identity: QueueIdentity
  /// When the queue was first seen.
  package let firstSeenAt: Instant
  /// Since when messages wait in it without a break; nil when none does.
  package private(set) var waitingSince: Instant?
  /// When messages were last seen to wait.
  package private(set) var lastWaitedAt: Instant?
  /// Since when nobody consumes; nil when somebody does.
  package private(set) var unconsumedSince: Instant?
  /// Whether anybody was ever seen to consume.
  package private(set) var wasConsumed = false
  /// When a message was last seen to be acknowledged.
  package private(set) var lastAcknowledgedAt: Instant?
  /// When a person last kept its messages back: paused it, or all its consumers.
  package private(set) var lastPausedAt: Instant?
  /// The depth (ready and unacked) turns here: it grows since the last valley, or falls since the
  /// last peak.
  package var turn: DepthTurn { course.turn }
  package var isGrowing: Bool { course.isGrowing }
  /// The highest point since the turn while it grows, else the lowest.
  package var extreme: DepthTurn { course.extreme }
  /// What was usual when the depth began to grow; nil while it does not.
  package private(set) var before: Usual?
  /// The least depth of each of the last minutes, the newest last and not yet over.
  package private(set) var minima: [Int] = []
  /// What is usual lately.
  package private(set) var usual = Usual()
  /// Since when more comes in than ``Threshold/surgeTimes`` of what is usual; nil when it does not.
  package private(set) var surgeSince: Instant?
  /// What came in a second before the surge.
  package private(set) var arrivalsBeforeSurge = 0.0
  /// The message that comes back most often; nil when none does.
  package private(set) var returns: Returns?

  /// What was usual some seconds ago, and later: what changes just now is not in it yet.
  private var earlier = Usual()
  private var later = Usual()
  private var laterAt: Instant

  /// How what comes in changed for good, if that became sure with the newest snapshot.
  private(set) var arrivalChange: RateChange?
  private var arriving = RateCourse()

  private var course: DepthCourse
  private var minute: Int64 = -1
  private var enqueued: UInt64
  private var gone: UInt64
  private var acknowledged: UInt64
  private var arrivals = FadingMean()
  private var quickArrivals = FadingMean()
  private var traffic = FadingMean()
  private var busy = FadingMean()
  private var done = FadingMean()

  /// What is usual for a queue.
  package struct Usual: Sendable, Hashable {
    /// Messages that come in a second; nil when the queue is not known for long enough.
    package var arrivals: Double?
    /// How long one consumer is busy for one message, in seconds; nil where nobody measures it, or
    /// nothing was done yet.
    package var workSeconds: Double?
    /// How long the slowest consumer's work takes; see ``ConsumerFacts/usualSeconds``.
    package var serviceSeconds: Double?
    /// The longest time in which a consumer that is no trouble settled nothing, in seconds.
    package var gapSeconds = 0.0
  }

  /// How one message comes back.
  package struct Returns: Sendable, Hashable {
    package var identifier: UInt64
    package var count: Int
    /// When it was last seen to come back; nil when it was not seen to.
    package var roseAt: Instant?
    /// How often it comes back in a second.
    package var perSecond: Double
  }

  /// What is usual is that of so many seconds.
  static let usualSpan = 120.0
  /// What is younger than this, or than twice this, is news.
  private static let newsSeconds = 5.0
  /// Nothing is usual before this.
  static let leastUsualSeconds = 60.0
  /// The span of figures that must follow quickly.
  private static let quickSpan = 3.0
  /// What lasts until the long mean is so near has become usual.
  private static let usualShare = 0.8
  /// A surge is of at least so many messages a second.
  static let leastSurge = 5.0

  init(_ queue: QueueSnapshot, of consumers: ArraySlice<ConsumerFacts>, in step: Step) {
    identity = QueueIdentity(virtualHost: queue.virtualHost, name: queue.name)
    firstSeenAt = step.now
    laterAt = step.now
    course = DepthCourse(queue.ready + queue.unacked, at: step.now)
    enqueued = queue.enqueued
    gone = queue.gone
    acknowledged = queue.acknowledged
    let first = Step(now: step.now, seconds: 0, tuning: step.tuning)
    record(queue, of: consumers, allPaused: false, in: first)
  }

  /// Takes the queue's figures of one instant.
  ///
  /// - Parameters:
  ///   - queue: The figures.
  ///   - consumers: The facts of its consumers.
  ///   - allPaused: Whether it has consumers, and a person paused them all.
  ///   - step: The instant.
  mutating func record(
    _ queue: QueueSnapshot,
    of consumers: ArraySlice<ConsumerFacts>,
    allPaused: Bool,
    in step: Step
  ) {
    if queue.enqueued < enqueued || queue.gone < gone {
      // It was deleted and declared anew.
      self = QueueFacts(queue, of: consumers, in: step)
      return
    }
    let came = queue.enqueued - enqueued
    let went = queue.gone - gone
    let settled = queue.acknowledged >= acknowledged ? queue.acknowledged - acknowledged : 0
    enqueued = queue.enqueued
    gone = queue.gone
    acknowledged = queue.acknowledged
    arrivalChange = arriving.follow(came, in: step)
    if queue.isPaused || allPaused { lastPausedAt = step.now }
    recordWaiting(queue, settled, in: step)
    recordUsual(consumers, came: came, went: went, settled: settled, in: step)
    recordReturns(queue.mostReturned, in: step)
    let depth = queue.ready + queue.unacked
    let begins = course.follow(depth, came: came, went: went, traffic: traffic.value, in: step)
    if begins { before = earlier } else if !course.isGrowing { before = nil }
    keepMinimum(depth, at: step.now)
  }

  private mutating func recordWaiting(
    _ queue: QueueSnapshot,
    _ settled: UInt64,
    in step: Step
  ) {
    if queue.ready == 0 {
      waitingSince = nil
    } else {
      if waitingSince == nil { waitingSince = step.now }
      lastWaitedAt = step.now
    }
    if queue.consumerCount > 0 {
      unconsumedSince = nil
      wasConsumed = true
    } else if unconsumedSince == nil {
      unconsumedSince = step.now
    }
    if settled > 0 { lastAcknowledgedAt = step.now }
  }

  private mutating func recordUsual(
    _ consumers: ArraySlice<ConsumerFacts>,
    came: UInt64,
    went: UInt64,
    settled: UInt64,
    in step: Step
  ) {
    guard step.seconds > 0 else { return }
    if step.now.seconds(since: laterAt) >= Self.newsSeconds {
      earlier = later
      later = usual
      laterAt = step.now
    }
    let arrived = Double(came) / step.seconds
    quickArrivals.add(arrived, for: step, over: Self.quickSpan)
    traffic.add(arrived + Double(went) / step.seconds, for: step, over: Self.quickSpan)
    recordSurge(in: step)
    arrivals.add(arrived, for: step, over: Self.usualSpan)
    if arrivals.seconds >= Self.leastUsualSeconds { usual.arrivals = arrivals.value }
    var busySeconds: Double?
    var service: Double?
    var gap = 0.0
    for consumer in consumers {
      if let seconds = consumer.workSeconds { busySeconds = (busySeconds ?? 0) + seconds }
      if let seconds = consumer.usualSeconds { service = max(service ?? 0, seconds) }
      gap = max(gap, consumer.longestGap ?? 0)
    }
    // What consumers of before took stays what is usual until those of now have shown it.
    if let service { usual.serviceSeconds = service }
    if gap > 0 { usual.gapSeconds = gap }
    guard let busySeconds, settled > 0 else { return }
    busy.add(busySeconds / step.seconds, for: step, over: Self.usualSpan)
    done.add(Double(settled) / step.seconds, for: step, over: Self.usualSpan)
    if done.value > 0 { usual.workSeconds = busy.value / done.value }
  }

  private mutating func recordSurge(in step: Step) {
    guard let known = earlier.arrivals else { return }
    let usual = surgeSince == nil ? known : arrivalsBeforeSurge
    let least = max(Self.leastSurge, usual * step.tuning[.surgeTimes])
    let isUsualByNow = arrivals.value >= Self.usualShare * quickArrivals.value
    guard quickArrivals.value >= least, !isUsualByNow else {
      surgeSince = nil
      return
    }
    guard surgeSince == nil else { return }
    surgeSince = step.now
    arrivalsBeforeSurge = known
  }

  private mutating func recordReturns(_ message: ReturnedMessage?, in step: Step) {
    guard let message else {
      returns = nil
      return
    }
    guard var known = returns else {
      returns = Returns(
        identifier: message.identifier,
        count: message.count,
        // Of a queue that is seen for the first time nobody knows when that was.
        roseAt: step.seconds > 0 ? step.now : nil,
        perSecond: step.seconds > 0 ? Double(message.count) / step.seconds : 0
      )
      return
    }
    // Another message that came back more often than that one did has come back since, too.
    if message.count > known.count { known.roseAt = step.now }
    if message.identifier == known.identifier, step.seconds > 0 {
      let perSecond = Double(max(0, message.count - known.count)) / step.seconds
      known.perSecond += (perSecond - known.perSecond) * min(1, step.seconds / Self.quickSpan)
    } else if message.count < known.count {
      // That one is gone; this one is news when it comes back again.
      known = Returns(identifier: message.identifier, count: 0, roseAt: nil, perSecond: 0)
    }
    known.identifier = message.identifier
    known.count = message.count
    returns = known
  }

  private mutating func keepMinimum(_ depth: Int, at now: Instant) {
    let current = now.nanoseconds / 60_000_000_000
    if current == minute, let last = minima.last {
      if depth < last { minima[minima.count - 1] = depth }
      return
    }
    // A minute that nobody saw breaks the row.
    if minute >= 0, current != minute + 1 { minima = [] }
    minute = current
    minima.append(depth)
    if minima.count > Limits.minutes { minima.removeFirst() }
  }
}

extension QueueSnapshot {
  /// All that are in it: those that wait and those that are held.
  package var depth: Int { ready + unacked }

  /// Those that left it, for whatever reason.
  package var gone: UInt64 {
    acknowledged &+ discarded &+ expired &+ deadLettered &+ dropped &+ moved
  }
}

/// The sums of a queue that rates are computed from.
package struct QueueSums: Sendable {
  package var enqueued: UInt64
  package var delivered: UInt64
  package var redelivered: UInt64
  package var acknowledged: UInt64
  package var requeued: UInt64
  /// Those that left, for whatever reason.
  package var gone: UInt64
  package var deadLetters: DeadLetterReasons
  package var depth: Int

  init(_ queue: borrowing QueueSnapshot) {
    enqueued = queue.enqueued
    delivered = queue.delivered
    redelivered = queue.redelivered
    acknowledged = queue.acknowledged
    requeued = queue.requeued
    gone = queue.gone
    deadLetters = queue.deadLetters
    depth = queue.depth
  }
}

/// The sums of a consumer that rates are computed from.
package struct ConsumerSums: Sendable {
  package var delivered: UInt64
  package var redelivered: UInt64
  package var acknowledged: UInt64
  package var busyNanoseconds: UInt64?

  init(_ consumer: borrowing ConsumerSnapshot) {
    delivered = consumer.delivered
    redelivered = consumer.redelivered
    acknowledged = consumer.acknowledged
    busyNanoseconds = consumer.busyNanoseconds
  }
}
