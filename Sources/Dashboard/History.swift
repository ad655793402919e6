import Telemetry

/// What is remembered of the last ``Limits/historySeconds`` for charts, sparklines and "since".
struct History: Sendable {
  /// Rates and levels of the whole broker, a sample each ``Limits/sampleNanoseconds``.
  var publishRate: TimeSeries
  var ackRate: TimeSeries
  var deliverRate: TimeSeries
  var redeliverRate: TimeSeries
  var dropRate: TimeSeries
  var ready: TimeSeries
  var unacked: TimeSeries
  var synchronousP95: TimeSeries
  var asynchronousP95: TimeSeries

  /// In the order of the snapshot's queues, at most ``Limits/trackedQueues``.
  private(set) var queues: [QueueTrack] = []
  private(set) var drops: [DropTrack] = []

  private let refreshSeconds: Double

  /// - Parameter refreshSeconds: How often a snapshot comes: what lies between two is no gap.
  init(refreshSeconds: Double) {
    self.refreshSeconds = refreshSeconds
    let totals = TimeSeries(
      capacity: Limits.historySeconds * Int(1_000_000_000 / Limits.sampleNanoseconds),
      slotNanoseconds: Limits.sampleNanoseconds,
      gapSlots: max(
        Limits.gapSamples,
        Self.gapSlots(of: Limits.sampleNanoseconds, refreshSeconds: refreshSeconds)
      )
    )
    (publishRate, ackRate, deliverRate, redeliverRate, dropRate) =
      (totals, totals, totals, totals, totals)
    (ready, unacked, synchronousP95, asynchronousP95) = (totals, totals, totals, totals)
  }

  /// Returns how many slots pass in ``Limits/gapRefreshes``.
  static func gapSlots(of slotNanoseconds: Int64, refreshSeconds: Double) -> Int {
    Int((Limits.gapRefreshes * refreshSeconds * 1e9 / Double(slotNanoseconds)).rounded(.up))
  }

  /// Adds the newest snapshot of a window.
  mutating func record(_ window: SlidingWindow<BrokerSnapshot>) {
    guard let newest = window.newest else { return }
    recordTotals(newest, window)
    recordQueues(newest, window)
    recordDrops(newest, isFirst: window.base == nil)
  }

  /// Adds what customers saw.
  mutating func record(_ lab: LabSnapshot) {
    for way in CallWay.allCases {
      let p95 = lab.ways.first { $0.way == way }?.latency?.p95
      let sample = p95.map { Float($0) } ?? .nan
      switch way {
      case .synchronous: synchronousP95.add(sample, at: lab.at)
      case .asynchronous: asynchronousP95.add(sample, at: lab.at)
      }
    }
  }

  /// Returns what is remembered of a queue that stands at `index` in the snapshot.
  func track(_ identity: QueueIdentity, near index: Int) -> QueueTrack? {
    if queues.indices.contains(index), queues[index].identity == identity { return queues[index] }
    return queues.first { $0.identity == identity }
  }

  private mutating func recordTotals(
    _ newest: BrokerSnapshot,
    _ window: SlidingWindow<BrokerSnapshot>
  ) {
    ready.add(Float(newest.totals.ready), at: newest.at)
    unacked.add(Float(newest.totals.unacked), at: newest.at)
    guard let base = window.sample(agedSeconds: Limits.chartRateSeconds) else { return }
    let seconds = newest.at.seconds(since: base.at)
    guard seconds >= Limits.shortestRateSeconds else { return }
    func rate(_ sum: KeyPath<BrokerTotals, UInt64>) -> Float {
      let now = newest.totals[keyPath: sum]
      return Rates.perSecond(now, since: base.totals[keyPath: sum], seconds: seconds)
        .map { Float($0) } ?? .nan
    }
    publishRate.add(rate(\.published), at: newest.at)
    ackRate.add(rate(\.acknowledged), at: newest.at)
    deliverRate.add(rate(\.delivered), at: newest.at)
    redeliverRate.add(rate(\.redelivered), at: newest.at)
    dropRate.add(rate(\.unroutable), at: newest.at)
  }

  private mutating func recordQueues(
    _ newest: BrokerSnapshot,
    _ window: SlidingWindow<BrokerSnapshot>
  ) {
    let tracked = newest.queues.prefix(Limits.trackedQueues)
    let isUnchanged =
      tracked.count == queues.count
      && zip(tracked, queues).allSatisfy {
        $0.name == $1.identity.name && $0.virtualHost == $1.identity.virtualHost
      }
    if !isUnchanged { matchTracks(to: tracked) }
    var base = Lookup(window.base?.queues ?? [])
    for (index, queue) in tracked.enumerated() {
      let before = base.find(queue, near: index)?.ready
      queues[index].record(queue, readyBefore: before, at: newest.at)
    }
  }

