package import AMQP

/// What a client asks for when it declares a queue.
package struct QueueDeclaration: Sendable, Hashable {
  /// Empty when the broker is to choose a name.
  package var name: Name
  package var isDurable: Bool
  package var isExclusive: Bool
  package var isAutoDelete: Bool
  package var arguments: FieldTable

  package init(
    name: Name,
    isDurable: Bool = false,
    isExclusive: Bool = false,
    isAutoDelete: Bool = false,
    arguments: FieldTable = [:]
  ) {
    self.name = name
    self.isDurable = isDurable
    self.isExclusive = isExclusive
    self.isAutoDelete = isAutoDelete
    self.arguments = arguments
  }
}

/// Messages that wait, and the consumers that take them.
///
/// Every message that came in is in one place: ready here, unacked in a channel's ring, or settled.
/// So at any time `enqueued = acknowledged + discarded + ready + unacked`.
///
/// - Isolation: the broker's loop.
package final class Queue {
  package let name: Name
  package let isDurable: Bool
  package let isAutoDelete: Bool
  package let arguments: FieldTable
  /// Counts up over all queues of the broker; fan-out delivers in this order.
  let number: UInt64
  unowned let host: VirtualHost
  /// The only connection that may use an exclusive queue.
  weak var owner: Connection?
  package let isExclusive: Bool

  /// Set through ``Broker/policyChanged(of:)``.
  package internal(set) var policy = AppliedPolicy()

  var ready = ReadyRing()
  var readyBytes = 0
  var unackedCount = 0
  /// By priority from the highest down; changed through ``add(_:)`` and ``removeConsumers(where:)``.
  var consumers: [Consumer] = []
  var choice = ConsumerChoice.inTurn
  /// Consumers by priority; empty while all have the same.
  var levels: [ConsumerLevel] = []
  /// Who gets all messages, in a queue with a single active consumer.
  var activeConsumer: Consumer?
  /// The exchanges that have bindings to it.
  var boundExchanges: [ObjectIdentifier: Exchange] = [:]

  /// Set while no consumer can take a message, so that a publish need not ask each of them.
  ///
  /// Whatever may change that calls `Broker.schedulePump`.
  var isStalled = false
  var isPumpScheduled = false
  var isPaused = false {
    didSet { arrangeConsumers() }
  }
  var isDeleted = false
  /// The consumer whose turn is next.
  private var turn = 0
  private var lastPlace: UInt64 = 0

  var enqueued: UInt64 = 0
  var delivered: UInt64 = 0
  var redelivered: UInt64 = 0
  var acknowledged: UInt64 = 0
  var requeued: UInt64 = 0
  var discarded: UInt64 = 0

  init(_ declaration: QueueDeclaration, number: UInt64, owner: Connection?, in host: VirtualHost) {
    name = declaration.name
    isDurable = declaration.isDurable
    isExclusive = declaration.isExclusive
    isAutoDelete = declaration.isAutoDelete
    arguments = declaration.arguments
    self.number = number
    self.owner = owner
    self.host = host
  }

  deinit {
    while let entry = ready.popFirst() { entry.message.release() }
  }

  /// The place of the next message that comes in.
  @inline(__always)
  func takePlace() -> UInt64 {
    lastPlace &+= 1
    return lastPlace
  }

  /// The consumer that gets the next message: the next in turn that can take one.
  @inline(__always)
  func nextConsumer() -> Consumer? {
    guard choice == .inTurn else { return chosenConsumer() }
    let count = consumers.count
    guard count > 0 else { return nil }
    var index = turn
    for _ in 0..<count {
      if index >= count { index = 0 }
      let consumer = consumers[index]
      index &+= 1
      if consumer.canTake {
        turn = index
        return consumer
      }
    }
    return nil
  }
}
