/// Rates of a counter between two snapshots.
package enum Rates {
  /// Returns the increase per second of a counter that never goes down.
  ///
  /// - Parameters:
  ///   - now: The newer sum.
  ///   - before: The older sum.
  ///   - seconds: The time between the two.
  /// - Returns: nil when no time passed, or when the counter went down, which means that it was
  ///   restarted and nothing is known.
  package static func perSecond(_ now: UInt64, since before: UInt64, seconds: Double) -> Double? {
    guard seconds > 0, now >= before else { return nil }
    return Double(now - before) / seconds
  }
}
