package import Telemetry

/// How connections and channels come and go.
///
/// A connection is short-lived that was opened and closed within the last ten seconds; those of a
/// deployment stay, however many come at once.
///
///     seconds ago   10    8    6    4    2    now
///     opened       100  104  109  112  118    121      risen in every step, 21 in all
///     still there                                3      18 of them are gone again
package struct Churn: Sendable {
  /// What comes and goes.
  package struct Course: Sendable, Hashable {
    /// How many came and went in the last ten seconds, while it lasts.
    package var count: Int
    /// Over how many seconds that was counted.
    package var seconds: Double
    /// When it began, to the step.
    package var since: Instant
    /// When it was seen last.
    package var lastAt: Instant
  }

  package private(set) var connections: Course?
  package private(set) var channels: Course?
  /// Clients that came lately, and how many connections of each were seen.
  package private(set) var newcomers: [ClientName: Newcomer] = [:]
  private var samples: [Sample] = []
  private var highest: UInt64 = 0

  /// How many connections of a client were seen to come.
  package struct Newcomer: Sendable, Hashable {
    package var count: Int
    package var lastAt: Instant
  }

  private struct Sample {
    var at: Instant
    var opened: UInt64
    var channelsOpened: UInt64
    var channels: Int
    var highest: UInt64
  }

  init() {}

  /// Takes a snapshot.
  ///
  /// - Parameters:
  ///   - snapshot: The newest.
  ///   - perSecond: From how many a second on it matters.
  mutating func record(_ snapshot: BrokerSnapshot, perSecond: Double) {
    noteNewcomers(snapshot)
    let now = snapshot.at
    if let last = samples.last, now.seconds(since: last.at) < Limits.churnStepSeconds { return }
    let channelCount = snapshot.connections.indices.reduce(0) {
      $0 + snapshot.connections[$1].channelCount
    }
    samples.append(
      Sample(
        at: now,
        opened: snapshot.totals.connectionsOpened,
        channelsOpened: snapshot.totals.channelsOpened,
        channels: channelCount,
        highest: highest
      )
    )
    while samples.count > 2, now.seconds(since: samples[1].at) >= Limits.steadySeconds {
      samples.removeFirst()
    }
    follow(snapshot, perSecond)
  }

  private mutating func follow(_ snapshot: BrokerSnapshot, _ perSecond: Double) {
    guard let first = samples.first, let last = samples.last else { return }
    let seconds = last.at.seconds(since: first.at)
    guard seconds >= Limits.steadySeconds else { return }
    let least = perSecond * seconds
    let young = snapshot.connections.reversed().prefix { $0.identifier > first.highest }
    let gone = Self.rise(from: first.opened, to: last.opened) - young.count
    connections = course(connections, gone, \.opened, least, snapshot.at)
    // Channels of new connections, and more of them on old ones, are there still.
    let youngChannels = young.reduce(0) { $0 + $1.channelCount }
    let grown = max(0, last.channels - youngChannels - first.channels)
    let goneChannels =
      Self.rise(from: first.channelsOpened, to: last.channelsOpened) - youngChannels - grown
    channels = course(channels, goneChannels, \.channelsOpened, least, snapshot.at)
  }

  private func course(
    _ known: Course?,
    _ gone: Int,
    _ sum: KeyPath<Sample, UInt64>,
    _ least: Double,
    _ now: Instant
  ) -> Course? {
    let steps = zip(samples, samples.dropFirst())
    let isSteady = steps.allSatisfy { $1[keyPath: sum] > $0[keyPath: sum] }
    guard let first = samples.first, isSteady, Double(gone) > least else {
      guard let known, now.seconds(since: known.lastAt) < Limits.steadySeconds else { return nil }
      return known
    }
    return Course(
      count: gone,
      seconds: now.seconds(since: first.at),
      since: known?.since ?? first.at,
      lastAt: now
    )
  }

  private static func rise(from before: UInt64, to now: UInt64) -> Int {
    now > before ? Int(clamping: now - before) : 0
  }

  private mutating func noteNewcomers(_ snapshot: BrokerSnapshot) {
    let isFirst = samples.isEmpty
    for connection in snapshot.connections.reversed() {
      guard connection.identifier > highest, !isFirst else { break }
      let name = ClientName(connection)
      guard newcomers[name] != nil || newcomers.count < Limits.newcomers else { continue }
      newcomers[name, default: Newcomer(count: 0, lastAt: snapshot.at)].count += 1
      newcomers[name]?.lastAt = snapshot.at
    }
    highest = max(highest, snapshot.connections.last?.identifier ?? 0)
    if newcomers.isEmpty { return }
    newcomers = newcomers.filter {
      snapshot.at.seconds(since: $0.value.lastAt) < Limits.newcomerSeconds
    }
  }
}
