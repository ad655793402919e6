import Telemetry

/// A broker with steady load: each queue that is busy has a pace of its own, and around it the
/// unevenness of real arrivals.
struct BusyBroker {
  private(set) var snapshot: BrokerSnapshot
  private let dice: Dice
  /// Messages a second, by queue.
  private let paces: [Double]
  private let consumersOfQueue = 2

  /// - Parameters:
  ///   - queueCount: Each with two consumers, each of these with a connection, and a publisher's
  ///     connection for five queues.
  ///   - seed: Of all chance.
  init(queueCount: Int, seed: UInt64) {
    let dice = Dice(seed: seed)
    self.dice = dice
    paces = (0..<queueCount).map { _ in Double(5 + dice.upTo(dice.once(in: 4) ? 2_000 : 200)) }
    let start = Instant(nanoseconds: 86_000_000_000_000)
    snapshot = BrokerSnapshot(
      at: start,
      wallTime: WallTime(milliseconds: 1_760_000_000_000),
      identity: BrokerIdentity(
        label: "embedded broker",
        endpoint: "amqp://127.0.0.1:5672",
        startedAt: .zero
      )
    )
    for number in 0..<queueCount {
      snapshot.queues.append(
        QueueSnapshot(
          virtualHost: "/",
          name: "service-\(number % 17).events.\(1_000_000 + number)",
          ready: dice.upTo(50),
          consumerCount: 2,
          enqueued: UInt64(dice.upTo(90_000_000))
        )
      )
      for _ in 0..<consumersOfQueue { addConsumer(of: snapshot.queues[number].name) }
      if number.isMultiple(of: 5) { addConnection(named: "publisher-\(number)") }
    }
  }

  private mutating func addConsumer(of queue: String) {
    let number = UInt64(snapshot.consumers.count + 1)
    let connection = UInt64(snapshot.connections.count + 1)
    snapshot.consumers.append(
      ConsumerSnapshot(
        identifier: number,
        tag: "ctag1.\(dice.next())",
        virtualHost: "/",
        queue: queue,
        connectionIdentifier: connection,
        connectionName: "worker-\(number)",
        processIdentifier: 4_000 + dice.upTo(900),
        prefetchCount: 20,
        serviceTime: time(1 + Double(dice.upTo(90))),
        startedAt: Instant(nanoseconds: Int64(number) * 7_654_321)
      )
    )
    addConnection(named: "worker-\(number)")
  }

  private mutating func addConnection(named name: String) {
    snapshot.connections.append(
      ConnectionSnapshot(
        identifier: UInt64(snapshot.connections.count + 1),
        name: name,
        peerAddress: "10.0.\(dice.upTo(255)).\(dice.upTo(255)):\(30_000 + dice.upTo(30_000))",
        clientProduct: "pika",
        clientVersion: "1.3.2",
        user: "guest",
        virtualHost: "/",
        channelCount: 1,
        heartbeatSeconds: 60,
        connectedAt: Instant(nanoseconds: Int64(snapshot.connections.count) * 7_654_321)
      )
    )
  }

  /// Goes on by half a second.
  mutating func step(share: Double = 1) -> BrokerSnapshot {
    snapshot.at.nanoseconds += 500_000_000 + Int64(dice.upTo(4_000_000)) - 2_000_000
    snapshot.wallTime.milliseconds += 500
    if share >= 1 {
      for row in snapshot.queues.indices { move(row) }
    } else {
      for _ in 0..<Int(Double(snapshot.queues.count) * share) {
        move(dice.upTo(snapshot.queues.count - 1))
      }
    }
    snapshot.totals.ready = UInt64(snapshot.queues.reduce(0) { $0 + max($1.ready, 0) })
    return snapshot
  }

  /// About as many as expected, as arrivals that know nothing of each other are.
  private func about(_ expected: Double) -> Int {
    // Twelve even chances together are all but normal.
    let normal = (0..<12).reduce(-6.0) { sum, _ in sum + Double(dice.upTo(999)) / 999 }
    return max(0, Int((expected + normal * expected.squareRoot()).rounded()))
  }

  private func time(_ milliseconds: Double) -> ServiceTime {
    let one = milliseconds * (0.9 + Double(dice.upTo(200)) / 1_000)
    return ServiceTime(
      p50Milliseconds: one,
      p95Milliseconds: 3 * one * (0.9 + Double(dice.upTo(200)) / 1_000),
      sampleCount: 200 + dice.upTo(56)
    )
  }

  private func recently(_ milliseconds: Int) -> Instant {
    Instant(nanoseconds: snapshot.at.nanoseconds - Int64(dice.upTo(milliseconds * 1_000_000)))
  }

  private mutating func move(_ row: Int) {
    let came = about(paces[row] / 2)
    let between = Int(1_000 / paces[row]) + 1
    snapshot.queues[row].enqueued += UInt64(came)
    snapshot.totals.enqueued += UInt64(came)
    snapshot.totals.published += UInt64(came)
    let went = min(about(paces[row] / 2), snapshot.queues[row].ready + came)
    snapshot.queues[row].delivered += UInt64(went)
    snapshot.totals.delivered += UInt64(went)
    snapshot.queues[row].acknowledged += UInt64(went)
    snapshot.totals.acknowledged += UInt64(went)
    snapshot.queues[row].ready += came - went
    snapshot.queues[row].readyBytes = snapshot.queues[row].ready * (300 + row % 900)
    snapshot.queues[row].unacked = dice.upTo(20)
    snapshot.queues[row].oldestReadyAt =
      snapshot.queues[row].ready == 0 ? nil : recently(between * snapshot.queues[row].ready + 1)
    snapshot.queues[row].timeToAcknowledgement = time(Double(20 + row % 70))
    for place in 0..<consumersOfQueue {
      let consumer = row * consumersOfQueue + place
      let part = UInt64(went / consumersOfQueue)
      snapshot.consumers[consumer].delivered += part
      snapshot.consumers[consumer].acknowledged += part
      snapshot.consumers[consumer].held = dice.upTo(10)
      snapshot.consumers[consumer].heldSince = dice.once(in: 4) ? nil : recently(between * 4)
      snapshot.consumers[consumer].lastAcknowledgedAt = recently(between * 2)
      snapshot.consumers[consumer].busyNanoseconds =
        (snapshot.consumers[consumer].busyNanoseconds ?? 0) + 300_000_000
        + UInt64(dice.upTo(100_000_000))
      snapshot.consumers[consumer].serviceTime = time(Double(1 + consumer % 90))
      let connection = Int(snapshot.consumers[consumer].connectionIdentifier) - 1
      snapshot.connections[connection].bytesReceived += part * 21
      snapshot.connections[connection].bytesSent += part * UInt64(300 + row % 900)
      snapshot.connections[connection].lastReceivedAt = recently(between * 2)
    }
    // The publisher of five queues comes behind the workers of the first of them.
    let publisher = row / 5 * 11 + consumersOfQueue
    guard publisher < snapshot.connections.count else { return }
    snapshot.connections[publisher].published += UInt64(came)
    snapshot.connections[publisher].bytesReceived += UInt64(came * (340 + row % 900))
    snapshot.connections[publisher].bytesSent += UInt64(came / 4 * 21)
    snapshot.connections[publisher].lastReceivedAt = recently(between)
    snapshot.connections[publisher].unconfirmed = dice.upTo(30)
  }
}
