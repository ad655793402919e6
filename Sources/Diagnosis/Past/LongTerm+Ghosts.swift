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
    if let last = ghostsSoughtAt, snapshot.at.seconds(since: last) < Limits.ghostsSeconds {
      return
    }
    ghostsSoughtAt = snapshot.at
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
    let known = snapshot.connections.indices.map { snapshot.connections[$0].identifier }
    var kept: [UInt64: Instant] = [:]
    for index in snapshot.consumers.indices
    where !known.hasSorted(snapshot.consumers[index].connectionIdentifier) {
      if kept.count >= Self.limit { break }
      let identifier = snapshot.consumers[index].identifier
      kept[identifier] = orphans[identifier] ?? snapshot.at
    }
    orphans = kept
  }
}

extension [UInt64] {
  /// Whether a number is among these, which are sorted.
  fileprivate func hasSorted(_ number: UInt64) -> Bool {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}
