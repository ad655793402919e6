import Diagnosis
import Telemetry
import Testing

@Suite struct NoConsumerRuleTests {
  @Test func messagesWithoutAConsumerAreNamedWithinTwoSeconds() throws {
    var stage = Stage()
    stage.addQueue("audit")
    stage.run(5)
    #expect(stage.findings.isEmpty)
    let began = stage.now
    stage.run(2) { $0.arrive(perSecond: 10, in: "audit") }
    let finding = try #require(stage.finding(.noConsumer))
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "audit")))
    #expect(try #require(finding.since).seconds(since: began) <= 0.5)
    #expect(try #require(stage.firstSaid[.noConsumer]) - 5 <= 2)
    #expect(finding.text == "20 wait and nobody consumes")
  }

  @Test func itIsTheCauseOfTheBacklogAndOfItsAge() throws {
    var stage = Stage()
    stage.addQueue("audit")
    stage.run(90) { $0.arrive(perSecond: 10, in: "audit") }
    #expect(stage.findings.map(\.rule) == [.noConsumer])
  }

  @Test func aConsumerOrAPauseBeforeAnotherTryIsNoTrouble() {
    var stage = Stage()
    stage.addQueue("work")
    stage.addQueue("work.retry") { queue in
      queue.bounds = QueueBounds(messageMilliseconds: 5_000, deadLetterExchange: "")
    }
    let consumer = stage.addConsumer("work")
    stage.run(30) { stage in
      stage.arrive(perSecond: 10, in: "work")
      stage.arrive(perSecond: 1, in: "work.retry")
      stage.work(consumer, perSecond: 50)
    }
    #expect(stage.firstSaid[.noConsumer] == nil)
  }

  @Test func itSaysSinceWhenTheLastConsumerIsGone() throws {
    var stage = Stage()
    stage.addQueue("work")
    let consumer = stage.addConsumer("work")
    stage.run(10) { stage in
      stage.arrive(perSecond: 10, in: "work")
      stage.work(consumer, perSecond: 50)
    }
    stage.removeConsumer(consumer)
    stage.run(3) { $0.arrive(perSecond: 10, in: "work") }
    let finding = try #require(stage.finding(.noConsumer))
    #expect(try #require(stage.firstSaid[.noConsumer]) <= 10 + 2)
    #expect(try #require(finding.since).seconds(since: .zero) == 1_010.5)
    #expect(finding.evidence.last == "Somebody consumed until 2s ago.")
  }

  @Test func aQueueInWhichMessagesBringTheirOwnTimeIsAPause() {
    var stage = Stage()
    stage.addQueue("work.retry") { $0.bounds = QueueBounds(deadLetterExchange: "") }
    stage.run(120) { stage in
      stage.arrive(perSecond: 2, in: "work.retry")
      stage.count("work.retry") { queue in
        if queue.ready > 20 {
          queue.ready -= 1
          queue.deadLettered += 1
          queue.deadLetters.expired += 1
        }
      }
    }
    #expect(stage.firstSaid[.noConsumer] == nil)
  }

  @Test func aQueueWithADeadLetterExchangeThatNobodyEverConsumedIsNamedAfterAWhile() throws {
    var stage = Stage()
    stage.addQueue("audit") { $0.bounds = QueueBounds(deadLetterExchange: "dead") }
    stage.run(40) { $0.arrive(perSecond: 2, in: "audit") }
    #expect(try #require(stage.firstSaid[.noConsumer]) == 30.5)
  }

  @Test func deadLettersAndParkedMessagesWaitForAPerson() {
    var stage = Stage()
    stage.addQueue("orders") { $0.bounds = QueueBounds(deadLetterExchange: "dead") }
    stage.addQueue("points") { queue in
      queue.bounds = QueueBounds(deadLetterExchange: "", deadLetterRoutingKey: "points.dead")
    }
    for name in ["orders", "points"] { stage.addConsumer(name) }
    for name in ["orders.dead", "points.dead", "points.parked"] { stage.addQueue(name) }
    stage.snapshot.bindingSurvey = BindingSurvey(
      at: stage.now,
      bindings: [
        BindingSnapshot(
          virtualHost: "/",
          source: "dead",
          destination: .queue("orders.dead"),
          routingKey: "#"
        )
      ]
    )
    stage.run(30) { stage in
      for name in ["orders.dead", "points.dead", "points.parked"] {
        stage.arrive(perSecond: 0.2, in: name)
      }
    }
    #expect(stage.firstSaid[.noConsumer] == nil)
  }

  @Test func pausedByAPersonIsNoTrouble() throws {
    var stage = Stage()
    stage.addQueue("work")
    stage.count("work") { $0.isPaused = true }
    stage.run(30) { $0.arrive(perSecond: 10, in: "work") }
    #expect(stage.firstSaid[.noConsumer] == nil)
    stage.count("work") { $0.isPaused = false }
    stage.run(2) { $0.arrive(perSecond: 10, in: "work") }
    let since = try #require(stage.finding(.noConsumer)?.since)
    #expect(since.seconds(since: .zero) == 1_030)
  }

  @Test func aGlanceEveryFiveSecondsSaysHowUnsureItIs() throws {
    var stage = Stage()
    stage.diagnosis.refreshSeconds = 5
    stage.addQueue("work")
    stage.run(6) { $0.arrive(perSecond: 10, in: "work") }
    #expect(stage.finding(.noConsumer)?.uncertaintySeconds == 5)
  }
}
