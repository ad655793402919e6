import AMQP
package import Telemetry

/// What the person at the dashboard does with single messages that wait in a queue.
extension Broker {
  /// What a look reads from the disk at most; it stops behind the message that goes beyond.
  private static let lookedAtBytes = 16 << 20

  /// Looks at messages that wait, and changes nothing.
  ///
  /// - Parameters:
  ///   - name: The queue.
  ///   - host: Where that is.
  ///   - position: Of the first, from the head.
  ///   - count: How many at most; no more than ``WatchedDetails/messagesLimit``.
  /// - Returns: The messages in the order in which they would go out; fewer than are there when
  ///   they are very large or cannot be read back from the disk.
  package func peek(
    queue name: Name,
    in host: VirtualHost,
    from position: Int,
    count: Int
  ) -> Result<[MessageSnapshot], OperationRefusal> {
    guard position >= 0, count >= 0 else {
      return .failure(OperationRefusal("a position in a queue is not below 0"))
    }
    return findQueue(name, in: host).map { queue in
      let count = min(count, WatchedDetails.messagesLimit)
      var snapshots: [MessageSnapshot] = []
      var bytes = 0
      for (offset, waiting) in queue.ready.look(past: position, count: count).enumerated() {
        guard bytes < Self.lookedAtBytes else { break }
        if case .onDisk(let entry) = waiting { bytes += entry.bodyBytes }
        guard let message = message(of: waiting) else { continue }
        defer { message.release() }
        snapshots.append(
          message.snapshot(
            identifier: waiting.place,
            position: position + offset,
            isRedelivered: waiting.isRedelivered
          )
        )
      }
      return snapshots
    }
  }

  /// A waiting message in memory; the caller owns one reference.
  ///
  /// - Returns: nil when it cannot be read back.
  func message(of waiting: WaitingMessage) -> Message? {
    switch waiting {
    case .inMemory(let entry):
      entry.message.retain()
      return entry.message
    case .onDisk(let entry): return store?.load([entry]).first ?? nil
    }
  }

  /// Throws one waiting message away.
  ///
  /// - Parameters:
  ///   - identifier: As ``peek(queue:in:from:count:)`` gave it.
  ///   - name: The queue.
  ///   - host: Where that is.
  /// - Returns: A refusal when it does not wait there any more.
  package func deleteMessage(
    _ identifier: UInt64,
    queue name: Name,
    in host: VirtualHost
  ) -> Result<Void, OperationRefusal> {
    findQueue(name, in: host).flatMap { queue in
      guard take([identifier], outOf: queue) > 0 else { return .failure(.messageIsGone(queue)) }
      queue.discarded += 1
      record(.warning, "1 message of queue '\(name.text)' deleted")
      return .success(())
    }
  }

  /// Puts one waiting message into another queue.
  ///
  /// - Parameters:
  ///   - identifier: As ``peek(queue:in:from:count:)`` gave it.
  ///   - name: The queue that it waits in.
  ///   - destinationName: The queue that it goes to.
  ///   - host: Where both are.
  /// - Returns: A refusal when it does not wait there any more, or the other queue does not take it.
  package func parkMessage(
    _ identifier: UInt64,
    queue name: Name,
    to destinationName: Name,
    in host: VirtualHost
  ) -> Result<Void, OperationRefusal> {
    findEnds(name, destinationName, in: host).flatMap { queue, destination in
      guard let waiting = queue.waiting(at: identifier), let message = message(of: waiting) else {
        return .failure(.messageIsGone(queue))
      }
      defer { message.release() }
      if let obstacle = putCopy(of: message, into: destination) {
        return .failure(OperationRefusal(obstacle))
      }
      queue.moved += UInt64(take([identifier], outOf: queue))
      record(
        .information,
        "1 message of queue '\(name.text)' parked in '\(destinationName.text)'"
      )
      return .success(())
    }
  }

  /// The two queues of a move.
  func findEnds(
    _ source: Name,
    _ destination: Name,
    in host: VirtualHost
  ) -> Result<(Queue, Queue), OperationRefusal> {
    guard source != destination else {
      return .failure(OperationRefusal("'\(source.text)' is the queue that they are in"))
    }
    return findQueue(source, in: host).flatMap { queue in
      findQueue(destination, in: host).map { (queue, $0) }
    }
  }

  /// Puts a copy of a message into a queue, as if it had been published now; it is in the log
  /// before anything that is said of the message afterwards.
  ///
  /// - Returns: Why it is not there; nil when it is.
  func putCopy(of message: Message, into queue: Queue) -> String? {
    if let obstacle = obstacle(to: message, in: queue) { return obstacle }
    guard let copy = message.copied(enteredAt: now) else {
      return "no memory for \(message.bodyBytes) bytes"
    }
    if copy.traits.contains(.persistent), !keep(copy, for: [queue]) {
      copy.release()
      return Self.storeRefusal(store).text
    }
    noteTap(of: copy, entering: queue)
    // It was asked before whether it is full, so it does not refuse.
    return enqueue(copy, in: queue) ? nil : "queue '\(queue.name.text)' refuses it"
  }

  /// Why a queue should not be given a message: it would refuse it, or throw another away for it.
  func obstacle(to message: Message, in queue: Queue) -> String? {
    let name = queue.name.text
    if queue.isDeleted { return "queue '\(name)' is gone" }
    let settings = queue.settings
    guard settings.hasLengthLimit else { return nil }
    let isBeyond = settings.isExceeded(
      by: queue.ready.count + 1,
      bytes: queue.readyBytes + message.bodyBytes
    )
    return isBeyond || isFull(queue, for: message) ? "queue '\(name)' is full" : nil
  }

  /// Takes waiting messages out of a queue and lets go of them; the caller counts where they went.
  ///
  /// - Returns: How many were there.
  func take(_ places: Set<UInt64>, outOf queue: Queue) -> Int {
    let removed = queue.ready.remove(places)
    for waiting in removed {
      queue.noteLeaving(waiting.mark)
      queue.readyBytes -= waiting.bodyBytes
      switch waiting {
      case .inMemory(let entry): letGo(entry.message, of: queue)
      case .onDisk(let entry): store?.settle(entry, in: queue)
      }
    }
    return removed.count
  }
}

extension Queue {
  /// The message that waits at a place.
  ///
  /// - Complexity: O(messages on the disk) for one that is there.
  fileprivate func waiting(at place: UInt64) -> WaitingMessage? {
    guard place > 0 else { return nil }
    // A cursor before the place in each priority; the first message behind it is the one, or none.
    for level in 0...settings.maximumPriority {
      let cursor = ReadyCursor(level: level, place: place - 1)
      if let found = ready.look(after: cursor, count: 1).first, found.message.place == place {
        return found.message
      }
    }
    return nil
  }
}

extension WaitingMessage {
  /// Whether it was handed out before.
  var isRedelivered: Bool {
    switch self {
    case .inMemory(let entry): entry.isRedelivered
    // The flag is in the mark, wherever the message is.
    case .onDisk(let entry): ReadyEntry.isRedelivered(entry.mark)
    }
  }
}

extension OperationRefusal {
  fileprivate static func messageIsGone(_ queue: Queue) -> OperationRefusal {
    OperationRefusal("that message does not wait in queue '\(queue.name.text)' any more")
  }
}
