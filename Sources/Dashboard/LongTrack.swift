import Telemetry

/// Series of ``Limits/longHistorySeconds``, each sample the largest of some seconds.
///
/// It costs nothing but every ``Limits/longSampleSeconds``: a sample is taken from the series of
/// seconds when its span is over.
struct LongTrack: Sendable {
  private(set) var series: [TimeSeries]
  private var slot: Int64 = -1

  private static let nanoseconds = Int64(Limits.longSampleSeconds) * 1_000_000_000

  /// - Parameters:
  ///   - count: How many series there are.
  ///   - refreshSeconds: How often a snapshot comes.
  init(count: Int, refreshSeconds: Double) {
    let one = TimeSeries(
      capacity: Limits.longHistorySeconds / Limits.longSampleSeconds,
      slotNanoseconds: Self.nanoseconds,
      gapSlots: Self.gap(refreshSeconds: refreshSeconds)
    )
    series = Array(repeating: one, count: count)
  }

  /// Says how often a snapshot comes from now on.
  mutating func expect(refreshSeconds: Double) {
    let slots = Self.gap(refreshSeconds: refreshSeconds)
    for index in series.indices { series[index].gapSlots = slots }
  }

  /// Whether a span is over.
  func isDue(at now: Instant) -> Bool { now.nanoseconds / Self.nanoseconds != slot }

  /// Takes the span that is over.
  ///
  /// - Parameters:
  ///   - seconds: The series of seconds, without what is newer than that span.
  ///   - now: The first instant after it.
  mutating func keep(_ seconds: [TimeSeries], at now: Instant) {
    let next = now.nanoseconds / Self.nanoseconds
    defer { slot = next }
    if slot < 0 { return }
    let over = Instant(nanoseconds: slot * Self.nanoseconds)
    for (index, short) in seconds.enumerated() where index < series.count {
      series[index].add(short.largest(ofNewest: Limits.longSampleSeconds), at: over)
    }
  }

  private static func gap(refreshSeconds: Double) -> Int {
    max(2, History.gapSlots(of: nanoseconds, refreshSeconds: refreshSeconds))
  }
}
