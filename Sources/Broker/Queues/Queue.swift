package import AMQP
import Telemetry

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
/// So at any time `enqueued = acknowledged + discarded + expired + deadLettered + dropped + moved +
/// ready + unacked`; ``QueueSnapshot`` says what each of them counts.
///
/// - Isolation: the broker's loop.
package final class Queue {
  package let name: Name
  package let isDurable: Bool
  package let isAutoDelete: Bool
  package let arguments: FieldTable
  /// Counts up over all queues of the broker; fan-out delivers in this order.
  let number: UInt64
  /// Its number in the message log, alone in an array; empty when its messages do not survive a
  /// restart.
  let storeNumbers: [UInt32]
  unowned let host: VirtualHost
  /// The only connection that may use an exclusive queue.
  weak var owner: Connection?
  package let isExclusive: Bool

  /// Set through ``Broker/policyChanged(of:)``.
  package internal(set) var policy = AppliedPolicy()
  /// Messages that a person lets wait in it at most; nil for no such limit.
  ///
  /// It ends with the broker. Set through ``Broker/setLimit(_:ofQueue:in:)``.
  var limitByHand: Int?
  /// What its arguments, its policy and the limit by hand come to.
  package internal(set) var settings: QueueSettings {
    didSet { areDetailsCurrent = false }
  }
  /// Set when each message needs a look: the queue is not plain, or messages in it may expire.
  var needsCare: Bool
  /// Set while a message in it may have an end of its time.
  var mayExpire = false
  /// What messages that came in before the lifetime changed have: it is not changed after the fact.
  var earlierLifetimes: [(upToPlace: UInt64, lifetime: Int64?)] = []
  /// When the next timer for its messages fires; `.max` for none.
  var messageTimerAt: Int64 = .max
  var isUnusedTimerSet = false
  /// When it was last declared, looked for, fetched from or left by a consumer.
  var lastUsedAt: Int64 = 0

  var ready: ReadyMessages
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
  private(set) var lastPlace: UInt64
  /// Messages that come back to a quorum queue go before all others, the first to come first.
  private var lastReturnPlace: UInt64 = 0
  private static let firstQuorumPlace: UInt64 = 1 << (ReadyEntry.placeBits - 1)

  var enqueued: UInt64 = 0
  var delivered: UInt64 = 0
  var redelivered: UInt64 = 0
  var acknowledged: UInt64 = 0
  private(set) var timesToAcknowledgement = ServiceTimes()
  var requeued: UInt64 = 0
  var discarded: UInt64 = 0
  var expired: UInt64 = 0
  var deadLettered: UInt64 = 0
  var dropped: UInt64 = 0
  var moved: UInt64 = 0
  var refused: UInt64 = 0
  /// Of the messages that are here, ready or unacked, one that came back more often than most.
  ///
  /// Changed through ``noteReturn(of:as:at:)`` and ``noteLeaving(_:)``.
  var mostReturned: ReturnedMessage? {
    didSet { areDetailsCurrent = false }
  }

  // What only snapshots need lies behind what each message needs.
  /// Its name for a person: kept, for thousands of queues are asked for it.
  let shownName: String
  /// The ``deadLettered`` by their reasons.
  var deadLetters = DeadLetterReasons() {
    didSet { areDetailsCurrent = false }
  }
  var tally = QueueTally()
  private var areDetailsCurrent = false
  private var keptDetails: QueueDetails?

  init(
    _ declaration: QueueDeclaration,
    number: UInt64,
    storeNumber: UInt32?,
    owner: Connection?,
    in host: VirtualHost
  ) {
    name = declaration.name
    shownName = declaration.name.text
    isDurable = declaration.isDurable
    isExclusive = declaration.isExclusive
    isAutoDelete = declaration.isAutoDelete
    arguments = declaration.arguments
    self.number = number
    storeNumbers = storeNumber.map { [$0] } ?? []
    self.owner = owner
    self.host = host
    settings = QueueSettings(arguments: declaration.arguments, policy: AppliedPolicy())
    needsCare = !settings.isPlain
    ready = ReadyMessages(maximumPriority: settings.maximumPriority)
    lastPlace = settings.type == .quorum ? Self.firstQuorumPlace : 0
  }

  deinit {
    ready.removeAll(inMemory: { $0.message.release() }, onDisk: { _ in })
  }

  /// Whether its persistent messages survive a restart.
  var isStored: Bool { !storeNumbers.isEmpty }

  /// A message that waited here cannot be read back from the disk.
  func noteLost(_ entry: PagedMessages.Entry) {
    noteLeaving(entry.mark)
    readyBytes -= entry.bodyBytes
    dropped += 1
  }

  /// What a snapshot says beside the sums; made anew after a change only.
  var details: QueueDetails? {
    if !areDetailsCurrent {
      areDetailsCurrent = true
      keptDetails = QueueDetails(
        bounds: QueueBounds(settings),
        deadLetters: deadLetters,
        mostReturned: mostReturned
      )
    }
    return keptDetails
  }

  /// Counts an acknowledgement; before the message is let go of.
  @inline(__always)
  func noteAcknowledgement(of message: Message, at now: Int64) {
    acknowledged &+= 1
    timesToAcknowledgement.record(now &- message.enteredAt, at: now)
  }

  /// The place of the next message that comes in.
  @inline(__always)
  func takePlace() -> UInt64 {
    lastPlace &+= 1
    return lastPlace
  }

  /// The place of a message that comes back to a quorum queue before those that wait.
  func takeReturnPlace() -> UInt64 {
    lastReturnPlace += 1
    return lastReturnPlace
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
