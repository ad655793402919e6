import AMQP
import Telemetry
import struct NIOCore.ByteBuffer

extension Broker {
  /// Sends a message to a consumer; the queue's reference passes to the channel, or ends.
  @inline(__always)
  func deliver(
    _ message: Message,
    of queue: Queue,
    place: UInt64,
    isRedelivered: Bool,
    to consumer: Consumer
  ) {
    write(message, isRedelivered: isRedelivered, to: consumer)
    noteDelivery(of: message, of: queue, place: place, isRedelivered: isRedelivered, to: consumer)
  }

  @inline(__always)
  func write(_ message: Message, isRedelivered: Bool, to consumer: Consumer) {
    let tag = consumer.channel.unacked.nextTag
    let head = consumer.deliveryHead(tag: tag, isRedelivered: isRedelivered)
    // Safe: `write` copies the consumer's head into the output before it returns.
    consumer.connection.write(
      message,
      head: head,
      tail: UnsafeRawBufferPointer(start: nil, count: 0)
    )
  }

  /// Counts a delivery that was written, and gives the message to the channel.
  @inline(__always)
  func noteDelivery(
    of message: Message,
    of queue: Queue,
    place: UInt64,
    isRedelivered: Bool,
    to consumer: Consumer
  ) {
    let channel = consumer.channel
    let connection = consumer.connection
    queue.delivered &+= 1
    consumer.delivered &+= 1
    if isRedelivered {
      queue.redelivered &+= 1
      consumer.redelivered &+= 1
    }
    if consumer.isAutomaticallyAcknowledged {
      channel.unacked.skipTag()
      queue.noteAcknowledgement(of: message, at: now)
      consumer.acknowledged &+= 1
      consumer.lastAcknowledgedAt = now
      queue.noteLeaving(place)
      letGo(message, of: queue)
    } else {
      channel.unacked.append(
        UnackedEntry(
          message: message,
          queue: queue,
          consumer: consumer,
          place: place,
          deliveredAt: now
        )
      )
      queue.unackedCount &+= 1
      if consumer.held == 0 { consumer.heldSince = now }
      consumer.held &+= 1
      channel.heldByConsumers &+= 1
    }
    if connection.output.readableBytes > Connection.outputBytesLimit {
      connection.isCongested = true
    }
    markDirty(connection)
  }

  /// Asks for messages to be handed out at the end of the turn; called when a consumer may have
  /// become able to take one.
  @inline(__always)
  func schedulePump(_ queue: Queue) {
    guard !queue.isPumpScheduled else { return }
    queue.isPumpScheduled = true
    queuesToPump.append(queue)
  }

  /// Hands out messages of the queues that asked for it, until all are done or it takes too long.
  func pumpScheduledQueues() {
    guard !queuesToPump.isEmpty else { return }
    var index = 0
    var budget = PumpBudget()
    while index < queuesToPump.count, !budget.isSpent {
      let queue = queuesToPump[index]
      queue.isPumpScheduled = false
      pump(queue, within: &budget)
      index += 1
    }
    if index == queuesToPump.count {
      queuesToPump.removeAll(keepingCapacity: true)
    } else {
      queuesToPump.removeFirst(index)
    }
  }

  /// Whether the end of the turn left messages to hand out; another turn should follow soon.
  package var hasWorkLeft: Bool { !queuesToPump.isEmpty }

  private func pump(_ queue: Queue, within budget: inout PumpBudget) {
    queue.isStalled = false
    if queue.needsCare { return pumpWithCare(queue) }
    while !queue.ready.isEmpty {
      guard !budget.isSpent else {
        // Newer messages queue behind these, and the other queues get their turn first.
        queue.isStalled = true
        schedulePump(queue)
        return
      }
      guard let consumer = queue.nextConsumer(), let entry = queue.ready.popFirst() else {
        queue.isStalled = true
        return
      }
      budget.spend(entry.message.bodyBytes)
      queue.readyBytes &-= entry.message.bodyBytes
      deliver(
        entry.message,
        of: queue,
        place: entry.placeAndCount,
        isRedelivered: entry.isRedelivered,
        to: consumer
      )
    }
  }

  /// Lets deliveries to a connection go on: the network took its output.
  package func resume(_ connection: Connection) {
    guard connection.isCongested else { return }
    connection.isCongested = false
    for channel in connection.channels.values { scheduleStalledQueues(of: channel) }
  }

  /// Stops deliveries to a connection until ``resume(_:)``: the network takes no more.
  package func holdBack(_ connection: Connection) {
    connection.isCongested = true
  }

  /// Each time another queue comes first: what the channel may take is often less than one has.
  func scheduleStalledQueues(of channel: Channel) {
    let consumers = channel.consumers.values
    guard !consumers.isEmpty else { return }
    channel.turn = (channel.turn + 1) % consumers.count
    let first = consumers.index(consumers.startIndex, offsetBy: channel.turn)
    for part in [consumers[first...], consumers[..<first]] {
      for consumer in part where consumer.queue.isStalled { schedulePump(consumer.queue) }
    }
  }
}
