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
}
