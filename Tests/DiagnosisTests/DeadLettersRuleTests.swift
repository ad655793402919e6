import Diagnosis
import Telemetry
import Testing

@Suite struct DeadLettersRuleTests {
  private static func stage(
    _ change: (inout QueueSnapshot) -> Void = { _ in }
  ) -> Stage {
    var stage = Stage()
    stage.addQueue("orders") { queue in
      queue.bounds.deadLetterExchange = "orders.dlx"
      change(&queue)
    }
    stage.addConsumer("orders")
    stage.run(5)
    return stage
  }

  @Test func deathsAreCountedByReasonOverTheRow() throws {
    var stage = Self.stage()
    let began = stage.now
    stage.die(1, in: "orders", \.rejected)
    stage.run(0.5)
    let first = try #require(stage.finding(.deadLetters))
    #expect(first.text == "1 died: 1 rejected")
    #expect(try #require(stage.firstSaid[.deadLetters]) - 5 <= 1)
    for _ in 1...9 {
      stage.die(1, in: "orders", \.rejected)
      stage.run(6)
    }
    stage.die(2, in: "orders", \.expired)
    stage.run(6)
    let finding = try #require(stage.finding(.deadLetters))
    #expect(finding.text == "12 died in 54s: 10 rejected, 2 expired")
    #expect(finding.triage == .consumer)
    #expect(try #require(finding.since).seconds(since: began) == 0.5)
    #expect(finding.evidence.first == "0.2 a second over the last 10 s.")
    #expect(finding.evidence.contains("They go to exchange orders.dlx."))
    #expect(finding.advice.last?.action == "redrive")
  }

  @Test func itIsToldForAMinuteAfterTheLast() throws {
    var stage = Self.stage()
    stage.die(3, in: "orders", \.rejected)
    stage.run(60)
    let finding = try #require(stage.finding(.deadLetters))
    #expect(finding.text == "3 died within 1s: 3 rejected")
    #expect(finding.evidence.first == "The last one died 59s ago.")
    stage.run(1.5)
    #expect(stage.finding(.deadLetters) == nil)
    stage.die(1, in: "orders", \.rejected)
    stage.run(0.5)
    #expect(try #require(stage.finding(.deadLetters)).text == "1 died: 1 rejected")
  }

  @Test func whereTheyGoIsToldFromTheBindings() throws {
    var stage = Self.stage()
    stage.addExchange("orders.dlx")
    stage.addQueue("orders.dead")
    stage.survey([BindingSnapshot("orders.dlx", to: "orders.dead", "#")])
    stage.die(1, in: "orders", \.rejected)
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.deadLetters)).evidence
        .contains("They go to exchange orders.dlx and from there to orders.dead.")
    )
    stage.survey([])
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.deadLetters)).evidence
        .contains("They go to exchange orders.dlx, which has no binding: they are lost.")
    )
  }

  @Test func whatOnlyWaitsForItsNextTryIsByDesign() {
    var stage = Stage()
    stage.addQueue("orders.retry") { queue in
      queue.bounds = QueueBounds(messageMilliseconds: 5_000, deadLetterExchange: "")
    }
    stage.run(90) { $0.die(1, in: "orders.retry", \.expired) }
    #expect(stage.firstSaid[.deadLetters] == nil)
    stage.die(1, in: "orders.retry", \.maximumLength)
    stage.run(0.5)
    #expect(stage.finding(.deadLetters)?.text == "1 died: 1 beyond the length limit")
    #expect(stage.finding(.deadLetters)?.triage == .load)
  }

  @Test func aPauseWhoseLengthEachMessageSaysIsByDesignToo() {
    var stage = Stage()
    stage.addQueue("orders.retry") { $0.bounds.deadLetterExchange = "" }
    stage.run(30) { $0.die(1, in: "orders.retry", \.expired) }
    #expect(stage.firstSaid[.deadLetters] == nil)
  }

  @Test func messagesThatExpireBeforeTheirConsumerAreTold() throws {
    var stage = Self.stage { $0.bounds.messageMilliseconds = nil }
    stage.count("orders") {
      $0.delivered = 10; $0.acknowledged = 10
    }
    stage.die(4, in: "orders", \.expired)
    stage.run(0.5)
    #expect(try #require(stage.finding(.deadLetters)).text == "4 died within 1s: 4 expired")
  }

  @Test func rejectedOnesThatWaitForAnotherTryAreNoDeaths() {
    var stage = Self.stage()
    stage.addExchange("orders.dlx")
    stage.addQueue("orders.retry") { queue in
      queue.bounds = QueueBounds(messageMilliseconds: 5_000, deadLetterExchange: "orders")
    }
    stage.survey([BindingSnapshot("orders.dlx", to: "orders.retry", "#")])
    stage.run(20) { $0.die(1, in: "orders", \.rejected) }
    #expect(stage.firstSaid[.deadLetters] == nil)
  }

  @Test func reasonsThatAreNotToldAreNotSaid() throws {
    var stage = Self.stage()
    stage.die(1, in: "orders", \.rejected)
    stage.count("orders") { $0.deadLettered += 4 }
    stage.run(0.5)
    #expect(try #require(stage.finding(.deadLetters)).text == "5 died within 1s")
  }

  @Test func aQueueThatWasDeclaredAnewCountsAnew() throws {
    var stage = Self.stage()
    stage.die(100, in: "orders", \.rejected)
    stage.run(1)
    stage.count("orders") { queue in
      queue.deadLettered = 2
      queue.deadLetters = DeadLetterReasons()
      queue.deadLetters.deliveryLimit = 2
    }
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.deadLetters)).text == "2 died within 1s: 2 given back too often"
    )
  }

  @Test func whatDiedBeforeTheFirstLookIsNoNews() {
    var stage = Stage()
    stage.addQueue("orders") { queue in
      queue.bounds.deadLetterExchange = ""
      queue.deadLettered = 70
      queue.deadLetters.rejected = 70
    }
    stage.run(10)
    #expect(stage.firstSaid[.deadLetters] == nil)
  }

  @Test func aQueueThatComesShiftsNobodysDeaths() throws {
    var stage = Self.stage()
    stage.die(3, in: "orders", \.rejected)
    stage.run(0.5)
    stage.addQueue("a.first") { $0.deadLettered = 0 }
    stage.die(1, in: "orders", \.rejected)
    stage.run(0.5)
    let findings = stage.findings.filter { $0.rule == .deadLetters }
    #expect(findings.map(\.text) == ["4 died within 1s: 4 rejected"])
  }
}
