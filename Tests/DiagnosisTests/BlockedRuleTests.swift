import Diagnosis
import Telemetry
import Testing

@Suite struct BlockedRuleTests {
  @Test func whoIsNotReadFromWithoutAnAlarmWaitsForTheDisk() throws {
    var stage = Stage()
    let shop = stage.connect("shop")
    stage.run(5)
    let began = stage.now
    stage.change(connection: shop) { $0.isBlocked = true }
    stage.run(0.5)
    #expect(stage.findings.isEmpty)
    stage.run(1)
    let finding = try #require(stage.finding(.blocked))
    #expect(finding.subject == .connection(identifier: shop, name: "shop"))
    #expect(
      finding.text == "kept waiting: the disk, or another part of the broker, does not keep up"
    )
    #expect(finding.triage == .broker)
    #expect(try #require(finding.since).seconds(since: began) == 0.5)
    #expect(try #require(stage.firstSaid[.blocked]) - 5 <= 2)
  }

  @Test func flowControlIsTheSame() throws {
    var stage = Stage()
    let shop = stage.connect("shop") { $0.unconfirmed = 7 }
    stage.change(connection: shop) { $0.isFlowControlled = true }
    stage.run(2)
    let finding = try #require(stage.finding(.blocked))
    #expect(
      finding.evidence == [
        "The broker reads nothing from it.", "It waits for 7 confirms as well.",
      ]
    )
    stage.change(connection: shop) { connection in
      connection.isFlowControlled = false
      connection.unconfirmed = 0
    }
    stage.run(0.5)
    #expect(stage.findings.isEmpty)
  }

  @Test func confirmsThatDoNotComeAreNamed() throws {
    var stage = Stage()
    let shop = stage.connect("shop") { $0.published = 1_000 }
    stage.run(5)
    stage.change(connection: shop) { connection in
      connection.published += 120
      connection.unconfirmed = 120
    }
    stage.run(0.5)
    #expect(stage.findings.isEmpty)
    // It may publish on while it waits.
    stage.change(connection: shop) { connection in
      connection.published += 5
      connection.unconfirmed = 125
    }
    stage.run(1)
    let finding = try #require(stage.finding(.blocked))
    #expect(finding.text == "waits for 125 confirms and gets none")
    #expect(finding.advice.first?.action == "open")
  }

  @Test func whatABrokerElsewhereMeasuresApartIsComparedOnlyAfterSomeTime() {
    var stage = Stage()
    stage.snapshot.totals.isLedgerKept = false
    let shop = stage.connect("shop")
    stage.change(connection: shop) { connection in
      connection.published = 1_000
      connection.unconfirmed = 2
    }
    stage.run(14)
    #expect(stage.findings.isEmpty)
    stage.run(3)
    #expect(stage.finding(.blocked)?.text == "waits for 2 confirms and gets none")
  }

  @Test func aFullWindowOfConfirmsThatMovesIsHealthy() {
    var stage = Stage()
    let shop = stage.connect("shop")
    stage.run(30) { stage in
      stage.change(connection: shop) { connection in
        connection.published += 500
        connection.unconfirmed = 1_000
      }
    }
    #expect(stage.findings.isEmpty)
  }

  @Test func aMomentOfFlowControlIsHealthy() {
    var stage = Stage()
    let shop = stage.connect("shop")
    var step = 0
    stage.run(30) { stage in
      step += 1
      stage.change(connection: shop) { $0.isFlowControlled = step % 3 != 0 }
    }
    #expect(stage.findings.isEmpty)
  }

  @Test func manyAreOneFinding() throws {
    var stage = Stage()
    for number in 1...6 {
      stage.connect("shop-\(number)") { connection in
        connection.isBlocked = number <= 4
        connection.unconfirmed = number <= 4 ? 0 : 3
      }
    }
    stage.run(3)
    let findings = stage.findings
    #expect(findings.count == 1)
    #expect(findings.first?.subject == .broker)
    #expect(
      findings.first?.text
        == "6 publishers wait: 4 because the disk, or another part of the broker, is behind, "
        + "2 for confirms"
    )
    #expect(
      findings.first?.evidence.last == "Without a confirm: shop-5@10.0.0.7, shop-6@10.0.0.7."
    )
  }

  @Test func anAlarmIsTheReasonWhereThereIsOne() throws {
    var stage = Stage(tuning: Tuning(off: [.alarm]))
    stage.connect("shop") { $0.isBlocked = true }
    stage.snapshot.alarms = [.memory, .disk]
    stage.run(2)
    #expect(
      try #require(stage.finding(.blocked)).text
        == "blocked: it published while memory and disk is low"
    )
  }

  @Test func theThresholdCanBeSet() {
    var stage = Stage(tuning: Tuning(values: [.blockedSeconds: 10]))
    stage.connect("shop") { $0.isBlocked = true }
    stage.run(10)
    #expect(stage.findings.isEmpty)
    stage.run(1)
    #expect(stage.finding(.blocked) != nil)
  }

  @Test func itIsFoundFromLooksThatAreFiveSecondsApart() {
    var stage = Stage()
    stage.connect("shop") { $0.isFlowControlled = true }
    stage.look(after: 5)
    #expect(stage.findings.isEmpty)
    stage.look(after: 5)
    #expect(stage.finding(.blocked) != nil)
  }
}
