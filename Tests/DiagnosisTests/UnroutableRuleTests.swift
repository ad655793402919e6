import Diagnosis
import Telemetry
import Testing

@Suite struct UnroutableRuleTests {
  private static func stage() -> Stage {
    var stage = Stage()
    stage.addExchange("pay.callback") { exchange in
      exchange.bindingCount = 3
      exchange.nearestBindingKey = "pay.okay"
    }
    stage.run(5)
    return stage
  }

  @Test func lostMessagesAreCountedWithinASecondWithKeyAndNearestBinding() throws {
    var stage = Self.stage()
    let began = stage.now
    var count = 0
    stage.run(1) { stage in
      count += 406
      stage.lose(406, at: "pay.callback", key: "pay.ok")
    }
    let finding = try #require(stage.finding(.unroutable))
    #expect(
      finding.subject == .exchange(ExchangeIdentity(virtualHost: "/", name: "pay.callback"))
    )
    #expect(finding.text == "812 lost, last key \"pay.ok\"; nearest binding \"pay.okay\"")
    #expect(finding.triage == .publisher)
    #expect(try #require(stage.firstSaid[.unroutable]) - 5 <= 1)
    #expect(try #require(finding.since).seconds(since: began) <= 0.5)
    #expect(finding.evidence.contains("None was mandatory, so no publisher was told."))
    #expect(finding.evidence.contains("None of its 3 bindings matches."))
    #expect(finding.advice.first?.action == "bind")
  }

  @Test func itIsToldForAMinuteAfterTheLastOneAndThenForgotten() throws {
    var stage = Self.stage()
    stage.lose(5, at: "pay.callback", key: "pay.ok")
    stage.run(0.5)
    let since = try #require(stage.finding(.unroutable)?.since)
    stage.run(30)
    stage.lose(2, at: "pay.callback", key: "pay.ok")
    stage.run(60)
    let finding = try #require(stage.finding(.unroutable))
    #expect(finding.text.hasPrefix("7 lost"))
    #expect(finding.since == since)
    #expect(finding.evidence.first == "The last one was 59s ago.")
    stage.run(1.5)
    #expect(stage.finding(.unroutable) == nil)
    // What was lost before is not counted again.
    stage.lose(1, at: "pay.callback", key: "pay.ok")
    stage.run(0.5)
    #expect(try #require(stage.finding(.unroutable)).text.hasPrefix("1 lost"))
  }

  @Test func theTimeItIsToldForCanBeSet() {
    var stage = Self.stage()
    stage.diagnosis.tuning[.unroutableSeconds] = 5
    stage.lose(1, at: "pay.callback")
    stage.run(5)
    #expect(stage.finding(.unroutable) != nil)
    stage.run(1)
    #expect(stage.finding(.unroutable) == nil)
  }

  @Test func mandatoryOnesThatCameBackAreNotLost() throws {
    var stage = Self.stage()
    stage.lose(3, at: "pay.callback", key: "pay.ok", returned: 3)
    stage.run(0.5)
    let finding = try #require(stage.finding(.unroutable))
    #expect(finding.text.hasPrefix("3 went back to their publishers, last key \"pay.ok\""))
    #expect(
      finding.evidence.contains(
        "All were mandatory and went back: their publishers know of it."
      )
    )
    stage.lose(4, at: "pay.callback", key: "pay.ok")
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.unroutable)).text
        .hasPrefix("4 lost, 3 went back to their publishers")
    )
  }

  @Test func whichOfTwoExchangesReturnedIsNotGuessed() throws {
    var stage = Self.stage()
    stage.addExchange("other")
    stage.run(0.5)
    stage.lose(3, at: "pay.callback", returned: 3)
    stage.lose(4, at: "other")
    stage.run(0.5)
    let finding = try #require(stage.finding(.unroutable))
    #expect(finding.text.hasPrefix("4 matched no queue"))
    #expect(
      finding.evidence.contains("Some were mandatory and went back to their publishers.")
    )
  }

  @Test func atTheDefaultExchangeTheKeyIsTheMissingQueue() throws {
    var stage = Stage()
    stage.addExchange("") { $0.nearestBindingKey = "orders" }
    stage.run(1)
    stage.lose(2, at: "", key: "order")
    stage.run(0.5)
    let finding = try #require(stage.finding(.unroutable))
    #expect(finding.text == "2 lost: no queue \"order\"; nearest queue \"orders\"")
    #expect(finding.advice.first == Finding.Advice(action: "create", "declare queue \"order\""))
  }

  @Test func anAnswerForSomebodyWhoLeftIsNamedAsOne() throws {
    var stage = Stage()
    stage.addExchange("")
    stage.run(1)
    stage.lose(1, at: "", key: "amq.gen-Xa5")
    stage.run(0.5)
    let finding = try #require(stage.finding(.unroutable))
    #expect(
      finding.evidence.contains("By its name it was to take answers: who asked has left.")
    )
    #expect(!finding.advice.contains { $0.action == "create" })
  }

  @Test func anExchangeWithoutABindingSaysSo() throws {
    var stage = Stage()
    stage.addExchange("orders")
    stage.run(1)
    stage.lose(1, at: "orders", key: "a")
    stage.run(0.5)
    #expect(
      try #require(stage.finding(.unroutable)).text == "1 lost, it has no binding; last key \"a\""
    )
  }

  @Test func aDeadLetterThatMatchesNoQueueIsLostToo() throws {
    var stage = Self.stage()
    // The broker's own sum counts what publishers sent.
    stage.count(exchange: "pay.callback") { $0.unroutable += 2 }
    stage.run(0.5)
    #expect(try #require(stage.finding(.unroutable)).text.hasPrefix("2 lost"))
  }

  @Test func whatWasLostBeforeTheFirstLookIsNoNews() {
    var stage = Stage()
    stage.addExchange("orders") { $0.unroutable = 500 }
    stage.snapshot.totals.unroutable = 500
    stage.run(10)
    #expect(stage.firstSaid[.unroutable] == nil)
  }

  @Test func routedMessagesAndAnAlternateExchangeAreNoLoss() {
    var stage = Self.stage()
    stage.addQueue("all")
    stage.addConsumer("all")
    stage.addExchange("alternate") { $0.bindingCount = 1 }
    stage.run(20) { stage in
      // The broker counts what an alternate exchange routes there, and as unroutable nowhere.
      stage.count(exchange: "pay.callback") { $0.published += 10 }
      stage.count(exchange: "alternate") {
        $0.published += 10; $0.routed += 10
      }
      stage.arrive(10, in: "all")
      stage.work(stage.snapshot.consumers[0].identifier, perSecond: 20)
    }
    #expect(stage.firstSaid[.unroutable] == nil)
  }

  @Test func anExchangeThatWasDeclaredAnewCountsAnew() throws {
    var stage = Self.stage()
    stage.lose(800, at: "pay.callback")
    stage.run(1)
    let before = stage.now
    stage.count(exchange: "pay.callback") { $0.unroutable = 3 }
    stage.run(0.5)
    let finding = try #require(stage.finding(.unroutable))
    #expect(finding.text.hasPrefix("3 lost"))
    #expect(try #require(finding.since) > before)
    stage.snapshot.exchanges = []
    stage.run(0.5)
    #expect(stage.finding(.unroutable) == nil)
  }
}
