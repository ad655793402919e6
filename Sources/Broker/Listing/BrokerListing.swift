package import AMQP
package import Telemetry

/// What RabbitMQ's management lists of a broker, at one instant and without its messages.
package struct BrokerListing: Sendable {
  package var at: Instant
  package var wallTime: WallTime
  package var totals: BrokerTotals
  /// What went over all channels, those that are closed and those of deleted virtual hosts too.
  package var counts: ChannelCounts
  /// Sorted by name.
  package var hosts: [VirtualHostListing]
  package var churn: Churn
  package var alarms: [ResourceAlarm]
  /// Sorted by virtual host, then name; empty when they were not asked for, as all that follow.
  package var queues: [QueueListing] = []
  /// Sorted by virtual host, then name.
  package var exchanges: [ExchangeListing] = []
  /// Sorted by identifier, that is by age.
  package var connections: [ConnectionListing] = []
  /// Sorted by connection, then number.
  package var channels: [ChannelListing] = []
  /// Sorted by queue, then identifier.
  package var consumers: [ConsumerListing] = []
  /// How many there are of each, whether they were asked for or not.
  package var objectCounts: ObjectCounts

  /// How many there are.
  package struct ObjectCounts: Sendable, Hashable {
    package var queues = 0
    package var exchanges = 0
    package var connections = 0
    package var channels = 0
    package var consumers = 0
  }
}

/// A virtual host and what went over its channels, those that are closed too.
package struct VirtualHostListing: Sendable {
  package var name: String
  package var note: VirtualHost.Note
  package var counts: ChannelCounts
  package var ready = 0
  package var unacked = 0
  package var bytesReceived: UInt64 = 0
  package var bytesSent: UInt64 = 0
}

/// What is to be listed.
package struct ListingParts: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) {
    self.rawValue = rawValue
  }

  package static let queues = ListingParts(rawValue: 1 << 0)
  package static let exchanges = ListingParts(rawValue: 1 << 1)
  package static let connections = ListingParts(rawValue: 1 << 2)
  package static let channels = ListingParts(rawValue: 1 << 3)
  package static let consumers = ListingParts(rawValue: 1 << 4)
  /// With ``queues``: also what only a look at each message tells.
  package static let contents = ListingParts(rawValue: 1 << 5)
}

/// An exchange as RabbitMQ's management lists it.
package struct ExchangeListing: Sendable {
  package var virtualHost: String
  /// Empty for the default exchange.
  package var name: String
  package var type: ExchangeType
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var isInternal: Bool
  package var isPredeclared: Bool
  package var arguments: FieldTable
  package var policyName: String?
  /// Messages that came to it.
  package var published: UInt64
  /// Copies that it put into queues.
  package var routed: UInt64
  /// Messages that matched no queue.
  package var unroutable: UInt64
}

extension Broker {
  /// Messages that are looked at for one listing; queues beyond tell nothing of their contents.
  package static let lookedAtLimit = 200_000

  /// Copies what management lists.
  ///
  /// - Parameter parts: What is copied; counts and sums are there in any case.
  /// - Returns: The copy.
  /// - Complexity: O(what is listed); with ``ListingParts/contents`` also O(messages), of which it
  ///   looks at ``lookedAtLimit``.
  package func listing(_ parts: ListingParts) -> BrokerListing {
    if !snapshotOrder.isCurrent { sortForSnapshots() }
    let hosts = hosts.values.sorted { $0.name < $1.name }.map(listing(of:))
    var listing = BrokerListing(
      at: Instant(nanoseconds: now),
      wallTime: wallTime,
      totals: totals,
      counts: hosts.reduce(into: departed) { $0.add($1.counts) },
      hosts: hosts,
      churn: churn,
      alarms: alarms.current,
      objectCounts: objectCounts
    )
    if parts.contains(.queues) {
      listing.queues = snapshotOrder.queues.map(\.listing)
      if parts.contains(.contents) { lookInto(&listing.queues) }
    }
    if parts.contains(.exchanges) { listing.exchanges = snapshotOrder.exchanges.map(\.listing) }
    let connections = connections.values.sorted { $0.identifier < $1.identifier }
    if parts.contains(.connections) {
      listing.connections = connections.map { $0.listing(hasAlarms: alarms.areOn) }
    }
    if parts.contains(.channels) {
      listing.channels = connections.flatMap { connection in
        connection.channels.values.sorted { $0.number < $1.number }.map(\.listing)
      }
    }
    if parts.contains(.consumers) { listing.consumers = snapshotOrder.consumers.map(\.listing) }
    return listing
  }

