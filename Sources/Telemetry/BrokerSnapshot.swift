/// Everything a dashboard may know about a broker at one instant.
///
/// Counters are sums since the broker started and never go down; gauges are values now. Rates are
/// never carried: the reader computes them from two snapshots (see ``Rates``).
package struct BrokerSnapshot: Sendable, Hashable {
  package var at: Instant
  package var wallTime: WallTime
  package var identity: BrokerIdentity
  package var totals: BrokerTotals
  /// Sorted by virtual host, then name.
  package var exchanges: [ExchangeSnapshot]
  /// Sorted by virtual host, then name.
  package var queues: [QueueSnapshot]
  /// Sorted by queue, then identifier.
  package var consumers: [ConsumerSnapshot]
  /// Sorted by identifier, that is by age.
  package var connections: [ConnectionSnapshot]
  /// The resources that are low; while there is one, connections that publish are blocked.
  package var alarms: [ResourceAlarm]
  /// All bindings, surveyed every ``BindingSurvey/seconds``; nil before the first survey, or where
  /// nobody surveys them.
  package var bindingSurvey: BindingSurvey?
  /// The newest events, oldest first, at most ``eventsLimit``; a reader takes those whose
  /// ``BrokerEvent/sequence`` it has not seen.
  package var events: [BrokerEvent]
  /// More about what is watched; nil when nothing is.
  package var details: WatchedDetails?

  /// How many events a snapshot carries; a reader that is slower than this loses the oldest.
  package static let eventsLimit = 256

  package init(
    at: Instant,
    wallTime: WallTime,
    identity: BrokerIdentity,
    totals: BrokerTotals = BrokerTotals(),
    exchanges: [ExchangeSnapshot] = [],
    queues: [QueueSnapshot] = [],
    consumers: [ConsumerSnapshot] = [],
    connections: [ConnectionSnapshot] = [],
    alarms: [ResourceAlarm] = [],
    bindingSurvey: BindingSurvey? = nil,
    events: [BrokerEvent] = [],
    details: WatchedDetails? = nil
  ) {
    self.at = at
    self.wallTime = wallTime
    self.identity = identity
    self.totals = totals
    self.exchanges = exchanges
    self.queues = queues
    self.consumers = consumers
    self.connections = connections
    self.alarms = alarms
    self.bindingSurvey = bindingSurvey
    self.events = events
    self.details = details
  }
}

/// Which broker a snapshot is of.
package struct BrokerIdentity: Sendable, Hashable {
  /// What the header calls it: `embedded broker`, or the host name of an attached one.
  package var label: String
  /// As a client would write it, without a password: `amqp://127.0.0.1:5672`.
  package var endpoint: String
  /// Set when the wanted port was taken and another is used; a sentence for the person.
  package var notice: String?
  package var startedAt: Instant

  package init(label: String, endpoint: String, notice: String? = nil, startedAt: Instant) {
    self.label = label
    self.endpoint = endpoint
    self.notice = notice
    self.startedAt = startedAt
  }
}

