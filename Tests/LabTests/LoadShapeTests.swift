import Telemetry
import Testing

@testable import Lab

/// Counts of a Poisson process have the square root of their expectation as standard deviation;
/// six of them never happen, and with fixed seeds nothing changes from run to run.
struct LoadShapeTests {
  private let start = Instant(nanoseconds: 5_000_000_000)

  private func schedule(
    _ kind: LoadShapeKind,
    factor: Double = 1,
    seconds: Double = 1,
    arrivals: [Double] = [],
    perSecond: Double = 100,
    seed: UInt64 = 9
  ) -> ArrivalSchedule {
    var schedule = ArrivalSchedule(seed: seed, perSecond: perSecond, from: start)
    schedule.setShape(
      LoadShape(kind: kind, factor: factor, seconds: seconds, arrivals: arrivals),
      at: start
    )
    return schedule
  }

  private func at(_ seconds: Double) -> Instant { start.advanced(bySeconds: seconds) }

  /// The times of all arrivals up to a time, looked for once.
  private func take(_ schedule: inout ArrivalSchedule, until seconds: Double) -> [Double] {
    var times: [Double] = []
    while let arrival = schedule.takeDue(at: at(seconds)) {
      times.append(arrival.seconds(since: start))
    }
    return times
  }

  private func expect(
    _ times: [Double],
    in range: Range<Double>,
    toBe expected: Double,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let count = Double(times.filter { range.contains($0) }.count)
    let tolerance = 6 * expected.squareRoot()
    #expect(abs(count - expected) < tolerance, "\(range)", sourceLocation: location)
  }

  @Test func aStepIsHighForItsSecondsAndThenOver() {
    var schedule = schedule(.step, factor: 10, seconds: 20)
    #expect(schedule.rate(at: at(19.9)) == 1_000)
    #expect(schedule.rate(at: at(20.1)) == 100)
    let peak = take(&schedule, until: 19.9)
    #expect(schedule.shape.kind == .step)
    let times = peak + take(&schedule, until: 120)
    #expect(schedule.shape == .steady)
    expect(times, in: 0..<20, toBe: 20_000)
    expect(times, in: 20..<120, toBe: 10_000)
  }

  @Test func aRampRisesAndStays() {
    var schedule = schedule(.ramp, factor: 3, seconds: 100)
    #expect(schedule.rate(at: at(50)) == 200)
    #expect(schedule.rate(at: at(1_000)) == 300)
    let times = take(&schedule, until: 200)
    expect(times, in: 0..<50, toBe: 7_500)
    expect(times, in: 50..<100, toBe: 12_500)
    expect(times, in: 100..<200, toBe: 30_000)
    #expect(schedule.shape.kind == .ramp)
  }

  @Test func aSpikeRisesAndFallsAndIsOver() {
    var schedule = schedule(.spike, factor: 5, seconds: 100)
    #expect(schedule.rate(at: at(25)) == 300)
    #expect(schedule.rate(at: at(50)) == 500)
    #expect(schedule.rate(at: at(75)) == 300)
    let times = take(&schedule, until: 200)
    expect(times, in: 0..<25, toBe: 5_000)
    expect(times, in: 25..<75, toBe: 20_000)
    expect(times, in: 75..<100, toBe: 5_000)
    expect(times, in: 100..<200, toBe: 10_000)
    #expect(schedule.shape == .steady)
  }

  @Test func aSineSwingsBetweenTheRateDividedAndMultiplied() {
    var schedule = schedule(.sine, factor: 4, seconds: 40)
    let rates = (0..<4_000).map { schedule.rate(at: at(Double($0) / 100)) }
    #expect(abs((rates.min() ?? 0) - 25) < 0.01)
    #expect(abs((rates.max() ?? 0) - 400) < 0.01)
    #expect(abs(rates[0] - 100) < 0.01)
    #expect(rates[1] > rates[0])
    let times = take(&schedule, until: 400)
    expect(times, in: 0..<400, toBe: 85_000)
    for turn in 0..<10 {
      // The arrivals follow the momentary rate, a quarter of a turn at a time.
      for quarter in 0..<4 {
        let begin = Double(turn * 40 + quarter * 10)
        let mean = (0..<1_000).reduce(0) { $0 + schedule.rate(at: at(begin + Double($1) / 100)) }
        expect(times, in: begin..<begin + 10, toBe: mean / 100)
      }
    }
  }

  @Test func aBurstComesAllAtOnceAndAgain() {
    var schedule = schedule(.burst, factor: 2.5, seconds: 10, perSecond: 20)
    let times = take(&schedule, until: 25)
    #expect(times == [0, 10, 20].flatMap { Array(repeating: $0, count: 50) })
    #expect(schedule.next == at(30))
    #expect(schedule.rate(at: at(3)) == 5)
  }

