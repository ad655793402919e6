import Telemetry

/// A broker in which anything can happen from one snapshot to the next.
struct RandomBroker {
  let dice: Dice
  private(set) var snapshot: BrokerSnapshot
  private var nextNumber: UInt64 = 1

  init(seed: UInt64, rowCount: Int = 12) {
    dice = Dice(seed: seed)
    snapshot = BrokerSnapshot(
      at: Instant(nanoseconds: 1_234_567_890),
      wallTime: WallTime(milliseconds: 1_700_000_000_123),
      identity: BrokerIdentity(label: "embedded", endpoint: "amqp://[::1]:5672", startedAt: .zero)
    )
    snapshot.totals = RandomRows.totals(dice)
    for _ in 0..<rowCount { rowsCome() }
  }

  /// Goes on by one snapshot.
  mutating func step() -> BrokerSnapshot {
    snapshot.at.nanoseconds += 500_000_000 + Int64(dice.upTo(3_000_000))
    snapshot.wallTime.milliseconds += 500
    moveTotals()
    for row in snapshot.queues.indices where dice.once(in: 3) { move(queue: row) }
    for row in snapshot.consumers.indices where dice.once(in: 3) { move(consumer: row) }
    for row in snapshot.connections.indices where dice.once(in: 3) {
      snapshot.connections[row].bytesReceived &+= UInt64(dice.upTo(100_000))
      snapshot.connections[row].lastReceivedAt = dice.maybe { _ in instant() }
      snapshot.connections[row].isBlocked = dice.once(in: 9)
    }
    for row in snapshot.exchanges.indices where dice.once(in: 4) {
      snapshot.exchanges[row].published &+= UInt64(dice.upTo(900))
      snapshot.exchanges[row].lastUnroutableKey = dice.maybe { $0.text() }
    }
    if dice.once(in: 4) { rowsGo() }
    if dice.once(in: 4) { rowsCome() }
    if dice.once(in: 10) { restart() }
    if dice.once(in: 15) {
      var generator = dice
      snapshot.queues.shuffle(using: &generator)
    }
    if dice.once(in: 5) { survey() }
    if dice.once(in: 3) { event() }
    if dice.once(in: 6) {
      snapshot.alarms = ResourceAlarm.allCases.filter { _ in dice.once(in: 2) }
    }
    snapshot.details = dice.maybe { _ in WatchedDetails(watch: .topology) }
    return snapshot
  }

  private func instant() -> Instant {
    Instant(nanoseconds: snapshot.at.nanoseconds - Int64(dice.upTo(900_000_000)))
  }

  private mutating func moveTotals() {
    snapshot.totals.published &+= UInt64(dice.upTo(1_000))
    snapshot.totals.delivered &+= UInt64(dice.upTo(1_000))
    snapshot.totals.ready = UInt64(dice.upTo(100))
    snapshot.totals.channelsOpened &+= 1
    snapshot.totals.isLedgerKept = dice.once(in: 2)
    if dice.once(in: 8) { snapshot.totals.heldBack = dice.anyCount() }
    if dice.once(in: 8) { snapshot.identity.notice = dice.maybe { $0.text() } }
  }

  private mutating func move(queue row: Int) {
    snapshot.queues[row].enqueued &+= UInt64(dice.upTo(2_000))
    snapshot.queues[row].ready = dice.upTo(500)
    snapshot.queues[row].isPaused = dice.once(in: 4)
    snapshot.queues[row].oldestReadyAt = dice.maybe { _ in instant() }
    snapshot.queues[row].timeToAcknowledgement = dice.maybe(serviceTime)
    snapshot.queues[row].mostReturned = dice.maybe { dice in
      ReturnedMessage(
        identifier: dice.anyCount(),
        messageIdentifier: dice.maybe { $0.text() },
        routingKey: dice.text(),
        count: dice.anyInteger(),
        since: Instant(nanoseconds: Int64(dice.upTo(1_000_000_000))),
        consumerIdentifier: dice.maybe { $0.anyCount() }
      )
    }
    snapshot.queues[row].deadLetters.deliveryLimit &+= UInt64(dice.upTo(3))
    snapshot.queues[row].bounds.overflow = dice.choice(QueueBounds.Overflow.self)
    snapshot.queues[row].bounds.maximumBytes = dice.maybe { $0.anyInteger() }
  }

  private mutating func move(consumer row: Int) {
    snapshot.consumers[row].delivered &+= UInt64(dice.upTo(100))
    snapshot.consumers[row].held = dice.upTo(20)
    snapshot.consumers[row].heldSince = dice.maybe { _ in instant() }
    snapshot.consumers[row].lastAcknowledgedAt = dice.maybe { _ in instant() }
    snapshot.consumers[row].busyNanoseconds = dice.maybe { $0.anyCount() }
    snapshot.consumers[row].serviceTime = dice.maybe(serviceTime)
  }

  private func serviceTime(_ dice: Dice) -> ServiceTime {
    ServiceTime(
      p50Milliseconds: Double(dice.upTo(5_000_000)) / 997,
      p95Milliseconds: Double(dice.upTo(90_000_000)) / 997,
      sampleCount: dice.upTo(2_000)
    )
  }

  private mutating func restart() {
    snapshot.totals = dice.once(in: 2) ? BrokerTotals() : RandomRows.totals(dice)
    for row in snapshot.queues.indices { snapshot.queues[row].enqueued = 0 }
  }

  private mutating func rowsGo() {
    snapshot.queues.removeAll { _ in dice.once(in: 6) }
    snapshot.consumers.removeAll { _ in dice.once(in: 6) }
    snapshot.connections.removeAll { _ in dice.once(in: 6) }
    if dice.once(in: 4) { snapshot.exchanges = [] }
  }

  private mutating func event() {
    nextNumber += 1
    snapshot.events.append(
      BrokerEvent(
        sequence: nextNumber,
        wallTime: snapshot.wallTime,
        severity: dice.choice(BrokerEvent.Severity.self),
        text: dice.text()
      )
    )
    snapshot.events = snapshot.events.suffix(8)
  }

  private mutating func survey() {
    let bindings = (0..<dice.upTo(12))
      .map { _ in
        BindingSnapshot(
          virtualHost: "/",
          source: dice.text(),
          destination: dice.once(in: 2) ? .queue(dice.text()) : .exchange(dice.text()),
          routingKey: dice.text(),
          arguments: dice.text(),
          argumentPairs: (0..<dice.upTo(2)).map { _ in .init(dice.text(), dice.text()) },
          hits: dice.maybe { $0.anyCount() },
          createdAt: dice.maybe { _ in instant() }
        )
      }
    snapshot.bindingSurvey = dice.once(in: 5) ? nil : .init(at: snapshot.at, bindings: bindings)
  }

  private mutating func rowsCome() {
    nextNumber += 1
    snapshot.queues.append(RandomRows.queue(dice, number: nextNumber))
    snapshot.queues.sort { $0.identity < $1.identity }
    snapshot.consumers.append(RandomRows.consumer(dice, number: nextNumber))
    snapshot.connections.append(RandomRows.connection(dice, number: nextNumber))
    if dice.once(in: 2) { snapshot.exchanges.append(RandomRows.exchange(dice)) }
  }
}
