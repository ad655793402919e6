import Diagnosis
import Telemetry
import TestSupport
import Testing

@Suite struct SurgeRuleTests {
  private func calm(_ perSecond: Double, seconds: Double = 120) -> (Stage, UInt64) {
    var stage = Stage()
    stage.addQueue("orders")
    let consumer = stage.addConsumer("orders")
    stage.run(seconds) { stage in
      stage.arrive(perSecond: perSecond, in: "orders")
      stage.work(consumer, perSecond: 200)
    }
    return (stage, consumer)
  }

  private func go(_ stage: inout Stage, _ consumer: UInt64, _ perSecond: Double, _ seconds: Double)
  {
    stage.run(seconds) { stage in
      stage.arrive(perSecond: perSecond, in: "orders")
      stage.work(consumer, perSecond: 200)
    }
  }

  @Test func muchMoreThanUsualIsANote() throws {
    var (stage, consumer) = calm(10)
    go(&stage, consumer, 80, 15)
    let finding = try #require(stage.finding(.surge))
    #expect(finding.rule.severity == .note)
    #expect(finding.triage == .load)
    #expect(finding.text == "80.0/s come in, 8.0 times as much as before")
    #expect(finding.evidence.first == "Usual were 10.0/s, the mean of the minutes before.")
    #expect(abs(try #require(finding.since).seconds(since: .zero) - 1_120) <= 2)
    #expect(try #require(stage.firstSaid[.surge]) <= 120 + 13)
    go(&stage, consumer, 10, 10)
    #expect(stage.finding(.surge) == nil)
  }

  @Test func whatLastsForMinutesBecomesUsual() {
    var (stage, consumer) = calm(10)
    go(&stage, consumer, 80, 60)
    #expect(stage.finding(.surge) != nil)
    go(&stage, consumer, 80, 240)
    #expect(stage.finding(.surge) == nil)
  }

  @Test func aLittleMoreOrAMomentOrTheFirstMinuteIsNone() {
    var (stage, consumer) = calm(10)
    go(&stage, consumer, 25, 60)
    #expect(stage.firstSaid[.surge] == nil)
    (stage, consumer) = calm(2)
    for _ in 0..<5 {
      stage.arrive(100, in: "orders")
      go(&stage, consumer, 2, 60)
    }
    #expect(stage.firstSaid[.surge] == nil)
    (stage, consumer) = calm(10, seconds: 30)
    go(&stage, consumer, 100, 30)
    #expect(stage.firstSaid[.surge] == nil)
  }

  @Test(arguments: [UInt64(1), 2, 3]) func chanceIsNone(_ seed: UInt64) {
    var stage = Stage()
    stage.addQueue("orders")
    let consumer = stage.addConsumer("orders")
    var random = SplitMix(seed: seed)
    stage.run(600) { stage in
      stage.arrive(random.poisson(2 * Stage.stepSeconds), in: "orders")
      stage.work(consumer, perSecond: 20)
    }
    #expect(stage.firstSaid[.surge] == nil)
  }
}
