import Diagnosis
import Telemetry
import Testing

@Suite struct GenerationsRuleTests {
  /// Consumers of one queue; each gives its name and version.
  private static func add(
    _ clients: [(name: String, version: String)],
    product: String = "trade",
    to stage: inout Stage
  ) {
    for client in clients {
      let identifier = stage.addConsumer("orders")
      stage.change(connection: identifier) { connection in
        connection.name = client.name
        connection.clientProduct = product
        connection.clientVersion = client.version
      }
    }
  }

  private static func stage() -> Stage {
    var stage = Stage()
    stage.addQueue("orders")
    return stage
  }

  @Test func consumersOfAnOlderBuildAreCountedWithTheirAge() throws {
    var stage = Self.stage()
    Self.add([("trade-1", "1.4.2"), ("trade-2", "1.4.2")], to: &stage)
    for _ in 1...150 { stage.look(after: 1_800) }
    let began = stage.now
    Self.add([("trade-3", "1.5.0"), ("trade-4", "1.5.0")], to: &stage)
    stage.run(59)
    #expect(stage.findings.isEmpty)
    stage.run(2)
    let finding = try #require(stage.finding(.generations))
    #expect(finding.subject == .queue(QueueIdentity(virtualHost: "/", name: "orders")))
    #expect(
      finding.text
        == "2 of 4 consumers run 1.4.2, the others 1.5.0; the old ones connected 3d ago"
    )
    #expect(finding.since == began)
    // One of the new ones that is started again is no new deployment.
    let again = stage.snapshot.consumers[3].identifier
    stage.removeConsumer(again)
    Self.add([("trade-4", "1.5.0")], to: &stage)
    stage.run(1)
    #expect(stage.finding(.generations)?.since == began)
    #expect(finding.rule.severity == .note)
    #expect(
      finding.evidence == [
        "1.4.2: trade-1@127.0.0.1, trade-2@127.0.0.1.",
        "1.5.0: trade-3@127.0.0.1, trade-4@127.0.0.1.",
      ]
    )
  }

  @Test func restartsOfOneBuildAreNoNews() {
    var stage = Self.stage()
    Self.add([("trade-1", "1.4.2"), ("trade-2", "1.4.2")], to: &stage)
    stage.look(after: 90_000)
    Self.add([("trade-1", "1.4.2"), ("trade-2", "1.4.2")], to: &stage)
    stage.run(120)
    #expect(stage.findings.isEmpty)
  }

  @Test func otherApplicationsAndUnknownVersionsAreNotCompared() {
    var stage = Self.stage()
    Self.add([("trade-1", "1.4.2"), ("audit-1", "1.5.0"), ("trade-2", "")], to: &stage)
    Self.add([("trade-3", "9.0")], product: "other", to: &stage)
    stage.run(120)
    #expect(stage.findings.isEmpty)
  }

  @Test func consumersOfDifferentQueuesAreNotCompared() {
    var stage = Self.stage()
    Self.add([("trade-1", "1.4.2")], to: &stage)
    stage.addQueue("mail")
    let other = stage.addConsumer("mail")
    stage.change(connection: other) { connection in
      connection.name = "trade-2"
      connection.clientProduct = "trade"
      connection.clientVersion = "1.5.0"
    }
    stage.run(120)
    #expect(stage.findings.isEmpty)
  }

  @Test func oneThatIsLeftIsToldInTheSingular() throws {
    var stage = Self.stage()
    Self.add([("trade-a1", "1.4.2")], to: &stage)
    stage.look(after: 200)
    Self.add([("trade-b2", "1.5.0")], to: &stage)
    stage.look(after: 100)
    #expect(
      try #require(stage.finding(.generations)).text
        == "1 of 2 consumers runs 1.4.2, the other 1.5.0; the old one connected 5m ago"
    )
  }

  @Test(arguments: [
    ("points-2", "points"), ("orders-7d9f8b6c5-x2lkp", "orders"), ("app@10.0.0.7", "app"),
    ("shop", "shop"), ("v2-worker", "v2-worker"), ("v2-worker_3", "v2-worker"), ("", ""),
    ("7", "7"), ("@x", "@x"), ("mail.sender.4", "mail.sender"), ("a-b-c", "a-b-c"),
    ("-1", "-1"),
  ])
  func aNameHasAStem(name: String, stem: String) {
    #expect(ClientName.stem(of: name) == stem)
  }
}
