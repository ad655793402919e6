import Telemetry
import Testing

@testable import Lab

struct QueuePaceTests {
  private func instant(_ seconds: Double) -> Instant {
    Instant.zero.advanced(bySeconds: seconds)
  }

  private func sums(published: Int, acknowledged: Int, dead: Int = 0) -> LedgerBook.Sums {
    LedgerBook.Sums(published: published, acknowledged: acknowledged, dead: dead)
  }

  @Test func aPaceNeedsTwoLooks() {
    var pace = QueuePace()
    #expect(pace.donePerSecond == nil)
    pace.look(at: instant(1), sums(published: 10, acknowledged: 5))
    #expect(pace.publishedPerSecond == nil)
    pace.look(at: instant(1), sums(published: 12, acknowledged: 6))
    #expect(pace.donePerSecond == nil)
    pace.look(at: instant(3), sums(published: 50, acknowledged: 10, dead: 5))
    #expect(pace.publishedPerSecond == 20)
    // What was given up is done with as well.
    #expect(pace.donePerSecond == 5)
  }

  @Test func onlyTheLastSecondsCount() {
    var pace = QueuePace()
    for second in 0...10 {
      pace.look(at: instant(Double(second)), sums(published: second * 100, acknowledged: 0))
    }
    for second in 11...(11 + Limits.paceSeconds) {
      pace.look(at: instant(Double(second)), sums(published: 1_000, acknowledged: second * 3))
    }
    #expect(pace.publishedPerSecond == 0)
    #expect(pace.donePerSecond == 3)
  }

  /// A set of messages by their numbers.
  private func outstanding(_ sequences: ClosedRange<UInt64>) -> IdentitySet {
    var set = IdentitySet()
    for sequence in sequences {
      set.insert(MessageIdentity(run: 1, start: 1, sequence: sequence))
    }
    return set
  }

  @Test func aMessageIsLostOnlyWhenItHasBeenMissingForManyLooks() {
    var pace = QueuePace()
    for _ in 0..<Limits.agreeingLooks {
      pace.lookIntoBroker(outstanding: outstanding(1...10), held: 7)
      #expect(pace.lost == 0)
    }
    pace.lookIntoBroker(outstanding: outstanding(1...12), held: 7)
    #expect(pace.lost == 3)
    // It was only on its way.
    pace.lookIntoBroker(outstanding: outstanding(1...12), held: 12)
    #expect(pace.lost == 0)
  }

  @Test func aBacklogThatMovesOnHasLostNothingThoughNobodyHoldsIt() {
    var pace = QueuePace()
    // Every second a hundred others are outstanding, and are in a pipe when the broker is asked.
    for second: UInt64 in 0..<20 {
      pace.lookIntoBroker(outstanding: outstanding(second * 100 + 1...second * 100 + 100), held: 0)
      #expect(pace.lost == 0)
    }
  }

  @Test func whatIsLostStaysLostWhileOthersComeAndGo() {
    var pace = QueuePace()
    for second: UInt64 in 1...20 {
      var outstanding = outstanding(second * 100...second * 100 + 50)
      outstanding.formUnion(self.outstanding(1...5))
      pace.lookIntoBroker(outstanding: outstanding, held: 0)
    }
    #expect(pace.lost == 5)
    pace.nothingIsOutstanding()
    #expect(pace.lost == 0)
  }

  @Test func whatCameSinceIsHeldAndHidesNothingThatIsLost() {
    var pace = QueuePace()
    // 400 of 1 000 were lost in a crash; ten a second come since and wait, nobody takes any.
    for second: UInt64 in 0...11 {
      let now = outstanding(1...1_000 + second * 10)
      pace.lookIntoBroker(outstanding: now, held: 600 + Int(second) * 10)
    }
    #expect(pace.lost == 400)
  }

  @Test func aBacklogWhoseLinesAreLateHasLostNothing() {
    var pace = QueuePace()
    // 40 a second are done and 50 come; the lines of the last ten that were done are not read yet.
    for second: UInt64 in 0...20 {
      let done = second * 40
      pace.look(
        at: instant(Double(second)),
        sums(published: 1_000 + Int(second) * 50, acknowledged: Int(done))
      )
      let now = outstanding(done + 1...1_000 + second * 50)
      pace.lookIntoBroker(outstanding: now, held: now.count - 10)
      #expect(pace.lost == 0)
    }
  }

  @Test func oneLookInABadMomentSaysNothing() {
    var pace = QueuePace()
    for second: UInt64 in 0...20 {
      // All consumers were killed, and once the broker has not put back what they held.
      let held = second == 10 ? 70 : 100 + Int(second) * 100
      pace.lookIntoBroker(outstanding: outstanding(1...100 + second * 100), held: held)
      if second != 10 { #expect(pace.lost == 0) }
    }
  }

  @Test func aBrokerThatHoldsMoreThanIsOutstandingHasLostNothing() {
    var pace = QueuePace()
    for _ in 0..<10 { pace.lookIntoBroker(outstanding: outstanding(1...3), held: 8) }
    #expect(pace.lost == 0)
  }
}

struct DrainForecastTests {
  @Test func aSteadyBacklogIsGoneWhenTheDifferenceHasEatenItUp() {
    let forecast = DrainForecast(waiting: 300, donePerSecond: 50, publishedPerSecond: 20)
    #expect(forecast.seconds == 10)
  }

  @Test func nothingThatWaitsNeedsNoTime() {
    #expect(DrainForecast(waiting: 0, donePerSecond: 50, publishedPerSecond: 0).seconds == nil)
  }

  @Test(arguments: [(10.0, 10.0), (10, 20), (0, 0), (100, 99.5)])
  func aBacklogThatDoesNotShrinkHasNoEnd(done: Double, published: Double) {
    let forecast = DrainForecast(waiting: 5, donePerSecond: done, publishedPerSecond: published)
    #expect(forecast.seconds == nil)
  }

  @Test func duringAPeakTheRestOfThePeakIsCounted() {
    // 100 wait, 150 a second come for 4 seconds more and then 10; 50 a second are done.
    let forecast = DrainForecast(
      waiting: 100,
      donePerSecond: 50,
      publishedPerSecond: 150,
      remainingSeconds: 4,
      laterShare: 1.0 / 15
    )
    #expect(abs((forecast.seconds ?? 0) - (4 + 500.0 / 40)) < 1e-9)
  }

  @Test func aPeakThatIsWorkedOffMayEndBeforeThePeakDoes() {
    let forecast = DrainForecast(
      waiting: 100,
      donePerSecond: 60,
      publishedPerSecond: 40,
      remainingSeconds: 20,
      laterShare: 0.1
    )
    #expect(forecast.seconds == 5)
  }

  @Test func aPeakThatIsWorkedOffSlowlyEndsSoonerAfterIt() {
    let forecast = DrainForecast(
      waiting: 100,
      donePerSecond: 60,
      publishedPerSecond: 50,
      remainingSeconds: 4,
      laterShare: 0.2
    )
    // 60 are left when the peak is over, and 10 a second come then.
    #expect(abs((forecast.seconds ?? 0) - (4 + 60.0 / 50)) < 1e-9)
  }

  @Test func whoIsTooSlowAfterThePeakAsWellIsNeverDone() {
    let forecast = DrainForecast(
      waiting: 100,
      donePerSecond: 5,
      publishedPerSecond: 50,
      remainingSeconds: 4,
      laterShare: 0.5
    )
    #expect(forecast.seconds == nil)
  }
}
