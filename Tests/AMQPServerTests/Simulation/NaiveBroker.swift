/// The whole broker, with arrays: what comes out of it is what must come out of the real one.
final class NaiveBroker {
  /// The message ledger: where each copy went.
  struct Ledger: Hashable {
    var published = 0
    var returned = 0
    var unroutable = 0
    var enqueued = 0
    var acknowledged = 0
    var discarded = 0
    var expired = 0
    var deadLettered = 0
    var dropped = 0
    var refused = 0
    var ready = 0
    var unacked = 0

    /// Whether every copy that came in is in one place.
    var isBalanced: Bool {
      enqueued == acknowledged + discarded + expired + deadLettered + dropped + ready + unacked
    }
  }

  struct Letter {
    var message: NaiveMessage
    var queue: NaiveQueue
    var reason: String
  }

  var now: Int64 = 0
  var queues: [NaiveQueue] = []
  var exchanges: [String: NaiveExchange] = [:]
  /// Deleted queues of which messages are held.
  var ghosts: [NaiveQueue] = []
  private var letters: [Letter] = []
  private var sums = Ledger()
  private var lastNumber = 0

  func queue(_ name: String) -> NaiveQueue? { queues.first { $0.name == name } }

  func declare(_ name: String, _ arguments: NaiveArguments) {
    lastNumber += 1
    queues.append(NaiveQueue(name, number: lastNumber, arguments: arguments))
  }

  /// Publishes what a client sent.
  ///
  /// - Returns: Whether it found a queue, and whether all took it.
  func publish(
    _ message: NaiveMessage,
    to queues: [NaiveQueue],
    isMandatory: Bool
  ) -> (isRouted: Bool, isAccepted: Bool) {
    sums.published += 1
    let living = queues.filter { !$0.isDeleted }
    guard !living.isEmpty else {
      sums.unroutable += 1
      if isMandatory { sums.returned += 1 }
      return (false, true)
    }
    var isAccepted = true
    for queue in living where !enqueue(message, in: queue) { isAccepted = false }
    return (true, isAccepted)
  }

  private func enqueue(_ message: NaiveMessage, in queue: NaiveQueue) -> Bool {
    if isFull(queue) {
      sums.refused += 1
      if queue.arguments.overflow == .rejectPublishToDeadLetters,
        queue.arguments.deadLetterExchange != nil
      {
        letters.append(Letter(message: message, queue: queue, reason: "maxlen"))
      }
      return false
    }
    pump(queue)
    sums.enqueued += 1
    let item = NaiveQueue.Item(
      message: message,
      place: queue.takePlace(),
      priority: min(message.priority, queue.arguments.maximumPriority ?? 0)
    )
    if queue.ready.isEmpty, queue.credit > 0 {
      queue.handed.append(item)
    } else {
      queue.insert(item)
      tidy(queue)
    }
    return true
  }

  private func isFull(_ queue: NaiveQueue) -> Bool {
    guard let limit = queue.arguments.maximumLength, queue.arguments.overflow != .dropHead else {
      return false
    }
    // A quorum queue refuses only once it is beyond its limit (RabbitMQ 3.10).
    return queue.ready.count + (queue.arguments.isQuorum ? 0 : 1) > limit
  }

  // MARK: Leaving a queue

  /// Takes out what is beyond the length, and what is at the end of its time.
  func tidy(_ queue: NaiveQueue) {
    if let limit = queue.arguments.maximumLength, queue.arguments.overflow == .dropHead {
      while queue.ready.count > limit { bury(queue.ready.removeFirst(), of: queue, "maxlen") }
    }
    expire(queue)
  }

  private func expire(_ queue: NaiveQueue) {
    while let first = queue.ready.first, let deadline = deadline(of: first, in: queue),
      deadline <= now
    {
      bury(queue.ready.removeFirst(), of: queue, "expired")
    }
  }

  func deadline(of item: NaiveQueue.Item, in queue: NaiveQueue) -> Int64? {
    let lifetimes = [queue.arguments.lifetime, item.message.lifetime].compactMap { $0 }
    return lifetimes.min().map { item.message.enteredAt + $0 * 1_000_000 }
  }

  func bury(_ item: NaiveQueue.Item, of queue: NaiveQueue, _ reason: String) {
    if queue.arguments.deadLetterExchange != nil, !queue.isDeleted {
      sums.deadLettered += 1
      letters.append(Letter(message: item.message, queue: queue, reason: reason))
      return
    }
    switch reason {
    case "rejected": sums.discarded += 1
    case "expired": sums.expired += 1
    default: sums.dropped += 1
    }
  }

  /// Hands out what consumers can take.
  func pump(_ queue: NaiveQueue) {
    expire(queue)
    while queue.credit > 0, !queue.ready.isEmpty {
      queue.handed.append(queue.ready.removeFirst())
      expire(queue)
    }
  }

  /// Hands out messages and publishes dead letters until neither leads to more of the other.
  func settleDown() {
    queues.forEach(pump)
    while !letters.isEmpty {
      let batch = letters
      letters = []
      batch.forEach(publish)
      queues.forEach(pump)
    }
  }

  private func publish(_ letter: Letter) {
    guard let exchange = letter.queue.arguments.deadLetterExchange else { return }
    var message = letter.message
    var death = NaiveMessage.Death(queue: letter.queue.name, reason: letter.reason)
    if let index = message.deaths.firstIndex(where: {
      $0.queue == death.queue && $0.reason == death.reason
    }) {
      death.count = message.deaths.remove(at: index).count + 1
    }
    message.deaths.insert(death, at: 0)
    message.key = letter.queue.arguments.deadLetterKey ?? message.key
    message.lifetime = nil
    message.enteredAt = now
    for queue in route(message, through: exchange) {
      if letter.reason != "rejected", isCycle(through: queue.name, message.deaths) { continue }
      _ = enqueue(message, in: queue)
    }
  }

  /// A message that was in the queue before must not come again, unless somebody rejected it since.
  private func isCycle(through queue: String, _ deaths: [NaiveMessage.Death]) -> Bool {
    let sinceRejected = deaths.prefix { $0.reason != "rejected" }
    return sinceRejected.contains { $0.queue == queue }
  }

  // MARK: The ledger

  var ledger: Ledger {
    var ledger = sums
    ledger.ready = queues.map { $0.ready.count + $0.handed.count }.reduce(0, +)
    ledger.unacked = (queues + ghosts).map(\.unacked).reduce(0, +)
    return ledger
  }

  func count(_ change: (inout Ledger) -> Void) { change(&sums) }
}
