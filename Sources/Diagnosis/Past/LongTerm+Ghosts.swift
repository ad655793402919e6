package import Telemetry

extension LongTerm {
  /// A queue counts other consumers than are listed for it.
  package struct Miscount: Sendable, Hashable {
    package var counted: Int
    package var listed: Int
    package var since: Instant
  }

  /// Where nothing at all is listed nobody can be missed: the list was not to be had.
  mutating func recordGhosts(_ snapshot: BrokerSnapshot, consumersOfQueue: [Range<Int>]) {
    if snapshot.consumers.isEmpty {
      miscounts = [:]
    } else {
      recordMiscounts(snapshot, consumersOfQueue)
    }
    if snapshot.connections.isEmpty {
      orphans = [:]
    } else {
      recordOrphans(snapshot)
    }
  }

  private mutating func recordMiscounts(_ snapshot: BrokerSnapshot, _ ranges: [Range<Int>]) {
    var kept: [QueueIdentity: Miscount] = [:]
    var counts: [QueueIdentity: Int]?
    for index in snapshot.queues.indices
    where snapshot.queues[index].consumerCount != ranges[index].count {
      // The ranges need a list that is sorted as ours; a source may sort names its own way.
      let listed = counts ?? Self.consumerCounts(in: snapshot)
      counts = listed
      let identity = snapshot.queues[index].identity
      let (counted, found) = (snapshot.queues[index].consumerCount, listed[identity] ?? 0)
      guard counted != found, kept.count < Self.limit else { continue }
      let known = miscounts[identity]
      let isSame = known?.counted == counted && known?.listed == found
      kept[identity] = Miscount(
        counted: counted,
        listed: found,
        since: (isSame ? known?.since : nil) ?? snapshot.at
      )
    }
    miscounts = kept
  }

  private static func consumerCounts(in snapshot: BrokerSnapshot) -> [QueueIdentity: Int] {
    var counts: [QueueIdentity: Int] = [:]
    for consumer in snapshot.consumers {
      let queue = QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
      counts[queue, default: 0] += 1
    }
    return counts
  }

  private mutating func recordOrphans(_ snapshot: BrokerSnapshot) {
    var known: Set<UInt64> = []
    known.reserveCapacity(snapshot.connections.count)
    for index in snapshot.connections.indices {
      known.insert(snapshot.connections[index].identifier)
    }
    var kept: [UInt64: Instant] = [:]
    for index in snapshot.consumers.indices
    where !known.contains(snapshot.consumers[index].connectionIdentifier) {
      if kept.count >= Self.limit { break }
      let identifier = snapshot.consumers[index].identifier
      kept[identifier] = orphans[identifier] ?? snapshot.at
    }
    orphans = kept
  }
}
