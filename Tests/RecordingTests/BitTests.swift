import Testing

@testable import Recording

@Suite struct BitTests {
  private static let numbers: [UInt64] =
    (0..<64)
    .flatMap { place -> [UInt64] in
      let power: UInt64 = 1 << UInt64(place)
      return [power - 1, power, power + 1]
    } + [UInt64.max, UInt64.max - 1]

  @Test(arguments: [0, 1, 5, 31, 48])
  func aNumberComesBackWhateverItsCode(scale: Int) {
    var writer = BitWriter()
    for number in Self.numbers { writer.code(number, scale: scale) }
    var reader = BitReader(writer.finished(), from: 0)
    for number in Self.numbers { #expect(reader.code(scale: scale) == number) }
    #expect(!reader.isDamaged)
  }

  @Test func aCodeTakesTheBitsThatAreForetold() {
    for number in Self.numbers {
      var writer = BitWriter()
      writer.code(number, scale: 4)
      let width = UInt64.bitWidth - number.leadingZeroBitCount
      let bits = BitWriter.codeBits(width: width, scale: 4)
      #expect(writer.finished().count == (bits + 7) / 8, "\(number)")
    }
  }

  @Test func bitsComeBackInAnyWidth() {
    var writer = BitWriter()
    for width in 0...64 { writer.bits(0xF0F0_1234_5678_9ABC, count: width) }
    var reader = BitReader(writer.finished(), from: 0)
    for width in 0...64 {
      let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
      #expect(reader.bits(width) == 0xF0F0_1234_5678_9ABC & mask, "\(width)")
    }
  }

  @Test func whatIsBeyondTheEndIsZeroAndToldOf() {
    var reader = BitReader([0xFF], from: 0)
    #expect(reader.bits(8) == 0xFF)
    #expect(!reader.isDamaged)
    #expect(reader.bits(1) == 0)
    #expect(reader.isDamaged)
    var codes = BitReader([0, 0], from: 0)
    #expect(codes.code(scale: 0) == 0)
    #expect(codes.isDamaged)
  }

  @Test func aColumnOfMostlyZerosGetsABitForEach() throws {
    var widths = ColumnCode.Widths()
    for _ in 0..<100 { widths.add(0) }
    #expect(ColumnCode.best(for: widths) == nil)
    widths.add(100_000)
    #expect(ColumnCode.best(for: widths)?.hasZeroBits == true)
    var others = ColumnCode.Widths()
    for number in 0..<100 { others.add(UInt64(40 + number % 20)) }
    #expect(ColumnCode.best(for: others) == ColumnCode(scale: 5, hasZeroBits: false))
  }

  @Test func differencesOfEverySizeComeBack() {
    for number in [0, 1, -1, 63, -64, Int64.max, .min] {
      #expect(ZigZag.difference(ZigZag.number(number)) == number)
    }
    #expect(ZigZag.number(-1) == 1)
    #expect(ZigZag.number(1) == 2)
  }

  @Test func aMeasuredTimeKeepsThreeDigitsAndIsKeptExactlyTheSecondTime() throws {
    for number in [0, 1, 999, 1_023, 1_024, 1_025, 2_047, 2_048, 123_456, 9_999_999, 1e15] {
      let once = try #require(ThreeDigits.number(ThreeDigits.code(number)))
      #expect(abs(once - number) <= number / 1_000)
      #expect(ThreeDigits.number(ThreeDigits.code(once)) == once)
    }
    #expect(ThreeDigits.code(.nan) == 0)
    #expect(ThreeDigits.code(-5) == 0)
    #expect(ThreeDigits.number(ThreeDigits.code(.infinity)) != nil)
    #expect(ThreeDigits.number(-1) == nil)
    #expect(ThreeDigits.number(.max) == nil)
  }
}
