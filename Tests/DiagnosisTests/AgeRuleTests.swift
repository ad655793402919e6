import Diagnosis
import Telemetry
import Testing

@Suite struct AgeRuleTests {
  private let reports = QueueIdentity(virtualHost: "/", name: "reports")

  @Test func whatIsHeldForLongIsNamedThoughNothingWaits() throws {
    var stage = Stage()
    stage.addQueue("reports")
    let consumer = stage.addConsumer("reports")
    stage.run(60) { stage in
      if stage.passed.truncatingRemainder(dividingBy: 10) == 0 { stage.arrive(1, in: "reports") }
      stage.work(consumer, perSecond: 20)
      stage.serviceTime(consumer, p50: 50, p95: 60)
    }
    stage.arrive(1, in: "reports")
    stage.run(70) { $0.take(consumer) }
    #expect(stage.findings.map(\.rule) == [.age])
    let finding = try #require(stage.finding(.age))
    #expect(try #require(stage.firstSaid[.age]) == 120.5)
    #expect(finding.subject == .consumer(identifier: consumer, queue: reports))
    #expect(finding.text == "reports-1 holds 1, no ack for 69s")
    #expect(
      finding.evidence == [
        "None was acknowledged for 70s.", "Its work usually takes at most 60 ms.",
      ]
    )
    #expect(try #require(finding.since).seconds(since: .zero) == 1_060.5)
  }

  @Test func aConsumerThatNeverAcknowledgedIsGivenFiveTimesAsLong() {
    var stage = Stage()
    stage.addQueue("reports")
    let consumer = stage.addConsumer("reports")
    stage.arrive(1, in: "reports")
    stage.run(290) { $0.take(consumer) }
    #expect(stage.firstSaid[.age] == nil)
    stage.run(15)
    #expect(stage.finding(.age)?.evidence.last == "It has not acknowledged anything yet.")
  }

  @Test func whatWaitsForLongWithoutProgressIsNamed() throws {
    var stage = Stage()
    stage.addQueue("reports")
    // It is counted, but gets nothing: it waits for its turn.
    stage.addConsumer("reports") { $0.isActive = false }
    stage.run(10)
    stage.arrive(3, in: "reports")
    stage.run(70)
    let finding = try #require(stage.finding(.age))
    #expect(finding.subject == .queue(reports))
    #expect(finding.text == "3 wait, the oldest for 69s")
    #expect(try #require(stage.firstSaid[.age]) <= 10 + 61)
  }

  @Test func aPlateauOfManyThatWaitIsNamedAndADrainingQueueIsNot() {
    var stage = Stage()
    for name in ["plateau", "draining"] { stage.addQueue(name) }
    let plateau = stage.addConsumer("plateau")
    let draining = stage.addConsumer("draining")
    for name in ["plateau", "draining"] { stage.arrive(2_000, in: name) }
    let start = stage.now
    stage.run(75) { stage in
      stage.arrive(perSecond: 20, in: "plateau")
      stage.work(plateau, perSecond: 20)
      stage.work(draining, perSecond: 20)
      for name in ["plateau", "draining"] {
        stage.count(name) { $0.oldestReadyAt = start }
      }
    }
    #expect(stage.findings.filter { $0.rule == .age }.map(\.subject.shownName) == ["plateau"])
  }

  @Test func workThatTakesHalfAMinuteMakesMessagesOldWithoutTrouble() {
    var stage = Stage()
    stage.addQueue("films")
    let consumer = stage.addConsumer("films", prefetch: 1)
    stage.serviceTime(consumer, p50: 30_000, p95: 33_000)
    var next = 30.0
    stage.arrive(4, in: "films")
    let start = stage.now
    stage.run(140) { stage in
      stage.take(consumer)
      stage.count("films") { $0.oldestReadyAt = start }
      if stage.passed >= next {
        stage.acknowledge(1, by: consumer)
        next += 30
      }
    }
    #expect(stage.firstSaid[.age] == nil)
  }

  @Test func pausedQueuesAndPausesBeforeAnotherTryMayBeOld() {
    var stage = Stage()
    stage.addQueue("paused") { $0.isPaused = true }
    stage.addQueue("retry") { queue in
      queue.bounds = QueueBounds(messageMilliseconds: 300_000, deadLetterExchange: "")
    }
    for name in ["paused", "retry"] {
      stage.addConsumer(name) { $0.isActive = false }
      stage.arrive(5, in: name)
    }
    stage.run(100)
    #expect(stage.firstSaid[.age] == nil)
    // What waited while it was paused is not held against it.
    stage.count("paused") { $0.isPaused = false }
    stage.run(50)
    #expect(stage.firstSaid[.age] == nil)
  }

  @Test func whereNobodyTellsTheAgeItCountsFromTheLastAcknowledgement() throws {
    var stage = Stage()
    stage.tellsAges = false
    for name in ["works", "stands"] { stage.addQueue(name) }
    let works = stage.addConsumer("works", prefetch: 1)
    let stands = stage.addConsumer("stands", prefetch: 1)
    stage.arrive(50, in: "works")
    stage.run(100) { stage in
      stage.arrive(perSecond: 0.5, in: "works")
      stage.work(works, perSecond: 0.5)
      if stage.passed == 30 { stage.arrive(5, in: "stands") }
      if stage.passed == 35 {
        stage.work(stands, perSecond: 2)
        stage.acknowledge(1, by: stands)
      }
    }
    let finding = try #require(stage.finding(.age))
    #expect(finding.subject.shownName == "stands")
    #expect(finding.text == "3 wait, the oldest for at least 65s")
  }
}
