import Canvas
import Dashboard
import Telemetry
import Testing

@Suite struct ProblemsTests {
  private let size = Size(columns: 160, rows: 24)

  /// A model that is told a broker's state once a second, up to now.
  private func model(
    seconds: Int = 3,
    hasLab: Bool = false,
    _ state: (Int, Instant) -> BrokerSnapshot
  ) -> Model {
    var model = Model(size: size, options: ViewOptions(hasLab: hasLab))
    for second in 0...seconds {
      let now = Instant(nanoseconds: Int64(second + 100) * 1_000_000_000)
      _ = update(&model, .snapshot(state(second, now)))
    }
    return model
  }

  private func snapshot(
    _ now: Instant,
    queues: [QueueSnapshot] = [],
    consumers: [ConsumerSnapshot] = [],
    exchanges: [ExchangeSnapshot] = []
  ) -> BrokerSnapshot {
    var snapshot = BrokerSnapshot(
      at: now,
      wallTime: WallTime(milliseconds: now.nanoseconds / 1_000_000),
      identity: BrokerIdentity(label: "embedded broker", endpoint: "amqp://x", startedAt: .zero),
      exchanges: exchanges,
      queues: queues,
      consumers: consumers
    )
    // What is in a queue came into it.
    for place in queues.indices {
      let queue = queues[place]
      let enqueued = queue.acknowledged + UInt64(queue.ready + queue.unacked)
      snapshot.queues[place].enqueued = enqueued
      snapshot.totals.enqueued += enqueued
      snapshot.totals.acknowledged += queue.acknowledged
      snapshot.totals.ready += UInt64(queue.ready)
      snapshot.totals.unacked += UInt64(queue.unacked)
    }
    return snapshot
  }

  private func firstLine(_ model: Model) -> String {
    let lines = textFrame(model).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count > 1 ? String(lines[1]) : ""
  }

  @Test func aHealthyRunRaisesNoFalseAlarm() {
    let world = SampleWorld.payment
    var model = Model(size: Size(columns: 80, rows: 10))
    var seconds = 0.0
    while seconds < 600 {
      watch(&model, world, from: seconds, to: seconds + 0.75)
      #expect(firstLine(model).contains("nothing is wrong"), "after \(seconds) s")
      seconds += 1
    }
  }

  @Test func anAlarmIsNamedBeforeWhatFollowsFromIt() {
    let model = model(seconds: 0) { _, now in
      var snapshot = snapshot(
        now,
        queues: [QueueSnapshot(virtualHost: "/", name: "audit", ready: 18)]
      )
      snapshot.alarms = [.memory]
      snapshot.connections = (UInt64(1)...2).map { identifier in
        ConnectionSnapshot(
          identifier: identifier,
          name: "c",
          peerAddress: "",
          user: "",
          virtualHost: "/",
          isBlocked: identifier == 1,
          connectedAt: .zero
        )
      }
      return snapshot
    }
    #expect(firstLine(model).contains("ALARM"))
    #expect(firstLine(model).contains("memory"))
    #expect(firstLine(model).contains("so publishers wait; 1 connection is blocked"))
  }

  @Test func messagesWithoutAConsumerAreNamedWithinTwoSeconds() {
    let model = model(seconds: 2) { _, now in
      snapshot(now, queues: [QueueSnapshot(virtualHost: "/", name: "audit", ready: 18)])
    }
    #expect(firstLine(model).contains("▲ NO CONSUMER audit"))
    #expect(firstLine(model).contains("18 wait and nobody consumes"))
  }

  @Test func anEmptyQueueWithoutAConsumerIsNoProblem() {
    let model = model { _, now in
      snapshot(now, queues: [QueueSnapshot(virtualHost: "/", name: "audit", ready: 0)])
    }
    #expect(firstLine(model).contains("nothing is wrong"))
    #expect(textFrame(model).contains("○ idle"))
  }

  @Test func aQueueThatShrinksIsDraining() {
    let model = model(seconds: 12) { second, now in
      snapshot(
        now,
        queues: [
          QueueSnapshot(
            virtualHost: "/",
            name: "work",
            ready: 1_000 - 50 * second,
            consumerCount: 1,
            acknowledged: UInt64(50 * second),
            oldestReadyAt: now.advanced(bySeconds: -30)
          )
        ]
      )
    }
    #expect(firstLine(model).contains("nothing is wrong"))
    #expect(textFrame(model).contains("● draining"))
  }

  /// A consumer with a queue, both at the given ages.
  private func consumer(
    _ now: Instant,
    lastAck: Double,
    oldest: Double
  ) -> BrokerSnapshot {
    snapshot(
      now,
      queues: [
        QueueSnapshot(
          virtualHost: "/",
          name: "points",
          ready: 9,
          unacked: 10,
          consumerCount: 1,
          oldestReadyAt: now.advanced(bySeconds: -oldest)
        )
      ],
      consumers: [
        ConsumerSnapshot(
          identifier: 7,
          tag: "points-1",
          virtualHost: "/",
          queue: "points",
          connectionIdentifier: 1,
          connectionName: "points",
          prefetchCount: 10,
          held: 10,
          heldSince: now.advanced(bySeconds: -min(lastAck, oldest)),
          lastAcknowledgedAt: now.advanced(bySeconds: -lastAck),
          startedAt: .zero
        )
      ]
    )
  }

  @Test func aConsumerThatHoldsAndNeverAcknowledgesIsNamed() {
    let model = model { _, now in consumer(now, lastAck: 34, oldest: 40) }
    #expect(firstLine(model).contains("▲ STUCK       points"))
    #expect(firstLine(model).contains("no ack"))
  }

