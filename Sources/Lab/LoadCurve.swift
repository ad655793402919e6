import Glibc
import Telemetry

/// The arrival rate of a load shape over time, which is seconds from the shape's beginning.
///
/// Bursts and replays have arrivals at given points instead; of them this knows what comes in a
/// second on average.
struct LoadCurve: Sendable, Hashable {
  /// The rate that the shape moves around, in customers a second.
  let perSecond: Double
  let shape: LoadShape
  /// The shape's factor, smaller where the rate would be higher than ``Limits/peakPerSecond``.
  private let factor: Double
  private let seconds: Double

  init(perSecond: Double, shape: LoadShape) {
    self.perSecond = max(0, perSecond)
    self.shape = shape
    let highest = Limits.peakPerSecond / max(self.perSecond, Self.smallest)
    factor = max(1, min(shape.factor, highest))
    seconds = max(Self.smallest, shape.seconds)
  }

  /// Keeps divisions finite, whatever a shape says.
  private static let smallest = 0.001

  /// Whether the shape is over at a time, so that the set rate holds again.
  func isOver(at time: Double) -> Bool {
    switch shape.kind {
    case .step, .spike: time >= seconds
    case .steady, .ramp, .sine, .burst, .replay: false
    }
  }

  /// Customers a second at a time.
  func rate(at time: Double) -> Double {
    let part = min(1, max(0, time / seconds))
    return switch shape.kind {
    case .steady: perSecond
    case .step: part < 1 ? perSecond * factor : perSecond
    case .ramp: perSecond * (1 + (factor - 1) * part)
    case .spike: perSecond * (1 + (factor - 1) * (part < 0.5 ? 2 * part : 2 - 2 * part))
    case .sine: middle + swing * sin(2 * .pi * time / seconds + phase)
    case .burst: perSecond > 0 ? Double(burstCustomers) / seconds : 0
    case .replay: perSecond > 0 ? Double(recorded(in: (time - 1)...time)) : 0
    }
  }

  /// How many are expected from the beginning until a time; of bursts and replays nobody.
  func expected(until time: Double) -> Double {
    let part = min(1, max(0, time / seconds))
    return switch shape.kind {
    case .steady: perSecond * time
    case .step: perSecond * (time + (factor - 1) * part * seconds)
    case .ramp:
      perSecond * (time + (factor - 1) * (part * part * seconds / 2 + max(0, time - seconds)))
    case .spike:
      perSecond * (time + (factor - 1) * seconds * (part < 0.5 ? part * part : rest(after: part)))
    case .sine:
      middle * time + swing * seconds / (2 * .pi)
        * (cos(phase) - cos(2 * .pi * time / seconds + phase))
    case .burst, .replay: 0
    }
  }

  /// The area of a triangle of width 1 and height 1 up to a point of its falling half.
  private func rest(after part: Double) -> Double {
    0.5 - (1 - part) * (1 - part)
  }

  /// The time until which so many more are expected as until an earlier one; nil for never.
  func time(after earlier: Double, expecting customers: Double) -> Double? {
    let slowest: Double
    switch shape.kind {
    case .steady: return perSecond > 0 ? earlier + customers / perSecond : nil
    case .step, .ramp, .spike: slowest = perSecond
    case .sine: slowest = perSecond / factor
    case .burst, .replay: return nil
    }
    guard slowest > 0 else { return nil }
    // The expectation rises everywhere, so that halving finds the one time that there is.
    let goal = expected(until: earlier) + customers
    var low = earlier
    var high = earlier + customers / slowest
    while high - low > Self.precision {
      let half = (low + high) / 2
      // Neighbours among numbers, when the time is so long that they lie further apart.
      guard half > low, half < high else { break }
      if expected(until: half) < goal { low = half } else { high = half }
    }
    return high
  }

  /// Shorter than the nanosecond that instants count, in seconds.
  private static let precision = 5e-10

  // MARK: Sine

  // Arithmetic, between the rate divided by the factor and the rate times the factor; it begins at
  // the rate itself and rises.
  private var middle: Double { perSecond * (factor + 1 / factor) / 2 }
  private var swing: Double { perSecond * (factor - 1 / factor) / 2 }
  private var phase: Double { asin(-(factor - 1) / (factor + 1)) }

  // MARK: Points

  /// How many come at each burst.
  var burstCustomers: Int {
    perSecond > 0
      ? Int(min(Double(Limits.burstCustomers), max(1, perSecond * factor)).rounded()) : 0
  }

  /// When a burst comes, counted from 0.
  func time(ofBurst number: Int) -> Double { Double(number) * seconds }

  /// The number of the last burst up to a time.
  func burst(before time: Double) -> Int { Int(max(0, time) / seconds) }

  private func recorded(in times: ClosedRange<Double>) -> Int {
    Self.count(shape.arrivals) { $0 <= times.upperBound }
      - Self.count(shape.arrivals) { $0 <= times.lowerBound }
  }

  /// How many elements at the front have a property that none behind has.
  static func count(_ sorted: [Double], where isInFront: (Double) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let half = (low + high) / 2
      if isInFront(sorted[half]) { low = half + 1 } else { high = half }
    }
    return low
  }
}
