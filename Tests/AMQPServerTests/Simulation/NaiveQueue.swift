import AMQP

/// A message as the naive broker knows it.
struct NaiveMessage {
  struct Death: Hashable {
    var queue: String
    var reason: String
    var count = 1
  }

  var text: String
  var key: String
  var headers: [String: Int] = [:]
  var priority = 0
  /// In milliseconds; nil for none.
  var lifetime: Int64?
  var enteredAt: Int64
  /// Newest first.
  var deaths: [Death] = []
}

/// What a queue must do, said as plainly as possible: an array that is kept sorted.
final class NaiveQueue {
  struct Item {
    var message: NaiveMessage
    var place: Int
    var priority: Int
    var isRedelivered = false
    var returns = 0
  }

  struct Consumer {
    var client: Int
    var tag: String
    /// 0 for no limit.
    var prefetch: Int
    var priority: Int
    var isAutomatic: Bool
    var order: Int
    var held = 0
    var isPaused = false

    var credit: Int {
      if isPaused { return 0 }
      return isAutomatic || prefetch == 0 ? .max / 1_000 : max(0, prefetch - held)
    }
  }

  let name: String
  let number: Int
  let arguments: NaiveArguments
  var ready: [Item] = []
  /// Taken out for consumers in this step; who got which is seen afterwards.
  var handed: [Item] = []
  var unacked = 0
  var consumers: [Consumer] = []
  /// The tag of the single active consumer with its client before it.
  var active: String?
  var isPaused = false
  var isDeleted = false
  private var lastPlace = 0
  /// Places before all others, for what comes back to a quorum queue.
  private var lastReturnPlace = -1_000_000_000

  init(_ name: String, number: Int, arguments: NaiveArguments) {
    self.name = name
    self.number = number
    self.arguments = arguments
  }

  func takePlace() -> Int {
    lastPlace += 1
    return lastPlace
  }

  func takeReturnPlace() -> Int {
    lastReturnPlace += 1
    return lastReturnPlace
  }

  func insert(_ item: Item) {
    let index = ready.firstIndex { other in
      (-other.priority, other.place) > (-item.priority, item.place)
    }
    ready.insert(item, at: index ?? ready.count)
  }

  /// How many more messages its consumers can take, those already handed out deducted.
  var credit: Int {
    guard !isPaused else { return 0 }
    let able = arguments.isSingleActive ? consumers.filter { $0.id == active } : consumers
    return able.map(\.credit).reduce(0, +) - handed.count
  }

  func add(_ consumer: Consumer) {
    consumers.append(consumer)
    if arguments.isSingleActive, active == nil { active = consumer.id }
  }

  func removeConsumers(where isLeaving: (Consumer) -> Bool) {
    consumers.removeAll(where: isLeaving)
    guard arguments.isSingleActive, !consumers.contains(where: { $0.id == active }) else { return }
    let rank: (Consumer) -> (Int, Int) = { [arguments] consumer in
      (arguments.isQuorum ? 0 : -consumer.priority, consumer.order)
    }
    active = consumers.min { rank($0) < rank($1) }?.id
  }

  /// Why a message must not have gone to this consumer; nil when it may.
  func objection(to id: String) -> String? {
    guard let consumer = consumers.first(where: { $0.id == id }) else { return "it is not there" }
    if consumer.credit <= 0 { return "it has no credit" }
    if arguments.isSingleActive { return id == active ? nil : "it is not the active one" }
    let isPassedOver = consumers.contains { $0.priority > consumer.priority && $0.credit > 0 }
    return isPassedOver ? "one of higher priority has credit" : nil
  }
}

extension NaiveQueue.Consumer {
  var id: String { "\(client)/\(tag)" }
}

/// What a queue was declared with.
struct NaiveArguments {
  enum Overflow: String, CaseIterable {
    case dropHead = "drop-head"
    case rejectPublish = "reject-publish"
    case rejectPublishToDeadLetters = "reject-publish-dlx"
  }

  var isQuorum = false
  /// In milliseconds.
  var lifetime: Int64?
  var maximumLength: Int?
  var overflow = Overflow.dropHead
  var deadLetterExchange: String?
  var deadLetterKey: String?
  var maximumPriority: Int?
  var deliveryLimit: Int?
  var isSingleActive = false

  var table: FieldTable {
    var table: FieldTable = [:]
    if isQuorum { table["x-queue-type"] = .text("quorum") }
    if let lifetime { table["x-message-ttl"] = .signed64(lifetime) }
    if let maximumLength {
      table["x-max-length"] = .signed32(Int32(maximumLength))
      table["x-overflow"] = .text(overflow.rawValue)
    }
    if let deadLetterExchange { table["x-dead-letter-exchange"] = .text(deadLetterExchange) }
    if let deadLetterKey { table["x-dead-letter-routing-key"] = .text(deadLetterKey) }
    if let maximumPriority { table["x-max-priority"] = .signed32(Int32(maximumPriority)) }
    if let deliveryLimit { table["x-delivery-limit"] = .signed32(Int32(deliveryLimit)) }
    if isSingleActive { table["x-single-active-consumer"] = .boolean(true) }
    return table
  }
}
