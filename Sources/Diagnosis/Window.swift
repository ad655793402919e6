package import Telemetry

/// What a rule sees: the newest snapshot, and what was kept of those before it.
///
/// Everything is indexed as in the newest snapshot: `queues[3]` is about `newest.queues[3]`.
package struct Window: Sendable {
  package let newest: BrokerSnapshot
  /// How often a snapshot comes, in seconds.
  package let refreshSeconds: Double
  /// When the first snapshot of this broker came.
  package let firstAt: Instant
  package let queues: [QueueFacts]
  /// What was kept of each of `newest.consumers`.
  package let consumers: [ConsumerFacts]
  /// Where each queue's consumers stand in `newest.consumers`.
  package let consumersOfQueue: [Range<Int>]
  package let queueSums: SumRing<QueueIdentity, QueueSums>
  package let consumerSums: SumRing<UInt64, ConsumerSums>
  package let exchangeSums: SumRing<ExchangeIdentity, ExchangeSums>
  package let totalSums: SumRing<String, BrokerTotals>
  package let longTerm: LongTerm
  package let tuning: Tuning

  package var now: Instant { newest.at }

  /// The consumers of the queue at an index.
  package func consumers(ofQueue index: Int) -> ArraySlice<ConsumerSnapshot> {
    newest.consumers[consumersOfQueue[index]]
  }

  /// Computes how much a sum of a queue rose.
  ///
  /// - Parameters:
  ///   - sum: Which one.
  ///   - index: The queue's place in the newest snapshot.
  ///   - seconds: Over which span, at most ``Limits/steadySeconds``.
  /// - Returns: The rise a second; nil when nothing is known.
  package func rate(
    _ sum: KeyPath<QueueSums, UInt64>,
    ofQueue index: Int,
    over seconds: Double = Limits.quickSeconds
  ) -> Double? {
    guard let before = queueSums.sums(of: index, agedSeconds: seconds) else { return nil }
    let now = QueueSums(newest.queues[index])
    return Rates.perSecond(
      now[keyPath: sum],
      since: before.sums[keyPath: sum],
      seconds: before.seconds
    )
  }

  /// Returns how much a sum of a consumer rose a second; nil when nothing is known.
  package func rate(
    _ sum: KeyPath<ConsumerSums, UInt64>,
    ofConsumer index: Int,
    over seconds: Double = Limits.quickSeconds
  ) -> Double? {
    guard let before = consumerSums.sums(of: index, agedSeconds: seconds) else { return nil }
    let now = ConsumerSums(newest.consumers[index])
    return Rates.perSecond(
      now[keyPath: sum],
      since: before.sums[keyPath: sum],
      seconds: before.seconds
    )
  }

  /// Returns the share of time in which a consumer held a message, from 0 to 1; nil when nothing is
  /// known, or nobody measures it.
  package func utilisation(
    ofConsumer index: Int,
    over seconds: Double = Limits.steadySeconds
  ) -> Double? {
    guard
      let before = consumerSums.sums(of: index, agedSeconds: seconds),
      let busyBefore = before.sums.busyNanoseconds,
      let busy = newest.consumers[index].busyNanoseconds, busy >= busyBefore
    else { return nil }
    return min(1, Double(busy - busyBefore) / 1e9 / before.seconds)
  }

  /// Returns the connection of a consumer; nil when the snapshot has none.
  ///
  /// - Complexity: O(log connections).
  package func connection(of consumer: ConsumerSnapshot) -> ConnectionSnapshot? {
    connection(consumer.connectionIdentifier)
  }

  /// Returns a connection by its number; nil when the snapshot has none.
  ///
  /// - Complexity: O(log connections).
  package func connection(_ identifier: UInt64) -> ConnectionSnapshot? {
    var low = 0
    var high = newest.connections.count
    while low < high {
      let middle = (low + high) / 2
      if newest.connections[middle].identifier < identifier {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < newest.connections.count, newest.connections[low].identifier == identifier else {
      return nil
    }
    return newest.connections[low]
  }
}

/// The sums of an exchange that rates are computed from.
package struct ExchangeSums: Sendable {
  package var published: UInt64
  package var routed: UInt64
  package var unroutable: UInt64

  init(_ exchange: ExchangeSnapshot) {
    published = exchange.published
    routed = exchange.routed
    unroutable = exchange.unroutable
  }
}
