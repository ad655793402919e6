/// A point on a clock that never jumps, in nanoseconds since that clock's own origin.
///
/// Instants of two processes cannot be compared; wall-clock times are carried beside them as
/// ``WallTime``.
package struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the clock's origin; never negative.
  package var nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  package static let zero = Instant(nanoseconds: 0)

  package static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Seconds from an earlier instant to this one; negative when `earlier` is in fact later.
  package func seconds(since earlier: Instant) -> Double {
    Double(nanoseconds - earlier.nanoseconds) / 1e9
  }

  /// Returns the instant that lies `seconds` later.
  package func advanced(bySeconds seconds: Double) -> Instant {
    Instant(nanoseconds: nanoseconds + Int64(seconds * 1e9))
  }
}

/// A time of day as people read it: milliseconds since 1970-01-01 00:00 UTC.
package struct WallTime: Sendable, Hashable, Comparable {
  package var milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static func < (left: WallTime, right: WallTime) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
