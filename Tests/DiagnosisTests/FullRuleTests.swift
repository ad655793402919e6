import Diagnosis
import Telemetry
import Testing

@Suite struct FullRuleTests {
  private func queue(_ bounds: QueueBounds) -> (Stage, UInt64) {
    var stage = Stage()
    stage.addQueue("trade") { $0.bounds = bounds }
    let consumer = stage.addConsumer("trade")
    stage.only(.full)
    stage.run(90) { stage in
      stage.arrive(perSecond: 20, in: "trade")
      stage.work(consumer, perSecond: 20)
    }
    return (stage, consumer)
  }

  private func grow(_ stage: inout Stage, _ consumer: UInt64, seconds: Double) {
    stage.run(seconds) { stage in
      stage.arrive(perSecond: 70, in: "trade")
      stage.work(consumer, perSecond: 20)
    }
  }

  @Test func theTimeToFullIsSaidBeforeItIsFull() throws {
    var (stage, consumer) = queue(QueueBounds(maximumLength: 5_000))
    #expect(stage.findings.isEmpty)
    grow(&stage, consumer, seconds: 10)
    let finding = try #require(stage.finding(.full))
    #expect(finding.text == "490 of 5 000 (10 %), full in 90s: then the oldest are lost")
    #expect(finding.triage == .load)
    #expect(abs(try #require(finding.since).seconds(since: .zero) - 1_090) <= 1)
    #expect(finding.evidence == ["It takes 5 000 messages (drop-head).", "In 70.0/s, out 20.0/s."])
  }

  @Test func itIsNotSaidWhereThereIsMuchTimeOrNoGrowthOrNoLimit() {
    for bounds in [QueueBounds(maximumLength: 50_000), QueueBounds()] {
      var (stage, consumer) = queue(bounds)
      grow(&stage, consumer, seconds: 20)
      #expect(stage.firstSaid[.full] == nil)
    }
    var (stage, consumer) = queue(QueueBounds(maximumLength: 100))
    stage.arrive(80, in: "trade")
    stage.run(60) { stage in
      stage.arrive(perSecond: 20, in: "trade")
      stage.work(consumer, perSecond: 20)
    }
    #expect(stage.firstSaid[.full] == nil)
  }

  @Test func aQueueThatRefusesOrGivesToDeadLettersSaysSo() throws {
    var (stage, _) = queue(QueueBounds(maximumLength: 100, overflow: .rejectPublish))
    stage.arrive(90, in: "trade")
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.full)).text
        == "90 of 100 (90 %): when it is full, it refuses what is published"
    )
    (stage, _) = queue(QueueBounds(maximumLength: 100, deadLetterExchange: "dead"))
    stage.arrive(100, in: "trade")
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.full)).text == "100 of 100 (100 %): the oldest go to dead"
    )
  }

  @Test func bytesCountWhereTheyAreNearer() throws {
    var (stage, _) = queue(QueueBounds(maximumLength: 1_000, maximumBytes: 10_240))
    stage.arrive(95, in: "trade")
    stage.count("trade") { $0.readyBytes = 9_728 }
    stage.run(0.5)
    let finding = try #require(stage.finding(.full))
    #expect(
      finding.text == "9.5 KB of 10 KB (95 %): when it is full, the oldest are lost"
    )
    #expect(finding.evidence.first == "It takes 1 000 messages or 10 KB (drop-head).")
  }
}
