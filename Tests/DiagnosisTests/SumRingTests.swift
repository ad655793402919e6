import Diagnosis
import Telemetry
import Testing

@Suite struct SumRingTests {
  private static func at(_ seconds: Double) -> Instant {
    Instant.zero.advanced(bySeconds: 100 + seconds)
  }

  @Test func oneInstantSaysNothingOfEarlierOnes() {
    var ring = SumRing<String, Int>()
    #expect(ring.sums(of: 0, agedSeconds: 2) == nil)
    ring.add([7], of: ["a"], at: Self.at(0))
    #expect(ring.sums(of: 0, agedSeconds: 2) == nil)
  }

  @Test func theNewestThatIsOldEnoughIsFound() throws {
    var ring = SumRing<String, Int>()
    for step in 0...40 { ring.add([step], of: ["a"], at: Self.at(Double(step) * 0.5)) }
    let quick = try #require(ring.sums(of: 0, agedSeconds: 2))
    #expect(quick.sums == 36 && quick.seconds == 2)
    let steady = try #require(ring.sums(of: 0, agedSeconds: 10))
    #expect(steady.sums == 20 && steady.seconds == 10)
  }

  @Test func whereNothingIsThatOldTheOldestIsFoundWithItsAge() throws {
    var ring = SumRing<String, Int>()
    for step in 0...4 { ring.add([step], of: ["a"], at: Self.at(Double(step) * 0.5)) }
    let found = try #require(ring.sums(of: 0, agedSeconds: 10))
    #expect(found.sums == 0 && found.seconds == 2)
    // Of a ring that runs for long the oldest is some eleven seconds old, whatever is asked for.
    for step in 5...100 { ring.add([step], of: ["a"], at: Self.at(Double(step) * 0.5)) }
    let oldest = try #require(ring.sums(of: 0, agedSeconds: 600))
    #expect((10...12).contains(oldest.seconds))
    #expect(oldest.sums == 100 - Int(oldest.seconds * 2))
  }

  @Test func aSpanThatIsTooShortIsNoise() {
    var ring = SumRing<String, Int>()
    ring.add([1], of: ["a"], at: Self.at(0))
    ring.add([9], of: ["a"], at: Self.at(0.1))
    #expect(ring.sums(of: 0, agedSeconds: 2) == nil)
  }

  @Test func instantsThatLieCloseTogetherDoNotShortenTheRing() throws {
    var ring = SumRing<String, Int>()
    // Eight a second are more than there are columns for in eleven seconds.
    for step in 0...400 { ring.add([step], of: ["a"], at: Self.at(Double(step) / 8)) }
    let found = try #require(ring.sums(of: 0, agedSeconds: 10))
    #expect(found.seconds >= 9.5 && found.seconds <= 11.5)
    #expect(Double(found.sums) == 400 - found.seconds * 8)
  }

  @Test func instantsThatLieFarApartAreKeptTwo() throws {
    var ring = SumRing<String, Int>()
    for step in 0...3 { ring.add([step], of: ["a"], at: Self.at(Double(step) * 60)) }
    let found = try #require(ring.sums(of: 0, agedSeconds: 10))
    #expect(found.sums == 2 && found.seconds == 60)
  }

  @Test func thingsKeepTheirSumsWhenOthersComeAndGo() throws {
    var ring = SumRing<String, Int>()
    for step in 0...4 { ring.add([step, 100 + step], of: ["b", "d"], at: Self.at(Double(step))) }
    ring.add([0, 105, 0], of: ["a", "d", "e"], at: Self.at(5))
    #expect(ring.keys == ["a", "d", "e"])
    #expect(ring.sums(of: 0, agedSeconds: 2) == nil)
    let known = try #require(ring.sums(of: 1, agedSeconds: 2))
    #expect(known.sums == 103 && known.seconds == 2)
    // One that comes again is another one.
    ring.add([6, 106], of: ["b", "d"], at: Self.at(6))
    #expect(ring.sums(of: 0, agedSeconds: 2) == nil)
    ring.add([7, 107], of: ["b", "d"], at: Self.at(7))
    let again = try #require(ring.sums(of: 0, agedSeconds: 5))
    #expect(again.sums == 6 && again.seconds == 1)
  }

  @Test func whatIsResetKnowsNothing() {
    var ring = SumRing<String, Int>()
    for step in 0...4 { ring.add([step], of: ["a"], at: Self.at(Double(step))) }
    ring.reset()
    #expect(ring.keys.isEmpty)
    ring.add([9], of: ["a"], at: Self.at(9))
    #expect(ring.sums(of: 0, agedSeconds: 2) == nil)
  }
}