  private mutating func matchTracks(to tracked: ArraySlice<QueueSnapshot>) {
    let old = Dictionary(
      queues.map { ($0.identity, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let matched = tracked.map {
      old[$0.identity] ?? QueueTrack(identity: $0.identity, refreshSeconds: refreshSeconds)
    }
    queues = matched
  }

  /// What was dropped before anybody looked is not news.
  private mutating func recordDrops(_ newest: BrokerSnapshot, isFirst: Bool) {
    var kept: [DropTrack] = []
    for exchange in newest.exchanges where exchange.unroutable > 0 {
      if kept.count == Limits.trackedDrops { break }
      let known = drops.first {
        $0.name == exchange.name && $0.virtualHost == exchange.virtualHost
      }
      var track =
        known
        ?? DropTrack(
          virtualHost: exchange.virtualHost,
          name: exchange.name,
          countBefore: isFirst ? exchange.unroutable : 0,
          at: newest.at
        )
      track.record(exchange.unroutable, at: newest.at)
      kept.append(track)
    }
    drops = kept
  }
}

/// Finds queues of an older snapshot; they nearly always stand where they stood.
struct Lookup {
  private let queues: [QueueSnapshot]
  /// Made when a queue is first not found at its old place.
  private var indices: [QueueIdentity: Int]?

  init(_ queues: [QueueSnapshot]) {
    self.queues = queues
  }

  /// Returns the older state of a queue that now stands at `index`; nil when there was none.
  ///
  /// - Complexity: O(1), once O(queues).
  mutating func find(_ queue: QueueSnapshot, near index: Int) -> QueueSnapshot? {
    if queues.indices.contains(index), queues[index].name == queue.name,
      queues[index].virtualHost == queue.virtualHost
    {
      return queues[index]
    }
    if queues.isEmpty { return nil }
    let known =
      indices
      ?? Dictionary(
        queues.enumerated().map { ($1.identity, $0) },
        uniquingKeysWith: { first, _ in first }
      )
    indices = known
    return known[queue.identity].map { queues[$0] }
  }
}

/// What is remembered of one queue.
struct QueueTrack: Sendable {
  let identity: QueueIdentity
  /// Ready messages, the largest of each second.
  private(set) var depth: TimeSeries
  private(set) var state = QueueState.ok
  /// Since when ``state`` holds, at the earliest when the queue was first seen; nil before.
  private(set) var since: Instant?
  private var isKnown = false

  init(identity: QueueIdentity, refreshSeconds: Double) {
    self.identity = identity
    depth = TimeSeries(
      capacity: Limits.historySeconds,
      slotNanoseconds: Limits.depthSampleNanoseconds,
      gapSlots: max(
        Limits.gapDepthSamples,
        History.gapSlots(
          of: Limits.depthSampleNanoseconds,
          refreshSeconds: refreshSeconds
        )
      )
    )
  }

  /// Takes the queue's facts of one instant.
  mutating func record(_ queue: QueueSnapshot, readyBefore: Int?, at now: Instant) {
    depth.add(Float(queue.ready), at: now, combining: .largest)
    let next = Self.state(of: queue, readyBefore: readyBefore, at: now)
    if next != state || !isKnown {
      state = next
      since = now
      isKnown = true
    }
  }

  /// Returns the word for a queue's facts; ``QueueState`` says what each needs.
  static func state(of queue: QueueSnapshot, readyBefore: Int?, at now: Instant) -> QueueState {
    if queue.isPaused { return .paused }
    if queue.consumerCount == 0 { return queue.ready > 0 ? .noConsumer : .idle }
    guard queue.ready > 0, let oldest = queue.oldestReadyAt,
      now.seconds(since: oldest) >= Limits.backlogSeconds
    else { return .ok }
    guard let readyBefore else { return .backlog }
    return queue.ready < readyBefore ? .draining : .backlog
  }
}

/// What is remembered of an exchange that dropped messages.
struct DropTrack: Sendable {
  let virtualHost: String
  let name: String
  /// When the first of a row of drops was seen; a row ends after ``Limits/dropSeconds`` of peace.
  private(set) var firstAt: Instant
  /// When the newest drop was seen; nil when none was.
  private(set) var lastAt: Instant?
  /// The exchange's sum when the row began.
  private var countBefore: UInt64
  /// The exchange's sum now, never less than ``countBefore``.
  private var count: UInt64

  init(virtualHost: String, name: String, countBefore: UInt64, at now: Instant) {
    self.virtualHost = virtualHost
    self.name = name
    self.countBefore = countBefore
    count = countBefore
    firstAt = now
  }

  /// How many messages the row of drops has.
  var droppedCount: UInt64 { count - countBefore }

  /// Whether a message was dropped in the last ``Limits/dropSeconds``.
  func isRecent(at now: Instant) -> Bool {
    lastAt.map { now.seconds(since: $0) <= Limits.dropSeconds } ?? false
  }

  mutating func record(_ newCount: UInt64, at now: Instant) {
    if newCount == count { return }
    if newCount < count {
      // Another exchange with the name of one that was deleted: its sum began at 0.
      countBefore = 0
      firstAt = now
    } else if !isRecent(at: now) {
      countBefore = count
      firstAt = now
    }
    lastAt = now
    count = newCount
  }
}
