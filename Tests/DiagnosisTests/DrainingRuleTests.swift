import Diagnosis
import Telemetry
import Testing

@Suite struct DrainingRuleTests {
  /// A queue with a number of messages too many, whose consumers then take more than comes in.
  private func draining(_ messages: Int) -> (Stage, [UInt64]) {
    var stage = Stage()
    stage.addQueue("trade")
    let consumers = (0..<3).map { _ in stage.addConsumer("trade") }
    stage.run(10) { stage in
      stage.arrive(perSecond: 50, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    stage.arrive(messages, in: "trade")
    return (stage, consumers)
  }

  private func go(_ stage: inout Stage, _ consumers: [UInt64], seconds: Double) {
    stage.run(seconds) { stage in
      stage.arrive(perSecond: 50, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
  }

  @Test func theTimeToEmptyIsWithinAFifth() throws {
    var (stage, consumers) = draining(500)
    go(&stage, consumers, seconds: 12)
    let finding = try #require(stage.finding(.draining))
    #expect(finding.rule.severity == .note)
    #expect(try #require(stage.firstSaid[.draining]) <= 10 + 6)
    #expect(finding.text == "370 wait, empty in 37s")
    let since = try #require(finding.since).seconds(since: .zero)
    #expect(abs(since - 1_010.5) <= 0.5)
    #expect(
      finding.evidence == [
        "In 50.0/s, out 60.0/s.",
        "At its peak, 11s ago, it had 515.",
        "One more consumer (20.0/s each) would empty it in 12s.",
      ]
    )
    go(&stage, consumers, seconds: 45)
    #expect(stage.finding(.draining) == nil)
  }

  @Test func whatCameInABurstBeforeThePeakComesNoMore() throws {
    var stage = Stage()
    stage.addQueue("trade")
    let consumers = (0..<3).map { _ in stage.addConsumer("trade") }
    stage.run(2) { stage in
      stage.arrive(perSecond: 700, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    let waiting = try #require(stage.snapshot.queues.first?.ready)
    var first: String?
    for _ in 1...24 where first == nil {
      stage.run(0.5) { stage in
        stage.arrive(perSecond: 10, in: "trade")
        for consumer in consumers { stage.work(consumer, perSecond: 20) }
      }
      first = stage.finding(.draining)?.text
    }
    let words = try #require(first?.split(separator: " ").last?.dropLast())
    let told = try #require(Double(words))
    let taken = Double(waiting) / 50
    #expect(abs(told - taken) <= 0.2 * taken, "\(first ?? "") of \(taken) s")
  }

  @Test func itIsNoBacklogMeanwhile() {
    var (stage, consumers) = draining(500)
    go(&stage, consumers, seconds: 30)
    #expect(stage.findings.map(\.rule) == [.draining])
  }

  @Test func whatStaysOrGrowsOrIsOnlyAFewDoesNotDrain() {
    var stage = Stage()
    for name in ["stays", "grows", "few"] { stage.addQueue(name) }
    let stays = stage.addConsumer("stays")
    let grows = stage.addConsumer("grows")
    let few = stage.addConsumer("few")
    stage.arrive(500, in: "stays")
    stage.run(120) { stage in
      stage.arrive(perSecond: 20, in: "stays")
      stage.arrive(perSecond: 40, in: "grows")
      if stage.passed.truncatingRemainder(dividingBy: 10) == 0 { stage.arrive(15, in: "few") }
      stage.work(stays, perSecond: 20)
      stage.work(grows, perSecond: 20)
      stage.work(few, perSecond: 3)
    }
    #expect(stage.firstSaid[.draining] == nil)
  }
}
