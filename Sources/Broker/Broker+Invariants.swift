import Telemetry

extension Broker {
  /// Checks what must hold after every command; for tests.
  ///
  /// - Returns: One sentence for each thing that is wrong.
  package func brokenInvariants() -> [String] {
    var broken: [String] = []
    if totals.imbalance != 0 { broken.append("the ledger is off by \(totals.imbalance)") }
    broken += brokenRouting()
    var unackedByQueue: [ObjectIdentifier: [UInt64]] = [:]
    for connection in connections.values {
      for channel in connection.channels.values {
        var heldByConsumers = 0
        let count = { (entry: UnackedEntry) in
          unackedByQueue[ObjectIdentifier(entry.queue), default: []].append(entry.place)
          if entry.consumer != nil { heldByConsumers += 1 }
        }
        channel.unacked.forEach(count)
        channel.transaction?.settled.forEach { count($0.entry) }
        if heldByConsumers != channel.heldByConsumers {
          broken.append("channel \(channel.number) miscounts what its consumers hold")
        }
      }
    }
    for queue in hosts.values.flatMap(\.queues.values) + Array(deletedQueues.values) {
      let unacked = unackedByQueue[ObjectIdentifier(queue)] ?? []
      if unacked.count != queue.unackedCount {
        broken.append("queue \(queue.name.text) miscounts its unacked messages")
      }
      broken += brokenReturn(to: queue, unacked)
      broken += brokenOrder(of: queue) + brokenConsumers(of: queue)
    }
    return broken
  }

  private func brokenReturn(to queue: Queue, _ unacked: [UInt64]) -> [String] {
    guard let returned = queue.mostReturned else { return [] }
    let waiting = queue.ready.look(past: 0, count: .max).map(\.mark)
    let marks = (waiting + unacked).filter { ReadyEntry.place(in: $0) == returned.identifier }
    guard let mark = marks.first, marks.count == 1 else {
      return ["queue \(queue.name.text) remembers a returned message that it has not"]
    }
    let count = ReadyEntry.deliveryCount(in: mark)
    return count == min(returned.count, ReadyEntry.deliveryCountLimit)
      ? [] : ["queue \(queue.name.text) miscounts how often a message came back"]
  }

  private func brokenConsumers(of queue: Queue) -> [String] {
    var broken: [String] = []
    let priorities = queue.consumers.map(\.priority)
    if priorities != priorities.sorted(by: >) {
      broken.append("queue \(queue.name.text) has its consumers out of order")
    }
    let isActive = queue.activeConsumer.map { active in
      queue.consumers.contains { $0 === active }
    }
    let isExpected = queue.isSingleActiveConsumer && !queue.consumers.isEmpty
    if isExpected != (isActive == true) || isActive == false {
      broken.append("queue \(queue.name.text) has the wrong active consumer")
    }
    return broken
  }

  private func brokenRouting() -> [String] {
    var broken: [String] = []
    let exchanges = hosts.values.flatMap(\.exchanges.values)
    let held = exchanges.reduce(0) { $0 + UInt64($1.delayed.count) }
    if sums.delayed != sums.released + sums.delayedDiscarded + held {
      broken.append("delayed messages are miscounted: \(held) are held back")
    }
    for exchange in exchanges {
      if let deadline = exchange.delayed.nextDeadline {
        let armedAt = exchange.delayed.armedAt ?? .max
        if armedAt > deadline { broken.append("exchange \(exchange.name.text) misses a deadline") }
      }
      if exchange.bindingDescriptions.count != exchange.bindingCount {
        broken.append("exchange \(exchange.name.text) miscounts its bindings")
      }
      for source in exchange.sources.values
      where source.host.exchanges[source.name] !== source {
        broken.append("exchange \(exchange.name.text) is bound to one that is gone")
      }
    }
    return broken
  }

  private func brokenOrder(of queue: Queue) -> [String] {
    var broken: [String] = []
    var last: ReadyEntry?
    var (count, bytes) = (0, 0)
    let highest = queue.settings.maximumPriority
    queue.ready.forEachInMemory { entry in
      count += 1
      bytes += entry.message.bodyBytes
      defer { last = entry }
      guard let last else { return }
      let levels = [last, entry].map { min(Int($0.message.priority), highest) }
      if levels[0] < levels[1] || (levels[0] == levels[1] && last.place >= entry.place) {
        broken.append("queue \(queue.name.text) is out of order at \(count)")
      }
    }
    let paged = queue.ready.paged
    count += paged.count
    bytes += paged.bodyBytes
    if count != queue.ready.count || bytes != queue.readyBytes {
      broken.append("queue \(queue.name.text) miscounts its ready messages")
    }
    if queue.settings.isExceeded(by: count, bytes: bytes), queue.settings.overflow == .dropHead {
      broken.append("queue \(queue.name.text) is beyond its limits")
    }
    if queue.mayExpire != (queue.mayExpire && queue.needsCare) {
      broken.append("queue \(queue.name.text) does not look for expired messages")
    }
    if !queue.ready.isEmpty, !queue.isPumpScheduled, queue.nextConsumer() != nil {
      broken.append("queue \(queue.name.text) holds back messages from a consumer with credit")
    }
    return broken
  }
}
