import Testing

@testable import Compare

@Suite struct MedianTests {
  @Test func theMiddleOfAnOddNumberIsTaken() {
    #expect(median([3, 1, 200]) == 3)
  }

  @Test func theTwoInTheMiddleOfAnEvenNumberAreShared() {
    #expect(median([4, 1, 200, 2]) == 3)
  }

  @Test func nothingHasNoMedian() {
    #expect(median([]) == nil)
  }
}
