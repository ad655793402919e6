import Diagnosis
import Telemetry
import Testing

@Suite struct SlowRuleTests {
  private func calm() -> (Stage, [UInt64]) {
    var stage = Stage()
    stage.addQueue("trade")
    let consumers = (0..<2).map { _ in stage.addConsumer("trade", prefetch: 5) }
    stage.run(90) { stage in
      stage.arrive(perSecond: 30, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    return (stage, consumers)
  }

  @Test func workThatBecameSlowerIsTheConsumersFault() throws {
    var (stage, consumers) = calm()
    #expect(stage.findings.isEmpty)
    stage.run(20) { stage in
      stage.arrive(perSecond: 30, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 5) }
    }
    #expect(stage.findings.map(\.rule) == [.slow])
    let finding = try #require(stage.finding(.slow))
    #expect(try #require(stage.firstSaid[.slow]) <= 90 + 12)
    #expect(abs(try #require(finding.since).seconds(since: .zero) - 1_090) <= 1)
    #expect(finding.triage == .consumer)
    #expect(
      finding.text.hasPrefix(
        "30.0/s come in, its 2 consumers take 10.0/s: the work takes 200 ms instead of "
      )
    )
    #expect(finding.symptoms.map(\.rule) == [.backlog])
    #expect(finding.evidence.contains("Its 2 consumers are busy 100 % of the time."))
    #expect(finding.evidence.contains("5 more consumers (5.0/s each) would keep up."))
  }

  /// The ten seconds that are looked at still have the work of before in them.
  @Test func whoHangsIsNotSlowBeforeItIsStuck() {
    var (stage, consumers) = calm()
    stage.run(0.5) { stage in
      stage.arrive(perSecond: 90, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    stage.run(15) { $0.arrive(perSecond: 60, in: "trade") }
    #expect(stage.firstSaid[.stuck] != nil)
    #expect(stage.firstSaid[.slow] == nil)
  }

  @Test func moreThanTheyCanDoIsLoad() throws {
    var (stage, consumers) = calm()
    stage.run(20) { stage in
      stage.arrive(perSecond: 90, in: "trade")
      for consumer in consumers { stage.work(consumer, perSecond: 20) }
    }
    let finding = try #require(stage.finding(.slow))
    #expect(finding.triage == .load)
    #expect(
      finding.text == "90.0/s come in, its 2 consumers take 40.0/s: more comes in than before"
    )
    #expect(finding.evidence.contains("Before, 30.0/s came in."))
    #expect(finding.advice.map(\.action) == ["add", "load-down"])
  }

  @Test func theSlowestIsNamedWhereTheyDiffer() throws {
    var (stage, consumers) = calm()
    stage.run(20) { stage in
      stage.arrive(perSecond: 40, in: "trade")
      stage.work(consumers[0], perSecond: 4)
      stage.work(consumers[1], perSecond: 20)
    }
    let finding = try #require(stage.finding(.slow))
    #expect(
      finding.evidence.contains("trade-1 is the slowest with 4.0/s, trade-2 does 20.0/s.")
    )
  }

  @Test func consumersThatAreIdleOrStuckOrFewForAShortWhileAreNotSlow() {
    var stage = Stage()
    for name in ["idle", "stuck", "peak"] { stage.addQueue(name) }
    let idle = stage.addConsumer("idle")
    let stuck = stage.addConsumer("stuck")
    let peak = stage.addConsumer("peak")
    stage.run(90) { stage in
      // It holds nothing for half of the time although messages wait.
      let isLate = stage.passed > 60
      stage.arrive(perSecond: isLate ? 30 : 10, in: "idle")
      if stage.passed == stage.passed.rounded() {
        stage.work(idle, perSecond: 20)
        stage.acknowledge(10, by: idle)
      }
      stage.arrive(perSecond: 10, in: "stuck")
      if isLate { stage.take(stuck) } else { stage.work(stuck, perSecond: 20) }
      stage.arrive(perSecond: stage.passed > 60 && stage.passed < 68 ? 40 : 10, in: "peak")
      stage.work(peak, perSecond: 20)
    }
    #expect(stage.firstSaid[.slow] == nil)
    #expect(stage.firstSaid[.stuck] != nil)
  }

  @Test func whereNobodyMeasuresHowBusyTheyAreAFullPrefetchTells() throws {
    var stage = Stage()
    stage.addQueue("trade")
    let consumer = stage.addConsumer("trade") { $0.busyNanoseconds = nil }
    stage.run(90) { stage in
      stage.arrive(perSecond: 15, in: "trade")
      stage.work(consumer, perSecond: 20)
    }
    stage.run(20) { stage in
      stage.arrive(perSecond: 15, in: "trade")
      stage.work(consumer, perSecond: 5)
    }
    let finding = try #require(stage.finding(.slow))
    #expect(finding.text == "15.0/s come in, its consumer takes 5.0/s")
  }
}
