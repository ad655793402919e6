import Diagnosis
import Telemetry
import Testing

@Suite struct ChurnRuleTests {
  @Test func aConnectionForEachMessageIsNamedWithItsClient() throws {
    var stage = Stage()
    for number in 1...4 { stage.connect("service-\(number)") }
    stage.run(20)
    let began = stage.now
    var open: [UInt64] = []
    stage.run(14) { stage in
      for identifier in open { stage.disconnect(identifier) }
      open = (0..<2).map { _ in stage.connect("mailer", host: "10.0.0.9") }
    }
    let finding = try #require(stage.finding(.churn))
    #expect(finding.subject == .broker)
    #expect(finding.triage == .publisher)
    #expect(finding.text == "3.8 connections a second come and go")
    #expect(abs(try #require(finding.since).seconds(since: began)) <= 2)
    #expect(try #require(stage.firstSaid[.churn]) - 20 <= 12)
    #expect(finding.evidence[1] == "6 are open now.")
    #expect(finding.evidence[2].hasPrefix("Seen to come: mailer at 10.0.0.9 ("))
  }

  @Test func itEndsTenSecondsAfterItWasSeenLast() {
    var stage = Stage()
    stage.run(5)
    stage.run(20) { stage in
      for _ in 1...3 { stage.disconnect(stage.connect("mailer")) }
    }
    #expect(stage.finding(.churn) != nil)
    #expect(stage.finding(.churn)?.evidence.last == "None lived long enough to be seen.")
    stage.run(15)
    #expect(stage.finding(.churn) == nil)
  }

  @Test func aDeploymentOfTwentyAtOnceIsHealthy() {
    var stage = Stage()
    stage.addQueue("orders")
    stage.run(15)
    for _ in 1...20 { stage.addConsumer("orders") }
    stage.snapshot.totals.connectionsOpened += 20
    stage.snapshot.totals.channelsOpened += 20
    stage.run(30)
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func aDeploymentThatReplacesOneAfterTheOtherIsHealthy() {
    var stage = Stage()
    var old = (1...40).map { stage.connect("worker-\($0)", channels: 3) }
    stage.run(15)
    stage.run(20) { stage in
      if let first = old.first {
        stage.disconnect(first)
        old.removeFirst()
      }
      stage.connect("worker-new", host: "10.0.1.\(old.count)", channels: 3)
    }
    stage.run(15)
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func aBurstOfShortConnectionsIsNoChurn() {
    var stage = Stage()
    stage.run(15)
    stage.run(3) { stage in
      for _ in 1...20 { stage.disconnect(stage.connect("script")) }
    }
    stage.run(20)
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func aChannelForEachMessageIsFound() throws {
    var stage = Stage()
    stage.connect("shop", channels: 2)
    stage.run(15)
    // Opened and closed again between two looks.
    stage.run(14) { $0.snapshot.totals.channelsOpened += 4 }
    let finding = try #require(stage.finding(.churn))
    #expect(finding.text == "8.0 channels a second come and go")
    #expect(finding.evidence.last == "Most has shop@10.0.0.7: 2 channels now.")
  }

  @Test func channelsThatStayAreNoChurn() {
    var stage = Stage(tuning: Tuning(off: [.channelLeak]))
    let shop = stage.connect("shop")
    stage.run(15)
    stage.run(15) { stage in
      stage.snapshot.totals.channelsOpened += 2
      stage.change(connection: shop) { $0.channelCount += 2 }
    }
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func howManyASecondCanBeSet() {
    var stage = Stage(tuning: Tuning(values: [.churnPerSecond: 50]))
    stage.run(5)
    stage.run(20) { stage in
      for _ in 1...3 { stage.disconnect(stage.connect("mailer")) }
    }
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func connectionsOfOneClientThatDoubleArePiledUp() throws {
    var stage = Stage()
    stage.connect("other")
    for _ in 1...2 { stage.connect("php") }
    stage.run(30)
    for _ in 1...2 { stage.connect("php") }
    stage.run(30)
    #expect(stage.firstSaid[.churn] == nil)
    for _ in 1...4 { stage.connect("php") }
    stage.run(10)
    let finding = try #require(stage.finding(.churn))
    #expect(finding.subject == .client(name: "php at 10.0.0.7"))
    #expect(finding.text == "8 connections, 2 at first, and none was closed")
    #expect(finding.evidence == ["They became more step by step: 2, 4, 8."])
    // What stays as it is has found its size.
    stage.run(600)
    #expect(stage.finding(.churn) == nil)
  }

  @Test func connectionsThatComeAndGoWithTheLoadAreNoPile() {
    var stage = Stage()
    var open = [stage.connect("php"), stage.connect("php")]
    for round in 1...60 {
      if round % 6 == 0 {
        while open.count > 2 { stage.disconnect(open.removeLast()) }
      } else {
        open.append(stage.connect("php"))
      }
      stage.run(12)
    }
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func clientsOfManyMachinesAreScaledAndNotPiledUp() {
    var stage = Stage()
    for host in 1...16 {
      stage.connect("worker", host: "10.0.0.\(host)")
      stage.run(15)
    }
    #expect(stage.firstSaid[.churn] == nil)
  }

  @Test func clientsWithoutANameAreToldByTheirProduct() throws {
    var stage = Stage()
    var count = 1
    while count < 16 {
      for number in 1...count {
        stage.connect("") { connection in
          connection.peerAddress = "10.0.0.3:\(count * 100 + number)"
          connection.name = connection.peerAddress
          connection.clientProduct = "pika"
        }
      }
      count *= 2
      stage.run(12)
    }
    #expect(try #require(stage.finding(.churn)).subject == .client(name: "pika at 10.0.0.3"))
  }
}
