import Diagnosis
import Telemetry
import Testing

@Suite struct ChannelLeakRuleTests {
  @Test func aConnectionThatOpensChannelsAndClosesNoneIsFound() throws {
    var stage = Stage()
    let shop = stage.connect("shop", channels: 2)
    stage.run(10)
    for _ in 1...19 {
      stage.change(connection: shop) { $0.channelCount += 1 }
      stage.run(10)
    }
    #expect(stage.firstSaid[.channelLeak] == nil)
    stage.change(connection: shop) { $0.channelCount += 1 }
    stage.run(0.5)
    let finding = try #require(stage.finding(.channelLeak))
    #expect(finding.subject == .connection(identifier: shop, name: "shop"))
    #expect(finding.text == "22 channels, 2 at first, and none was closed")
    #expect(finding.triage == .publisher)
    #expect(try #require(finding.since).seconds(since: stage.now) < -199)
    #expect(finding.evidence[0] == "It opened 20 in 3m20s, one after the other.")
    #expect(finding.advice.last?.action == "close-connection")
    // It has found its size when nothing more came for ten minutes.
    stage.run(600)
    #expect(stage.finding(.channelLeak) == nil)
  }

  @Test func channelsThatCloseAgainAreNoLeak() {
    var stage = Stage()
    let shop = stage.connect("shop", channels: 5)
    for round in 1...200 {
      stage.change(connection: shop) { $0.channelCount += round % 10 == 0 ? -8 : 1 }
      stage.run(1)
    }
    #expect(stage.firstSaid[.channelLeak] == nil)
  }

  @Test func aPoolThatFillsAtOnceIsNoLeak() {
    var stage = Stage()
    let shop = stage.connect("shop")
    stage.run(5)
    stage.run(5) { stage in
      stage.change(connection: shop) { $0.channelCount = min(100, $0.channelCount + 20) }
    }
    stage.run(60)
    #expect(stage.firstSaid[.channelLeak] == nil)
  }

  @Test func howOftenCanBeSet() {
    var stage = Stage(tuning: Tuning(values: [.channelLeakRises: 3]))
    let shop = stage.connect("shop", channels: 2)
    stage.run(1)
    stage.run(1.5) { $0.change(connection: shop) { $0.channelCount += 1 } }
    #expect(stage.finding(.channelLeak) != nil)
  }
}
