import Diagnosis
import Telemetry
import Testing

@Suite struct AlarmRuleTests {
  @Test func anAlarmIsToldAtOnceWithWhoIsBlocked() throws {
    var stage = Stage()
    for number in 1...3 { stage.connect("shop-\(number)") }
    stage.addQueue("orders") { queue in
      queue.readyBytes = 700 << 20
      queue.ready = 40_000
      queue.consumerCount = 0
    }
    stage.addQueue("mail") { $0.readyBytes = 100 << 20 }
    stage.run(5)
    let began = stage.now
    stage.snapshot.alarms = [.memory]
    stage.run(0.5)
    let first = try #require(stage.finding(.alarm))
    #expect(first.subject == .resource(.memory))
    #expect(first.text == "low: who publishes now will wait; no connection is blocked yet")
    #expect(first.triage == .broker)
    stage.change(connection: 1) { $0.isBlocked = true }
    stage.change(connection: 3) { $0.isBlocked = true }
    stage.run(20)
    let finding = try #require(stage.finding(.alarm))
    #expect(finding.text == "low, so publishers wait; 2 connections are blocked")
    #expect(finding.evidence.first == "Blocked: shop-1@10.0.0.7, shop-3@10.0.0.7.")
    #expect(
      finding.evidence.contains(
        "The messages that wait have 800 MB, 700 MB of them in queue orders (40 000 messages)."
      )
    )
    #expect(try #require(finding.since).seconds(since: began) == 0.5)
  }

  @Test func blockedPublishersFollowFromIt() throws {
    var stage = Stage()
    let shop = stage.connect("shop")
    stage.snapshot.alarms = [.disk]
    stage.change(connection: shop) { $0.isBlocked = true }
    stage.run(5)
    #expect(stage.findings.map(\.rule) == [.alarm])
    #expect(stage.findings[0].symptoms.map(\.rule) == [.blocked])
    #expect(stage.findings[0].text == "low, so publishers wait; 1 connection is blocked")
  }

  @Test func oneThatWasOnBeforeTheFirstLookSaysThatItIsOlder() throws {
    var stage = Stage()
    stage.snapshot.alarms = [.memory, .disk]
    stage.run(2)
    let findings = stage.findings.filter { $0.rule == .alarm }
    #expect(findings.map(\.subject) == [.resource(.memory), .resource(.disk)])
    #expect(
      findings.allSatisfy {
        $0.evidence.contains("It was on already when this dashboard began to look.")
      }
    )
    stage.snapshot.alarms = []
    stage.run(0.5)
    #expect(stage.finding(.alarm) == nil)
    // Another alarm is another trouble.
    stage.snapshot.alarms = [.disk]
    stage.run(0.5)
    #expect(try #require(stage.finding(.alarm)).since == stage.now)
  }

  @Test func withoutAnAlarmThereIsNone() {
    var stage = Stage()
    stage.connect("shop")
    stage.run(20) { $0.change(connection: 1) { $0.published += 100 } }
    #expect(stage.findings.isEmpty)
  }
}
