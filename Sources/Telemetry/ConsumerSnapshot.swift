/// One consumer of one queue.
package struct ConsumerSnapshot: Sendable, Hashable {
  /// Unique for the life of the broker and never used again.
  package var identifier: UInt64
  package var tag: String
  package var virtualHost: String
  package var queue: String
  package var connectionIdentifier: UInt64
  /// The connection's own name for itself, else its peer address.
  package var connectionName: String
  /// The client's process, when its client properties name one (`pid`).
  package var processIdentifier: Int?
  package var channelNumber: UInt16
  /// Messages it may hold unacknowledged; 0 means no limit.
  package var prefetchCount: Int
  package var isAutomaticallyAcknowledged: Bool
  package var isPaused: Bool
  /// Nobody else may consume from the queue.
  package var isExclusive: Bool
  /// false when it waits for its turn to be the single active consumer.
  package var isActive: Bool
  /// Consumers with a higher one come first.
  package var priority: Int64
  /// Messages it holds unacknowledged now.
  package var held: Int
  /// Since when it has held messages without a break; nil when it holds none.
  package var heldSince: Instant?
  package var delivered: UInt64
  package var acknowledged: UInt64
  package var redelivered: UInt64
  package var lastAcknowledgedAt: Instant?
  /// How long it held at least one message, in all, until now; nil where nobody measures it.
  package var busyNanoseconds: UInt64?
  /// Of its last deliveries; nil before the first acknowledgement, or where nobody measures it.
  package var serviceTime: ServiceTime?
  package var startedAt: Instant

  package init(
    identifier: UInt64,
    tag: String,
    virtualHost: String,
    queue: String,
    connectionIdentifier: UInt64,
    connectionName: String,
    processIdentifier: Int? = nil,
    channelNumber: UInt16 = 1,
    prefetchCount: Int = 0,
    isAutomaticallyAcknowledged: Bool = false,
    isPaused: Bool = false,
    isExclusive: Bool = false,
    isActive: Bool = true,
    priority: Int64 = 0,
    held: Int = 0,
    heldSince: Instant? = nil,
    delivered: UInt64 = 0,
    acknowledged: UInt64 = 0,
    redelivered: UInt64 = 0,
    lastAcknowledgedAt: Instant? = nil,
    busyNanoseconds: UInt64? = nil,
    serviceTime: ServiceTime? = nil,
    startedAt: Instant
  ) {
    self.identifier = identifier
    self.tag = tag
    self.virtualHost = virtualHost
    self.queue = queue
    self.connectionIdentifier = connectionIdentifier
    self.connectionName = connectionName
    self.processIdentifier = processIdentifier
    self.channelNumber = channelNumber
    self.prefetchCount = prefetchCount
    self.isAutomaticallyAcknowledged = isAutomaticallyAcknowledged
    self.isPaused = isPaused
    self.isExclusive = isExclusive
    self.isActive = isActive
    self.priority = priority
    self.held = held
    self.heldSince = heldSince
    self.delivered = delivered
    self.acknowledged = acknowledged
    self.redelivered = redelivered
    self.lastAcknowledgedAt = lastAcknowledgedAt
    self.busyNanoseconds = busyNanoseconds
    self.serviceTime = serviceTime
    self.startedAt = startedAt
  }
}
