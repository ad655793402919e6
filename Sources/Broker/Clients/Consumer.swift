package import AMQP

/// What a client asks for with `basic.consume`.
package struct ConsumeRequest: Sendable, Hashable {
  package var queue: Name
  /// Empty when the broker is to choose a tag.
  package var tag: Name
  package var isAutomaticallyAcknowledged: Bool
  package var isExclusive: Bool
  package var arguments: FieldTable

  package init(
    queue: Name,
    tag: Name,
    isAutomaticallyAcknowledged: Bool = false,
    isExclusive: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.queue = queue
    self.tag = tag
    self.isAutomaticallyAcknowledged = isAutomaticallyAcknowledged
    self.isExclusive = isExclusive
    self.arguments = arguments
  }
}

/// A client's standing order for the messages of one queue.
///
/// - Isolation: the broker's loop.
package final class Consumer {
  /// Never used again in the life of the broker.
  package let identifier: UInt64
  package let tag: Name
  // Safe: a channel keeps its consumers until it closes, cancelled ones until they hold nothing,
  // and takes them out of their queues first.
  unowned(unsafe) let channel: Channel
  package unowned(unsafe) let connection: Connection
  let queue: Queue
  let isAutomaticallyAcknowledged: Bool
  let isExclusive: Bool
  /// Consumers with a higher one come first.
  let priority: Int64
  /// Messages it may hold unacknowledged; 0 means no limit.
  var prefetchCount: Int
  let startedAt: Int64
  var isPaused = false
  var isCancelled = false

  var held = 0
  /// When `held` last went up from 0.
  var heldSince: Int64 = 0
  /// How long `held` was above 0, in nanoseconds, until it was 0 last.
  var busyNanoseconds: Int64 = 0
  var delivered: UInt64 = 0
  var acknowledged: UInt64 = 0
  var redelivered: UInt64 = 0
  var lastAcknowledgedAt: Int64?

  /// The `basic.deliver` frame up to the exchange name; tag and flag are patched for each delivery.
  // Safe: allocated here, freed in deinit, never handed on beyond a call.
  private let head: UnsafeMutableRawBufferPointer
  // Behind the others, which each delivery needs.
  var serviceTimes = ServiceTimes()
  let arguments: FieldTable

  init(
    _ request: ConsumeRequest,
    identifier: UInt64,
    channel: Channel,
    queue: Queue,
    startedAt: Int64
  ) {
    self.identifier = identifier
    self.channel = channel
    self.queue = queue
    self.startedAt = startedAt
    connection = channel.connection
    tag = request.tag
    isAutomaticallyAcknowledged = request.isAutomaticallyAcknowledged
    isExclusive = request.isExclusive
    priority = request.priority
    arguments = request.arguments
    prefetchCount = request.isAutomaticallyAcknowledged ? 0 : channel.consumerPrefetchCount
    var bytes = channel.methodHead(BasicDeliver.identifier)
    bytes.append(UInt8(truncatingIfNeeded: tag.bytes.count))
    bytes += tag.bytes
    bytes += [UInt8](repeating: 0, count: 9)
    head = .allocate(byteCount: bytes.count, alignment: 8)
    head.copyBytes(from: bytes)
  }

  deinit {
    head.deallocate()
  }

  /// Whether a message may go to it now.
  @inline(__always)
  var canTake: Bool {
    if isPaused || connection.isCongested { return false }
    // One with automatic acknowledgement has no count of its own, but waits with its channel.
    return (prefetchCount == 0 || held < prefetchCount) && channel.hasCredit
  }

  /// The head of the frame that delivers a message to it.
  @inline(__always)
  func deliveryHead(tag: UInt64, isRedelivered: Bool) -> UnsafeMutableRawBufferPointer {
    let offset = head.count - 9
    head.storeBytes(of: tag.bigEndian, toByteOffset: offset, as: UInt64.self)
    head.storeBytes(of: isRedelivered ? 1 : 0, toByteOffset: offset + 8, as: UInt8.self)
    return head
  }
}
