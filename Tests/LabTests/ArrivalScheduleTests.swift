import Telemetry
import Testing

@testable import Lab

struct ArrivalScheduleTests {
  private let start = Instant(nanoseconds: 5_000_000_000)

  /// All arrivals up to an instant, looked for at intervals.
  private func arrivals(
    _ schedule: inout ArrivalSchedule,
    until end: Instant,
    lookingEvery seconds: Double
  ) -> [Instant] {
    var arrivals: [Instant] = []
    var now = start
    while now < end {
      now = min(now.advanced(bySeconds: seconds), end)
      while let arrival = schedule.takeDue(at: now) { arrivals.append(arrival) }
    }
    return arrivals
  }

  @Test func theSameSeedBringsTheSameCustomers() {
    var first = ArrivalSchedule(seed: 42, perSecond: 20, from: start)
    var second = ArrivalSchedule(seed: 42, perSecond: 20, from: start)
    var other = ArrivalSchedule(seed: 43, perSecond: 20, from: start)
    let end = start.advanced(bySeconds: 60)
    let arrivals = arrivals(&first, until: end, lookingEvery: 0.1)
    let same = self.arrivals(&second, until: end, lookingEvery: 0.1)
    let others = self.arrivals(&other, until: end, lookingEvery: 0.1)
    #expect(arrivals == same)
    #expect(arrivals != others)
  }

  @Test func customersComeWhenTheyComeHoweverSeldomSomebodyLooks() {
    var attentive = ArrivalSchedule(seed: 7, perSecond: 50, from: start)
    var stalled = ArrivalSchedule(seed: 7, perSecond: 50, from: start)
    let end = start.advanced(bySeconds: 30)
    let arrivals = arrivals(&attentive, until: end, lookingEvery: 0.001)
    let seenLate = self.arrivals(&stalled, until: end, lookingEvery: 30)
    #expect(arrivals == seenLate)
    #expect(arrivals == arrivals.sorted())
  }

  @Test(arguments: [1.0, 20.0, 400.0])
  func theyComeAtTheRateAskedFor(perSecond: Double) {
    let seconds = 20_000 / perSecond
    var schedule = ArrivalSchedule(seed: 3, perSecond: perSecond, from: start)
    let end = start.advanced(bySeconds: seconds)
    let gaps = arrivals(&schedule, until: end, lookingEvery: seconds)
    // 20 000 Poisson arrivals have a standard deviation of 141; six of them never happen.
    #expect(abs(gaps.count - 20_000) < 850)
  }

  @Test func gapsAreAsIrregularAsThoseOfStrangers() {
    var schedule = ArrivalSchedule(seed: 11, perSecond: 10, from: start)
    let arrivals = arrivals(&schedule, until: start.advanced(bySeconds: 1000), lookingEvery: 1)
    let gaps = zip(arrivals.dropFirst(), arrivals).map { $0.seconds(since: $1) }
    let mean = gaps.reduce(0, +) / Double(gaps.count)
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    // The deviation of an exponential distribution equals its mean.
    #expect(abs(variance.squareRoot() / mean - 1) < 0.05)
  }

  @Test func nobodyComesAtRateZero() {
    var schedule = ArrivalSchedule(seed: 1, perSecond: 0, from: start)
    let nobody = schedule.takeDue(at: start.advanced(bySeconds: 1e6))
    #expect(nobody == nil)
    schedule.setRate(10, at: start)
    #expect(schedule.next != nil)
    schedule.setRate(0, at: start)
    #expect(schedule.next == nil)
  }

  @Test func whoIsOverdueStillComesAfterAChangeOfRate() throws {
    var schedule = ArrivalSchedule(seed: 1, perSecond: 100, from: start)
    let overdue = try #require(schedule.next)
    let change = overdue.advanced(bySeconds: 1)
    schedule.setRate(0, at: change)
    var late: [Instant] = []
    while let arrival = schedule.takeDue(at: change) { late.append(arrival) }
    #expect(late.first == overdue)
    // Who should have come before the change is not forgotten because nobody looked.
    #expect(late.count > 50)
    #expect(schedule.next == nil)
  }
}
