package import Telemetry

/// The queues and consumers in the order that a snapshot lists them.
struct SnapshotOrder {
  var isCurrent = false
  var exchanges: [Exchange] = []
  var queues: [Queue] = []
  var consumers: [Consumer] = []
}

extension Broker {
  /// Copies all counters and gauges.
  ///
  /// - Complexity: O(exchanges + queues + consumers + connections); sorting only after a change.
  package func snapshot(of identity: BrokerIdentity) -> BrokerSnapshot {
    if !snapshotOrder.isCurrent { sortForSnapshots() }
    return BrokerSnapshot(
      at: Instant(nanoseconds: now),
      wallTime: wallTime,
      identity: identity,
      totals: totals,
      exchanges: exchangeSnapshots(),
      queues: snapshotOrder.queues.map { $0.snapshot(at: now) },
      consumers: snapshotOrder.consumers.map { $0.snapshot(at: now) },
      connections: connections.values.sorted { $0.identifier < $1.identifier }
        .map { $0.snapshot(hasAlarms: alarms.areOn) },
      alarms: alarms.current,
      bindingSurvey: bindingSurvey(),
      events: events.all,
      details: watchedDetails()
    )
  }

  private func exchangeSnapshots() -> [ExchangeSnapshot] {
    var budget = NearestKey.comparedKeys
    return snapshotOrder.exchanges.map { exchange in
      findNearest(of: exchange, within: &budget)
      return exchange.snapshot
    }
  }

  /// The broker's own sums now.
  package var totals: BrokerTotals {
    var totals = sums
    for host in hosts.values {
      for exchange in host.exchanges.values { totals.heldBack += UInt64(exchange.delayed.count) }
      for queue in host.queues.values { totals.add(queue) }
    }
    for queue in deletedQueues.values { totals.add(queue) }
    return totals
  }

  func sortForSnapshots() {
    let hosts = hosts.values.sorted { $0.name < $1.name }
    snapshotOrder.exchanges = hosts.flatMap { host in
      host.exchanges.values.sorted { $0.name < $1.name }
    }
    snapshotOrder.queues = hosts.flatMap { host in
      host.queues.values.sorted { $0.name < $1.name }
    }
    snapshotOrder.consumers = snapshotOrder.queues.flatMap { queue in
      queue.consumers.sorted { $0.identifier < $1.identifier }
    }
    snapshotOrder.isCurrent = true
  }
}

extension BrokerTotals {
  fileprivate mutating func add(_ queue: Queue) {
    enqueued += queue.enqueued
    delivered += queue.delivered
    redelivered += queue.redelivered
    acknowledged += queue.acknowledged
    requeued += queue.requeued
    discarded += queue.discarded
    expired += queue.expired
    deadLettered += queue.deadLettered
    dropped += queue.dropped
    moved += queue.moved
    refused += queue.refused
    ready += UInt64(queue.ready.count)
    unacked += UInt64(queue.unackedCount)
  }
}

extension Exchange {
  fileprivate var snapshot: ExchangeSnapshot {
    ExchangeSnapshot(
      virtualHost: host.name,
      name: name.text,
      type: type.rawValue,
      isDurable: isDurable,
      isPredeclared: isPredeclared,
      bindingCount: bindingCount,
      published: published,
      routed: routed,
      unroutable: unroutable,
      lastUnroutableKey: lastUnroutableKey?.text,
      nearestBindingKey: nearest?.found,
      delayed: delayed.count
    )
  }
}

extension Queue {
  fileprivate func snapshot(at now: Int64) -> QueueSnapshot {
    QueueSnapshot(
      virtualHost: host.name,
      name: shownName,
      isDurable: isDurable,
      isExclusive: isExclusive,
      isAutoDelete: isAutoDelete,
      isPaused: isPaused,
      ready: ready.count,
      unacked: unackedCount,
      readyBytes: readyBytes,
      consumerCount: consumers.count,
      enqueued: enqueued,
      delivered: delivered,
      redelivered: redelivered,
      acknowledged: acknowledged,
      requeued: requeued,
      discarded: discarded,
      expired: expired,
      deadLettered: deadLettered,
      dropped: dropped,
      moved: moved,
      refused: refused,
      details: details,
      oldestReadyAt: ready.first.map { Instant(nanoseconds: $0.message.enteredAt) },
      timeToAcknowledgement: timesToAcknowledgement.summary(at: now)
    )
  }
}

extension Consumer {
  fileprivate func snapshot(at: Int64) -> ConsumerSnapshot {
    ConsumerSnapshot(
      identifier: identifier,
      tag: tag.text,
      virtualHost: queue.host.name,
      queue: queue.shownName,
      connectionIdentifier: connection.identifier,
      connectionName: connection.identity.name,
      processIdentifier: connection.identity.processIdentifier,
      channelNumber: channel.number,
      prefetchCount: prefetchCount,
      isAutomaticallyAcknowledged: isAutomaticallyAcknowledged,
      isPaused: isPaused,
      isExclusive: isExclusive,
      isActive: queue.activeConsumer.map { $0 === self } ?? true,
      priority: priority,
      held: held,
      heldSince: held > 0 ? Instant(nanoseconds: heldSince) : nil,
      delivered: delivered,
      acknowledged: acknowledged,
      redelivered: redelivered,
      lastAcknowledgedAt: lastAcknowledgedAt.map { Instant(nanoseconds: $0) },
      busyNanoseconds: busyNanoseconds(at: at),
      serviceTime: serviceTimes.summary(at: at),
      startedAt: Instant(nanoseconds: startedAt)
    )
  }

  /// nil for one that acknowledges automatically: it holds nothing, whatever it does.
  private func busyNanoseconds(at now: Int64) -> UInt64? {
    guard !isAutomaticallyAcknowledged else { return nil }
    return UInt64(busyNanoseconds + (held > 0 ? now - heldSince : 0))
  }
}

extension Connection {
  /// Without an alarm, those that publish wait for the disk alone.
  fileprivate func snapshot(hasAlarms: Bool) -> ConnectionSnapshot {
    ConnectionSnapshot(
      identifier: identifier,
      name: identity.name,
      peerAddress: identity.peerAddress,
      clientProduct: identity.product,
      clientVersion: identity.version,
      user: identity.user,
      virtualHost: host.name,
      channelCount: channels.count,
      published: published,
      bytesReceived: bytesReceived,
      bytesSent: bytesSent,
      isBlocked: isBlocked && hasAlarms,
      lastReceivedAt: Instant(nanoseconds: lastReceivedAt),
      heartbeatSeconds: Int(identity.heartbeatSeconds),
      unconfirmed: channels.values.reduce(0) { $0 + $1.unconfirmed },
      isFlowControlled: isBlocked && !hasAlarms,
      connectedAt: Instant(nanoseconds: connectedAt)
    )
  }
}
