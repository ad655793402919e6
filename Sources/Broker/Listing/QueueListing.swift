package import AMQP

/// A queue as RabbitMQ's management lists it.
package struct QueueListing: Sendable {
  /// Never used again in the life of the broker.
  package var number: UInt64
  package var virtualHost: String
  package var name: String
  package var type: QueueType
  package var isDurable: Bool
  package var isAutoDelete: Bool
  package var isExclusive: Bool
  package var isPaused: Bool
  /// The connection that an exclusive queue belongs to.
  package var ownerIdentifier: UInt64?
  package var arguments: FieldTable
  package var policy: AppliedPolicy
  package var ready: Int
  package var unacked: Int
  package var consumerCount: Int
  /// The tag of the consumer that wants it for itself.
  package var exclusiveConsumerTag: String?
  /// The tag of the single active consumer.
  package var activeConsumerTag: String?
  /// Whether a consumer could take a message now.
  package var canDeliver: Bool
  /// Bytes of the bodies that are ready.
  package var readyBytes: Int
  /// Messages that are on the disk alone, and the bytes of their bodies.
  package var pagedCount: Int
  package var pagedBytes: Int
  /// Of a look at each message; nil when there were too many to look at.
  package var contents: QueueContents?
  /// The properties of the message at the head, as they are on the wire; nil for an empty queue.
  package var headProperties: [UInt8]?
  package var counts: QueueCounts
}

/// What only a look at each message tells.
package struct QueueContents: Sendable, Hashable {
  package var persistentCount = 0
  package var persistentBytes = 0
  package var unackedBytes = 0

  package init() {}
}

/// What went into a queue and out of it since it was declared, in messages.
package struct QueueCounts: Sendable, Hashable {
  package var published: UInt64 = 0
  /// To consumers, to be acknowledged.
  package var delivered: UInt64 = 0
  /// To consumers with automatic acknowledgement.
  package var deliveredAutomatically: UInt64 = 0
  package var fetched: UInt64 = 0
  package var fetchedAutomatically: UInt64 = 0
  package var fetchedNothing: UInt64 = 0
  package var redelivered: UInt64 = 0
  /// Without those that were acknowledged automatically.
  package var acknowledged: UInt64 = 0

  package init() {}

  /// Splits sums by the kinds of delivery.
  init(
    enqueued: UInt64,
    delivered all: UInt64,
    redelivered: UInt64,
    acknowledged settled: UInt64,
    _ tally: QueueTally
  ) {
    published = enqueued
    deliveredAutomatically = tally.deliveredAutomatically
    fetched = tally.fetched
    fetchedAutomatically = tally.fetchedAutomatically
    fetchedNothing = tally.fetchedNothing
    let automatic = deliveredAutomatically + fetchedAutomatically
    delivered = all - min(all, automatic + fetched)
    acknowledged = settled - min(settled, automatic)
    self.redelivered = redelivered
  }
}

extension Queue {
  /// As it is now, but for what needs a look at each message.
  var listing: QueueListing {
    let paged = ready.paged
    return QueueListing(
      number: number,
      virtualHost: host.name,
      name: shownName,
      type: settings.type,
      isDurable: isDurable,
      isAutoDelete: isAutoDelete,
      isExclusive: isExclusive,
      isPaused: isPaused,
      ownerIdentifier: owner?.identifier,
      arguments: arguments,
      policy: policy,
      ready: ready.count,
      unacked: unackedCount,
      consumerCount: consumers.count,
      exclusiveConsumerTag: consumers.first(where: \.isExclusive)?.tag.text,
      activeConsumerTag: activeConsumer?.tag.text,
      canDeliver: !isPaused && consumers.contains(where: \.canTake),
      readyBytes: readyBytes,
      pagedCount: paged.count,
      pagedBytes: paged.bodyBytes,
      contents: nil,
      headProperties: ready.first.map { Array($0.message.properties) },
      counts: counts
    )
  }

  /// Its sums, with those of the consumers that it has now.
  var counts: QueueCounts {
    var tally = tally
    for consumer in consumers where consumer.isAutomaticallyAcknowledged {
      tally.deliveredAutomatically += consumer.delivered
    }
    return QueueCounts(
      enqueued: enqueued,
      delivered: delivered,
      redelivered: redelivered,
      acknowledged: acknowledged,
      tally
    )
  }
}
