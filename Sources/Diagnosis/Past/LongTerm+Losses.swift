package import Telemetry

extension LongTerm {
  /// Messages of one exchange that matched no queue, with never long between two of them.
  package struct Loss: Sendable, Hashable {
    /// How many, those that went back to their publishers included.
    package var count: UInt64
    /// How many of them are known to have gone back.
    package var returned: UInt64
    /// Whether no more than ``returned`` went back; the broker counts that for all exchanges
    /// together.
    package var isReturnedExact: Bool
    /// When the first was seen.
    package var firstAt: Instant
    /// When the last was seen.
    package var lastAt: Instant
  }

  /// Dead letters that match no queue are among them, though the broker's sum has them not.
  mutating func recordLosses(
    _ snapshot: BrokerSnapshot,
    _ before: BrokerSnapshot,
    calmSeconds: Double
  ) {
    var places = EarlierPlaces(count: before.exchanges.count) { before.exchanges[$0].identity }
    var kept: [ExchangeIdentity: Loss] = [:]
    var rises: [(exchange: ExchangeIdentity, count: UInt64)] = []
    for index in snapshot.exchanges.indices where snapshot.exchanges[index].unroutable > 0 {
      let identity = snapshot.exchanges[index].identity
      let count = snapshot.exchanges[index].unroutable
      let place = places.place(of: identity, near: index)
      let earlier = place.map { before.exchanges[$0].unroutable } ?? 0
      if count != earlier {
        // One that counts anew is another exchange of that name.
        rises.append((identity, count > earlier ? count - earlier : count))
      }
      if count >= earlier, let known = losses[identity],
        snapshot.at.seconds(since: known.lastAt) <= calmSeconds
      {
        kept[identity] = known
      }
    }
    add(rises, to: &kept, snapshot, before)
    losses = kept
  }

  private func add(
    _ rises: [(exchange: ExchangeIdentity, count: UInt64)],
    to kept: inout [ExchangeIdentity: Loss],
    _ snapshot: BrokerSnapshot,
    _ before: BrokerSnapshot
  ) {
    let (now, earlier) = (snapshot.totals.returned, before.totals.returned)
    let returned = now > earlier ? now - earlier : 0
    let all = rises.reduce(0) { $0 &+ $1.count }
    for (exchange, count) in rises where kept[exchange] != nil || kept.count < Self.limit {
      var loss =
        kept[exchange]
        ?? Loss(
          count: 0,
          returned: 0,
          isReturnedExact: true,
          firstAt: snapshot.at,
          lastAt: snapshot.at
        )
      loss.count &+= count
      loss.lastAt = snapshot.at
      if returned >= all {
        loss.returned &+= count
      } else if rises.count == 1 {
        loss.returned &+= returned
      } else if returned > 0 {
        loss.isReturnedExact = false
      }
      kept[exchange] = loss
    }
  }
}
