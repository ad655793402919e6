package import AMQP
import struct NIOCore.ByteBuffer

/// A connection as RabbitMQ's management lists it.
package struct ConnectionListing: Sendable {
  package var identifier: UInt64
  package var identity: ClientIdentity
  package var virtualHost: String
  package var channelCount: Int
  /// Bytes; end octet included.
  package var maximumFrameBytes: Int
  /// Nanoseconds of the broker's clock.
  package var connectedAt: Int64
  package var bytesReceived: UInt64
  package var bytesSent: UInt64
  package var readCount: UInt64
  package var writeCount: UInt64
  /// Bytes that wait to be sent.
  package var pendingBytes: Int
  /// Whether it waits for a resource that is low.
  package var isBlocked: Bool
  /// Whether it waits for the disk.
  package var isFlowControlled: Bool
}

/// A channel as RabbitMQ's management lists it.
package struct ChannelListing: Sendable {
  package var connectionIdentifier: UInt64
  package var number: UInt16
  package var virtualHost: String
  package var user: String
  package var consumerCount: Int
  package var prefetchCount: Int
  package var globalPrefetchCount: Int
  package var isConfirming: Bool
  package var isTransactional: Bool
  package var unacked: Int
  package var unconfirmed: Int
  /// Messages and settlements that wait for a commit.
  package var uncommittedMessages: Int
  package var uncommittedSettlements: Int
  package var counts: ChannelCounts
}

/// What went over a channel since it was opened, in messages.
package struct ChannelCounts: Sendable, Hashable {
  package var published: UInt64 = 0
  package var confirmed: UInt64 = 0
  package var returned: UInt64 = 0
  package var unroutable: UInt64 = 0
  package var delivered: UInt64 = 0
  package var deliveredAutomatically: UInt64 = 0
  package var fetched: UInt64 = 0
  package var fetchedAutomatically: UInt64 = 0
  package var fetchedNothing: UInt64 = 0
  package var redelivered: UInt64 = 0
  package var acknowledged: UInt64 = 0

  package init() {}

  /// Adds those of another channel.
  mutating func add(_ other: ChannelCounts) {
    published += other.published
    confirmed += other.confirmed
    returned += other.returned
    unroutable += other.unroutable
    delivered += other.delivered
    deliveredAutomatically += other.deliveredAutomatically
    fetched += other.fetched
    fetchedAutomatically += other.fetchedAutomatically
    fetchedNothing += other.fetchedNothing
    redelivered += other.redelivered
    acknowledged += other.acknowledged
  }
}

/// A consumer as RabbitMQ's management lists it.
package struct ConsumerListing: Sendable {
  package var identifier: UInt64
  package var tag: String
  package var virtualHost: String
  package var queue: String
  package var connectionIdentifier: UInt64
  package var channelNumber: UInt16
  package var isAutomaticallyAcknowledged: Bool
  package var isExclusive: Bool
  /// false when it waits for its turn to be the single active consumer.
  package var isActive: Bool
  /// Whether it is the single active consumer of its queue.
  package var isSingleActive: Bool
  package var isPaused: Bool
  package var prefetchCount: Int
  package var held: Int
  package var arguments: FieldTable
}

extension Connection {
  /// As it is now; without an alarm, those that publish wait for the disk alone.
  func listing(hasAlarms: Bool) -> ConnectionListing {
    ConnectionListing(
      identifier: identifier,
      identity: identity,
      virtualHost: host.name,
      channelCount: channels.count,
      maximumFrameBytes: maximumFrameBytes,
      connectedAt: connectedAt,
      bytesReceived: bytesReceived,
      bytesSent: bytesSent,
      readCount: readCount,
      writeCount: writeCount,
      pendingBytes: output.readableBytes,
      isBlocked: isBlocked && hasAlarms,
      isFlowControlled: isBlocked && !hasAlarms
    )
  }
}

extension Channel {
  var listing: ChannelListing {
    ChannelListing(
      connectionIdentifier: connection.identifier,
      number: number,
      virtualHost: connection.host.name,
      user: connection.identity.user,
      consumerCount: consumers.count,
      prefetchCount: consumerPrefetchCount,
      globalPrefetchCount: channelPrefetchCount,
      isConfirming: mode == .confirming,
      isTransactional: mode == .transactional,
      unacked: unacked.count,
      unconfirmed: unconfirmed,
      uncommittedMessages: transaction?.publications.count ?? 0,
      uncommittedSettlements: transaction?.settled.count ?? 0,
      counts: counts
    )
  }

  var counts: ChannelCounts {
    var all = tally
    for consumer in consumers.values { all.add(consumer) }
    for consumer in cancelledConsumers { all.add(consumer) }
    var counts = ChannelCounts()
    counts.published = published
    counts.confirmed = mode == .confirming ? publishedSequence - UInt64(unconfirmed) : 0
    counts.returned = all.returned
    counts.unroutable = all.unroutable
    counts.delivered = all.delivered
    counts.deliveredAutomatically = all.deliveredAutomatically
    counts.fetched = all.fetched
    counts.fetchedAutomatically = all.fetchedAutomatically
    counts.fetchedNothing = all.fetchedNothing
    counts.redelivered = all.redelivered + all.fetchedAgain
    counts.acknowledged = all.acknowledged + all.fetchedAcknowledged
    return counts
  }
}

extension Consumer {
  var listing: ConsumerListing {
    ConsumerListing(
      identifier: identifier,
      tag: tag.text,
      virtualHost: queue.host.name,
      queue: queue.shownName,
      connectionIdentifier: connection.identifier,
      channelNumber: channel.number,
      isAutomaticallyAcknowledged: isAutomaticallyAcknowledged,
      isExclusive: isExclusive,
      isActive: queue.activeConsumer.map { $0 === self } ?? true,
      isSingleActive: queue.activeConsumer === self,
      isPaused: isPaused,
      prefetchCount: prefetchCount,
      held: held,
      arguments: arguments
    )
  }
}
