import AMQP
import Telemetry

/// Why a message left its queue, in RabbitMQ's words.
enum DeathReason: String {
  case rejected
  case expired
  case maximumLength = "maxlen"
  case deliveryLimit = "delivery_limit"
}

/// A message on its way to a dead letter exchange; it owns one reference to the message.
struct DeadLetter {
  let message: Message
  /// Where it was, and is for the log until it is somewhere else.
  let source: Queue
  var queue: Name { source.name }
  let host: VirtualHost
  let exchange: Name
  /// nil when the message keeps its own.
  let routingKey: Name?
  let reason: DeathReason

  /// nil when the queue has no dead letter exchange, or that is not there.
  init?(_ message: Message, of queue: Queue, because reason: DeathReason) {
    guard let exchange = queue.settings.deadLetterExchange, queue.host.exchanges[exchange] != nil
    else { return nil }
    self.message = message
    source = queue
    host = queue.host
    self.exchange = exchange
    routingKey = queue.settings.deadLetterRoutingKey
    self.reason = reason
  }
}

/// Dead lettering (RabbitMQ, "Dead Letter Exchanges").
extension Broker {
  /// How many dead letters one turn publishes: where queues feed each other they beget more.
  private static let deadLettersPerTurn = 10_000

  /// Lets go of a message that a queue had, and counts where it went; it is not ready any more.
  func leave(_ message: Message, of queue: Queue, because reason: DeathReason) {
    if let letter = DeadLetter(message, of: queue, because: reason) {
      queue.deadLettered += 1
      queue.deadLetters.count(reason)
      deadLetters.append(letter)
      return
    }
    switch reason {
    case .rejected: queue.discarded += 1
    case .expired: queue.expired += 1
    case .maximumLength, .deliveryLimit: queue.dropped += 1
    }
    letGo(message, of: queue)
  }

  /// Hands out messages and publishes dead letters, each of which may lead to more of the other.
  func settleDown() {
    pumpScheduledQueues()
    guard !deadLetters.isEmpty else { return }
    var count = 0
    while !deadLetters.isEmpty, count < Self.deadLettersPerTurn {
      let letters = deadLetters
      deadLetters = []
      for letter in letters { publish(letter) }
      count += letters.count
      pumpScheduledQueues()
    }
    if !deadLetters.isEmpty { timers.add(.deadLetters, at: now) }
  }

  private func publish(_ letter: DeadLetter) {
    defer { letGo(letter.message, of: letter.source) }
    guard let exchange = letter.host.exchanges[letter.exchange] else { return }
    let (message, deaths) = buried(letter)
    guard let message else { return }
    guard letter.reason != .rejected else {
      republish(message, through: exchange)
      return
    }
    let walk = destinations(of: message, through: exchange)
    let queues = walk.queues
    let next = queues.filter { !isCycle(through: $0.name, deaths) }
    if next.count == queues.count {
      republish(message, through: exchange)
      return
    }
    record(
      .warning,
      "a dead letter of queue '\(letter.queue.text)' goes in a circle and is dropped"
    )
    // What a queue refuses is gone: nobody waits for a confirm.
    defer { message.release() }
    for binding in walk.bindings { binding.hits += 1 }
    guard !next.isEmpty, keep(message, for: next) else { return }
    for queue in next {
      noteTap(of: message, entering: queue)
      message.retain()
      _ = enqueue(message, in: queue)
    }
  }

  /// The message as its dead letter exchange gets it, with the history of its deaths, newest first.
  private func buried(_ letter: DeadLetter) -> (Message?, deaths: [FieldValue]) {
    var properties = letter.message.rawProperties
    let deaths = noteDeath(letter, in: &properties)
    properties.setText(.expiration, nil)
    properties.setHeader("BCC", nil)
    if letter.routingKey != nil { properties.setHeader("CC", nil) }
    var traits = letter.message.traits
    traits.remove(.expiring)
    traits.insert(.headers)
    if properties.header("CC") == nil { traits.remove(.copies) }
    let message = letter.message.rewritten(
      exchange: letter.exchange,
      routingKey: letter.routingKey,
      properties: properties,
      traits: traits,
      enteredAt: now
    )
    return (message, deaths)
  }

