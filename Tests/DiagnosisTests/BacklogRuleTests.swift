import Diagnosis
import Telemetry
import TestSupport
import Testing

@Suite struct BacklogRuleTests {
  /// A queue whose consumers keep up with its messages for a while.
  private func calm(
    perSecond: Double = 50,
    consumers count: Int = 3,
    seconds: Double = 90
  ) -> (Stage, [UInt64]) {
    var stage = Stage()
    stage.addQueue("trade")
    let consumers = (0..<count).map { _ in stage.addConsumer("trade") }
    stage.run(seconds) { stage in
      stage.arrive(perSecond: perSecond, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    return (stage, consumers)
  }

  private func since(_ finding: Finding?) throws -> Double {
    try #require(finding?.since).seconds(since: .zero) - 1_000
  }

  @Test func theOnsetIsKnownToASecondAndHowFastItGrows() throws {
    var (stage, consumers) = calm()
    #expect(stage.findings.isEmpty)
    // Two of three consumers leave: 50 come in, 20 go.
    stage.removeConsumer(consumers[0])
    stage.removeConsumer(consumers[1])
    // That its only consumer is too slow is said by another rule, which hides this one.
    stage.only(.backlog)
    stage.run(12) { stage in
      stage.arrive(perSecond: 50, in: "trade")
      stage.work(consumers[2], perSecond: 20)
    }
    let finding = try #require(stage.finding(.backlog))
    #expect(try #require(stage.firstSaid[.backlog]) <= 90 + 7)
    #expect(abs(try since(finding) - 90) <= 1)
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "trade")))
    #expect(finding.triage == .consumer)
    #expect(finding.text == "370 wait, grows by 30.0/s: never empty at this pace")
    #expect(
      finding.evidence == [
        "In 50.0/s, out 20.0/s: from 10 to 380 in 12s.",
        "Before, 50.0/s came in.",
        "Its consumer is busy 100 % of the time.",
        "2 more consumers (20.0/s each) would keep up.",
      ]
    )
    #expect(finding.advice.map(\.action) == ["add", "load-down"])
  }

  @Test func whatOneMoreConsumerWouldDoIsComputedFromThoseThatAreThere() throws {
    var (stage, consumers) = calm(perSecond: 35, consumers: 2)
    stage.removeConsumer(consumers[0])
    stage.run(30) { stage in
      stage.arrive(perSecond: 35, in: "trade")
      stage.work(consumers[1], perSecond: 20)
    }
    // 450 more, less than what it holds, at 5 a second.
    let words = try #require(stage.findings.first?.evidence.first { $0.hasPrefix("One more") })
    #expect(words == "One more consumer (20.0/s each) would empty it in 90s.")
  }

  @Test func moreThanUsualIsLoad() throws {
    var (stage, consumers) = calm()
    stage.only(.backlog)
    stage.run(9) { stage in
      stage.arrive(perSecond: 100, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    #expect(stage.finding(.backlog)?.triage == .load)
  }

  @Test func whatConsumersWithoutALimitHoldGrowsTooAfterAMinute() throws {
    var stage = Stage()
    stage.only(.backlog)
    stage.addQueue("trade")
    let consumer = stage.addConsumer("trade", prefetch: 0)
    stage.run(65) { stage in
      stage.arrive(perSecond: 50, in: "trade")
      stage.work(consumer, perSecond: 20)
      stage.take(consumer)
    }
    #expect(try #require(stage.firstSaid[.backlog]) > 60)
    #expect(
      stage.finding(.backlog)?.text
        == "1 950 are held, grows by 30.0/s: never empty at this pace"
    )
  }

  @Test func theOnsetIsFoundWhereMessagesAlwaysWaited() throws {
    var stage = Stage()
    stage.addQueue("trade")
    let consumer = stage.addConsumer("trade")
    var random = SplitMix(seed: 7)
    stage.arrive(50, in: "trade")
    stage.run(300) { stage in
      // A pipeline that keeps about 50 waiting.
      let wanted = Int.random(in: 35...65, using: &random)
      stage.arrive(max(0, wanted - stage.ready("trade")), in: "trade")
      stage.work(consumer, perSecond: 20)
    }
    #expect(stage.firstSaid[.backlog] == nil)
    stage.run(8) { $0.arrive(perSecond: 50, in: "trade") }
    #expect(abs(try since(stage.finding(.backlog)) - 300) <= 1)
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5])
  func chanceIsNoBacklogButASlowGrowthIs(_ seed: UInt64) throws {
    var stage = Stage()
    stage.addQueue("trade")
    let consumer = stage.addConsumer("trade", prefetch: 20)
    var random = SplitMix(seed: seed)
    stage.run(300) { stage in
      stage.arrive(random.poisson(10 * Stage.stepSeconds), in: "trade")
      stage.work(consumer, perSecond: 15)
    }
    #expect(stage.firstSaid[.backlog] == nil)
    #expect(stage.firstSaid[.slow] == nil)
    stage.run(60) { stage in
      stage.arrive(random.poisson(50 * Stage.stepSeconds), in: "trade")
      stage.work(consumer, perSecond: 40)
    }
    let finding = stage.finding(.slow) ?? stage.finding(.backlog)
    #expect(abs(try since(finding) - 300) <= 3)
  }

  @Test func aJumpThatIsWorkedOffAndAStepToAnotherLevelAreNone() {
    var stage = Stage()
    stage.addQueue("nightly")
    stage.addQueue("level")
    let nightly = stage.addConsumer("nightly")
    let level = stage.addConsumer("level")
    stage.run(300) { stage in
      if stage.passed.truncatingRemainder(dividingBy: 60) == 1 { stage.arrive(400, in: "nightly") }
      stage.work(nightly, perSecond: 20)
      if stage.passed > 100, stage.passed <= 102 { stage.arrive(perSecond: 50, in: "level") }
      stage.arrive(perSecond: 20, in: "level")
      stage.work(level, perSecond: 20)
    }
    #expect(stage.firstSaid[.backlog] == nil)
    #expect(stage.firstSaid[.slow] == nil)
  }

  @Test func acknowledgingAHundredAtOnceIsNone() {
    var stage = Stage()
    stage.addQueue("batches")
    let consumer = stage.addConsumer("batches", prefetch: 200)
    stage.run(300) { stage in
      stage.arrive(perSecond: 20, in: "batches")
      stage.take(consumer)
      if stage.passed.truncatingRemainder(dividingBy: 5) == 0 {
        stage.acknowledge(100, by: consumer)
      }
    }
    #expect(stage.firstSaid[.backlog] == nil)
    stage.run(60) { stage in
      stage.arrive(perSecond: 60, in: "batches")
      stage.take(consumer)
      if stage.passed.truncatingRemainder(dividingBy: 5) == 0 {
        stage.acknowledge(100, by: consumer)
      }
    }
    #expect(stage.firstSaid[.backlog] != nil || stage.firstSaid[.slow] != nil)
  }

  @Test func aPausedQueueAndOneThatIsDeclaredAnewAreNone() {
    var (stage, consumers) = calm()
    stage.count("trade") { $0.isPaused = true }
    stage.run(30) { $0.arrive(perSecond: 50, in: "trade") }
    #expect(stage.findings.isEmpty)
    stage.count("trade") { queue in
      queue = QueueSnapshot(virtualHost: "/", name: "trade", consumerCount: 3)
    }
    stage.run(30) { stage in
      stage.arrive(perSecond: 50, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    #expect(stage.firstSaid[.backlog] == nil)
  }

  @Test func aGlanceEveryFiveSecondsFindsItToo() throws {
    var stage = Stage()
    stage.diagnosis.refreshSeconds = 5
    stage.addQueue("trade")
    let consumer = stage.addConsumer("trade") { $0.busyNanoseconds = nil }
    stage.every = 5
    stage.run(90) { stage in
      stage.arrive(perSecond: 15, in: "trade")
      stage.work(consumer, perSecond: 20)
    }
    #expect(stage.firstSaid[.backlog] == nil)
    stage.run(30) { stage in
      stage.arrive(perSecond: 50, in: "trade")
      stage.work(consumer, perSecond: 20)
    }
    let finding = try #require(stage.finding(.slow) ?? stage.finding(.backlog))
    #expect(abs(try since(finding) - 90) <= 5)
    #expect(finding.uncertaintySeconds == 5)
  }
}
