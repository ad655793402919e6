import Telemetry
import Testing

@testable import Lab

/// When everything is refused, the channel is made anew, more and more rarely.
struct RefusalWatchTests {
  /// What a watch says to refusals at some seconds.
  private func answers(_ watch: inout RefusalWatch, at seconds: [Double]) -> [Bool] {
    seconds.map { watch.refused(at: Instant.zero.advanced(by: .seconds($0))) }
  }

  @Test func aMomentOfRefusalsIsNothing() {
    var watch = RefusalWatch()
    #expect(answers(&watch, at: [0, 0.9]) == [false, false])
    watch.confirmed()
    #expect(answers(&watch, at: [1.2]) == [false])
  }

  @Test func aSecondOfThemBreaksTheChannelAndThenTwoSeconds() {
    var watch = RefusalWatch()
    #expect(answers(&watch, at: [0, 1]) == [false, true])
    #expect(answers(&watch, at: [1.1, 2.9, 3.1]) == [false, false, true])
    watch.confirmed()
    #expect(answers(&watch, at: [4, 5]) == [false, true])
  }
}
