import Diagnosis
import Telemetry
import Testing

@Suite struct LedgerRuleTests {
  private static func stage() -> Stage {
    var stage = Stage()
    stage.addQueue("orders")
    let consumer = stage.addConsumer("orders")
    stage.run(10) { stage in
      stage.arrive(10, in: "orders")
      stage.work(consumer, perSecond: 20)
    }
    return stage
  }

  @Test func aMessageThatIsMissingFromTheSumsIsToldAtOnce() throws {
    var stage = Self.stage()
    #expect(stage.findings.isEmpty)
    stage.snapshot.totals.enqueued += 3
    stage.look(after: 0.5)
    let finding = try #require(stage.finding(.ledger))
    #expect(finding.subject == .broker)
    #expect(finding.triage == .broker)
    #expect(finding.text == "the sums do not add up: 3 messages missing; a fault of the broker")
    #expect(
      finding.evidence == [
        "203 enqueued - (200 acknowledged) is not 0.",
        "The sums of each queue that is there add up.",
      ]
    )
    let since = finding.since
    stage.look(after: 5)
    #expect(stage.finding(.ledger)?.since == since)
  }

  @Test func tooManyAreToldToo() throws {
    var stage = Self.stage()
    stage.snapshot.totals.acknowledged += 1
    stage.look(after: 0.5)
    #expect(try #require(stage.finding(.ledger)).text.contains("1 message too many"))
  }

  @Test func theQueueThatIsOffIsNamed() throws {
    var stage = Self.stage()
    stage.count("orders") { $0.ready += 2 }
    stage.snapshot.totals.ready += 2
    stage.look(after: 0.5)
    let finding = try #require(stage.finding(.ledger))
    #expect(finding.subject == .broker)
    #expect(finding.evidence.last == "Queue orders alone: 2 messages too many.")
  }

  @Test func aQueueThatIsOffIsFoundThoughTheBrokerAddsUp() throws {
    var stage = Self.stage()
    stage.count("orders") { $0.expired += 4 }
    stage.look(after: 0.5)
    let finding = try #require(stage.finding(.ledger))
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "orders")))
    #expect(finding.evidence == ["200 enqueued - (200 acknowledged + 4 expired) is not 0."])
  }

  @Test func ofManyQueuesAFewAreNamed() throws {
    var stage = Self.stage()
    for number in 1...9 { stage.addQueue("q\(number)") { $0.moved = 1 } }
    stage.look(after: 0.5)
    #expect(stage.findings.filter { $0.rule == .ledger }.count == 5)
    stage.snapshot.totals.moved = 9
    stage.look(after: 0.5)
    let findings = stage.findings.filter { $0.rule == .ledger }
    #expect(findings.count == 1)
    #expect(findings.first?.evidence.last == "So are 4 more queues.")
  }

  @Test func aBrokerThatKeepsNoLedgerIsNotAccused() {
    var stage = Self.stage()
    stage.snapshot.totals.isLedgerKept = false
    stage.snapshot.totals.enqueued = 0
    stage.count("orders") { $0.ready += 2 }
    stage.look(after: 0.5)
    #expect(stage.finding(.ledger) == nil)
  }
}
