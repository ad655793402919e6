import Broker
import Telemetry

/// Checks what clients got in a turn against the model, and tells the model who got what.
struct Comparison {
  private let model: NaiveBroker
  private(set) var faults: [String] = []

  init(_ model: NaiveBroker) {
    self.model = model
  }

  mutating func check(_ events: [ClientEvents], _ broker: Broker) {
    var contents = events.map(\.contents)
    for client in events.indices { checkAnswers(events[client], &contents[client], client) }
    for queue in model.allQueues {
      for (index, item) in queue.sent.enumerated() {
        assign(item, of: queue, isEarly: index < queue.sentEarly, &contents)
      }
      queue.sent = []
      queue.sentEarly = 0
    }
    for (client, rest) in contents.enumerated() where !rest.isEmpty {
      faults.append("client \(client) got \(rest) unexpectedly")
    }
    checkState(of: broker)
  }

  private mutating func checkAnswers(
    _ events: ClientEvents,
    _ contents: inout [ClientEvents.Content],
    _ number: Int
  ) {
    let client = model.clients[number]
    if events.confirms != client.confirms {
      faults.append("confirms \(events.confirms) for \(client.confirms)")
    }
    if events.returned != client.returned {
      faults.append("returned \(events.returned) for \(client.returned)")
    }
    if events.cancelled != client.cancelled {
      faults.append("cancelled \(events.cancelled) for \(client.cancelled)")
    }
    let answer = contents.firstIndex { $0.consumer == nil }.map { contents.remove(at: $0) }
    guard let (queue, expected) = client.answer else { return }
    guard let expected else {
      if !events.hasEmptyAnswer || answer != nil { faults.append("a get found what is not there") }
      return
    }
    guard let answer, agrees(answer, expected, isCounted: queue.settings.isQuorum) else {
      faults.append("a get brought \(String(describing: answer)) for \(expected)")
      return
    }
    count(expected, of: queue)
    queue.unacked += 1
    model.clients[number].held[answer.tag] = NaiveClient.Held(queue: queue, item: expected)
  }

  private func agrees(_ got: ClientEvents.Content, _ item: NaiveItem, isCounted: Bool) -> Bool {
    got.text == item.message.text && got.deaths == item.message.deaths
      && got.isRedelivered == item.isRedelivered
      && got.returns == (isCounted ? Int64(item.returns) : nil)
  }

  private func count(_ item: NaiveItem, of queue: NaiveQueue) {
    queue.counts.delivered += 1
    if item.isRedelivered { queue.counts.redelivered += 1 }
  }

  /// Finds who got an item; deliveries of a queue come in its order, whoever gets which.
  private mutating func assign(
    _ item: NaiveItem,
    of queue: NaiveQueue,
    isEarly: Bool,
    _ contents: inout [[ClientEvents.Content]]
  ) {
    let isCounted = queue.settings.isQuorum && item.returns > 0
    for index in queue.consumers.indices {
      let consumer = queue.consumers[index]
      // The first that came from this queue: a later one would be out of turn.
      let first = contents[consumer.client].firstIndex { $0.consumer == consumer.tag }
      guard let first, agrees(contents[consumer.client][first], item, isCounted: isCounted)
      else { continue }
      let got = contents[consumer.client].remove(at: first)
      checkTurn(of: consumer, queue, got, isEarly: isEarly)
      count(item, of: queue)
      if consumer.isAutomatic {
        queue.counts.acknowledged += 1
      } else {
        queue.unacked += 1
        queue.consumers[index].held += 1
        model.clients[consumer.client].held[got.tag] = NaiveClient.Held(
          queue: queue,
          item: item,
          consumer: consumer.number
        )
      }
      return
    }
    faults.append("nobody got \(item) of \(queue.name) in turn; there came \(contents)")
  }

  private mutating func checkTurn(
    of consumer: NaiveConsumer,
    _ queue: NaiveQueue,
    _ got: ClientEvents.Content,
    isEarly: Bool
  ) {
    if !queue.eligible.contains(where: { $0.number == consumer.number }) {
      faults.append("\(consumer.tag) got \(got.text) and is not active")
    }
    if consumer.credit < 1 { faults.append("\(consumer.tag) got \(got.text) beyond its prefetch") }
    if isEarly { return }
    for other in queue.eligible where other.priority > consumer.priority && other.credit > 0 {
      faults.append("\(consumer.tag) got \(got.text) before \(other.tag)")
    }
  }

  private mutating func checkState(of broker: Broker) {
    faults += broker.brokenInvariants()
    let snapshot = broker.snapshot(of: broker.identity)
    if snapshot.totals != model.totals {
      faults.append("the totals are \(snapshot.totals) for \(model.totals)")
    }
    for queue in snapshot.queues {
      guard let expected = model.queues[queue.name] else {
        faults.append("\(queue.name) is still there")
        continue
      }
      if queue.ready != expected.ready.count || queue.unacked != expected.unacked {
        faults.append(
          "\(queue.name) has \(queue.ready)+\(queue.unacked) for"
            + " \(expected.ready.count)+\(expected.unacked)"
        )
      }
      faults += ledger(queue, expected.counts)
    }
    if snapshot.queues.count != model.queues.count { faults.append("queues are missing") }
  }

  /// All that came into a queue is somewhere, and both brokers say where.
  private func ledger(_ queue: QueueSnapshot, _ expected: BrokerTotals) -> [String] {
    let got = [
      queue.enqueued, queue.delivered, queue.redelivered, queue.acknowledged, queue.requeued,
      queue.discarded, queue.expired, queue.deadLettered, queue.dropped, queue.refused,
    ]
    let wanted = [
      expected.enqueued, expected.delivered, expected.redelivered, expected.acknowledged,
      expected.requeued, expected.discarded, expected.expired, expected.deadLettered,
      expected.dropped, expected.refused,
    ]
    let gone = expected.acknowledged + expected.discarded + expected.expired + expected.deadLettered
    let there = gone + expected.dropped + UInt64(queue.ready + queue.unacked)
    var faults: [String] = []
    if got != wanted { faults.append("\(queue.name) counts \(got) for \(wanted)") }
    if queue.enqueued != there { faults.append("\(queue.name) lost messages: \(there)") }
    return faults
  }
}
