import Broker
import Telemetry

/// The broker as the documents read, in arrays and dictionaries, with no thought of speed.
final class NaiveBroker {
  struct Letter {
    var message: NaiveMessage
    var queue: NaiveQueue
    var reason: String
  }

  var now: Int64
  var topology = NaiveExchanges()
  var queues: [String: NaiveQueue] = [:]
  /// Deleted ones too.
  var allQueues: [NaiveQueue] = []
  var clients: [NaiveClient] = []
  var letters: [Letter] = []
  /// What no queue counts.
  var sums = BrokerTotals()
  var lastConsumer = 0

  init(now: Int64) {
    self.now = now
  }

  func declare(_ name: String, _ settings: NaiveQueue.Settings) {
    let queue = NaiveQueue(name: name, number: allQueues.count, settings: settings)
    queues[name] = queue
    allQueues.append(queue)
  }

  func delete(_ name: String) {
    guard let queue = queues.removeValue(forKey: name) else { return }
    queue.isDeleted = true
    topology.bindings = topology.bindings.filter { $0.isToExchange || $0.destination != name }
    for consumer in queue.consumers { clients[consumer.client].cancelled.insert(consumer.tag) }
    queue.consumers = []
    queue.active = nil
    _ = purge(queue)
  }

  func purge(_ queue: NaiveQueue) -> Int {
    let count = queue.ready.count
    queue.ready = []
    queue.counts.discarded += UInt64(count)
    return count
  }

  func destinations(_ exchange: String, _ key: String) -> [NaiveQueue] {
    topology.queues(from: exchange, key: key).compactMap { queues[$0] }
      .sorted { $0.number < $1.number }
  }

  // MARK: Publishing

  func publish(_ message: NaiveMessage, by client: Int, isMandatory: Bool) {
    let publication = NaiveClient.Publication(
      message: message,
      queues: destinations(message.exchange, message.key),
      isMandatory: isMandatory
    )
    guard clients[client].mode != .transactional else {
      clients[client].publications.append(publication)
      return
    }
    let isTaken = finish(publication, by: client)
    guard clients[client].mode == .confirming else { return }
    clients[client].lastSequence += 1
    if isTaken { sums.confirmed += 1 }
    clients[client].confirms.append(
      NaiveClient.Confirm(sequence: clients[client].lastSequence, isTaken: isTaken)
    )
  }

  /// False when a queue refused it.
  private func finish(_ publication: NaiveClient.Publication, by client: Int) -> Bool {
    sums.published += 1
    let queues = publication.queues.filter { !$0.isDeleted }
    if queues.isEmpty {
      sums.unroutable += 1
      if publication.isMandatory {
        sums.returned += 1
        clients[client].returned.append(publication.message.text)
      }
    }
    let refusals = queues.filter { !enqueue(publication.message, in: $0) }
    return refusals.isEmpty
  }

  private func enqueue(_ message: NaiveMessage, in queue: NaiveQueue) -> Bool {
    if queue.refusesMore {
      queue.counts.refused += 1
      if queue.settings.overflow == "reject-publish-dlx", queue.settings.deadLetterExchange != nil {
        letters.append(Letter(message: message, queue: queue, reason: "maxlen"))
      }
      return false
    }
    queue.counts.enqueued += 1
    let item = NaiveItem(message: message, place: queue.takePlace())
    if queue.hasTaker, queue.ready.isEmpty {
      queue.sent.append(item)
    } else {
      queue.insert(item)
      tidy(queue)
    }
    return true
  }

  // MARK: Leaving

  private func tidy(_ queue: NaiveQueue) {
    while queue.settings.overflow == "drop-head", queue.isOverfull {
      leave(queue.ready.removeFirst().message, queue, "maxlen")
    }
    expire(queue)
  }

  private func expire(_ queue: NaiveQueue) {
    while let first = queue.ready.first, let deadline = queue.deadline(of: first), deadline <= now {
      leave(queue.ready.removeFirst().message, queue, "expired")
    }
  }

  private func leave(_ message: NaiveMessage, _ queue: NaiveQueue, _ reason: String) {
    if queue.settings.deadLetterExchange != nil {
      queue.counts.deadLettered += 1
      letters.append(Letter(message: message, queue: queue, reason: reason))
    } else if reason == "rejected" {
      queue.counts.discarded += 1
    } else if reason == "expired" {
      queue.counts.expired += 1
    } else {
      queue.counts.dropped += 1
    }
  }

  // MARK: The end of a turn

  func finishTurn() {
    pump()
    while !letters.isEmpty {
      let round = letters
      letters = []
      for letter in round { bury(letter) }
      pump()
    }
  }

  private func pump() {
    for queue in allQueues where !queue.isDeleted {
      expire(queue)
      while !queue.ready.isEmpty, queue.hasTaker {
        queue.sent.append(queue.ready.removeFirst())
        expire(queue)
      }
    }
  }

  private func bury(_ letter: Letter) {
    var message = letter.message
    let name = letter.queue.name
    let isSame = { (death: NaiveMessage.Death) in
      death.queue == name && death.reason == letter.reason
    }
    // As RabbitMQ keeps a history.
    if message.deaths.count > 1 { message.deaths.reverse() }
    let count = message.deaths.first(where: isSame)?.count ?? 0
    message.deaths.removeAll(where: isSame)
    message.deaths.insert(
      NaiveMessage.Death(queue: name, reason: letter.reason, count: count + 1),
      at: 0
    )
    message.exchange = letter.queue.settings.deadLetterExchange ?? ""
    message.key = letter.queue.settings.deadLetterKey ?? message.key
    message.expiration = nil
    message.enteredAt = now
    for queue in destinations(message.exchange, message.key) {
      if letter.reason != "rejected", isCircle(message, queue.name) { continue }
      _ = enqueue(message, in: queue)
    }
  }

