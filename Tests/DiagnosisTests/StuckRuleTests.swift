import Diagnosis
import Telemetry
import Testing

@Suite struct StuckRuleTests {
  private let points = QueueIdentity(virtualHost: "/", name: "points")

  /// A queue with consumers that work for ten seconds, 50 ms a message.
  private func working(_ count: Int, perSecond: Double = 10) -> (Stage, [UInt64]) {
    var stage = Stage()
    stage.addQueue("points")
    let consumers = (0..<count).map { _ in stage.addConsumer("points") }
    stage.run(10) { stage in
      stage.arrive(perSecond: perSecond, in: "points")
      for consumer in consumers {
        stage.work(consumer, perSecond: 20)
        stage.serviceTime(consumer, p50: 50, p95: 52)
        stage.heartbeat(consumer)
      }
    }
    return (stage, consumers)
  }

  private func hang(_ stage: inout Stage, _ consumers: [UInt64], seconds: Double) {
    stage.run(seconds) { stage in
      stage.arrive(perSecond: 50, in: "points")
      for consumer in consumers {
        stage.take(consumer)
        stage.change(consumer) { $0.serviceTime = nil }
        if stage.passed.truncatingRemainder(dividingBy: 5) == 0 { stage.heartbeat(consumer) }
      }
    }
  }

