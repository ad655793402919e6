import Diagnosis
import Telemetry
import Testing

@Suite struct HoardingRuleTests {
  /// One consumer takes all that is there before others come.
  private func hoarding(
    _ change: (inout ConsumerSnapshot) -> Void = { _ in }
  ) -> (Stage, [UInt64]) {
    var stage = Stage()
    stage.addQueue("films")
    var consumers = [stage.addConsumer("films", prefetch: 0)]
    stage.arrive(2_000, in: "films")
    stage.take(consumers[0])
    stage.run(1)
    for _ in 0..<3 { consumers.append(stage.addConsumer("films", prefetch: 0, change)) }
    return (stage, consumers)
  }

  private func go(_ stage: inout Stage, _ consumers: [UInt64], seconds: Double) {
    stage.run(seconds) { $0.acknowledge(10, by: consumers[0]) }
  }

  @Test func theOneThatHoldsAllIsNamedWithAPrefetchThatWouldShare() throws {
    var (stage, consumers) = hoarding()
    go(&stage, consumers, seconds: 20)
    let finding = try #require(stage.finding(.hoarding))
    #expect(try #require(stage.firstSaid[.hoarding]) <= 1 + 12)
    #expect(
      finding.subject
        == .consumer(
          identifier: consumers[0],
          queue: QueueIdentity(virtualHost: "/", name: "films")
        )
    )
    #expect(
      finding.text == "films-1 holds 1 600 of 1 600, 3 are idle: prefetch 20 would share them"
    )
    #expect(
      finding.evidence == [
        "Its prefetch: no limit. The other 3 hold next to nothing.",
        "It acknowledges 20.0/s: what it got last waits for 80s in its hands.",
        "Prefetch 20 is a second of its work, so that it never waits.",
      ]
    )
    #expect(finding.advice.map(\.action) == ["prefetch", "kill"])
  }

  @Test func slowWorkIsSharedByNumber() throws {
    var (stage, consumers) = hoarding()
    stage.run(30) { stage in
      if stage.passed.truncatingRemainder(dividingBy: 4) == 0 {
        stage.acknowledge(1, by: consumers[0])
      }
    }
    #expect(try #require(stage.finding(.hoarding)).text.hasSuffix("prefetch 1 would share them"))
  }

  @Test func thoseThatAreMeantToBeIdleAreNotPassedOver() {
    for change: (inout ConsumerSnapshot) -> Void in [
      { $0.isActive = false }, { $0.priority = -1 }, { $0.isPaused = true },
    ] {
      var (stage, consumers) = hoarding(change)
      go(&stage, consumers, seconds: 30)
      #expect(stage.firstSaid[.hoarding] == nil)
    }
  }

  @Test func sharedWorkAndFewMessagesAndNewcomersAreNone() {
    var stage = Stage()
    for name in ["shared", "few"] { stage.addQueue(name) }
    let shared = (0..<4).map { _ in stage.addConsumer("shared", prefetch: 50) }
    let few = (0..<4).map { _ in stage.addConsumer("few", prefetch: 50) }
    stage.run(60) { stage in
      stage.arrive(perSecond: 100, in: "shared")
      for consumer in shared { stage.work(consumer, perSecond: 25) }
      if stage.passed == 1 { stage.arrive(10, in: "few") }
      stage.take(few[0])
    }
    #expect(stage.firstSaid[.hoarding] == nil)
    var (newcomers, consumers) = hoarding()
    go(&newcomers, consumers, seconds: 8)
    #expect(newcomers.firstSaid[.hoarding] == nil)
  }

  @Test func whereNobodyMeasuresHowBusyTheyAreDeliveriesTell() throws {
    var (stage, consumers) = hoarding { $0.busyNanoseconds = nil }
    go(&stage, consumers, seconds: 20)
    #expect(stage.finding(.hoarding) != nil)
  }
}
