package import Telemetry

/// Something that was true at one instant.
package protocol Timed: Sendable {
  var at: Instant { get }
}

extension BrokerSnapshot: Timed {}
extension LabSnapshot: Timed {}

/// The newest snapshots, to compute rates from: never carried, always from two sums.
package struct SlidingWindow<Sample: Timed>: Sendable {
  /// The span that rates are averages of.
  package let seconds: Double
  /// Oldest first, at most ``Limits/windowSnapshots``.
  private var samples: [Sample] = []

  package init(seconds: Double) {
    self.seconds = seconds
  }

  package var newest: Sample? { samples.last }

  /// The snapshot that rates are computed against; nil until there are two.
  package var base: Sample? { samples.count > 1 ? samples.first : nil }

  /// The time between ``base`` and ``newest``; 0 when a rate over it would be noise.
  package var baseSeconds: Double {
    guard let base, let newest else { return 0 }
    let span = newest.at.seconds(since: base.at)
    return span < Limits.shortestRateSeconds ? 0 : span
  }

  /// Returns the newest snapshot that is at least `age` seconds older than ``newest``, else the
  /// oldest; nil until there are two.
  package func sample(agedSeconds age: Double) -> Sample? {
    guard let newest, samples.count > 1 else { return nil }
    return samples.last { newest.at.seconds(since: $0.at) >= age } ?? samples.first
  }

  /// Returns the oldest snapshot of which something is true, unless it is the newest.
  package func oldest(where isWanted: (Sample) -> Bool) -> Sample? {
    samples.dropLast().first(where: isWanted)
  }

  /// Adds a snapshot; one that is not newer than the newest is left out.
  ///
  /// - Returns: Whether it was taken.
  package mutating func add(_ sample: Sample) -> Bool {
    if let newest, sample.at <= newest.at { return false }
    if samples.count > 1, let newest,
      sample.at.seconds(since: newest.at) < Limits.closestSnapshotSeconds,
      newest.at.seconds(since: samples[samples.count - 2].at) < Limits.closestSnapshotSeconds
    {
      samples.removeLast()
    }
    samples.append(sample)
    while samples.count > 2, isOutdated(samples[1], at: sample.at, slack: 0) {
      samples.removeFirst()
    }
    // After a silence the old base would thin the rate for a whole span.
    while samples.count > 2, isOutdated(samples[0], at: sample.at, slack: seconds) {
      samples.removeFirst()
    }
    if samples.count > Limits.windowSnapshots { samples.removeFirst() }
    return true
  }

  /// Forgets everything, for example when the sums began again at 0.
  package mutating func reset() {
    samples.removeAll()
  }

  private func isOutdated(_ sample: Sample, at now: Instant, slack: Double) -> Bool {
    now.seconds(since: sample.at) >= seconds + slack
  }
}