  @Test func aBurstOfAFewHasAtLeastOne() {
    var schedule = schedule(.burst, factor: 1, seconds: 5, perSecond: 0.1)
    #expect(take(&schedule, until: 12) == [0, 5, 10])
  }

  @Test func aRecordingIsReplayedAndThenNobodyComes() {
    let recorded = [0, 0.5, 0.5, 3.25]
    var schedule = schedule(.replay, arrivals: recorded)
    #expect(schedule.rate(at: at(1)) == 2)
    #expect(take(&schedule, until: 1) == [0, 0.5, 0.5])
    #expect(take(&schedule, until: 100) == [3.25])
    #expect(schedule.next == nil)
    schedule.setShape(.steady, at: at(100))
    #expect(schedule.next != nil)
  }

  @Test func whatOfARecordingGoesByAtRateZeroIsNotMadeUpFor() {
    var schedule = schedule(.replay, arrivals: [1, 2, 3, 4])
    #expect(take(&schedule, until: 1.5) == [1])
    schedule.setRate(0, at: at(1.5))
    #expect(schedule.next == nil)
    schedule.setRate(5, at: at(3.5))
    #expect(take(&schedule, until: 10) == [4])
  }

  @Test func burstsThatGoByAtRateZeroAreNotMadeUpFor() {
    var schedule = schedule(.burst, factor: 1, seconds: 10, perSecond: 3)
    #expect(take(&schedule, until: 5) == [0, 0, 0])
    schedule.setRate(0, at: at(5))
    #expect(take(&schedule, until: 24) == [])
    schedule.setRate(2, at: at(24))
    #expect(take(&schedule, until: 35) == [30, 30])
  }

  @Test(arguments: LoadShapeKind.allCases)
  func theSameSeedBringsTheSameCustomersInEveryShape(kind: LoadShapeKind) {
    let recorded = (0..<200).map { Double($0) / 7 }
    var attentive = schedule(kind, factor: 3, seconds: 7, arrivals: recorded)
    var stalled = schedule(kind, factor: 3, seconds: 7, arrivals: recorded)
    var other = schedule(kind, factor: 3, seconds: 7, arrivals: recorded, seed: 10)
    var times: [Double] = []
    for look in 1...3_000 { times += take(&attentive, until: Double(look) / 100) }
    #expect(times == times.sorted())
    #expect(times == take(&stalled, until: 30))
    let isByChance = kind != .burst && kind != .replay
    #expect((times == take(&other, until: 30)) != isByChance)
  }

  @Test func whoIsOverdueComesAtTheOldRateWhateverTheNewOne() {
    var attentive = ArrivalSchedule(seed: 4, perSecond: 100, from: start)
    var stalled = attentive
    var times = take(&attentive, until: 10)
    for (index, rate) in [10.0, 300].enumerated() {
      let change = at(10 + Double(index) * 10)
      attentive.setRate(rate, at: change)
      stalled.setRate(rate, at: change)
      times += take(&attentive, until: 20 + Double(index) * 10)
    }
    #expect(times == take(&stalled, until: 30))
    expect(times, in: 0..<10, toBe: 1_000)
    expect(times, in: 10..<20, toBe: 100)
    expect(times, in: 20..<30, toBe: 3_000)
  }

  @Test func aShapeFollowsAChangeOfTheRate() {
    var schedule = schedule(.step, factor: 10, seconds: 20)
    schedule.setRate(50, at: at(10))
    #expect(schedule.perSecond == 50)
    #expect(schedule.rate(at: at(15)) == 500)
    #expect(schedule.rate(at: at(25)) == 50)
    let times = take(&schedule, until: 40)
    expect(times, in: 0..<10, toBe: 10_000)
    expect(times, in: 10..<20, toBe: 5_000)
    expect(times, in: 20..<40, toBe: 1_000)
  }

  @Test func settingTheSameRateAgainChangesNothing() {
    var untouched = ArrivalSchedule(seed: 4, perSecond: 1, from: start)
    var nudged = untouched
    for tenth in 1...100 { nudged.setRate(1, at: at(Double(tenth) / 10)) }
    let times = take(&untouched, until: 60)
    let nudgedTimes = take(&nudged, until: 60)
    #expect(times.count == nudgedTimes.count)
    // An instant is as exact as a nanosecond.
    #expect(zip(times, nudgedTimes).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func thePeakHasALimit() {
    let schedule = schedule(.step, factor: 1_000, seconds: 20, perSecond: 1_000)
    #expect(schedule.rate(at: at(1)) == Limits.peakPerSecond)
  }

  @Test func anArrivalInCenturiesIsNone() {
    let schedule = ArrivalSchedule(seed: 1, perSecond: 1e-300, from: start)
    #expect(schedule.next == nil)
  }
}
