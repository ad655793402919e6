import Testing

@testable import Compare

/// What became of numbered messages.
@Suite struct SequenceCheckTests {
  private func flaws(_ numbers: [UInt64?], sent: Int) -> Flaws {
    var check = SequenceCheck()
    for number in numbers { check.received(number) }
    return check.flaws(sentCount: sent)
  }

  @Test func allInOrderIsWithoutAFlaw() {
    #expect(flaws([0, 1, 2, 3], sent: 4) == Flaws())
    #expect(flaws([0, 1, 2, 3], sent: 4).text == nil)
    #expect(flaws([], sent: 0) == Flaws())
  }

  @Test func aGapIsLost() {
    #expect(flaws([0, 3], sent: 4) == Flaws(lost: 2))
  }

  @Test func whatDidNotComeAtTheEndIsLostToo() {
    #expect(flaws([0, 1], sent: 5) == Flaws(lost: 3))
    #expect(flaws([], sent: 5) == Flaws(lost: 5))
  }

  @Test func whatComesLateIsOutOfOrderAndNotLost() {
    #expect(flaws([1, 0, 2], sent: 3) == Flaws(outOfOrder: 1))
    #expect(flaws([2, 1, 0], sent: 3) == Flaws(outOfOrder: 2))
  }

  @Test func whatComesTwiceIsCounted() {
    #expect(flaws([0, 1, 1, 0], sent: 2) == Flaws(duplicated: 2))
    #expect(flaws([0, 2, 1, 1], sent: 3) == Flaws(duplicated: 1, outOfOrder: 1))
  }

  @Test func whatWasNeverSentIsStrange() {
    #expect(flaws([nil, 0, nil], sent: 1) == Flaws(strange: 2))
    #expect(flaws([0, 1, 2], sent: 1) == Flaws(strange: 2))
  }

  @Test func aHugeGapIsCountedWithoutRememberingIt() {
    let last = UInt64(Limits.rememberedMissing) * 3
    #expect(flaws([0, last], sent: Int(last) + 1) == Flaws(lost: Int(last) - 1))
  }

  @Test func theLoudestWordComesFirst() {
    let flaws = Flaws(lost: 3, duplicated: 1, outOfOrder: 2, strange: 4, refused: 5)
    #expect(flaws.text == "LOST 3, REFUSED 5, twice 1, out of order 2, strange 4")
    #expect((flaws + flaws).lost == 6)
  }
}
