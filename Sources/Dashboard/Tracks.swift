import Telemetry

/// What is remembered of one queue.
struct QueueTrack: Sendable {
  let identity: QueueIdentity
  /// Ready messages, the largest of each second.
  private(set) var depth: TimeSeries
  /// Messages that consumers hold, the largest of each second.
  private(set) var unacked: TimeSeries
  /// Messages a second that come in.
  private(set) var arrivals: TimeSeries
  /// Messages a second that are acknowledged.
  private(set) var acks: TimeSeries
  /// The same, over a longer time.
  private(set) var long: LongTrack

  init(identity: QueueIdentity, refreshSeconds: Double) {
    self.identity = identity
    let series = History.secondsSeries(refreshSeconds: refreshSeconds)
    (depth, unacked, arrivals, acks) = (series, series, series, series)
    long = LongTrack(count: 4, refreshSeconds: refreshSeconds)
  }

  /// Says how often a snapshot comes from now on.
  mutating func expect(refreshSeconds: Double) {
    let slots = History.secondsGap(refreshSeconds: refreshSeconds)
    for series in [\QueueTrack.depth, \.unacked, \.arrivals, \.acks] {
      self[keyPath: series].gapSlots = slots
    }
    long.expect(refreshSeconds: refreshSeconds)
  }

  /// Takes the queue's facts of one instant.
  ///
  /// - Parameters:
  ///   - queue: The facts.
  ///   - before: Those of some time ago; nil when it was not there.
  ///   - seconds: How long ago that was; 0 when it is too short for a rate.
  ///   - now: The instant.
  mutating func record(
    _ queue: QueueSnapshot,
    before: EarlierQueue?,
    seconds: Double,
    at now: Instant
  ) {
    if long.isDue(at: now) { long.keep([depth, unacked, arrivals, acks], at: now) }
    depth.add(Float(queue.ready), at: now, combining: .largest)
    unacked.add(Float(queue.unacked), at: now, combining: .largest)
    if let arrived = Rates.perSecond(
      queue.enqueued,
      since: before?.enqueued ?? 0,
      seconds: seconds
    ),
      let settled = Rates.perSecond(
        queue.acknowledged,
        since: before?.acknowledged ?? 0,
        seconds: seconds
      )
    {
      arrivals.add(Float(arrived), at: now)
      acks.add(Float(settled), at: now)
    }
  }
}

/// What is remembered of what customers saw of one way of calling.
struct WayTrack: Sendable {
  /// Customers a second that came, that had their answer, and whose request failed.
  private(set) var offered: TimeSeries
  private(set) var done: TimeSeries
  private(set) var failed: TimeSeries
  /// In milliseconds.
  private(set) var p95: TimeSeries

  /// - Parameter series: An empty one with the right slots.
  init(like series: TimeSeries) {
    let empty = series.emptied
    (offered, done, failed, p95) = (empty, empty, empty, empty)
  }

  /// Says from how many slots without news on there is a gap.
  mutating func expect(gapSlots: Int) {
    for series in [\WayTrack.offered, \.done, \.failed, \.p95] {
      self[keyPath: series].gapSlots = gapSlots
    }
  }

  /// Takes what customers saw.
  ///
  /// - Parameters:
  ///   - way: The sums now.
  ///   - before: Those of some time ago; nil when the way was not yet used.
  ///   - seconds: How long ago that was; 0 when it is too short for a rate.
  ///   - now: The instant.
  mutating func record(
    _ way: CallWaySnapshot,
    since before: CallWaySnapshot?,
    seconds: Double,
    at now: Instant
  ) {
    p95.add(way.latency.map { Float($0.p95) } ?? .nan, at: now)
    guard seconds > 0 else { return }
    func rate(_ sum: (CallWaySnapshot) -> UInt64) -> Float {
      Rates.perSecond(sum(way), since: before.map(sum) ?? 0, seconds: seconds)
        .map { Float($0) } ?? .nan
    }
    offered.add(rate(\.offered), at: now)
    done.add(rate { $0.succeeded &+ $0.declined }, at: now)
    failed.add(rate(\.failed), at: now)
  }
}

/// What is remembered of one exchange: messages a second.
struct ExchangeTrack: Sendable {
  let identity: ExchangeIdentity
  private(set) var arrivals: TimeSeries
  private(set) var routed: TimeSeries
  private(set) var drops: TimeSeries
  /// The same, over a longer time.
  private(set) var long: LongTrack

  init(identity: ExchangeIdentity, refreshSeconds: Double) {
    self.identity = identity
    let series = History.secondsSeries(refreshSeconds: refreshSeconds)
    (arrivals, routed, drops) = (series, series, series)
    long = LongTrack(count: 3, refreshSeconds: refreshSeconds)
  }

  /// Says how often a snapshot comes from now on.
  mutating func expect(refreshSeconds: Double) {
    let slots = History.secondsGap(refreshSeconds: refreshSeconds)
    for series in [\ExchangeTrack.arrivals, \.routed, \.drops] {
      self[keyPath: series].gapSlots = slots
    }
    long.expect(refreshSeconds: refreshSeconds)
  }

  mutating func record(
    _ exchange: ExchangeSnapshot,
    since before: ExchangeSnapshot?,
    seconds: Double,
    countsDrops: Bool,
    at now: Instant
  ) {
    func rate(_ sum: KeyPath<ExchangeSnapshot, UInt64>) -> Float {
      Rates.perSecond(exchange[keyPath: sum], since: before?[keyPath: sum] ?? 0, seconds: seconds)
        .map { Float($0) } ?? .nan
    }
    if long.isDue(at: now) { long.keep([arrivals, routed, drops], at: now) }
    arrivals.add(rate(\.published), at: now)
    routed.add(rate(\.routed), at: now)
    // Where nobody counts them there is nothing to draw, which is not the same as none.
    drops.add(countsDrops ? rate(\.unroutable) : .nan, at: now)
  }
}
