import Telemetry

/// Rows of which every field has any value.
enum RandomRows {
  static func totals(_ dice: Dice) -> BrokerTotals {
    var totals = BrokerTotals()
    totals.published = dice.anyCount()
    totals.unroutable = dice.anyCount()
    totals.returned = dice.anyCount()
    totals.enqueued = dice.anyCount()
    totals.recovered = dice.anyCount()
    totals.delivered = dice.anyCount()
    totals.redelivered = dice.anyCount()
    totals.acknowledged = dice.anyCount()
    totals.requeued = dice.anyCount()
    totals.discarded = dice.anyCount()
    totals.expired = dice.anyCount()
    totals.deadLettered = dice.anyCount()
    totals.dropped = dice.anyCount()
    totals.moved = dice.anyCount()
    totals.refused = dice.anyCount()
    totals.confirmed = dice.anyCount()
    totals.ready = dice.anyCount()
    totals.unacked = dice.anyCount()
    totals.delayed = dice.anyCount()
    totals.released = dice.anyCount()
    totals.delayedDiscarded = dice.anyCount()
    totals.heldBack = dice.anyCount()
    totals.connectionsOpened = dice.anyCount()
    totals.channelsOpened = dice.anyCount()
    totals.isLedgerKept = dice.once(in: 2)
    return totals
  }

  static func queue(_ dice: Dice, number: UInt64) -> QueueSnapshot {
    var deadLetters = DeadLetterReasons()
    deadLetters.rejected = dice.anyCount()
    deadLetters.expired = dice.anyCount()
    deadLetters.maximumLength = dice.anyCount()
    deadLetters.deliveryLimit = dice.anyCount()
    var queue = QueueSnapshot(
      virtualHost: dice.once(in: 4) ? dice.text() : "/",
      name: dice.text() + "\(number)",
      isDurable: dice.once(in: 2),
      isExclusive: dice.once(in: 2),
      isAutoDelete: dice.once(in: 2),
      isPaused: dice.once(in: 2),
      ready: dice.anyInteger(),
      unacked: dice.anyInteger(),
      readyBytes: dice.anyInteger(),
      consumerCount: dice.anyInteger(),
      enqueued: dice.anyCount(),
      delivered: dice.anyCount(),
      redelivered: dice.anyCount(),
      acknowledged: dice.anyCount(),
      requeued: dice.anyCount(),
      discarded: dice.anyCount(),
      expired: dice.anyCount(),
      deadLettered: dice.anyCount(),
      dropped: dice.anyCount(),
      moved: dice.anyCount(),
      refused: dice.anyCount()
    )
    queue.bounds = QueueBounds(
      maximumLength: dice.maybe { $0.anyInteger() },
      maximumBytes: dice.maybe { $0.anyInteger() },
      overflow: dice.choice(QueueBounds.Overflow.self),
      messageMilliseconds: dice.maybe { $0.anyInteger() },
      deadLetterExchange: dice.maybe { $0.text() },
      deadLetterRoutingKey: dice.maybe { $0.text() }
    )
    queue.deadLetters = deadLetters
    return queue
  }

  static func consumer(_ dice: Dice, number: UInt64) -> ConsumerSnapshot {
    ConsumerSnapshot(
      identifier: number,
      tag: dice.text(),
      virtualHost: dice.text(),
      queue: dice.text(),
      connectionIdentifier: dice.anyCount(),
      connectionName: dice.text(),
      processIdentifier: dice.maybe { $0.anyInteger() },
      channelNumber: UInt16(dice.upTo(65_535)),
      prefetchCount: dice.upTo(65_535),
      isAutomaticallyAcknowledged: dice.once(in: 2),
      isPaused: dice.once(in: 2),
      isExclusive: dice.once(in: 2),
      isActive: dice.once(in: 2),
      priority: Int64(dice.anyInteger()),
      held: dice.upTo(99),
      delivered: dice.anyCount(),
      acknowledged: dice.anyCount(),
      redelivered: dice.anyCount(),
      startedAt: Instant(nanoseconds: Int64(dice.upTo(.max)))
    )
  }

  static func connection(_ dice: Dice, number: UInt64) -> ConnectionSnapshot {
    ConnectionSnapshot(
      identifier: number,
      name: dice.text(),
      peerAddress: dice.text(),
      clientProduct: dice.text(),
      clientVersion: dice.text(),
      user: dice.text(),
      virtualHost: dice.text(),
      channelCount: dice.anyInteger(),
      published: dice.anyCount(),
      bytesReceived: dice.anyCount(),
      bytesSent: dice.anyCount(),
      isBlocked: dice.once(in: 2),
      heartbeatSeconds: dice.upTo(600),
      unconfirmed: dice.anyInteger(),
      isFlowControlled: dice.once(in: 2),
      connectedAt: Instant(nanoseconds: Int64(dice.upTo(.max)))
    )
  }

  static func exchange(_ dice: Dice) -> ExchangeSnapshot {
    ExchangeSnapshot(
      virtualHost: "/",
      name: dice.text(),
      type: dice.text(),
      isDurable: dice.once(in: 2),
      isPredeclared: dice.once(in: 2),
      bindingCount: dice.anyInteger(),
      published: dice.anyCount(),
      routed: dice.anyCount(),
      unroutable: dice.anyCount(),
      lastUnroutableKey: dice.maybe { $0.text() },
      nearestBindingKey: dice.maybe { $0.text() },
      delayed: dice.anyInteger()
    )
  }
}
