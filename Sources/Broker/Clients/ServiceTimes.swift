import Telemetry

/// How long it took to the last acknowledgements: of a consumer from the delivery on, of a queue from
/// when the message came in.
///
/// Two histograms: one is written to, the other is of the time before, so that together they are of
/// the last 15 to 30 seconds. A bucket is a number with three bits behind the leading one, so its
/// middle is at most 6 % off:
///
///     nanoseconds >> 13   0 ... 7 | 8 9 10 ... 15 | 16 18 20 ... 30 | 32 36 ...
///     bucket              0 ... 7 | 8 9 10 ... 15 | 16 17 18 ... 23 | 24 25 ...
///
/// The clock goes from turn to turn of the broker's loop, so nothing below its length is told apart.
struct ServiceTimes: ~Copyable {
  // Safe: nil, or `2 * bucketCount` numbers that are initialised and trivial; freed in `deinit`.
  private var counts: UnsafeMutablePointer<UInt32>?
  /// Where the histogram begins that is written to: 0 or `bucketCount`.
  private var current = 0
  private var turnsAt: Int64 = 0

  /// Units of 8.192 µs.
  private static let unitBits: Int64 = 13
  /// Three bits behind the leading one.
  private static let fractionBits = 3
  /// Up to about 78 hours.
  private static let bucketCount = 264
  private static let turnNanoseconds: Int64 = 15_000_000_000

  deinit {
    counts?.deallocate()
  }

  /// Counts one acknowledgement.
  @inline(__always)
  mutating func record(_ nanoseconds: Int64, at now: Int64) {
    if now >= turnsAt { turn(at: now) }
    // Safe: `turn` allocates before the first is counted, and a bucket is below `bucketCount`.
    counts.unsafelyUnwrapped[current &+ Self.bucket(of: nanoseconds)] &+= 1
  }

  @inline(__always)
  private static func bucket(of nanoseconds: Int64) -> Int {
    let units = UInt64(truncatingIfNeeded: max(0, nanoseconds)) >> UInt64(unitBits)
    guard units >= 1 << UInt64(fractionBits) else { return Int(truncatingIfNeeded: units) }
    let shift = 63 &- units.leadingZeroBitCount &- fractionBits
    let bucket = (shift &+ 1) << fractionBits | Int(truncatingIfNeeded: units >> UInt64(shift)) & 7
    return min(bucket, bucketCount &- 1)
  }

  /// The middle of a bucket, in nanoseconds.
  private static func nanoseconds(of bucket: Int) -> Double {
    let unit = Double(1 << unitBits)
    guard bucket >= 8 else { return bucket == 0 ? 0 : (Double(bucket) + 0.5) * unit }
    let width = Double(UInt64(1) << UInt64((bucket >> fractionBits) - 1))
    return (Double(8 + bucket & 7) + 0.5) * width * unit
  }

  @inline(never)
  private mutating func turn(at now: Int64) {
    let all = 2 * Self.bucketCount
    if counts == nil {
      counts = .allocate(capacity: all)
      counts?.initialize(repeating: 0, count: all)
    } else if now - turnsAt >= Self.turnNanoseconds {
      // Nothing was acknowledged for a whole turn.
      counts?.update(repeating: 0, count: all)
    } else {
      current = Self.bucketCount - current
      counts?.advanced(by: current).update(repeating: 0, count: Self.bucketCount)
    }
    turnsAt = now + Self.turnNanoseconds
  }

  /// Median and 95th percentile; nil when nothing was acknowledged lately.
  func summary(at now: Int64) -> ServiceTime? {
    guard let counts, now - turnsAt < Self.turnNanoseconds else { return nil }
    // No array in between: a snapshot asks this of thousands of queues.
    var count = 0
    // Safe: all indices here and below are under `2 * bucketCount`.
    for index in 0..<2 * Self.bucketCount { count &+= Int(counts[index]) }
    guard count > 0 else { return nil }
    let medianRank = Self.rank(0.5, of: count)
    let slowRank = Self.rank(0.95, of: count)
    var sum = 0
    var median: Double?
    for bucket in 0..<Self.bucketCount {
      sum &+= Int(counts[bucket]) &+ Int(counts[Self.bucketCount &+ bucket])
      guard sum >= medianRank else { continue }
      let milliseconds = Self.nanoseconds(of: bucket) / 1_000_000
      let p50 = median ?? milliseconds
      median = p50
      guard sum >= slowRank else { continue }
      return ServiceTime(p50Milliseconds: p50, p95Milliseconds: milliseconds, sampleCount: count)
    }
    return nil
  }

  /// Which one, counted from 1, has a share of all at or below it.
  private static func rank(_ share: Double, of count: Int) -> Int {
    Int((Double(count) * share).rounded(.up))
  }
}
