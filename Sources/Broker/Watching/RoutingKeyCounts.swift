import Telemetry

/// How often messages with each routing key came to the exchange that is watched.
///
/// A route counts its uses anyway, for its bindings, and adds them here when somebody looks or when
/// it goes; so a message costs nothing more, watched or not.
///
/// - Isolation: the broker's loop.
final class RoutingKeyCounts {
  let exchange: Exchange
  private var counts: [Name: Count] = [:]
  /// Of the keys that came when there were enough.
  let others = Count()

  /// Of one key, or of all others; routes keep it.
  final class Count {
    private(set) var value: UInt64 = 0

    func add(_ messages: UInt64) { value &+= messages }
  }

  init(of exchange: Exchange) {
    self.exchange = exchange
  }

  /// Where messages like this one are to be counted.
  ///
  /// - Parameters:
  ///   - message: Any of those for which the route is made.
  ///   - walk: Its way.
  ///   - first: The exchange that it was published to; nil when that had it before.
  /// - Returns: nil when the way does not lead to the exchange.
  func count(for message: Message, along walk: RouteWalk, from first: Exchange?) -> Count? {
    guard first === exchange || walk.hops.contains(where: { $0.exchange === exchange }) else {
      return nil
    }
    let key = Name(message.routingKey)
    if let count = counts[key] { return count }
    guard counts.count < WatchedDetails.routingKeysLimit else { return others }
    let count = Count()
    counts[key] = count
    return count
  }

  /// The most frequent first; without those whose messages did not come in the end.
  var snapshots: [RoutingKeySnapshot] {
    counts.filter { $0.value.value > 0 }
      .sorted { ($1.value.value, $0.key) < ($0.value.value, $1.key) }
      .map { RoutingKeySnapshot(routingKey: $0.key.text, count: $0.value.value) }
  }
}
