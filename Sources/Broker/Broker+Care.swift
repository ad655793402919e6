import AMQP

/// The ways of messages through queues that are not plain: with a lifetime, a limit, priorities or
/// delivery counts. Plain queues and messages never come here.
extension Broker {
  /// Does what ``enqueue(_:in:)`` does.
  @inline(never)
  func enqueueWithCare(_ message: Message, in queue: Queue) -> Bool {
    if queue.settings.overflow != .dropHead, isFull(queue, for: message) {
      refuse(message, by: queue)
      return false
    }
    // A consumer that came in the same turn takes what waits now: with no time to wait, a message
    // that finds no consumer is lost.
    if queue.isPumpScheduled {
      queue.isStalled = false
      pumpWithCare(queue)
    }
    queue.enqueued &+= 1
    let place = queue.takePlace()
    if !queue.isStalled {
      if let consumer = queue.nextConsumer() {
        deliver(message, of: queue, place: place, isRedelivered: false, to: consumer)
        return true
      }
      queue.isStalled = true
    }
    queue.readyBytes &+= message.bodyBytes
    queue.ready.append(ReadyEntry(message: message, place: place, isRedelivered: false))
    noteExpiry(of: message, in: queue)
    tidy(queue)
    return true
  }

  func isFull(_ queue: Queue, for message: Message) -> Bool {
    // A quorum queue refuses only once it is beyond its limit (RabbitMQ 3.10).
    if queue.settings.type == .quorum {
      return queue.settings.isExceeded(by: queue.ready.count, bytes: queue.readyBytes)
    }
    return queue.settings.isExceeded(
      by: queue.ready.count + 1,
      bytes: queue.readyBytes + message.bodyBytes
    )
  }

  /// Gives up a message that never came in.
  private func refuse(_ message: Message, by queue: Queue) {
    queue.refused += 1
    if queue.settings.overflow == .rejectPublishToDeadLetters,
      let letter = DeadLetter(message, of: queue, because: .maximumLength)
    {
      deadLetters.append(letter)
    } else {
      letGo(message, of: queue)
    }
  }

  private func noteExpiry(of message: Message, in queue: Queue) {
    guard message.traits.contains(.expiring) || queue.settings.messageLifetime != nil else {
      return
    }
    queue.mayExpire = true
    queue.needsCare = true
  }

  /// Takes out what is beyond the limits, and what is at the end of its time.
  func tidy(_ queue: Queue) {
    if queue.settings.overflow == .dropHead {
      while queue.settings.isExceeded(by: queue.ready.count, bytes: queue.readyBytes),
        !queue.ready.isEmpty
      {
        dropFirst(of: queue, because: .maximumLength)
      }
    }
    if queue.mayExpire { dropExpired(in: queue) }
  }

  func dropFirst(of queue: Queue, because reason: DeathReason) {
    guard let entry = queue.ready.popFirst() else { return }
    queue.noteLeaving(entry.mark)
    queue.readyBytes -= entry.message.bodyBytes
    leave(entry.message, of: queue, because: reason)
  }

  func pumpWithCare(_ queue: Queue) {
    while true {
      if queue.mayExpire { dropExpired(in: queue) }
      if queue.ready.isEmpty { return }
      guard let consumer = queue.nextConsumer(), let entry = queue.ready.popFirst() else {
        queue.isStalled = true
        return
      }
      queue.readyBytes &-= entry.message.bodyBytes
      // A first delivery to a consumer does not carry the count, unlike one by `basic.get`.
      if entry.deliveryCount > 0, queue.settings.type == .quorum {
        writeCounted(entry) { write($0, isRedelivered: entry.isRedelivered, to: consumer) }
      } else {
        write(entry.message, isRedelivered: entry.isRedelivered, to: consumer)
      }
      noteDelivery(
        of: entry.message,
        of: queue,
        place: entry.placeAndCount,
        isRedelivered: entry.isRedelivered,
        to: consumer
      )
    }
  }

  /// Writes a message of a quorum queue with the header that says how often it came back.
  func writeCounted(_ entry: ReadyEntry, _ write: (Message) -> Void) {
    var properties = entry.message.rawProperties
    properties.setHeader("x-delivery-count", .signed64(Int64(entry.deliveryCount)))
    let message = entry.message.rewritten(
      properties: properties,
      traits: entry.message.traits,
      enteredAt: entry.message.enteredAt
    )
    write(message ?? entry.message)
    message?.release()
  }

  /// Puts deliveries back; a client refused them or went away.
  func putBackWithCare(_ entries: [UnackedEntry], in queue: Queue, isRefused: Bool) {
    var returned: [ReadyEntry] = []
    for entry in entries {
      let isQuorum = queue.settings.type == .quorum
      let back = isQuorum ? counted(entry, of: queue, isRefused: isRefused) : entry.returned
      guard let back else { continue }
      queue.noteReturn(of: entry, as: back, at: now)
      returned.append(back)
    }
    queue.readyBytes += returned.reduce(0) { $0 + $1.message.bodyBytes }
    queue.ready.insert(contentsOf: returned.sorted { $0.place < $1.place })
    for entry in returned { noteExpiry(of: entry.message, in: queue) }
    queue.isStalled = true
    tidy(queue)
  }

  /// A message as it comes back to a quorum queue; nil when it came back once too often.
  ///
  /// What a client refuses goes behind all others when there is no delivery limit, so that one bad
  /// message does not stop the rest; else it goes before them (RabbitMQ 3.10).
  private func counted(
    _ entry: UnackedEntry,
    of queue: Queue,
    isRefused: Bool
  ) -> ReadyEntry? {
    let count = entry.returnCount + 1
    let limit = queue.settings.deliveryLimit
    if let limit, count > limit {
      queue.noteLeaving(entry.place)
      leave(entry.message, of: queue, because: .deliveryLimit)
      return nil
    }
    if entry.message.traits.isPositioned {
      store?.settle(entry.message, in: queue, returnCount: UInt32(count))
    }
    let goesLast = isRefused && limit == nil
    return ReadyEntry(
      message: entry.message,
      place: goesLast ? queue.takePlace() : queue.takeReturnPlace(),
      deliveryCount: count
    )
  }
}