  private func isCircle(_ message: NaiveMessage, _ queue: String) -> Bool {
    let automatic = message.deaths.filter { $0.reason != "rejected" }
    guard let passed = automatic.first(where: { $0.queue == queue }) else { return false }
    if message.deaths.prefix(while: { $0.reason != "rejected" }).contains(passed) { return true }
    let rejections = message.deaths.filter { $0.reason == "rejected" }.map(\.count).reduce(0, +)
    return passed.count > rejections
  }

  /// When the next message at a head is over.
  var nextDeadline: Int64? {
    queues.values.compactMap { queue in queue.ready.first.flatMap { queue.deadline(of: $0) } }.min()
  }
}

// MARK: Settling

extension NaiveBroker {
  func settle(_ tags: [UInt64], as settlement: Settlement, by client: Int, isRefused: Bool = true) {
    guard clients[client].mode != .transactional || !isRefused else {
      for tag in tags {
        clients[client].held[tag]?.isPending = true
        clients[client].settlements.append((tag, settlement))
      }
      return
    }
    settleNow(tags.map { ($0, settlement) }, by: client, isRefused: isRefused)
  }

  private func settleNow(
    _ settlements: [(tag: UInt64, settlement: Settlement)],
    by client: Int,
    isRefused: Bool
  ) {
    var requeued: [NaiveClient.Held] = []
    for (tag, settlement) in settlements {
      guard let held = clients[client].held.removeValue(forKey: tag) else { continue }
      let queue = held.queue
      if settlement == .requeued {
        requeued.append(held)
        continue
      }
      release(held)
      if settlement == .acknowledged {
        queue.counts.acknowledged += 1
      } else if queue.isDeleted {
        queue.counts.discarded += 1
      } else {
        leave(held.item.message, queue, "rejected")
      }
    }
    requeue(requeued, isRefused: isRefused)
  }

  private func release(_ held: NaiveClient.Held) {
    held.queue.unacked -= 1
    if let index = held.queue.consumers.firstIndex(where: { $0.number == held.consumer }) {
      held.queue.consumers[index].held -= 1
    }
  }

  private func requeue(_ requeued: [NaiveClient.Held], isRefused: Bool) {
    for held in requeued { release(held) }
    for queue in allQueues {
      let items = requeued.filter { $0.queue === queue }.map(\.item)
      if items.isEmpty { continue }
      if queue.isDeleted {
        queue.counts.discarded += UInt64(items.count)
        continue
      }
      queue.counts.requeued += UInt64(items.count)
      for var item in items {
        item.isRedelivered = true
        if queue.settings.isQuorum {
          item.returns += 1
          let limit = queue.settings.deliveryLimit
          if let limit, item.returns > limit {
            leave(item.message, queue, "delivery_limit")
            continue
          }
          item.place = isRefused && limit == nil ? queue.takePlace() : queue.takeReturnPlace()
        }
        queue.insert(item)
      }
      tidy(queue)
    }
  }

  func commit(_ client: Int) {
    let (publications, settlements) = (clients[client].publications, clients[client].settlements)
    clients[client].publications = []
    clients[client].settlements = []
    for var publication in publications {
      publication.message.enteredAt = now
      _ = finish(publication, by: client)
    }
    for queue in allQueues { queue.sentEarly = queue.sent.count }
    settleNow(settlements, by: client, isRefused: true)
  }

  func rollBack(_ client: Int) {
    clients[client].publications = []
    clients[client].settlements = []
    for tag in clients[client].held.keys { clients[client].held[tag]?.isPending = false }
  }

  /// The connection dies: all goes back that it held, and it consumes no more.
  func lose(_ client: Int) {
    rollBack(client)
    for queue in allQueues { queue.removeConsumers { $0.client == client } }
    settle(clients[client].held.keys.sorted(), as: .requeued, by: client, isRefused: false)
    clients[client] = NaiveClient()
    noteNewClient()
  }

  func recover(_ client: Int) {
    settleNow(clients[client].openTags.map { ($0, .requeued) }, by: client, isRefused: true)
  }

  func get(_ queue: NaiveQueue, by client: Int) {
    expire(queue)
    let item = queue.ready.isEmpty ? nil : queue.ready.removeFirst()
    clients[client].answer = (queue, item)
    expire(queue)
  }

  /// A client has one channel.
  func noteNewClient() {
    sums.connectionsOpened += 1
    sums.channelsOpened += 1
  }

  /// The sums of all, as the broker tells them.
  var totals: BrokerTotals {
    allQueues.reduce(into: sums) { totals, queue in
      totals.enqueued += queue.counts.enqueued
      totals.delivered += queue.counts.delivered
      totals.redelivered += queue.counts.redelivered
      totals.acknowledged += queue.counts.acknowledged
      totals.requeued += queue.counts.requeued
      totals.discarded += queue.counts.discarded
      totals.expired += queue.counts.expired
      totals.deadLettered += queue.counts.deadLettered
      totals.dropped += queue.counts.dropped
      totals.refused += queue.counts.refused
      totals.ready += UInt64(queue.ready.count)
      totals.unacked += UInt64(queue.unacked)
    }
  }
}