  private func noteDeath(_ letter: DeadLetter, in properties: inout RawProperties) -> [FieldValue] {
    let key = "x-death"
    guard case .array(let values)? = properties.header(key) else {
      let isFirst = properties.header(key) == nil
      let deaths: [FieldValue] = [.table(death(letter, properties))]
      properties.setHeader(key, .array(deaths))
      guard isFirst else { return deaths }
      properties.setHeader("x-first-death-exchange", .string(Array(letter.message.exchange)))
      properties.setHeader("x-first-death-queue", .string(letter.queue.bytes))
      properties.setHeader("x-first-death-reason", .text(letter.reason.rawValue))
      return deaths
    }
    var deaths = gathered(values)
    var newest = death(letter, properties)
    if let index = deaths.firstIndex(where: { $0.isDeath(in: letter.queue, of: letter.reason) }),
      case .table(var again) = deaths.remove(at: index)
    {
      let count = again["count"]?.integer ?? 0
      again["count"] = .signed64(count == .max ? count : count + 1)
      newest = again
    }
    // RabbitMQ sorts what it changes.
    newest.entries.sort { $0.key < $1.key }
    deaths.insert(.table(newest), at: 0)
    properties.setHeader(key, .array(deaths))
    return deaths
  }

  /// One entry for each queue and reason, in reverse.
  ///
  /// RabbitMQ does so for the sake of its versions before 3.6, which counted nothing; it does it to
  /// every history of two entries and more, and clients see that order.
  private func gathered(_ deaths: [FieldValue]) -> [FieldValue] {
    guard deaths.count > 1 else { return deaths }
    var places: [[FieldValue?]: (place: Int, count: Int64)] = [:]
    var kept: [FieldTable] = []
    for case .table(let table) in deaths {
      let key = [table["queue"], table["reason"]]
      if places[key] == nil { kept.append(table) }
      places[key, default: (kept.count - 1, 0)].count += 1
    }
    for (place, count) in places.values where kept[place]["count"] == nil {
      kept[place].entries.insert(.init(key: "count", value: .signed64(count)), at: 0)
    }
    return kept.reversed().map { .table($0) }
  }

  private func death(_ letter: DeadLetter, _ properties: RawProperties) -> FieldTable {
    var keys: [FieldValue] = [.string(Array(letter.message.routingKey))]
    if case .array(let copies)? = properties.header("CC") { keys += copies }
    var death: FieldTable = [
      "count": .signed64(1),
      "reason": .text(letter.reason.rawValue),
      "queue": .string(letter.queue.bytes),
      "time": .timestamp(UInt64(clamping: wallTime.milliseconds / 1_000)),
      "exchange": .string(Array(letter.message.exchange)),
      "routing-keys": .array(keys),
    ]
    if let expiration = properties.text(.expiration) {
      death["original-expiration"] = .string(Array(expiration))
    }
    return death
  }

  /// Whether the message was in that queue before, and nobody rejected it since.
  ///
  /// RabbitMQ looks for a rejection between in the history. As it reverses that, it can find one
  /// that was long before, and the message goes round for ever; here it does so only while it was
  /// rejected as often as it went round.
  private func isCycle(through queue: Name, _ deaths: [FieldValue]) -> Bool {
    var rejections: Int64 = 0
    var isRejectedSince = false
    var passes: Int64?
    for case .table(let table) in deaths {
      let isHere = table["queue"] == .string(queue.bytes)
      if table["reason"]?.text == DeathReason.rejected.rawValue {
        rejections = rejections.addingReportingOverflow(table["count"]?.integer ?? 0).partialValue
        if passes == nil { isRejectedSince = true }
      } else if isHere, passes == nil {
        passes = table["count"]?.integer ?? 0
      }
    }
    guard let passes else { return false }
    return !isRejectedSince || passes > rejections
  }
}

extension FieldValue {
  fileprivate func isDeath(in queue: Name, of reason: DeathReason) -> Bool {
    guard case .table(let table) = self else { return false }
    return table["queue"] == .string(queue.bytes) && table["reason"]?.text == reason.rawValue
  }
}

extension DeadLetterReasons {
  fileprivate mutating func count(_ reason: DeathReason) {
    switch reason {
    case .rejected: rejected += 1
    case .expired: expired += 1
    case .maximumLength: maximumLength += 1
    case .deliveryLimit: deliveryLimit += 1
    }
  }
}
