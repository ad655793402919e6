import Telemetry

/// What is remembered of the last ``Limits/longHistorySeconds`` for charts, sparklines and "since".
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
  /// What customers saw of each way of calling.
  private(set) var ways: [CallWay: WayTrack] = [:]
  /// Messages a second that the scenario's consumers worked on, and those that wait.
  private(set) var labWork: TimeSeries
  private(set) var labWaiting: TimeSeries

  /// In the order of the snapshot's queues, at most ``Limits/trackedQueues``.
  private(set) var queues: [QueueTrack] = []
  /// At most ``Limits/trackedExchanges``, the person's own first.
  private(set) var exchanges: [ExchangeTrack] = []

  private var refreshSeconds: Double

  /// - Parameter refreshSeconds: How often a snapshot comes: what lies between two is no gap.
  init(refreshSeconds: Double) {
    self.refreshSeconds = refreshSeconds
    let totals = TimeSeries(
      capacity: Limits.longHistorySeconds * Int(1_000_000_000 / Limits.sampleNanoseconds),
      slotNanoseconds: Limits.sampleNanoseconds,
      gapSlots: Self.totalsGap(refreshSeconds: refreshSeconds)
    )
    (publishRate, ackRate, deliverRate, redeliverRate, dropRate) =
      (totals, totals, totals, totals, totals)
    (ready, unacked, synchronousP95, asynchronousP95) = (totals, totals, totals, totals)
    (labWork, labWaiting) = (totals, totals)
  }

  /// Says how often a snapshot comes from now on.
  mutating func expect(refreshSeconds: Double) {
    self.refreshSeconds = refreshSeconds
    let slots = Self.totalsGap(refreshSeconds: refreshSeconds)
    let all: [WritableKeyPath<History, TimeSeries>] = [
      \.publishRate, \.ackRate, \.deliverRate, \.redeliverRate, \.dropRate, \.ready, \.unacked,
      \.synchronousP95, \.asynchronousP95, \.labWork, \.labWaiting,
    ]
    for series in all { self[keyPath: series].gapSlots = slots }
    for way in ways.keys { ways[way]?.expect(gapSlots: slots) }
    for index in queues.indices { queues[index].expect(refreshSeconds: refreshSeconds) }
    for index in exchanges.indices { exchanges[index].expect(refreshSeconds: refreshSeconds) }
  }

  private static func totalsGap(refreshSeconds: Double) -> Int {
    max(
      Limits.gapSamples,
      gapSlots(of: Limits.sampleNanoseconds, refreshSeconds: refreshSeconds)
    )
  }

  /// From how many seconds without news on there is a gap in a series of seconds.
  static func secondsGap(refreshSeconds: Double) -> Int {
    max(
      Limits.gapDepthSamples,
      gapSlots(of: Limits.depthSampleNanoseconds, refreshSeconds: refreshSeconds)
    )
  }

  /// A series with a value for each second.
  static func secondsSeries(refreshSeconds: Double) -> TimeSeries {
    TimeSeries(
      capacity: Limits.historySeconds,
      slotNanoseconds: Limits.depthSampleNanoseconds,
      gapSlots: secondsGap(refreshSeconds: refreshSeconds)
    )
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
    recordExchanges(newest, window.sample(agedSeconds: Limits.chartRateSeconds))
  }

  /// Returns what is remembered of an exchange; nil when nothing is.
  func exchange(_ identity: ExchangeIdentity) -> ExchangeTrack? {
    exchanges.first { $0.identity == identity }
  }

  private mutating func recordExchanges(_ newest: BrokerSnapshot, _ base: BrokerSnapshot?) {
    let wanted = newest.exchanges.filter { !$0.isPredeclared || $0.published > 0 }
      .prefix(Limits.trackedExchanges)
    let seconds = base.map { newest.at.seconds(since: $0.at) } ?? 0
    exchanges = wanted.map { exchange in
      var track =
        self.exchange(exchange.identity)
        ?? ExchangeTrack(identity: exchange.identity, refreshSeconds: refreshSeconds)
      let before = base?.exchanges.first { $0.identity == exchange.identity }
      if seconds >= Limits.shortestRateSeconds, base != nil {
        track.record(
          exchange,
          since: before,
          seconds: seconds,
          countsDrops: newest.totals.isLedgerKept,
          at: newest.at
        )
      }
      return track
    }
  }

  /// Adds what customers saw.
  mutating func record(_ window: SlidingWindow<LabSnapshot>) {
    guard let lab = window.newest else { return }
    recordWays(lab, window.sample(agedSeconds: Limits.chartRateSeconds))
    for way in CallWay.allCases {
      let p95 = lab.ways.first { $0.way == way }?.latency?.p95
      let sample = p95.map { Float($0) } ?? .nan
      switch way {
      case .synchronous: synchronousP95.add(sample, at: lab.at)
      case .asynchronous: asynchronousP95.add(sample, at: lab.at)
      case .alternative: break
      }
    }
  }

  private mutating func recordWays(_ lab: LabSnapshot, _ base: LabSnapshot?) {
    labWaiting.add(Float(lab.queues.reduce(0) { $0 + $1.waiting }), at: lab.at)
    let seconds = base.map { lab.at.seconds(since: $0.at) } ?? 0
    let isRated = base != nil && seconds >= Limits.shortestRateSeconds
    for way in lab.ways {
      let before = base?.ways.first { $0.way == way.way }
      ways[way.way, default: WayTrack(like: ready)]
        .record(way, since: before, seconds: isRated ? seconds : 0, at: lab.at)
    }
    guard isRated, let base else { return }
    let work = lab.queues.reduce(0) { $0 + $1.acknowledged }
    let before = base.queues.reduce(0) { $0 + $1.acknowledged }
    labWork.add(Float(Double(max(0, work - before)) / seconds), at: lab.at)
  }

  /// Returns what is remembered of the queue that stands at an index of the newest snapshot; nil
  /// for those beyond ``Limits/trackedQueues``.
  func track(at index: Int) -> QueueTrack? {
    queues.indices.contains(index) ? queues[index] : nil
  }

  /// Returns what is remembered of a queue.
  ///
  /// - Complexity: O(tracked queues).
  func track(_ identity: QueueIdentity) -> QueueTrack? {
    queues.first { $0.identity == identity }
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
    // By index, since a track and a snapshot are both large to copy.
    let isUnchanged =
      tracked.count == queues.count
      && tracked.indices.allSatisfy { index in
        tracked[index].name == queues[index].identity.name
          && tracked[index].virtualHost == queues[index].identity.virtualHost
      }
    if !isUnchanged { matchTracks(to: tracked) }
    var base = Lookup(window.base?.queues ?? [])
    let seconds = window.baseSeconds
    for index in tracked.indices {
      let before = base.find(newest.queues[index].identity, near: index)
      queues[index].record(newest.queues[index], before: before, seconds: seconds, at: newest.at)
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
}

/// Finds queues of an older snapshot; they nearly always stand where they stood.
struct Lookup {
  private let queues: [QueueSnapshot]
  /// Made when a queue is first not found at its old place.
  private var indices: [QueueIdentity: Int]?

  init(_ queues: [QueueSnapshot]) {
    self.queues = queues
  }

  /// Returns the older sums of a queue that now stands at `index`; nil when there was none.
  ///
  /// - Complexity: O(1), once O(queues).
  mutating func find(_ identity: QueueIdentity, near index: Int) -> EarlierQueue? {
    if queues.indices.contains(index), queues[index].name == identity.name,
      queues[index].virtualHost == identity.virtualHost
    {
      return earlier(index)
    }
    if queues.isEmpty { return nil }
    let known =
      indices
      ?? Dictionary(
        queues.enumerated().map { ($1.identity, $0) },
        uniquingKeysWith: { first, _ in first }
      )
    indices = known
    return known[identity].map { earlier($0) }
  }

  private func earlier(_ index: Int) -> EarlierQueue {
    EarlierQueue(
      ready: queues[index].ready,
      enqueued: queues[index].enqueued,
      acknowledged: queues[index].acknowledged
    )
  }
}

/// What rates and states need of a queue some time ago; a whole queue is large to copy.
struct EarlierQueue {
  var ready: Int
  var enqueued: UInt64
  var acknowledged: UInt64
}
