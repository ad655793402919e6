package import Telemetry

/// What is kept beyond the ring's span: a sample a minute, or the first and newest moment of
/// something.
package struct LongTerm: Sendable {
  /// Exchanges that lost messages, at most ``limit``.
  package internal(set) var losses: [ExchangeIdentity: Loss] = [:]
  /// Queues that dead-lettered messages, at most ``limit``.
  package internal(set) var deaths: [QueueIdentity: Death] = [:]
  /// The totals at the beginning of each of the last minutes, the newest last.
  package private(set) var minutes: [(at: Instant, totals: BrokerTotals, connections: Int)] = []
  /// How the channels of connections with more than one became more, at most ``limit``.
  package internal(set) var channels: [UInt64: Channels] = [:]
  /// Since when each alarm is on, as far as was seen.
  package internal(set) var alarms: [ResourceAlarm: Instant] = [:]
  /// Connections that wait for the broker, at most ``limit``.
  package internal(set) var waits: [UInt64: Wait] = [:]
  /// Queues whose consumers are counted and listed differently, at most ``limit``.
  package internal(set) var miscounts: [QueueIdentity: Miscount] = [:]
  /// Consumers whose connection is not listed, and since when, at most ``limit``.
  package internal(set) var orphans: [UInt64: Instant] = [:]
  /// Queues whose last consumer left, and where that was, at most ``limit``.
  package internal(set) var departures: [QueueIdentity: Departure] = [:]
  /// When both were looked for last.
  var ghostsSoughtAt: Instant?
  /// How connections and channels come and go.
  package internal(set) var churn = Churn()
  /// How many connections each client has, at most ``limit``.
  package internal(set) var piles: [ClientName: Pile] = [:]
  /// When ``piles`` were counted last.
  var pilesCountedAt: Instant?
  /// Bindings that nothing came over.
  var unhit: [BindingName: UnhitBinding] = [:]
  /// When the survey was made that ``bindingFindings`` are of.
  var bindingsSurveyedAt: Instant?
  /// What the newest survey of bindings gives to say.
  package internal(set) var bindingFindings: [Finding] = []

  /// How many of each are kept.
  static let limit = 1_024

  init() {}

  /// Takes a snapshot.
  ///
  /// - Parameters:
  ///   - snapshot: The newest.
  ///   - before: The one before; nil for the first, whose sums are no news.
  ///   - consumersOfQueue: Where each queue's consumers stand in the newest.
  ///   - tuning: How long a row of losses or deaths goes on.
  mutating func record(
    _ snapshot: BrokerSnapshot,
    after before: BrokerSnapshot?,
    consumersOfQueue: [Range<Int>],
    tuning: Tuning
  ) {
    recordMinute(snapshot)
    recordAlarms(snapshot)
    recordChannels(snapshot)
    recordWaits(snapshot)
    recordGhosts(snapshot, consumersOfQueue: consumersOfQueue)
    churn.record(snapshot, perSecond: tuning[.churnPerSecond])
    recordPiles(snapshot)
    recordBindings(snapshot, tuning: tuning)
    guard let before else { return }
    recordLosses(snapshot, before, calmSeconds: tuning[.unroutableSeconds])
    recordDeaths(snapshot, before, calmSeconds: tuning[.deadLettersSeconds])
    recordDepartures(snapshot, before)
  }

  private mutating func recordMinute(_ snapshot: BrokerSnapshot) {
    if let last = minutes.last, snapshot.at.seconds(since: last.at) < 60 { return }
    minutes.append((snapshot.at, snapshot.totals, snapshot.connections.count))
    if minutes.count > Limits.minutes { minutes.removeFirst() }
  }

  private mutating func recordAlarms(_ snapshot: BrokerSnapshot) {
    if alarms.isEmpty, snapshot.alarms.isEmpty { return }
    alarms = Dictionary(
      snapshot.alarms.map { ($0, alarms[$0] ?? snapshot.at) },
      uniquingKeysWith: { first, _ in first }
    )
  }
}

/// Finds things in the snapshot before, where they nearly always stand at the same place.
struct EarlierPlaces<Key: Hashable> {
  private let count: Int
  private let key: (Int) -> Key
  private var places: [Key: Int]?

  /// - Parameters:
  ///   - count: How many there were.
  ///   - key: What stood at each place.
  init(count: Int, key: @escaping (Int) -> Key) {
    self.count = count
    self.key = key
  }

  /// Looks up where a thing stood.
  ///
  /// - Parameters:
  ///   - wanted: The thing.
  ///   - place: Where it stands now.
  /// - Returns: nil when it was not there.
  /// - Complexity: O(1), once O(things) when some came or went.
  mutating func place(of wanted: Key, near place: Int) -> Int? {
    if place < count, key(place) == wanted { return place }
    if let places { return places[wanted] }
    let made = Dictionary(
      (0..<count).map { (key($0), $0) },
      uniquingKeysWith: { first, _ in first }
    )
    places = made
    return made[wanted]
  }
}
