import AMQP
import Telemetry

extension Broker {
  /// Adds a consumer to a queue.
  ///
  /// - Returns: Its tag; 404, 405, 403 when it or another wants the queue for itself, 406 for an
  ///   argument that the queue does not take, 530 when the channel has a consumer with this tag,
  ///   540 for a quorum queue on a channel with a global prefetch count.
  package func consume(
    _ request: ConsumeRequest,
    on channel: Channel
  ) -> Result<Name, Violation> {
    var request = request
    if request.tag.bytes.isEmpty { request.tag = Name("amq.ctag-" + makeName()) }
    if channel.consumers[request.tag] != nil {
      return .failure(
        Violation(.notAllowed, "attempt to reuse consumer tag '\(request.tag.text)'")
      )
    }
    if request.queue == ReplyConsumer.address { return consumeReplies(request, on: channel) }
    return findQueue(request.queue, for: channel.connection).flatMap { queue in
      if let violation = request.refusal(by: queue) { return .failure(violation) }
      if channel.channelPrefetchCount > 0, QueueType(of: queue.arguments) == .quorum {
        return .failure(
          Violation(
            .notImplemented,
            "queue '\(queue.name.text)' in vhost '\(queue.host.name)' does not support global qos"
          )
        )
      }
      guard !request.isRefusedAsExclusive(by: queue) else {
        return .failure(
          Violation(
            .accessRefused,
            "queue '\(queue.name.text)' in vhost '\(queue.host.name)' in exclusive use"
          )
        )
      }
      attach(request, to: queue, on: channel)
      return .success(request.tag)
    }
  }

  private func attach(_ request: ConsumeRequest, to queue: Queue, on channel: Channel) {
    let consumer = Consumer(
      request,
      identifier: takeIdentifier(),
      channel: channel,
      queue: queue,
      startedAt: now
    )
    channel.consumers[consumer.tag] = consumer
    queue.add(consumer)
    snapshotOrder.isCurrent = false
    schedulePump(queue)
    record(.information, "consumer '\(consumer.tag.text)' joined \(queue.name.text)")
  }

  /// Ends a consumer at the client's wish; an unknown tag is no error (AMQP 0-9-1, basic.cancel).
  package func cancel(_ tag: Name, on channel: Channel) {
    if channel.replyConsumer?.tag == tag {
      endReplies(of: channel)
      return
    }
    guard let consumer = channel.consumers[tag] else { return }
    // What its acknowledgements in the same read made room for is still its own, as in RabbitMQ.
    if consumer.queue.isPumpScheduled { pumpScheduledQueues() }
    end(consumer, because: .cancelled)
    removeIfUnused(consumer.queue)
  }

  /// Ends a consumer whose queue goes away, and tells a client that wants to know
  /// (RabbitMQ, "Consumer Cancel Notification").
  func cancelByBroker(_ consumer: Consumer) {
    end(consumer, because: .cancelledByBroker)
    let connection = consumer.connection
    guard connection.identity.supportsConsumerCancelNotify, !connection.isClosing else { return }
    connection.output.writeMethod(
      BasicCancel(consumerTag: consumer.tag.text, noWait: true),
      channel: consumer.channel.number
    )
    markDirty(connection)
  }

  private func end(_ consumer: Consumer, because departure: Departure) {
    let channel = consumer.channel
    channel.consumers[consumer.tag] = nil
    if consumer.held > 0 {
      channel.cancelledConsumers.append(consumer)
    } else {
      channel.tally.add(consumer)
    }
    removeConsumers(of: consumer.queue) { $0 === consumer }
    noteDetached(consumer, because: departure)
  }

  /// Takes all consumers of a channel out of their queues.
  ///
  /// - Returns: The queues, each once.
  func detachAll(
    _ consumers: [Consumer],
    of channel: Channel,
    because departure: Departure
  ) -> [Queue] {
    var queues: [ObjectIdentifier: Queue] = [:]
    for consumer in consumers { queues[ObjectIdentifier(consumer.queue)] = consumer.queue }
    for queue in queues.values { removeConsumers(of: queue) { $0.channel === channel } }
    for consumer in consumers { noteDetached(consumer, because: departure) }
    return queues.values.sorted { $0.number < $1.number }
  }

  private func removeConsumers(of queue: Queue, where isLeaving: (Consumer) -> Bool) {
    guard let active = queue.removeConsumers(where: isLeaving), !queue.isDeleted else { return }
    schedulePump(queue)
    record(.information, "consumer '\(active.tag.text)' is active on \(queue.name.text) now")
  }

