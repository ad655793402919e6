import Telemetry

/// A message as plainly as possible.
struct NaiveMessage {
  struct Death: Hashable {
    var queue: String
    var reason: String
    var count: Int64
  }

  var text: String
  var exchange: String
  var key: String
  var priority = 0
  var expiration: Int64?
  var enteredAt: Int64
  /// The newest first.
  var deaths: [Death] = []
}

/// A message in a queue or with a client.
struct NaiveItem {
  var message: NaiveMessage
  var place: Int
  var isRedelivered = false
  /// How often it came back to a quorum queue.
  var returns = 0
}

/// A consumer, as its queue knows it.
struct NaiveConsumer {
  var client: Int
  var tag: String
  /// 0 for no limit.
  var prefetch: Int
  var isAutomatic: Bool
  var priority: Int64
  var number: Int
  var held = 0

  var credit: Int { isAutomatic || prefetch == 0 ? .max : prefetch - held }
}

/// What a queue must do: an array sorted by place, and a list of consumers.
final class NaiveQueue {
  struct Settings {
    var lifetime: Int64?
    var maximumLength: Int?
    var overflow = "drop-head"
    var deadLetterExchange: String?
    var deadLetterKey: String?
    var maximumPriority = 0
    var isSingleActive = false
    var isQuorum = false
    var deliveryLimit: Int?
  }

  let name: String
  let number: Int
  let settings: Settings
  var ready: [NaiveItem] = []
  /// What went to consumers in this turn, in order; which one got what is the broker's choice.
  var sent: [NaiveItem] = []
  /// How many of these went before a commit's settlements gave other consumers credit.
  var sentEarly = 0
  var unacked = 0
  var consumers: [NaiveConsumer] = []
  var active: Int?
  var isPaused = false
  var isDeleted = false
  var counts = BrokerTotals()
  private var lastPlace = 1_000_000
  private var lastReturnPlace = 0

  init(name: String, number: Int, settings: Settings) {
    self.name = name
    self.number = number
    self.settings = settings
  }

  func takePlace() -> Int {
    lastPlace += 1
    return lastPlace
  }

  /// The place of a message that comes back before all that wait.
  func takeReturnPlace() -> Int {
    lastReturnPlace += 1
    return lastReturnPlace
  }

  func insert(_ item: NaiveItem) {
    ready.append(item)
    ready.sort { (-level($0), $0.place) < (-level($1), $1.place) }
  }

  private func level(_ item: NaiveItem) -> Int {
    min(item.message.priority, settings.maximumPriority)
  }

  var isOverfull: Bool { ready.count > settings.maximumLength ?? .max }

  /// A quorum queue refuses only once it is beyond its limit.
  var refusesMore: Bool {
    guard settings.overflow != "drop-head" else { return false }
    return ready.count + (settings.isQuorum ? 0 : 1) > settings.maximumLength ?? .max
  }

  /// Consumers that may get a message, were there credit.
  var eligible: [NaiveConsumer] {
    if isPaused { return [] }
    return settings.isSingleActive ? consumers.filter { $0.number == active } : consumers
  }

  /// Whether a consumer can take one more than was sent in this turn.
  var hasTaker: Bool {
    var credit = 0
    for consumer in eligible {
      if consumer.credit == .max { return true }
      credit += max(consumer.credit, 0)
    }
    return credit > sent.count
  }

  func add(_ consumer: NaiveConsumer) {
    consumers.append(consumer)
    if settings.isSingleActive, active == nil { active = consumer.number }
  }

  func removeConsumers(where isLeaving: (NaiveConsumer) -> Bool) {
    consumers.removeAll(where: isLeaving)
    guard let active, !consumers.contains(where: { $0.number == active }) else { return }
    self.active =
      consumers.min {
        (-$0.priority, $0.number) < (-$1.priority, $1.number)
      }?.number
  }

  func deadline(of item: NaiveItem) -> Int64? {
    let lifetimes = [settings.lifetime, item.message.expiration].compactMap { $0 }
    return lifetimes.min().map { item.message.enteredAt + $0 * 1_000_000 }
  }
}
