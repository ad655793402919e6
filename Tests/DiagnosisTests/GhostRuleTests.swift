import Diagnosis
import Telemetry
import Testing

@Suite struct GhostRuleTests {
  private static func stage() -> Stage {
    var stage = Stage()
    stage.addQueue("orders")
    stage.addConsumer("orders")
    stage.addConsumer("orders")
    stage.run(5)
    return stage
  }

  @Test func aConsumerThatIsCountedAndNotListedIsAGhost() throws {
    var stage = Self.stage()
    let began = stage.now
    stage.count("orders") { $0.consumerCount = 3 }
    stage.run(2)
    #expect(stage.findings.isEmpty)
    stage.run(2)
    let finding = try #require(stage.finding(.ghost))
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "orders")))
    #expect(finding.text == "counts 3 consumers, 2 can be found")
    #expect(finding.triage == .broker)
    #expect(try #require(finding.since).seconds(since: began) <= finding.uncertaintySeconds)
    stage.count("orders") { $0.consumerCount = 2 }
    stage.run(2)
    #expect(stage.findings.isEmpty)
  }

  @Test func aGhostOfABrokerElsewhereMustStayForLonger() {
    var stage = Self.stage()
    stage.snapshot.totals.isLedgerKept = false
    stage.count("orders") { $0.consumerCount = 3 }
    stage.run(13)
    #expect(stage.findings.isEmpty)
    stage.run(6)
    #expect(stage.finding(.ghost)?.text == "counts 3 consumers, 2 can be found")
  }

  @Test func countsAndListsOfDifferentInstantsAreNoGhosts() {
    var stage = Self.stage()
    for look in 1...30 {
      // The count is late, and never in the same way twice.
      stage.count("orders") { $0.consumerCount = look % 5 }
      stage.look(after: 5)
      #expect(stage.finding(.ghost) == nil)
    }
  }

  @Test func aConsumerWithoutAConnectionIsAGhost() throws {
    var stage = Self.stage()
    let gone = stage.snapshot.consumers[1]
    stage.snapshot.connections.removeAll { $0.identifier == gone.connectionIdentifier }
    stage.run(4)
    let finding = try #require(stage.finding(.ghost))
    #expect(
      finding.subject
        == .consumer(
          identifier: gone.identifier,
          queue: QueueIdentity(virtualHost: "/", name: "orders")
        )
    )
    #expect(finding.text == "consumer orders-2 is listed, its connection is gone")
  }

  @Test func listsThatAreNotToBeHadAccuseNobody() {
    var stage = Self.stage()
    stage.snapshot.consumers = []
    stage.snapshot.connections = []
    stage.run(5)
    #expect(stage.firstSaid[.ghost] == nil)
  }

  @Test func deploymentsAreNoGhosts() {
    var stage = Self.stage()
    var step = 0
    stage.run(60) { stage in
      step += 1
      if step % 4 == 0, let old = stage.snapshot.consumers.first {
        stage.removeConsumer(old.identifier)
      }
      if step % 4 == 1, step > 1 { stage.addConsumer("orders") }
    }
    #expect(stage.firstSaid[.ghost] == nil)
  }

  @Test func aListThatIsSortedAnotherWayAccusesNobody() {
    var stage = Self.stage()
    stage.addQueue("mail")
    stage.addConsumer("mail")
    stage.snapshot.consumers.reverse()
    stage.run(5)
    #expect(stage.firstSaid[.ghost] == nil)
  }
}
