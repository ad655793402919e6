import Broker

/// What one simulated client must hold, and wait for.
struct NaiveClient {
  struct Held {
    var queue: NaiveQueue
    var item: NaiveItem
    /// nil for a message that was fetched with `basic.get`.
    var consumer: Int?
    /// Settled in a transaction that is not committed.
    var isPending = false
  }

  struct Publication {
    var message: NaiveMessage
    var queues: [NaiveQueue]
    var isMandatory: Bool
  }

  enum Mode {
    case plain, confirming, transactional
  }

  /// Whether the broker took a published message, in the order of publishing.
  struct Confirm: Hashable {
    var sequence: UInt64
    var isTaken: Bool
  }

  var mode = Mode.plain
  var held: [UInt64: Held] = [:]
  var publications: [Publication] = []
  var settlements: [(tag: UInt64, settlement: Settlement)] = []
  var lastSequence: UInt64 = 0

  /// What must come in this turn.
  var confirms: [Confirm] = []
  var returned: [String] = []
  var cancelled: Set<String> = []
  /// What must answer a get: the inner nil is an empty answer.
  var answer: (queue: NaiveQueue, item: NaiveItem?)?

  /// Tags of what can be settled.
  var openTags: [UInt64] { held.filter { !$0.value.isPending }.keys.sorted() }

  mutating func beginTurn() {
    confirms = []
    returned = []
    cancelled = []
    answer = nil
  }
}
