import Histogram
import Telemetry

/// The latencies of the last seconds.
struct LatencyWindow: Sendable {
  /// What one second saw; the second is counted on the caller's clock.
  private struct Slice {
    var second: Int64
    /// One by one: as a histogram of its own each second of each service would take 68 KiB.
    var microseconds: [UInt32]
  }

  /// Three digits keep the error below 0.1 %.
  private static let empty = Histogram<UInt32>(
    lowestDiscernibleValue: 1,
    highestTrackableValue: Limits.latencyMicroseconds,
    numberOfSignificantValueDigits: .three
  )

  /// How much of the past counts, in seconds.
  private let seconds: Int

  /// - Parameter seconds: How much of the past counts.
  init(seconds: Int = Limits.latencyWindowSeconds) {
    self.seconds = seconds
  }

  /// Oldest first, none older than the window, at most one a second.
  private var slices: [Slice] = []

  /// Counts one latency, in seconds, seen at `now`.
  mutating func record(seconds: Double, at now: Instant) {
    let second = now.nanoseconds / 1_000_000_000
    if slices.last?.second != second {
      forget(before: second)
      slices.append(Slice(second: second, microseconds: []))
    }
    let microseconds = min(max(seconds, 0) * 1e6, Double(Limits.latencyMicroseconds))
    slices[slices.count - 1].microseconds.append(UInt32(microseconds))
  }

  /// The percentiles at `now`; nil when the window is empty.
  mutating func snapshot(at now: Instant) -> LatencySnapshot? {
    forget(before: now.nanoseconds / 1_000_000_000)
    guard !slices.isEmpty else { return nil }
    var all = LatencyWindow.empty
    for slice in slices {
      for value in slice.microseconds { all.record(UInt64(value)) }
    }
    return LatencySnapshot(
      p50: Double(all.valueAtPercentile(50)) / 1000,
      p95: Double(all.valueAtPercentile(95)) / 1000,
      p99: Double(all.valueAtPercentile(99)) / 1000,
      sampleCount: Int(all.totalCount),
      windowSeconds: Double(seconds)
    )
  }

  private mutating func forget(before second: Int64) {
    slices.removeAll { $0.second <= second - Int64(seconds) }
  }
}
