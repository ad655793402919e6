import AMQP
import Telemetry

/// What a client says about a delivery that it is done with.
package enum Settlement: Sendable, Hashable {
  case acknowledged
  case requeued
  case discarded
}

extension Broker {
  /// Settles one delivery, or all up to a tag (AMQP 0-9-1, basic.ack, basic.nack, basic.reject).
  ///
  /// Tag 0 with `isMultiple` means all that are open.
  ///
  /// - Returns: 406 when the tag is not of an open delivery of the channel.
  package func settle(
    _ tag: UInt64,
    isMultiple: Bool,
    as settlement: Settlement,
    on channel: Channel
  ) -> Violation? {
    let hadCredit = channel.hasCredit
    if isMultiple {
      guard tag == 0 || channel.unacked.contains(tag) else { return .unknownDeliveryTag(tag) }
      settleAll(upTo: tag == 0 ? .max : tag, as: settlement, on: channel)
    } else {
      guard let entry = channel.unacked.settle(tag) else { return .unknownDeliveryTag(tag) }
      settle(entry, as: settlement, on: channel)
    }
    if !hadCredit { scheduleStalledQueues(of: channel) }
    return nil
  }

  private func settleAll(upTo tag: UInt64, as settlement: Settlement, on channel: Channel) {
    guard settlement == .requeued else {
      while let entry = channel.unacked.settleFirst(upTo: tag) {
        settle(entry, as: settlement, on: channel)
      }
      return
    }
    var entries: [UnackedEntry] = []
    while let entry = channel.unacked.settleFirst(upTo: tag) { entries.append(entry) }
    // From the newest, so that each goes back to the very head of its queue.
    for entry in entries.reversed() { settle(entry, as: .requeued, on: channel) }
  }

  /// Requeues all that the channel holds (AMQP 0-9-1, basic.recover with requeue).
  package func recover(_ channel: Channel) {
    requeueAll(of: channel)
    scheduleStalledQueues(of: channel)
  }

  func requeueAll(of channel: Channel) {
    channel.unacked.removeAll { entry in settle(entry, as: .requeued, on: channel) }
  }

  @inline(__always)
  private func settle(_ entry: UnackedEntry, as settlement: Settlement, on channel: Channel) {
    let queue = entry.queue
    queue.unackedCount &-= 1
    if let consumer = entry.consumer {
      consumer.held &-= 1
      channel.heldByConsumers &-= 1
      if settlement == .acknowledged {
        consumer.acknowledged &+= 1
        consumer.lastAcknowledgedAt = now
      }
      if consumer.isCancelled, consumer.held == 0 { forget(consumer, of: channel) }
    }
    switch settlement {
    case .acknowledged:
      queue.acknowledged &+= 1
      entry.message.release()
    case .requeued where !queue.isDeleted:
      queue.requeued &+= 1
      queue.readyBytes &+= entry.message.bodyBytes
      queue.ready.insert(
        ReadyEntry(message: entry.message, place: entry.place, isRedelivered: true)
      )
      // Until the pump has run, newer messages must queue behind this one.
      queue.isStalled = true
    case .requeued, .discarded:
      queue.discarded &+= 1
      entry.message.release()
    }
    if queue.isDeleted {
      retireIfSettled(queue)
    } else if queue.isStalled {
      schedulePump(queue)
    }
  }

  @inline(never)
  private func forget(_ consumer: Consumer, of channel: Channel) {
    channel.cancelledConsumers.removeAll { $0 === consumer }
  }

  /// Lets go of a deleted queue when nobody holds a message of it.
  func retireIfSettled(_ queue: Queue) {
    guard queue.unackedCount == 0 else { return }
    guard deletedQueues.removeValue(forKey: ObjectIdentifier(queue)) != nil else { return }
    sums.enqueued += queue.enqueued
    sums.delivered += queue.delivered
    sums.redelivered += queue.redelivered
    sums.acknowledged += queue.acknowledged
    sums.requeued += queue.requeued
    sums.discarded += queue.discarded
  }
}
