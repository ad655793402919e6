import Telemetry
import Testing

@testable import ManagementClient

/// Sums that are measured more rarely than they are given out.
@Suite struct EvenSumsTests {
  private func instant(_ seconds: Double) -> Instant { Instant.zero.advanced(bySeconds: seconds) }

  @Test func whatIsMeasuredEachStepIsGivenOutAtOnce() {
    var sums = EvenSums([100], at: instant(0))
    sums.measure([150], isMoving: true, stepSeconds: 5, at: instant(5))
    #expect(sums.given(at: instant(5), stepSeconds: 5) == [150])
  }

  @Test func whatIsMeasuredRarelyIsGivenOutEvenly() {
    var sums = EvenSums([0], at: instant(0))
    sums.measure([600], isMoving: true, stepSeconds: 5, at: instant(30))
    let given = stride(from: 30.0, through: 60, by: 5).map {
      sums.given(at: instant($0), stepSeconds: 5)[0]
    }
    #expect(given == [100, 200, 300, 400, 500, 600, 600])
  }

  @Test func aMeasurementThatComesEarlyLosesNothing() {
    var sums = EvenSums([0], at: instant(0))
    sums.measure([600], isMoving: true, stepSeconds: 5, at: instant(30))
    let before = sums.given(at: instant(35), stepSeconds: 5)[0]
    sums.measure([700], isMoving: true, stepSeconds: 5, at: instant(40))
    let given = [40.0, 45, 50].map { sums.given(at: instant($0), stepSeconds: 5)[0] }
    #expect(given[0] >= before)
    #expect(given == given.sorted())
    #expect(given.last == 700)
  }

  @Test func aBrokerThatHasNotMeasuredAnewIsNotTakenForOneThatStands() {
    var sums = EvenSums([0], at: instant(0))
    sums.measure([50], isMoving: true, stepSeconds: 5, at: instant(5))
    sums.measure([50], isMoving: true, stepSeconds: 5, at: instant(10))
    sums.measure([150], isMoving: true, stepSeconds: 5, at: instant(15))
    // Ten seconds' worth is given out over ten seconds.
    #expect(sums.given(at: instant(15), stepSeconds: 5) == [100])
    #expect(sums.given(at: instant(20), stepSeconds: 5) == [150])
  }

  @Test func whatStandsStands() {
    var sums = EvenSums([0], at: instant(0))
    sums.measure([50], isMoving: true, stepSeconds: 5, at: instant(5))
    sums.measure([50], isMoving: false, stepSeconds: 5, at: instant(10))
    sums.measure([60], isMoving: true, stepSeconds: 5, at: instant(15))
    #expect(sums.given(at: instant(15), stepSeconds: 5) == [60])
  }

  @Test func sumsThatFellBeganAnew() {
    var sums = EvenSums([500, 5], at: instant(0))
    sums.measure([20, 6], isMoving: true, stepSeconds: 5, at: instant(30))
    #expect(sums.given(at: instant(30), stepSeconds: 5) == [20, 6])
  }

  @Test func afterALongSilenceNothingIsGivenOutSlowly() {
    var sums = EvenSums([0], at: instant(0))
    sums.measure([1_000], isMoving: true, stepSeconds: 5, at: instant(300))
    #expect(sums.given(at: instant(300), stepSeconds: 5) == [1_000])
  }
}
