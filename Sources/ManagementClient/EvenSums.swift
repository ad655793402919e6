import Telemetry

/// The sums of one thing as a broker measured them, given out evenly.
///
/// A management measures every few seconds, and is asked for all queues more rarely than snapshots
/// are made. A sum that stood still and then jumped would be a rate of 0 and one of many times too
/// much. So what came between two measurements is given out over as long as it took to come:
///
///     measured   100 ─────────────── 160 ─────────────── 160
///     given out  100  100  100  100  115  130  145  160  160      a snapshot each quarter
///
/// What is given out is never more than what was measured, and the same once nothing comes.
struct EvenSums: Sendable, Hashable {
  private var from: [UInt64]
  private(set) var measured: [UInt64]
  private(set) var measuredAt: Instant
  private var seconds = 0.0

  /// Longer than this nothing is given out over: who was away for so long begins anew.
  static let longestSeconds = 90.0

  /// - Parameters:
  ///   - sums: As measured first.
  ///   - now: When.
  init(_ sums: [UInt64], at now: Instant) {
    (from, measured, measuredAt) = (sums, sums, now)
  }

  /// Takes what was measured next.
  ///
  /// - Parameters:
  ///   - sums: As many as before.
  ///   - isMoving: Whether the broker says that they grow: when they did not, it has not measured
  ///     them anew.
  ///   - stepSeconds: How often they are given out.
  ///   - now: When.
  mutating func measure(
    _ sums: [UInt64],
    isMoving: Bool,
    stepSeconds: Double,
    at now: Instant
  ) {
    let passed = now.seconds(since: measuredAt)
    if isMoving, sums == measured, passed < Self.longestSeconds { return }
    let isContinued =
      sums.count == measured.count && zip(sums, measured).allSatisfy { $0 >= $1 }
      && passed <= Self.longestSeconds
    from = isContinued ? given(at: now, stepSeconds: 0) : sums
    // The first part goes at once.
    seconds = isContinued ? max(passed, stepSeconds) : 0
    measured = sums
    measuredAt = now
  }

  /// Computes what is given out at an instant.
  ///
  /// - Parameters:
  ///   - now: Not before it was measured last.
  ///   - stepSeconds: How often they are given out.
  /// - Returns: The sums, in their order.
  func given(at now: Instant, stepSeconds: Double) -> [UInt64] {
    guard seconds > 0 else { return measured }
    let share = (now.seconds(since: measuredAt) + stepSeconds) / seconds
    // What is nearly all is all: timers are no clocks.
    if share >= 0.95 { return measured }
    return zip(from, measured).map { from, measured in
      measured < from ? measured : from + UInt64(Double(measured - from) * max(0, share))
    }
  }
}
