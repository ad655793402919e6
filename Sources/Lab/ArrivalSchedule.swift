import Glibc
import Telemetry

/// A small generator of random numbers that replays from its seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in 0 ..< 1.
  mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}

/// When customers arrive: a Poisson process that asks nobody whether the last one was served.
///
/// Arrivals are instants on a time line, laid out ahead from the seed. A customer who is looked at
/// late arrived at that instant all the same, and the lateness counts as waiting.
struct ArrivalSchedule: Sendable {
  private var random: SeededRandom
  private(set) var perSecond: Double
  /// The arrival that nobody has taken yet; nil while nobody comes.
  private(set) var next: Instant?

  init(seed: UInt64, perSecond: Double, from start: Instant) {
    random = SeededRandom(seed: seed)
    self.perSecond = 0
    setRate(perSecond, at: start)
  }

  /// Changes the rate from now on.
  ///
  /// What is overdue at `now` stays due. The next gap is drawn anew, which a Poisson process
  /// allows: it has no memory.
  mutating func setRate(_ perSecond: Double, at now: Instant) {
    self.perSecond = perSecond
    if let next, next <= now { return }
    next = following(now)
  }

  /// Takes the earliest arrival that is due; nil when none is.
  mutating func takeDue(at now: Instant) -> Instant? {
    guard let due = next, due <= now else { return nil }
    next = following(due)
    return due
  }

  private mutating func following(_ instant: Instant) -> Instant? {
    guard perSecond > 0 else { return nil }
    return instant.advanced(bySeconds: -log(1 - random.unit()) / perSecond)
  }
}
