import Glibc

/// The clocks of this machine.
///
/// A target of its own: where NIO's headers are loaded too, Swift takes the C structures for theirs,
/// and nobody but NIO may import them.
package enum HostClock {
  /// Nanoseconds of the clock that never jumps, from which the broker's instants come.
  package static func monotonicNanoseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Milliseconds since 1970-01-01 00:00 UTC.
  package static func wallMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
