package import Telemetry

/// What is kept beyond the ring's span: a sample a minute, or the first and newest moment of
/// something.
package struct LongTerm: Sendable {
  /// Exchanges that lost messages, at most ``limit``.
  package private(set) var losses: [ExchangeIdentity: Loss] = [:]
  /// Queues that dead-lettered messages, at most ``limit``.
  package private(set) var deaths: [QueueIdentity: Death] = [:]
  /// The totals at the beginning of each of the last minutes, the newest last.
  package private(set) var minutes: [(at: Instant, totals: BrokerTotals, connections: Int)] = []
  /// How many channels each connection had when it was first seen, at most ``limit``.
  package private(set) var channels: [UInt64: Channels] = [:]

  /// How many of each are kept.
  static let limit = 1_024

  /// Messages that an exchange could not route.
  package struct Loss: Sendable, Hashable {
    /// The exchange's sum before the first loss of this row, and now.
    package var before: UInt64
    package var count: UInt64
    package var firstAt: Instant
    package var lastAt: Instant
  }

  /// Messages that a queue gave to its dead letter exchange.
  package struct Death: Sendable, Hashable {
    /// The queue's reasons before the first death of this row.
    package var before: DeadLetterReasons
    package var count: UInt64
    package var firstAt: Instant
    package var lastAt: Instant
  }

  /// How many channels a connection had.
  package struct Channels: Sendable, Hashable {
    package var atFirst: Int
    package var most: Int
    /// How often the most was passed since it was first seen.
    package var rises: Int
    package var since: Instant
  }

  init() {}

  /// Takes a snapshot.
  ///
  /// - Parameters:
  ///   - snapshot: The newest.
  ///   - before: The one before; nil for the first, whose sums are no news.
  mutating func record(_ snapshot: BrokerSnapshot, after before: BrokerSnapshot?) {
    recordMinute(snapshot)
    recordChannels(snapshot)
    guard let before else { return }
    recordLosses(snapshot, before)
    recordDeaths(snapshot, before)
  }

  private mutating func recordMinute(_ snapshot: BrokerSnapshot) {
    if let last = minutes.last, snapshot.at.seconds(since: last.at) < 60 { return }
    minutes.append((snapshot.at, snapshot.totals, snapshot.connections.count))
    if minutes.count > Limits.minutes { minutes.removeFirst() }
  }

  private mutating func recordChannels(_ snapshot: BrokerSnapshot) {
    var kept: [UInt64: Channels] = [:]
    for connection in snapshot.connections where connection.channelCount > 1 {
      if kept.count >= Self.limit { break }
      var known =
        channels[connection.identifier]
        ?? Channels(
          atFirst: connection.channelCount,
          most: connection.channelCount,
          rises: 0,
          since: snapshot.at
        )
      if connection.channelCount > known.most {
        known.rises += 1
        known.most = connection.channelCount
      }
      kept[connection.identifier] = known
    }
    channels = kept
  }

  private mutating func recordLosses(_ snapshot: BrokerSnapshot, _ before: BrokerSnapshot) {
    if snapshot.totals.unroutable == before.totals.unroutable, losses.isEmpty { return }
    var sums: [ExchangeIdentity: UInt64] = [:]
    for exchange in before.exchanges where exchange.unroutable > 0 {
      sums[exchange.identity] = exchange.unroutable
    }
    var kept: [ExchangeIdentity: Loss] = [:]
    for exchange in snapshot.exchanges where exchange.unroutable > 0 {
      let earlier = sums[exchange.identity] ?? 0
      let known = losses[exchange.identity]
      if exchange.unroutable > earlier, kept.count < Self.limit {
        var loss =
          known
          ?? Loss(before: earlier, count: earlier, firstAt: snapshot.at, lastAt: snapshot.at)
        if snapshot.at.seconds(since: loss.lastAt) > Self.calmSeconds {
          loss = Loss(before: earlier, count: earlier, firstAt: snapshot.at, lastAt: snapshot.at)
        }
        loss.count = exchange.unroutable
        loss.lastAt = snapshot.at
        kept[exchange.identity] = loss
      } else if exchange.unroutable == earlier, let known {
        kept[exchange.identity] = known
      }
    }
    losses = kept
  }

  /// A row of losses ends when there was none for so long.
  static let calmSeconds = 60.0

  private mutating func recordDeaths(_ snapshot: BrokerSnapshot, _ before: BrokerSnapshot) {
    if snapshot.totals.deadLettered == before.totals.deadLettered, deaths.isEmpty { return }
    var sums: [QueueIdentity: (UInt64, DeadLetterReasons)] = [:]
    for queue in before.queues where queue.deadLettered > 0 {
      sums[queue.identity] = (queue.deadLettered, queue.deadLetters)
    }
    var kept: [QueueIdentity: Death] = [:]
    for queue in snapshot.queues where queue.deadLettered > 0 {
      let (earlier, reasons) = sums[queue.identity] ?? (0, DeadLetterReasons())
      let known = deaths[queue.identity]
      if queue.deadLettered > earlier, kept.count < Self.limit {
        let added = queue.deadLettered - earlier
        var death =
          known ?? Death(before: reasons, count: 0, firstAt: snapshot.at, lastAt: snapshot.at)
        if snapshot.at.seconds(since: death.lastAt) > Self.calmSeconds {
          death = Death(before: reasons, count: 0, firstAt: snapshot.at, lastAt: snapshot.at)
        }
        death.count += added
        death.lastAt = snapshot.at
        kept[queue.identity] = death
      } else if queue.deadLettered == earlier, let known {
        kept[queue.identity] = known
      }
    }
    deaths = kept
  }
}
