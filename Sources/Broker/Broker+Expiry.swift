/// The ends of messages and queues whose time is over (RabbitMQ, "Time-To-Live and Expiration").
extension Broker {
  /// When a message that waits in a queue is to leave; nil for never.
  ///
  /// Counted from when it came in, so that it stays the same when the message is requeued.
  private func deadline(of entry: ReadyEntry, in queue: Queue) -> Int64? {
    let message = entry.message
    var lifetime = queue.settings.messageLifetime
    if let earlier = queue.earlierLifetimes.first(where: { entry.place <= $0.upToPlace }) {
      lifetime = earlier.lifetime
    }
    if message.traits.contains(.expiring), let own = message.expirationMilliseconds {
      lifetime = min(lifetime ?? .max, own * 1_000_000)
    }
    guard let lifetime else { return nil }
    let (deadline, isBeyondAllTime) = message.enteredAt.addingReportingOverflow(lifetime)
    return isBeyondAllTime ? nil : deadline
  }

  /// Takes out the messages at the head whose time is over.
  ///
  /// Those behind one that may stay wait for
  /// it, as in RabbitMQ's classic queues.
  @inline(never)
  func dropExpired(in queue: Queue) {
    while let entry = queue.ready.first {
      guard let deadline = deadline(of: entry, in: queue) else { return }
      guard deadline <= now else {
        armMessageTimer(of: queue, at: deadline)
        return
      }
      dropFirst(of: queue, because: .expired)
    }
    queue.earlierLifetimes = []
    queue.mayExpire = false
    queue.needsCare = !queue.settings.isPlain
  }

  private func armMessageTimer(of queue: Queue, at deadline: Int64) {
    guard deadline < queue.messageTimerAt else { return }
    queue.messageTimerAt = deadline
    timers.add(.messages(of: Timers.Weak(queue)), at: deadline)
  }

  /// The first message of a queue may have reached the end of its time.
  func messagesDue(in queue: Queue) {
    queue.messageTimerAt = .max
    if queue.mayExpire { dropExpired(in: queue) }
  }

  /// Notes what keeps a queue with `x-expires` alive.
  func noteUse(of queue: Queue) {
    queue.lastUsedAt = now
    armUnusedTimer(of: queue)
  }

  func armUnusedTimer(of queue: Queue) {
    guard let lifetime = queue.settings.idleLifetime, !queue.isUnusedTimerSet, !queue.isDeleted
    else { return }
    queue.isUnusedTimerSet = true
    let (deadline, isBeyondAllTime) = queue.lastUsedAt.addingReportingOverflow(lifetime)
    timers.add(.unused(Timers.Weak(queue)), at: isBeyondAllTime ? .max : deadline)
  }

  /// A queue may have been unused for as long as it asked for.
  func unusedDue(_ queue: Queue) {
    queue.isUnusedTimerSet = false
    // With consumers it is in use; when the last leaves, its time begins.
    guard let lifetime = queue.settings.idleLifetime, queue.consumers.isEmpty, !queue.isDeleted
    else { return }
    guard now - queue.lastUsedAt >= lifetime else { return armUnusedTimer(of: queue) }
    remove(queue)
  }
}