  @Test func aConsumerThatJustGotItsFirstMessagesForLongIsNot() {
    let model = model { _, now in consumer(now, lastAck: 3_600, oldest: 0.1) }
    #expect(firstLine(model).contains("nothing is wrong"))
  }

  @Test func droppedMessagesAreNamedWithTheirKeyForAMinute() {
    func exchange(_ dropped: UInt64) -> ExchangeSnapshot {
      ExchangeSnapshot(
        virtualHost: "/",
        name: "pay",
        type: "direct",
        unroutable: dropped,
        lastUnroutableKey: "pay.ok"
      )
    }
    let model = model(seconds: 4) { second, now in
      snapshot(now, exchanges: [exchange(second == 0 ? 800 : 812)])
    }
    #expect(firstLine(model).contains("▲ UNROUTABLE  pay"))
    #expect(firstLine(model).contains("12 lost, it has no binding; last key \"pay.ok\""))
    let later = self.model(seconds: 70) { second, now in
      snapshot(now, exchanges: [exchange(second == 0 ? 800 : 812)])
    }
    #expect(firstLine(later).contains("nothing is wrong"))
  }

  @Test func whatWasDroppedBeforeAnybodyLookedIsNoNews() {
    let exchange = ExchangeSnapshot(virtualHost: "/", name: "pay", type: "direct", unroutable: 800)
    let model = model { _, now in snapshot(now, exchanges: [exchange]) }
    #expect(firstLine(model).contains("nothing is wrong"))
  }

  @Test func anExchangeThatWasMadeAnewCountsFromZero() {
    let model = model(seconds: 9) { second, now in
      let sum: UInt64 = [0, 500, 812, 812, 3, 3, 9, 0, 0, 2][second]
      let exchange = ExchangeSnapshot(
        virtualHost: "/",
        name: "pay",
        type: "direct",
        unroutable: sum
      )
      return snapshot(now, exchanges: [exchange])
    }
    #expect(firstLine(model).contains("2 lost"))
  }

  @Test func aLedgerThatDoesNotAddUpIsABrokersFault() {
    let model = model { _, now in
      var wrong = snapshot(now)
      wrong.totals.enqueued = 10
      wrong.totals.acknowledged = 7
      return wrong
    }
    #expect(firstLine(model).contains("▲ LEDGER"))
    #expect(firstLine(model).contains("3 messages"))
  }

  @Test func aBrokerThatSaysNothingIsNoticedAfterTwoSeconds() {
    var model = model { _, now in snapshot(now) }
    let last = Instant(nanoseconds: 103_000_000_000)
    _ = update(&model, .tick(last.advanced(bySeconds: 1.9), WallTime(milliseconds: 0)))
    #expect(firstLine(model).contains("nothing is wrong"))
    _ = update(&model, .tick(last.advanced(bySeconds: 2.1), WallTime(milliseconds: 0)))
    #expect(firstLine(model).contains("▲ NO DATA"))
    #expect(textFrame(model).contains("no data for 2s"))
  }

  @Test func aKilledServiceStandsForItsQueueWithoutAConsumer() {
    var model = watched(.payment, size: size, seconds: 5)
    watch(&model, .killed, from: 0.25, to: 8)
    #expect(firstLine(model).contains("▲ KILLED      notification"))
    #expect(firstLine(model).contains("wait in notification.payments until it is back"))
    #expect(firstLine(model).contains("u brings it back"))
    #expect(!textFrame(model).contains("NO CONSUMER"))
    #expect(textFrame(model).contains("▲ 2 problems"))
  }

  @Test func aServiceThatEndsByItselfSaysHow() {
    var world = SampleWorld.payment
    world.services = SampleWorld.paymentServices(notification: .ended("exit code 70"))
    world.queues[0].consumerCount = 0
    let model = watched(world, size: size, seconds: 5)
    #expect(firstLine(model).contains("▲ ENDED       notification"))
    #expect(firstLine(model).contains("exit code 70"))
  }

  @Test func callsThatFailAreNamedWhileTheyFail() {
    var world = SampleWorld.payment
    world.failedPerSecond = 4
    var model = watched(world, size: size, seconds: 10)
    #expect(firstLine(model).contains("▲ FAILING     sync customers"))
    #expect(firstLine(model).contains("20 calls failed in the last 5s"))
    let failed = world.lab(at: 0)
    for second in 1...8 {
      var quiet = failed
      quiet.at = SampleWorld.origin.advanced(bySeconds: Double(second))
      _ = update(&model, .lab(quiet))
      _ = update(&model, .snapshot(world.broker(at: Double(second))))
    }
    #expect(firstLine(model).contains("nothing is wrong"))
  }

  @Test func causesStandBeforeWhatFollowsAndTheOldestFirst() {
    let model = model(seconds: 8) { second, now in
      func queue(_ name: String, since: Int) -> QueueSnapshot {
        QueueSnapshot(virtualHost: "/", name: name, ready: second >= since ? 5 : 0)
      }
      let late = QueueSnapshot(
        virtualHost: "/",
        name: "a-late",
        ready: 5,
        consumerCount: 1,
        oldestReadyAt: now.advanced(bySeconds: -99)
      )
      return snapshot(now, queues: [late, queue("b-young", since: 6), queue("c-old", since: 2)])
    }
    let lines = textFrame(model).split(separator: "\n").map(String.init)
    #expect(lines[1].contains("NO CONSUMER c-old"))
    #expect(lines[1].contains("since 00:01:42 (6s)"))
    #expect(lines[2].contains("NO CONSUMER b-young"))
    #expect(lines[2].contains("+1"))
  }
}