  private func listing(of host: VirtualHost) -> VirtualHostListing {
    var listing = VirtualHostListing(
      name: host.name,
      note: host.note,
      counts: host.departed
    )
    listing.bytesReceived = host.departedBytes.received
    listing.bytesSent = host.departedBytes.sent
    for queue in host.queues.values {
      listing.ready += queue.ready.count
      listing.unacked += queue.unackedCount
    }
    for connection in connections.values where connection.host === host {
      listing.bytesReceived += connection.bytesReceived
      listing.bytesSent += connection.bytesSent
      for channel in connection.channels.values { listing.counts.add(channel.counts) }
    }
    return listing
  }

  private var objectCounts: BrokerListing.ObjectCounts {
    BrokerListing.ObjectCounts(
      queues: snapshotOrder.queues.count,
      exchanges: snapshotOrder.exchanges.count,
      connections: connections.count,
      channels: connections.values.reduce(0) { $0 + $1.channels.count },
      consumers: snapshotOrder.consumers.count
    )
  }

  /// Looks at each message, queue by queue, as long as there are not too many.
  private func lookInto(_ listings: inout [QueueListing]) {
    var budget = Self.lookedAtLimit
    var contents: [UInt64: QueueContents] = [:]
    for (index, queue) in snapshotOrder.queues.enumerated() {
      let count = queue.ready.count - queue.ready.paged.count
      guard count <= budget else { continue }
      budget -= count
      listings[index].contents = queue.contents
      contents[queue.number] = listings[index].contents
    }
    let held = connections.values.flatMap { $0.channels.values }
    guard held.reduce(0, { $0 + $1.unacked.count }) <= budget else {
      for index in listings.indices where listings[index].unacked > 0 {
        listings[index].contents = nil
      }
      return
    }
    for channel in held {
      channel.unacked.forEach { contents[$0.queue.number]?.noteHeld($0) }
    }
    for index in listings.indices { listings[index].contents = contents[listings[index].number] }
  }
}

extension Queue {
  /// What waits in it; what is on the disk alone was persistent, else it would not be there.
  fileprivate var contents: QueueContents {
    var contents = QueueContents()
    let paged = ready.paged
    contents.persistentCount = paged.count
    contents.persistentBytes = paged.bodyBytes
    guard isStored else { return contents }
    ready.forEachInMemory { entry in
      guard entry.message.traits.contains(.persistent) else { return }
      contents.persistentCount += 1
      contents.persistentBytes += entry.message.bodyBytes
    }
    return contents
  }
}

extension QueueContents {
  fileprivate mutating func noteHeld(_ entry: UnackedEntry) {
    unackedBytes += entry.message.bodyBytes
    guard entry.queue.isStored, entry.message.traits.contains(.persistent) else { return }
    persistentCount += 1
    persistentBytes += entry.message.bodyBytes
  }
}

extension Exchange {
  fileprivate var listing: ExchangeListing {
    ExchangeListing(
      virtualHost: host.name,
      name: name.text,
      type: type,
      isDurable: isDurable,
      isAutoDelete: isAutoDelete,
      isInternal: isInternal,
      isPredeclared: isPredeclared,
      arguments: arguments,
      policyName: policy.policyName,
      published: published,
      routed: routed,
      unroutable: unroutable
    )
  }
}
