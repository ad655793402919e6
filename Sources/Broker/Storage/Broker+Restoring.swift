package import Store
import Telemetry

/// Bringing back what a log has, before the first client comes.
extension Broker {
  /// Puts a message back into its queues; it stays on the disk until it is near the head.
  ///
  /// Whether it was delivered before is not known, so it says that it may have been.
  ///
  /// - Returns: How many of its queues are there.
  package func restore(_ found: RecoveredMessage) -> Int {
    guard let store else { return 0 }
    var count = 0
    for (number, returnCount) in found.queues {
      store.noteQueueNumber(number)
      if let exchange = restoredExchanges[number] {
        guard
          let message = store.message(of: found.record, at: found.position, isPaged: false)
        else { continue }
        count += 1
        holdAgain(message, in: exchange)
        continue
      }
      guard let queue = restoredQueues[number] ?? salvaged(number, store) else { continue }
      count += 1
      let mark = ReadyEntry.mark(place: queue.takePlace(), deliveryCount: Int(returnCount))
      let traits = MessageTraits(rawValue: UInt8(truncatingIfNeeded: found.record.notes))
      queue.ready.append(
        PagedMessages.Entry(
          position: found.position,
          mark: mark,
          bodyBytes: found.record.body.count,
          isPaged: false
        ),
        priority: UInt8(truncatingIfNeeded: found.record.notes >> 8),
        from: store,
        of: queue
      )
      queue.enqueued += 1
      sums.recovered += 1
      queue.readyBytes += found.record.body.count
      if traits.contains(.expiring) || queue.settings.messageLifetime != nil {
        queue.mayExpire = true
        queue.needsCare = true
      }
    }
    return count
  }

  /// A queue for messages whose own is not known.
  private func salvaged(_ number: UInt32, _ store: MessageStore) -> Queue? {
    guard store.keepsUnknownQueues else { return nil }
    let name = Name("sluice.salvaged.\(number)")
    let declaration = QueueDeclaration(name: name, isDurable: true)
    let queue = create(declaration, in: host, owner: nil, storeNumber: number)
    restoredQueues[number] = queue
    record(.critical, "messages of an unknown queue were put into '\(name.text)'")
    return queue
  }

  /// Makes what was restored ready to be handed out.
  package func finishRestoring() {
    for queue in restoredQueues.values.sorted(by: { $0.number < $1.number }) {
      queue.ready.refill()
      tidy(queue)
    }
    restoredQueues = [:]
    restoredExchanges = [:]
    reportLost()
  }
}