/// The broker's own sums.
///
/// The message ledger holds at every instant:
/// `enqueued = acknowledged + discarded + expired + deadLettered + dropped + moved + ready + unacked`,
/// each in queue copies of messages.
package struct BrokerTotals: Sendable, Hashable {
  /// Messages accepted from publishers, routable or not.
  package var published: UInt64 = 0
  /// Messages that matched no queue, returned ones included.
  package var unroutable: UInt64 = 0
  /// Unroutable messages that went back to their publisher (`basic.return`).
  package var returned: UInt64 = 0
  /// Copies put into queues: a message routed to three queues counts three times.
  package var enqueued: UInt64 = 0
  /// Those of ``enqueued`` that were in a durable queue before the broker started.
  package var recovered: UInt64 = 0
  /// Copies sent to consumers or fetched with `basic.get`, redeliveries included.
  package var delivered: UInt64 = 0
  /// Deliveries that had been delivered before.
  package var redelivered: UInt64 = 0
  /// Copies settled for good: acknowledged, or delivered with automatic acknowledgement.
  package var acknowledged: UInt64 = 0
  /// Copies put back to their queue by nack, reject, recover or the end of a channel.
  package var requeued: UInt64 = 0
  /// Copies that left without a consumer: rejected without requeue, purged, deleted with a queue.
  ///
  /// Those that went to a dead letter exchange are not among them, nor in the next two.
  package var discarded: UInt64 = 0
  /// Copies whose time was over, with no dead letter exchange to go to.
  package var expired: UInt64 = 0
  /// Copies handed to a dead letter exchange, for whatever reason.
  package var deadLettered: UInt64 = 0
  /// Copies that were beyond a length or delivery limit, with no dead letter exchange to go to, or
  /// that could not be read back from the disk.
  package var dropped: UInt64 = 0
  /// Copies that the person at the dashboard took to another queue, or back to where they died.
  package var moved: UInt64 = 0
  /// Copies that a full queue refused; they were never put into it, so the ledger has them not.
  package var refused: UInt64 = 0
  /// Publisher confirms sent (messages covered, not frames).
  package var confirmed: UInt64 = 0
  /// Copies that wait in queues now.
  package var ready: UInt64 = 0
  /// Copies held by consumers now.
  package var unacked: UInt64 = 0
  /// Messages that a delayed exchange held back; each is published, and routed when it is due:
  /// `delayed = released + delayedDiscarded + heldBack`.
  package var delayed: UInt64 = 0
  /// Delayed messages that became due.
  package var released: UInt64 = 0
  /// Delayed messages that went away with their exchange.
  package var delayedDiscarded: UInt64 = 0
  /// Messages that delayed exchanges hold back now.
  package var heldBack: UInt64 = 0
  /// Connections that were accepted and opened.
  package var connectionsOpened: UInt64 = 0
  /// Channels that were opened.
  package var channelsOpened: UInt64 = 0
  /// Whether all of the ledger is counted; if not, as of a broker that we only look at, its
  /// remainder says nothing.
  package var isLedgerKept = true

  package init() {}

  /// The ledger's remainder; anything but 0 is a fault of the broker.
  package var imbalance: Int64 {
    let gone = acknowledged + discarded + expired + deadLettered + dropped + moved
    return Int64(enqueued) - Int64(gone) - Int64(ready) - Int64(unacked)
  }
}

/// One exchange and what passed through it.
package struct ExchangeSnapshot: Sendable, Hashable {
  package var virtualHost: String
  /// Empty for the default exchange.
  package var name: String
  /// The type as declared: `direct`, `fanout`, `topic`, ...
  package var type: String
  package var isDurable: Bool
  package var isPredeclared: Bool
  package var bindingCount: Int
  /// Messages published to it.
  package var published: UInt64
  /// Copies it routed into queues.
  package var routed: UInt64
  /// Messages that matched no queue.
  package var unroutable: UInt64
  /// The routing key of the newest unroutable message; nil when there was none.
  package var lastUnroutableKey: String?
  /// The key of its bindings that is most like ``lastUnroutableKey``; nil when none is near.
  package var nearestBindingKey: String?
  /// Messages that it holds back now, for the type `x-delayed-message`.
  package var delayed: Int

  package init(
    virtualHost: String,
    name: String,
    type: String,
    isDurable: Bool = true,
    isPredeclared: Bool = false,
    bindingCount: Int = 0,
    published: UInt64 = 0,
    routed: UInt64 = 0,
    unroutable: UInt64 = 0,
    lastUnroutableKey: String? = nil,
    nearestBindingKey: String? = nil,
    delayed: Int = 0
  ) {
    self.virtualHost = virtualHost
    self.name = name
    self.type = type
    self.isDurable = isDurable
    self.isPredeclared = isPredeclared
    self.bindingCount = bindingCount
    self.published = published
    self.routed = routed
    self.unroutable = unroutable
    self.lastUnroutableKey = lastUnroutableKey
    self.nearestBindingKey = nearestBindingKey
    self.delayed = delayed
  }
}

