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
    if channel.mode == .transactional {
      return hold(settlement, upTo: tag, isMultiple: isMultiple, on: channel)
    }
    // First, so that the queue of this delivery is not always the one that gets the credit.
    if !channel.hasCredit { scheduleStalledQueues(of: channel) }
    if isMultiple {
      guard tag == 0 || channel.unacked.contains(tag) else { return .unknownDeliveryTag(tag) }
      settleAll(upTo: tag == 0 ? .max : tag, as: settlement, on: channel)
    } else {
      guard let entry = channel.unacked.settle(tag) else { return .unknownDeliveryTag(tag) }
      settle(entry, as: settlement, on: channel)
    }
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
    requeue(entries, on: channel)
  }

  /// Requeues all that the channel holds (AMQP 0-9-1, basic.recover with requeue).
  package func recover(_ channel: Channel) {
    requeue(channel.unacked.removeAll(), on: channel)
    scheduleStalledQueues(of: channel)
  }

  /// Requeues what a channel held that is gone.
  func requeueAll(of channel: Channel) {
    requeue(channel.unacked.removeAll(), on: channel, isRefused: false)
  }

  /// Puts many deliveries back, one merge a queue: one by one would take their product of moves.
  func requeue(
    _ entries: [UnackedEntry],
    on channel: Channel,
    isRefused: Bool = true
  ) {
    // Cancelled consumers are let go of with the last message that they held.
    let consumers = entries.compactMap(\.consumer)
    defer { withExtendedLifetime(consumers) {} }
    var queues: [ObjectIdentifier: (queue: Queue, entries: [UnackedEntry])] = [:]
    for entry in entries {
      let queue = entry.queue
      leave(entry, of: queue, as: .requeued, on: channel)
      guard !queue.isDeleted else {
        discard(entry, of: queue)
        continue
      }
      queues[ObjectIdentifier(queue), default: (queue, [])].entries.append(entry)
    }
    for (queue, entries) in queues.values.sorted(by: { $0.queue.number < $1.queue.number }) {
      queue.requeued += UInt64(entries.count)
      if queue.needsCare || entries.contains(where: \.mayExpire) {
        putBackWithCare(entries, in: queue, isRefused: isRefused)
      } else {
        let returned = entries.map(\.returned)
        for (entry, returned) in zip(entries, returned) {
          queue.noteReturn(of: entry, as: returned, at: now)
        }
        queue.ready.insert(contentsOf: returned.sorted { $0.place < $1.place })
        queue.readyBytes += entries.reduce(0) { $0 + $1.message.bodyBytes }
      }
      // Until the pump has run, newer messages must queue behind these.
      queue.isStalled = true
      schedulePump(queue)
    }
  }

  @inline(__always)
  func settle(_ entry: UnackedEntry, as settlement: Settlement, on channel: Channel) {
    let queue = entry.queue
    if settlement == .requeued, !queue.isDeleted { return putBack(entry, in: queue, on: channel) }
    leave(entry, of: queue, as: settlement, on: channel)
    switch settlement {
    case .acknowledged:
      queue.noteAcknowledgement(of: entry.message, at: now)
      queue.noteLeaving(entry.place)
      letGo(entry.message, of: queue)
      if queue.isDeleted { retireIfSettled(queue) }
    case .discarded where queue.settings.deadLetterExchange != nil && !queue.isDeleted:
      queue.noteLeaving(entry.place)
      leave(entry.message, of: queue, because: .rejected)
    case .requeued, .discarded:
      discard(entry, of: queue)
    }
    if queue.isStalled, !queue.isDeleted { schedulePump(queue) }
  }

  @inline(never)
  private func putBack(_ entry: UnackedEntry, in queue: Queue, on channel: Channel) {
    // A cancelled consumer is let go of with the last message that it held.
    let consumer = entry.consumer
    leave(entry, of: queue, as: .requeued, on: channel)
    queue.requeued &+= 1
    if queue.needsCare || entry.mayExpire {
      putBackWithCare([entry], in: queue, isRefused: true)
    } else {
      let returned = entry.returned
      queue.noteReturn(of: entry, as: returned, at: now)
      queue.readyBytes &+= entry.message.bodyBytes
      queue.ready.insert(returned)
      queue.isStalled = true
    }
    withExtendedLifetime(consumer) {}
    schedulePump(queue)
  }

  /// Takes a delivery off the counts of who held it.
  @inline(__always)
  private func leave(
    _ entry: UnackedEntry,
    of queue: Queue,
    as settlement: Settlement,
    on channel: Channel
  ) {
    queue.unackedCount &-= 1
    guard let consumer = entry.consumer else {
      if settlement == .acknowledged { channel.tally.fetchedAcknowledged &+= 1 }
      return
    }
    consumer.held &-= 1
    if consumer.held == 0 { consumer.busyNanoseconds &+= now &- consumer.heldSince }
    channel.heldByConsumers &-= 1
    if settlement == .acknowledged {
      consumer.acknowledged &+= 1
      consumer.lastAcknowledgedAt = now
      consumer.serviceTimes.record(now &- entry.deliveredAt, at: now)
    }
    if consumer.isCancelled, consumer.held == 0 { forget(consumer, of: channel) }
  }

  private func discard(_ entry: UnackedEntry, of queue: Queue) {
    queue.discarded &+= 1
    queue.noteLeaving(entry.place)
    letGo(entry.message, of: queue)
    if queue.isDeleted { retireIfSettled(queue) }
  }

  @inline(never)
  private func forget(_ consumer: Consumer, of channel: Channel) {
    channel.cancelledConsumers.removeAll { $0 === consumer }
    channel.tally.add(consumer)
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
    sums.expired += queue.expired
    sums.deadLettered += queue.deadLettered
    sums.dropped += queue.dropped
    sums.moved += queue.moved
    sums.refused += queue.refused
  }
}

extension UnackedEntry {
  /// How often it had come back when it was delivered.
  var returnCount: Int { ReadyEntry.deliveryCount(in: place) }

  /// As it goes back to where it was in its queue, once more.
  var returned: ReadyEntry {
    ReadyEntry(
      message: message,
      place: ReadyEntry.place(in: place),
      deliveryCount: returnCount + 1
    )
  }

  /// Whether the message itself says how long it may wait.
  var mayExpire: Bool { message.traits.contains(.expiring) }
}
