package import Telemetry

extension LongTerm {
  /// The last consumers of a queue that left it, all at once.
  package struct Departure: Sendable, Hashable {
    package var at: Instant
    /// The connections they were on; at most ``Limits/examples``.
    package var connections: [Place]

    /// A connection as it was.
    package struct Place: Sendable, Hashable {
      package var identifier: UInt64
      /// The client's name and where it ran.
      package var name: String
      package var host: String
    }
  }

  mutating func recordDepartures(_ snapshot: BrokerSnapshot, _ before: BrokerSnapshot) {
    for queue in departures.keys where !snapshot.isUnconsumed(queue) { departures[queue] = nil }
    let isSame = before.queues.count == snapshot.queues.count
    var places = EarlierPlaces(count: before.queues.count) { before.queues[$0].identity }
    var left: Set<QueueIdentity> = []
    for index in snapshot.queues.indices where snapshot.queues[index].consumerCount == 0 {
      // Nearly all end here.
      if isSame, before.queues[index].consumerCount == 0 { continue }
      let identity = snapshot.queues[index].identity
      guard let place = places.place(of: identity, near: index),
        before.queues[place].consumerCount > 0
      else { continue }
      if departures.count + left.count < Self.limit { left.insert(identity) }
    }
    if left.isEmpty { return }
    for queue in left { departures[queue] = Departure(at: snapshot.at, connections: []) }
    let connections = Dictionary(
      before.connections.map { ($0.identifier, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    for consumer in before.consumers {
      let queue = QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
      guard left.contains(queue) else { continue }
      let connection = connections[consumer.connectionIdentifier]
      let place = Departure.Place(
        identifier: consumer.connectionIdentifier,
        name: connection?.placeName ?? consumer.connectionName,
        host: connection.map { PeerAddress.host(of: $0.peerAddress) } ?? ""
      )
      departures[queue]?.add(place)
    }
  }
}

extension LongTerm.Departure {
  fileprivate mutating func add(_ place: Place) {
    guard connections.count < Limits.examples, !connections.contains(place) else { return }
    connections.append(place)
  }
}

extension BrokerSnapshot {
  fileprivate func isUnconsumed(_ queue: QueueIdentity) -> Bool {
    guard let place = place(of: queue) else { return false }
    return queues[place].consumerCount == 0
  }
}
