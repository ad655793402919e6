import Telemetry

/// Follows how often something happens and finds when that changes for good, to twice as much or
/// to half.
///
///     rate            .--------   What comes is weighed against two guesses: still as before, or
///       |             |           twice (half) as much. The balance of a change that is none falls
///       |.-._.-.__.-._|           back to 0 again and again; that of a real one only rises. Where
///       +-------------^-- time    it rose from 0 for the last time, the rate changed.
struct RateCourse: Sendable {
  /// What is usual until now.
  private var level = Level()
  private var quick = FadingMean()
  private var up = Balance()
  private var down = Balance()

  /// What comes in a second, and how unevenly.
  private struct Level: Sendable {
    var rate = FadingMean()
    /// The variance of what comes in a snapshot, as a part of its mean: 1 is chance, and more where
    /// many come at once.
    var spread = 1.0

    mutating func add(_ came: Double, in step: Step) {
      // Before the rate is known at all, everything is far from it.
      let known = rate.seconds - RateCourse.patience
      if known > 0 {
        let expected = max(rate.value, RateCourse.nearlyNone) * step.seconds
        let deviation = (came - expected) * (came - expected) / expected
        spread +=
          (deviation - spread) * min(1, step.seconds / min(known + step.seconds, RateCourse.span))
      }
      rate.add(came / step.seconds, for: step, over: RateCourse.span)
    }
  }

  /// How much speaks for a change.
  private struct Balance: Sendable {
    /// More than 0 while something does.
    var score = 0.0
    /// The snapshot after which it rose from 0, and what came since.
    var since = Instant.zero
    var came = 0.0
    var before = Level()

    /// Takes what came since the snapshot before.
    ///
    /// - Parameters:
    ///   - count: How many messages.
    ///   - each: What each of them speaks for the change.
    ///   - usual: What each of those speaks that were to come.
    ///   - level: What is usual.
    ///   - step: The snapshot.
    mutating func weigh(
      _ count: Double,
      for each: Double,
      against usual: Double,
      after level: Level,
      in step: Step
    ) {
      if score == 0 {
        before = level
        since = step.now.advanced(bySeconds: -step.seconds)
        came = 0
      }
      came += count
      let expected = max(before.rate.value, RateCourse.nearlyNone) * step.seconds
      score = max(0, score + (count * each + expected * usual) / max(1, before.spread))
      if score > 0, step.now.seconds(since: since) > RateCourse.longest { score = 0 }
    }
  }

  /// The rate is the mean of so many seconds.
  private static let span = 30.0
  /// That of the last moments.
  private static let quickSpan = 3.0
  /// Nothing is usual before this.
  private static let leastKnown = 15.0
  /// A change is said when it lasts for so many seconds.
  private static let patience = 5.0
  /// What is not sure after so long is none.
  private static let longest = 60.0
  /// The odds of a change at which it is said: e to the power of this to 1.
  private static let sure = 16.0
  /// What was measured of twice as much.
  private static let nearlyTwice = 1.7
  /// The last moments may have fallen back to so much of the change.
  private static let lasting = 0.6
  /// Fewer messages a second are not worth a word.
  static let leastRate = 2.0
  /// As good as none.
  private static let nearlyNone = 0.5
  private static let logOfTwo = 0.693_147

  /// Takes what came since the snapshot before.
  ///
  /// - Parameters:
  ///   - count: How many messages.
  ///   - step: The snapshot.
  /// - Returns: The change that is sure by now; nil nearly always.
  mutating func follow(_ count: UInt64, in step: Step) -> RateChange? {
    guard step.seconds > 0 else { return nil }
    if step.seconds > Self.patience + Self.longest {
      // Nobody knows what happened meanwhile.
      self = RateCourse()
      return nil
    }
    let came = Double(count)
    quick.add(came / step.seconds, for: step, over: Self.quickSpan)
    if count == 0, level.rate.value < 0.01, up.score == 0, down.score == 0 {
      level.rate.add(0, for: step, over: Self.span)
      return nil
    }
    let isKnown = level.rate.seconds >= Self.leastKnown
    if isKnown {
      up.weigh(came, for: Self.logOfTwo, against: -1, after: level, in: step)
      down.weigh(came, for: -Self.logOfTwo, against: 0.5, after: level, in: step)
      if let change = sureChange(at: step) { return change }
    }
    level.add(came, in: step)
    return nil
  }

  private mutating func sureChange(at step: Step) -> RateChange? {
    for balance in [up, down] where balance.score >= Self.sure {
      let seconds = step.now.seconds(since: balance.since)
      guard seconds >= Self.patience else { continue }
      let before = balance.before.rate.value
      let now = balance.came / seconds
      let isMore = now > before
      // One heap of messages is no rate, and neither is a pause one.
      let lasts =
        isMore
        ? quick.value >= max(Self.lasting * now, before / Self.lasting)
        : quick.value <= before * Self.lasting
      let times = isMore ? now / max(before, Self.nearlyNone) : before / max(now, Self.nearlyNone)
      guard lasts, times >= Self.nearlyTwice, max(now, before) >= Self.leastRate else { continue }
      begin(at: now, spread: balance.before.spread, for: seconds)
      return RateChange(before: before, now: now, at: balance.since)
    }
    return nil
  }

  /// What it changed to is what is usual from now on.
  private mutating func begin(at rate: Double, spread: Double, for seconds: Double) {
    level = Level()
    let known = Step(now: .zero, seconds: max(seconds, Self.leastKnown), tuning: .standard)
    level.rate.add(rate, for: known, over: Self.span)
    level.spread = spread
    (up, down) = (Balance(), Balance())
  }
}

/// A rate that changed for good.
struct RateChange: Sendable, Hashable {
  /// Messages a second.
  let before: Double
  let now: Double
  /// When.
  let at: Instant
}
