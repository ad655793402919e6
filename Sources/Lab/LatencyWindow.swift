import Histogram
import Telemetry

/// The latencies of the last seconds, as one histogram a second.
struct LatencyWindow: Sendable {
  /// One second's histogram; the second is counted on the caller's clock.
  private struct Slice {
    var second: Int64
    var histogram: Histogram<UInt32>
  }

  /// Three digits keep the error below 0.1 % and a slice at 68 KiB.
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
    forget(before: second)
    if slices.last?.second != second {
      slices.append(Slice(second: second, histogram: LatencyWindow.empty))
    }
    let microseconds = min(max(seconds, 0) * 1e6, Double(Limits.latencyMicroseconds))
    slices[slices.count - 1].histogram.record(UInt64(microseconds))
  }

  /// The percentiles at `now`; nil when the window is empty.
  mutating func snapshot(at now: Instant) -> LatencySnapshot? {
    forget(before: now.nanoseconds / 1_000_000_000)
    guard !slices.isEmpty else { return nil }
    var all = LatencyWindow.empty
    for slice in slices { all.add(slice.histogram) }
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
