import Broker

/// A delivery that a client holds.
struct NaiveHeld {
  var item: NaiveQueue.Item
  var queue: NaiveQueue
  /// nil for a message that was fetched with `basic.get`.
  var consumer: String?
}

extension NaiveBroker {
  /// Settles deliveries, given in the order of their tags.
  ///
  /// - Parameter isRefused: false when the client is gone instead.
  func settle(_ held: [NaiveHeld], as settlement: Settlement, isRefused: Bool = true) {
    for delivery in held { leave(delivery) }
    if settlement == .requeued {
      requeue(held, isRefused: isRefused)
      return
    }
    for delivery in held {
      switch settlement {
      case .acknowledged: count { $0.acknowledged += 1 }
      case .requeued, .discarded: bury(delivery.item, of: delivery.queue, "rejected")
      }
    }
  }

  private func leave(_ delivery: NaiveHeld) {
    delivery.queue.unacked -= 1
    guard let tag = delivery.consumer,
      let index = delivery.queue.consumers.firstIndex(where: { $0.id == tag })
    else { return }
    delivery.queue.consumers[index].held -= 1
  }

  private func requeue(_ held: [NaiveHeld], isRefused: Bool) {
    for delivery in held where delivery.queue.isDeleted { count { $0.discarded += 1 } }
    for queue in queues.sorted(by: { $0.number < $1.number }) {
      let returned = held.filter { $0.queue === queue }
      guard !returned.isEmpty else { continue }
      for delivery in returned { putBack(delivery.item, in: queue, isRefused: isRefused) }
      tidy(queue)
    }
  }

  private func putBack(_ item: NaiveQueue.Item, in queue: NaiveQueue, isRefused: Bool) {
    var item = item
    item.isRedelivered = true
    if queue.arguments.isQuorum {
      item.returns += 1
      let limit = queue.arguments.deliveryLimit
      if let limit, item.returns > limit {
        bury(item, of: queue, "delivery_limit")
        return
      }
      item.place = isRefused && limit == nil ? queue.takePlace() : queue.takeReturnPlace()
    }
    queue.insert(item)
  }

  /// Takes the head for `basic.get`.
  func take(from queue: NaiveQueue) -> NaiveQueue.Item? {
    guard !queue.ready.isEmpty else { return nil }
    let item = queue.ready.removeFirst()
    tidy(queue)
    return item
  }

  func purge(_ queue: NaiveQueue) -> Int {
    let purged = queue.ready.count
    queue.ready = []
    count { $0.discarded += purged }
    return purged
  }

  /// Deletes a queue; its held messages stay with their clients.
  func delete(_ queue: NaiveQueue) {
    _ = purge(queue)
    queue.isDeleted = true
    queue.consumers = []
    queues.removeAll { $0 === queue }
    ghosts.append(queue)
    for name in exchanges.keys {
      exchanges[name]?.bindings.removeAll { !$0.isToExchange && $0.destination == queue.name }
    }
  }
}
