import Telemetry

/// What clients do besides taking and acknowledging.
extension Stage {
  /// Changes the figures of a consumer.
  mutating func change(_ identifier: UInt64, _ change: (inout ConsumerSnapshot) -> Void) {
    guard let place = snapshot.consumers.firstIndex(where: { $0.identifier == identifier }) else {
      return
    }
    change(&snapshot.consumers[place])
  }

  /// Changes the figures of the connection of a consumer.
  mutating func changeConnection(
    _ identifier: UInt64,
    _ change: (inout ConnectionSnapshot) -> Void
  ) {
    guard let place = snapshot.connections.firstIndex(where: { $0.identifier == identifier }) else {
      return
    }
    change(&snapshot.connections[place])
  }

  /// Something comes from a consumer's connection.
  mutating func heartbeat(_ identifier: UInt64) {
    let now = now
    changeConnection(identifier) { $0.lastReceivedAt = now }
  }

  /// What the broker measures of a consumer's work.
  mutating func serviceTime(_ identifier: UInt64, p50: Double, p95: Double) {
    change(identifier) { consumer in
      consumer.serviceTime = ServiceTime(
        p50Milliseconds: p50,
        p95Milliseconds: p95,
        sampleCount: 100
      )
    }
  }

  /// A consumer gets back what it gave back, as often as that.
  mutating func redeliver(_ times: Int, of message: UInt64, by identifier: UInt64) {
    guard let consumer = snapshot.consumers.first(where: { $0.identifier == identifier }) else {
      return
    }
    let now = now
    change(identifier) { consumer in
      consumer.redelivered += UInt64(times)
      consumer.delivered += UInt64(times)
    }
    count(consumer.queue) { queue in
      queue.redelivered += UInt64(times)
      queue.delivered += UInt64(times)
      queue.requeued += UInt64(times)
      if queue.mostReturned?.identifier == message {
        queue.mostReturned?.count += times
      } else if times > 0 {
        queue.mostReturned = ReturnedMessage(
          identifier: message,
          messageIdentifier: "order-\(message)",
          routingKey: "order.paid",
          count: times,
          since: now,
          consumerIdentifier: identifier
        )
      }
    }
  }
}

extension Stage {
  /// Twice what a consumer may hold comes into its queue, and it takes what it may.
  mutating func arriveAndTake(_ identifier: UInt64) {
    guard let consumer = snapshot.consumers.first(where: { $0.identifier == identifier }) else {
      return
    }
    arrive(2 * consumer.prefetchCount, in: consumer.queue)
    take(identifier)
  }

  /// A consumer rejects some of what it holds, without requeue.
  mutating func reject(_ messages: Int, by identifier: UInt64) {
    guard let place = snapshot.consumers.firstIndex(where: { $0.identifier == identifier }) else {
      return
    }
    let done = min(messages, snapshot.consumers[place].held)
    snapshot.consumers[place].held -= done
    if snapshot.consumers[place].held == 0 { snapshot.consumers[place].heldSince = nil }
    count(snapshot.consumers[place].queue) { queue in
      queue.unacked -= done
      queue.discarded += UInt64(done)
    }
    snapshot.totals.discarded += UInt64(done)
  }
}

extension Stage {
  /// How many messages wait in a queue.
  func ready(_ queue: String) -> Int { snapshot.queues.first { $0.name == queue }?.ready ?? 0 }
}
