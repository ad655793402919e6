import Telemetry
import Testing

@Suite struct RatesTests {
  @Test func aRateIsTheIncreaseOverTheTime() {
    #expect(Rates.perSecond(150, since: 100, seconds: 0.5) == 100)
  }

  @Test func aCounterThatWentDownHasNoRate() {
    #expect(Rates.perSecond(5, since: 100, seconds: 1) == nil)
  }

  @Test(arguments: [0, -1.0]) func withoutTimeThereIsNoRate(seconds: Double) {
    #expect(Rates.perSecond(5, since: 1, seconds: seconds) == nil)
  }

  @Test func anInstantCountsSecondsSinceAnEarlierOne() {
    let start = Instant(nanoseconds: 1_000_000_000)
    #expect(start.advanced(bySeconds: 2.5).seconds(since: start) == 2.5)
  }

  @Test func theLedgerRemainderIsWhatIsNotAccountedFor() {
    var totals = BrokerTotals()
    totals.enqueued = 10
    totals.acknowledged = 4
    totals.discarded = 1
    totals.ready = 3
    totals.unacked = 2
    #expect(totals.imbalance == 0)
    totals.enqueued += 10
    totals.moved = 4
    totals.expired = 1
    totals.deadLettered = 2
    totals.dropped = 3
    totals.refused = 9
    #expect(totals.imbalance == 0)
    totals.enqueued += 1
    #expect(totals.imbalance == 1)
  }

  @Test func theModeKeyVisitsEveryWay() {
    let visited = [CallMode.synchronous.next, .synchronous.next.next, .synchronous.next.next.next]
    #expect(Set(visited) == Set(CallMode.allCases))
  }
}
