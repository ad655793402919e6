import Histogram

/// Percentiles of a time, in microseconds.
package struct Percentiles: Sendable, Hashable {
  package var p50: Double
  package var p99: Double
  package var maximum: Double
  package var count: Int

  package init(p50: Double, p99: Double, maximum: Double, count: Int) {
    self.p50 = p50
    self.p99 = p99
    self.maximum = maximum
    self.count = count
  }

  /// nil when nothing was recorded.
  init?(_ histogram: Histogram<UInt64>) {
    guard histogram.totalCount > 0 else { return nil }
    self.init(
      p50: Double(histogram.valueAtPercentile(50)),
      p99: Double(histogram.valueAtPercentile(99)),
      maximum: Double(histogram.max),
      count: Int(histogram.totalCount)
    )
  }

  /// An empty histogram of microseconds; three digits keep the error below 0.1 %.
  static let empty = Histogram<UInt64>(
    lowestDiscernibleValue: 1,
    highestTrackableValue: Limits.latencyMicroseconds,
    numberOfSignificantValueDigits: .three
  )
}

/// What one case on one broker gave in one round.
package struct RoundMeasurement: Sendable, Hashable {
  /// From the first message that was published to the last that arrived.
  package var seconds: Double
  package var publishedCount: Int
  /// Over all consumers.
  package var deliveredCount: Int
  package var flaws: Flaws
  /// Only in the case with a fixed rate.
  package var delivery: Percentiles?
  package var confirm: Percentiles?
  package var clientCPUSeconds: Double
  /// How much of the time the busiest part of the client had work.
  ///
  /// A part is an event loop, the publisher or a consumer; one that never waits limits the rate.
  package var busiestShare: Double
  /// nil where the broker's process is not known.
  package var brokerCPUSeconds: Double?
  /// Resident memory after the case, with the children's.
  package var brokerMemoryBytes: Int?
  /// Whether the broker may have had to wait for its disk, which costs no CPU.
  package var waitsForDisk: Bool
  /// Cores of this machine, which client and broker share where the broker's process is known.
  package var coreCount: Int

  package init(
    seconds: Double,
    publishedCount: Int,
    deliveredCount: Int,
    flaws: Flaws = Flaws(),
    delivery: Percentiles? = nil,
    confirm: Percentiles? = nil,
    clientCPUSeconds: Double = 0,
    busiestShare: Double = 0,
    brokerCPUSeconds: Double? = nil,
    brokerMemoryBytes: Int? = nil,
    waitsForDisk: Bool = false,
    coreCount: Int = 1
  ) {
    self.seconds = seconds
    self.publishedCount = publishedCount
    self.deliveredCount = deliveredCount
    self.flaws = flaws
    self.delivery = delivery
    self.confirm = confirm
    self.clientCPUSeconds = clientCPUSeconds
    self.busiestShare = busiestShare
    self.brokerCPUSeconds = brokerCPUSeconds
    self.brokerMemoryBytes = brokerMemoryBytes
    self.waitsForDisk = waitsForDisk
    self.coreCount = coreCount
  }

  /// Deliveries a second.
  package var rate: Double { seconds > 0 ? Double(deliveredCount) / seconds : 0 }

  /// Whether our client was what limited the rate, so that the broker may be faster.
  ///
  /// A part of it hardly ever had to wait; or it used much more CPU than the broker, which had no
  /// disk to wait for; or no core was left and the client used more of them than the broker did.
  package var isClientBound: Bool {
    guard seconds > 0 else { return false }
    if busiestShare >= Limits.busyShare { return true }
    let cores = seconds * Double(coreCount)
    guard let brokerCPUSeconds else {
      return clientCPUSeconds >= cores * Limits.busyMachineShare
    }
    if !waitsForDisk, clientCPUSeconds > brokerCPUSeconds * Limits.heavierClient { return true }
    return clientCPUSeconds + brokerCPUSeconds >= cores * Limits.busyMachineShare
      && clientCPUSeconds > brokerCPUSeconds
  }
}

/// What one case on one broker gave in all rounds: medians, and sums of what went wrong.
package struct CaseSummary: Sendable, Hashable {
  package var roundCount: Int
  /// Deliveries a second.
  package var rate: Double
  package var lowestRate: Double
  package var highestRate: Double
  /// In most of the rounds.
  package var isClientBound: Bool
  package var flaws: Flaws
  package var delivery: Percentiles?
  package var confirm: Percentiles?
  /// CPU seconds a million deliveries.
  package var clientCPU: Double?
  package var brokerCPU: Double?
  package var brokerMemoryBytes: Int?

  /// nil without any round.
  package init?(_ rounds: [RoundMeasurement]) {
    guard let rate = Compare.median(rounds.map(\.rate)) else { return nil }
    roundCount = rounds.count
    self.rate = rate
    lowestRate = rounds.map(\.rate).min() ?? rate
    highestRate = rounds.map(\.rate).max() ?? rate
    isClientBound = rounds.count(where: \.isClientBound) * 2 > rounds.count
    flaws = rounds.map(\.flaws).reduce(Flaws(), +)
    delivery = CaseSummary.median(of: rounds.compactMap(\.delivery))
    confirm = CaseSummary.median(of: rounds.compactMap(\.confirm))
    func perMillion(_ seconds: (RoundMeasurement) -> Double?) -> Double? {
      let values = rounds.compactMap { round -> Double? in
        guard let seconds = seconds(round), round.deliveredCount > 0 else { return nil }
        return seconds * 1e6 / Double(round.deliveredCount)
      }
      return Compare.median(values)
    }
    clientCPU = perMillion { $0.clientCPUSeconds }
    brokerCPU = perMillion { $0.brokerCPUSeconds }
    brokerMemoryBytes = rounds.compactMap(\.brokerMemoryBytes).max()
  }

  private static func median(of percentiles: [Percentiles]) -> Percentiles? {
    guard let p50 = Compare.median(percentiles.map(\.p50)),
      let p99 = Compare.median(percentiles.map(\.p99))
    else { return nil }
    return Percentiles(
      p50: p50,
      p99: p99,
      maximum: percentiles.map(\.maximum).max() ?? p99,
      count: percentiles.reduce(0) { $0 + $1.count }
    )
  }
}

/// The middle value; the mean of the two in the middle of an even number; nil of none.
package func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  guard sorted.count.isMultiple(of: 2) else { return sorted[middle] }
  return (sorted[middle - 1] + sorted[middle]) / 2
}