/// One queue, its depth and its sums.
package struct QueueSnapshot: Sendable, Hashable {
  package var virtualHost: String
  package var name: String
  package var isDurable: Bool
  package var isExclusive: Bool
  package var isAutoDelete: Bool
  /// Delivery stopped by the operator; messages still come in.
  package var isPaused: Bool
  package var ready: Int
  package var unacked: Int
  package var readyBytes: Int
  package var consumerCount: Int
  package var enqueued: UInt64
  package var delivered: UInt64
  package var redelivered: UInt64
  package var acknowledged: UInt64
  package var requeued: UInt64
  package var discarded: UInt64
  /// As the sums of ``BrokerTotals``, for this queue.
  package var expired: UInt64
  package var deadLettered: UInt64
  package var dropped: UInt64
  package var moved: UInt64
  package var refused: UInt64
  /// What its arguments and policies limit.
  package var bounds: QueueBounds
  /// The ``deadLettered`` by their reasons.
  package var deadLetters: DeadLetterReasons
  /// The message that came back most often of those that are in the queue or held; nil when none
  /// did, or where nobody counts.
  package var mostReturned: ReturnedMessage?
  /// When the message at the head of the queue came in; nil when the queue is empty.
  package var oldestReadyAt: Instant?
  /// From a message's coming into the queue to its acknowledgement, of those acknowledged in the
  /// last 15 to 30 s; nil when none was, or where nobody measures it.
  ///
  /// One that is acknowledged automatically counts at its delivery. One that came back to its queue
  /// counts from when it first came in, one of before a restart too, to the millisecond, with the
  /// time in which no broker ran. A dead letter, a moved message and one sent back are new in the
  /// queue they come to, as is one when its transaction is committed, or when an exchange that held
  /// it back lets it go.
  package var timeToAcknowledgement: ServiceTime?

  package init(
    virtualHost: String,
    name: String,
    isDurable: Bool = true,
    isExclusive: Bool = false,
    isAutoDelete: Bool = false,
    isPaused: Bool = false,
    ready: Int = 0,
    unacked: Int = 0,
    readyBytes: Int = 0,
    consumerCount: Int = 0,
    enqueued: UInt64 = 0,
    delivered: UInt64 = 0,
    redelivered: UInt64 = 0,
    acknowledged: UInt64 = 0,
    requeued: UInt64 = 0,
    discarded: UInt64 = 0,
    expired: UInt64 = 0,
    deadLettered: UInt64 = 0,
    dropped: UInt64 = 0,
    moved: UInt64 = 0,
    refused: UInt64 = 0,
    bounds: QueueBounds = QueueBounds(),
    deadLetters: DeadLetterReasons = DeadLetterReasons(),
    mostReturned: ReturnedMessage? = nil,
    oldestReadyAt: Instant? = nil,
    timeToAcknowledgement: ServiceTime? = nil
  ) {
    self.virtualHost = virtualHost
    self.name = name
    self.isDurable = isDurable
    self.isExclusive = isExclusive
    self.isAutoDelete = isAutoDelete
    self.isPaused = isPaused
    self.ready = ready
    self.unacked = unacked
    self.readyBytes = readyBytes
    self.consumerCount = consumerCount
    self.enqueued = enqueued
    self.delivered = delivered
    self.redelivered = redelivered
    self.acknowledged = acknowledged
    self.requeued = requeued
    self.discarded = discarded
    self.expired = expired
    self.deadLettered = deadLettered
    self.dropped = dropped
    self.moved = moved
    self.refused = refused
    self.bounds = bounds
    self.deadLetters = deadLetters
    self.mostReturned = mostReturned
    self.oldestReadyAt = oldestReadyAt
    self.timeToAcknowledgement = timeToAcknowledgement
  }
}