  private func noteDetached(_ consumer: Consumer, because departure: Departure) {
    consumer.isCancelled = true
    if consumer.isAutomaticallyAcknowledged {
      consumer.queue.tally.deliveredAutomatically += consumer.delivered
    }
    if consumer.queue.consumers.isEmpty { noteUse(of: consumer.queue) }
    snapshotOrder.isCurrent = false
    let held = consumer.held
    record(
      held > 0 ? .warning : .information,
      "consumer '\(consumer.tag.text)' left \(consumer.queue.name.text)"
        + (held > 0 ? " holding \(held)" : "") + ": \(departure.text)"
    )
  }

  /// Fetches one message (AMQP 0-9-1, basic.get) and writes the answer to the output.
  ///
  /// A paused queue answers too: the pause holds back what the broker would send of itself, and a
  /// message that is fetched was asked for.
  ///
  /// - Returns: 404 or 405.
  package func get(
    from name: Name,
    isAutomaticallyAcknowledged: Bool,
    on channel: Channel
  ) -> Violation? {
    switch findQueue(name, for: channel.connection) {
    case .failure(let violation): return violation
    case .success(let queue):
      if queue.isSingleActiveConsumer, QueueType(of: queue.arguments) == .quorum {
        return .singleActiveQuorum(queue)
      }
      markDirty(channel.connection)
      noteUse(of: queue)
      if queue.mayExpire { dropExpired(in: queue) }
      guard let entry = queue.ready.popFirst() else {
        queue.tally.fetchedNothing += 1
        channel.tally.fetchedNothing += 1
        channel.connection.output.writeMethod(BasicGetEmpty(), channel: channel.number)
        return nil
      }
      queue.readyBytes -= entry.message.bodyBytes
      answer(entry, of: queue, isAutomaticallyAcknowledged, on: channel)
      // Another message is at the head, which is where a message's time can end.
      if queue.mayExpire { dropExpired(in: queue) }
      return nil
    }
  }

  private func answer(
    _ entry: ReadyEntry,
    of queue: Queue,
    _ isAutomaticallyAcknowledged: Bool,
    on channel: Channel
  ) {
    var head = channel.methodHead(BasicGetOk.identifier)
    // Safe: `write` copies both pieces into the output before it returns.
    withUnsafeBytes(of: channel.unacked.nextTag.bigEndian) { head += $0 }
    head.append(entry.isRedelivered ? 1 : 0)
    head.withUnsafeMutableBytes { bytes in
      withUnsafeBytes(of: UInt32(truncatingIfNeeded: queue.ready.count).bigEndian) { tail in
        if queue.settings.type == .quorum {
          writeCounted(entry) { channel.connection.write($0, head: bytes, tail: tail) }
        } else {
          channel.connection.write(entry.message, head: bytes, tail: tail)
        }
      }
    }
    queue.delivered += 1
    if entry.isRedelivered {
      queue.redelivered += 1
      channel.tally.fetchedAgain += 1
    }
    if isAutomaticallyAcknowledged {
      queue.tally.fetchedAutomatically += 1
      channel.tally.fetchedAutomatically += 1
      channel.unacked.skipTag()
      queue.noteAcknowledgement(of: entry.message, at: now)
      queue.noteLeaving(entry.mark)
      letGo(entry.message, of: queue)
    } else {
      queue.tally.fetched += 1
      channel.tally.fetched += 1
      channel.unacked.append(
        UnackedEntry(
          message: entry.message,
          queue: queue,
          consumer: nil,
          place: entry.placeAndCount,
          deliveredAt: now
        )
      )
      queue.unackedCount += 1
    }
  }

  /// Sets how many messages may be out unacknowledged (RabbitMQ, "Consumer Prefetch").
  ///
  /// 0 means no limit. A global limit is for all consumers of the channel together, from now on;
  /// else it is for each consumer that comes after, and a global one ends, as in RabbitMQ.
  package func setPrefetch(_ count: UInt16, isGlobal: Bool, on channel: Channel) {
    guard isGlobal else {
      channel.consumerPrefetchCount = Int(count)
      setChannelPrefetch(0, on: channel)
      return
    }
    setChannelPrefetch(Int(count), on: channel)
  }

  private func setChannelPrefetch(_ count: Int, on channel: Channel) {
    guard channel.channelPrefetchCount != count else { return }
    channel.channelPrefetchCount = count
    scheduleStalledQueues(of: channel)
  }

  /// Turns publisher confirms on for a channel (RabbitMQ, "Publisher Confirms").
  ///
  /// - Returns: 406 on a transactional channel.
  package func selectConfirms(on channel: Channel) -> Violation? {
    guard channel.mode != .transactional else {
      return Violation(.preconditionFailed, "cannot switch from tx to confirm mode")
    }
    channel.mode = .confirming
    return nil
  }
}