  @Test func consumersThatHangAreNamedWithinTwelveSeconds() throws {
    var (stage, consumers) = working(2)
    #expect(stage.findings.isEmpty)
    hang(&stage, consumers, seconds: 12)
    #expect(try #require(stage.firstSaid[.stuck]) <= 10 + 12)
    let finding = try #require(stage.finding(.stuck))
    #expect(finding.subject == .queue(points))
    #expect(finding.triage == .consumer)
    #expect(finding.text == "2 of 2 consumers hold 20/20, no ack for 11s: hang")
    let since = try #require(finding.since).seconds(since: .zero) - 1_000
    #expect(abs(since - 10) <= 0.5)
    #expect(finding.evidence.count == 3)
    #expect(
      finding.evidence.first
        == "points-1 and points-2 hold their whole prefetch (10+10) and settled nothing for 11s; "
        + "usually 95 % of it takes at most 52 ms."
    )
    #expect(
      finding.evidence[1]
        == "Heartbeats arrive (last 2s ago): the process lives, the handler hangs."
    )
    #expect(finding.evidence[2].hasPrefix("Nobody else of the queue acknowledges; "))
    #expect(finding.advice.map(\.action) == ["kill", "add", "prefetch"])
  }

  @Test func whatFollowsIsNotSaidBesides() {
    var (stage, consumers) = working(2)
    hang(&stage, consumers, seconds: 90)
    #expect(stage.findings.map(\.rule) == [.stuck])
  }

  @Test func oneOfSeveralIsNamedWithThoseThatStillWork() throws {
    var (stage, consumers) = working(3, perSecond: 30)
    let (stuck, others) = (consumers[0], consumers[1...])
    stage.run(12) { stage in
      stage.arrive(perSecond: 50, in: "points")
      stage.take(stuck)
      for other in others { stage.work(other, perSecond: 20) }
    }
    let finding = try #require(stage.finding(.stuck))
    #expect(finding.subject == .consumer(identifier: stuck, queue: points))
    #expect(finding.text == "points-1 (1 of 3 consumers) holds 10/10, no ack for 12s")
    #expect(
      finding.evidence.last?.hasPrefix("points-2 (20.0/s) and points-3 (20.0/s) still acknowledge")
        == true
    )
  }

  @Test func aHostThatIsGoneIsToldFromAHandlerThatHangs() throws {
    var (stage, consumers) = working(1)
    stage.run(13) { stage in
      stage.arrive(perSecond: 10, in: "points")
      stage.take(consumers[0])
    }
    let finding = try #require(stage.finding(.stuck))
    #expect(finding.text == "points-1 holds 10/10, no ack for 12s: gone")
    #expect(
      finding.evidence[1]
        == "No heartbeat for 13s: the host, the process or the network is gone."
    )
    #expect(finding.advice.map(\.action) == ["kill", "add"])
  }

  @Test func withoutHeartbeatsNothingIsSaidOfTheProcess() throws {
    var (stage, consumers) = working(1)
    stage.changeConnection(consumers[0]) { connection in
      connection.heartbeatSeconds = 0
      connection.lastReceivedAt = nil
    }
    stage.run(12) { stage in
      stage.arrive(perSecond: 10, in: "points")
      stage.take(consumers[0])
    }
    let finding = try #require(stage.finding(.stuck))
    #expect(finding.text == "points-1 holds 10/10, no ack for 11s")
    #expect(finding.evidence[1] == "Whether its process lives is not known here.")
  }

  @Test func aLongHeartbeatIsTooEarlyToTell() throws {
    var (stage, consumers) = working(1)
    stage.changeConnection(consumers[0]) { $0.heartbeatSeconds = 60 }
    stage.run(12) { stage in
      stage.arrive(perSecond: 10, in: "points")
      stage.take(consumers[0])
    }
    let finding = try #require(stage.finding(.stuck))
    #expect(finding.evidence[1].contains("too early to tell"))
  }

  @Test func workThatTakesLongIsNotStuck() {
    var stage = Stage()
    stage.addQueue("films")
    let consumer = stage.addConsumer("films", prefetch: 1)
    stage.serviceTime(consumer, p50: 30_000, p95: 33_000)
    var next = 30.0
    stage.run(600) { stage in
      stage.arrive(perSecond: 0.03, in: "films")
      stage.take(consumer)
      if stage.passed >= next {
        stage.acknowledge(1, by: consumer)
        next += 30
      }
    }
    #expect(stage.firstSaid[.stuck] == nil)
  }

  @Test func aConsumerThatRejectsOrIsPausedOrAcknowledgesAutomaticallyIsNotStuck() {
    var stage = Stage()
    for name in ["rejects", "paused", "automatic", "held"] { stage.addQueue(name) }
    let rejecting = stage.addConsumer("rejects")
    stage.addConsumer("paused") { $0.isPaused = true }
    stage.addConsumer("automatic") { $0.isAutomaticallyAcknowledged = true }
    stage.addConsumer("held")
    stage.count("held") { $0.isPaused = true }
    for identifier in stage.snapshot.consumers.map(\.identifier) { stage.arriveAndTake(identifier) }
    stage.run(60) { stage in
      for queue in ["rejects", "paused", "automatic", "held"] {
        stage.arrive(perSecond: 4, in: queue)
      }
      stage.take(rejecting)
      stage.reject(2, by: rejecting)
    }
    #expect(stage.firstSaid[.stuck] == nil)
  }

  @Test func aMessageHeldForLongWhereNoOtherWaitsIsNotStuckYet() {
    var stage = Stage()
    stage.addQueue("reports")
    let consumer = stage.addConsumer("reports")
    stage.arrive(1, in: "reports")
    stage.run(120) { $0.take(consumer) }
    #expect(stage.firstSaid[.stuck] == nil)
  }

  @Test func aSecondHangIsFoundAsQuicklyAsTheFirst() throws {
    var (stage, consumers) = working(1)
    hang(&stage, consumers, seconds: 80)
    #expect(stage.finding(.stuck) != nil)
    stage.run(60) { stage in
      stage.arrive(perSecond: 5, in: "points")
      stage.work(consumers[0], perSecond: 200)
      // What was held is among what was measured for half a minute.
      let isLate = stage.passed < 120
      stage.serviceTime(consumers[0], p50: isLate ? 80_000 : 50, p95: isLate ? 80_000 : 52)
    }
    #expect(stage.finding(.stuck) == nil)
    hang(&stage, consumers, seconds: 12)
    #expect(stage.finding(.stuck) != nil)
  }

  @Test func workThatNowTakesLongIsLearnt() throws {
    var (stage, consumers) = working(1)
    var next = 40.0
    stage.arrive(20, in: "points")
    stage.run(300) { stage in
      stage.arrive(perSecond: 0.2, in: "points")
      stage.take(consumers[0])
      if stage.passed >= next {
        stage.acknowledge(5, by: consumers[0])
        stage.serviceTime(consumers[0], p50: 30_000, p95: 31_000)
        next += 30
      }
    }
    #expect(stage.firstSaid[.stuck] != nil)
    #expect(stage.finding(.stuck) == nil)
  }

  @Test func withoutServiceTimesTheTimesBetweenAcknowledgementsAreLearnt() throws {
    var stage = Stage()
    stage.addQueue("films")
    let consumer = stage.addConsumer("films", prefetch: 1)
    stage.diagnosis.refreshSeconds = 5
    stage.arrive(2, in: "films")
    var next = 8.0
    stage.run(200) { stage in
      stage.arrive(perSecond: 0.125, in: "films")
      stage.take(consumer)
      if stage.passed >= next {
        stage.acknowledge(1, by: consumer)
        stage.change(consumer) { $0.lastAcknowledgedAt = nil }
        next += 8
      }
    }
    #expect(stage.firstSaid[.stuck] == nil)
    // Eight seconds are usual, so that forty mean something.
    let began = stage.passed
    stage.run(60) { stage in
      stage.arrive(perSecond: 0.125, in: "films")
      stage.take(consumer)
    }
    let said = try #require(stage.firstSaid[.stuck]) - began
    #expect(said >= 36 && said <= 40, "\(said)")
    #expect(stage.finding(.stuck)?.uncertaintySeconds == 5)
  }

  @Test func theTimesCanBeTuned() throws {
    var stage = Stage(tuning: Tuning(values: [.stuckSeconds: 3]))
    stage.addQueue("points")
    let consumer = stage.addConsumer("points")
    stage.run(4) { stage in
      stage.arrive(perSecond: 10, in: "points")
      stage.take(consumer)
    }
    #expect(try #require(stage.firstSaid[.stuck]) <= 4)
  }
}
