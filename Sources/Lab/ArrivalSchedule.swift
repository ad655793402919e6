import Glibc
import Telemetry

/// When customers arrive: a Poisson process that asks nobody whether the last one was served.
///
/// Arrivals are instants on a time line, laid out ahead from the seed. A customer who is looked at
/// late arrived at that instant all the same, and the lateness counts as waiting.
///
/// The rate may move in a ``LoadShape``. Arrivals come then where the expected number of customers
/// passes marks that are laid out once, with exponential gaps of one customer on average; a change
/// of the rate moves the marks that are still to come in time, and draws nothing anew.
struct ArrivalSchedule: Sendable {
  /// A stretch of time with one rate and one shape.
  private struct Segment {
    var from: Instant
    /// When the shape began.
    var origin: Instant
    var curve: LoadCurve

    func instant(at time: Double) -> Instant? {
      // Thirty years: an arrival beyond is none, and has no instant either.
      time < 1e9 ? origin.advanced(bySeconds: time) : nil
    }
  }

  private var random: SeededRandom
  /// The one that ``position`` is in, and those that follow it; never empty.
  private var segments: [Segment]
  /// Up to here everybody was taken.
  private var position: Instant
  /// How many are expected between ``position`` and the next arrival.
  private var gap: Double
  /// The next burst, and how many of it were taken.
  private var burst = (number: 0, taken: 0)
  /// How many recorded arrivals were taken or went by.
  private var replayed = 0
  /// The latest instant that anybody spoke of.
  private var seen: Instant
  /// The arrival that nobody has taken yet; nil while nobody comes.
  private(set) var next: Instant?

  init(seed: UInt64, perSecond: Double, from start: Instant) {
    random = SeededRandom(seed: seed)
    let curve = LoadCurve(perSecond: perSecond, shape: .steady)
    segments = [Segment(from: start, origin: start, curve: curve)]
    position = start
    seen = start
    gap = 0
    gap = drawGap()
    findNext()
  }

  /// The rate that was set, which the shape moves around.
  var perSecond: Double { current.curve.perSecond }

  /// The shape in force; one that was over at the latest instant that was spoken of is steady.
  var shape: LoadShape {
    let isOver = current.curve.isOver(at: seen.seconds(since: current.origin))
    return isOver ? .steady : current.curve.shape
  }

  /// Customers a second at an instant that is not before the last change.
  ///
  /// Of bursts it is the average; of a replay the number in the second before.
  func rate(at instant: Instant) -> Double {
    current.curve.rate(at: instant.seconds(since: current.origin))
  }

  private var current: Segment { segments[segments.count - 1] }

  /// Changes the rate from now on; the shape goes on where it is.
  ///
  /// Who is overdue at `now` is still to be taken. At rate 0 nobody comes, whatever the shape; what
  /// of a recording goes by meanwhile is not made up for.
  mutating func setRate(_ perSecond: Double, at now: Instant) {
    let shape = current.curve.shape
    change(
      to: LoadCurve(perSecond: perSecond, shape: shape),
      from: current.origin,
      at: now
    )
  }

  /// Begins a shape now; who is overdue is still to be taken.
  mutating func setShape(_ shape: LoadShape, at now: Instant) {
    change(to: LoadCurve(perSecond: perSecond, shape: shape), from: now, at: now)
  }

  private mutating func change(to curve: LoadCurve, from origin: Instant, at now: Instant) {
    seen = max(seen, now)
    let now = max(now, current.from)
    segments.append(Segment(from: now, origin: origin, curve: curve))
    // Who is overdue came in the segments before, and is found again when taken.
    if let next, next < now { return }
    findNext()
  }

  /// Takes the earliest arrival that is due; nil when none is.
  mutating func takeDue(at now: Instant) -> Instant? {
    seen = max(seen, now)
    guard let due = next, due <= now else { return nil }
    position = due
    switch segments[0].curve.shape.kind {
    case .burst: burst.taken += 1
    case .replay: replayed += 1
    case .steady, .step, .ramp, .spike, .sine: gap = drawGap()
    }
    findNext()
    return due
  }

  private mutating func drawGap() -> Double {
    -log(1 - random.unit())
  }

  private mutating func findNext() {
    while segments.count > 1 {
      next = arrival(in: segments[0])
      if let next, next < segments[1].from { return }
      leaveSegment()
    }
    next = arrival(in: segments[0])
  }

  private mutating func arrival(in segment: Segment) -> Instant? {
    let curve = segment.curve
    guard curve.perSecond > 0 else { return nil }
    switch curve.shape.kind {
    case .steady, .step, .ramp, .spike, .sine:
      let begin = position.seconds(since: segment.origin)
      return curve.time(after: begin, expecting: gap)
        .flatMap(segment.instant).map { max($0, position) }
    case .burst:
      if burst.taken >= curve.burstCustomers { burst = (burst.number + 1, 0) }
      return segment.instant(at: curve.time(ofBurst: burst.number))
    case .replay:
      guard replayed < curve.shape.arrivals.count else { return nil }
      return segment.instant(at: curve.shape.arrivals[replayed])
    }
  }

  /// Goes on to the next segment; nobody is left to be taken in this one.
  private mutating func leaveSegment() {
    let old = segments.removeFirst()
    let segment = segments[0]
    if segment.from > position {
      let times = [position, segment.from].map { $0.seconds(since: old.origin) }
      let passed = old.curve.expected(until: times[1]) - old.curve.expected(until: times[0])
      gap = max(0, gap - passed)
      position = segment.from
    }
    if segment.origin != old.origin || segment.curve.shape != old.curve.shape {
      burst = (0, 0)
      replayed = 0
    }
    letGoBy(before: segment)
  }

  /// Skips bursts and recorded arrivals from a time at which nobody came.
  private mutating func letGoBy(before segment: Segment) {
    let curve = segment.curve
    func isBefore(_ time: Double) -> Bool {
      segment.instant(at: time).map { $0 < segment.from } ?? false
    }
    switch curve.shape.kind {
    case .burst:
      var number = max(
        burst.number,
        curve.burst(before: segment.from.seconds(since: segment.origin))
      )
      while isBefore(curve.time(ofBurst: number)) { number += 1 }
      if number > burst.number { burst = (number, 0) }
    case .replay:
      replayed = max(replayed, LoadCurve.count(curve.shape.arrivals, where: isBefore))
    case .steady, .step, .ramp, .spike, .sine: break
    }
  }
}
