/// Puts numbers of any number of bits behind one another, the highest bit first.
struct BitWriter {
  /// The whole bytes so far; ``finished()`` adds the rest.
  private(set) var bytes: [UInt8] = []
  /// The bits that do not fill a byte yet, fewer than 8, in the lowest places.
  private var pending: UInt64 = 0
  private var pendingCount = 0

  /// Appends the lowest `count` bits of a number.
  mutating func bits(_ value: UInt64, count: Int) {
    guard count <= 32 else {
      bits(value >> 32, count: count - 32)
      bits(value & 0xFFFF_FFFF, count: 32)
      return
    }
    pending = pending << UInt64(count) | value & (1 << UInt64(count) - 1)
    pendingCount += count
    while pendingCount >= 8 {
      pendingCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> UInt64(pendingCount)))
    }
  }

  mutating func flag(_ value: Bool) {
    bits(value ? 1 : 0, count: 1)
  }

  /// Appends a number in a code that is short for numbers below two to the power of `scale`.
  ///
  /// The lowest `scale` bits are written as they are. What is above them has a width in bits: that
  /// many zeros and a one come first, and the bits below its own highest one last.
  mutating func code(_ value: UInt64, scale: Int) {
    let high = value >> UInt64(scale)
    let width = UInt64.bitWidth - high.leadingZeroBitCount
    bits(0, count: width)
    bits(1, count: 1)
    if width > 1 { bits(high, count: width - 1) }
    bits(value, count: scale)
  }

  /// How many bits ``code(_:scale:)`` takes for a number of so many bits.
  static func codeBits(width: Int, scale: Int) -> Int {
    scale + (width <= scale ? 1 : 2 * (width - scale))
  }

  /// Appends a count, most of which are small.
  mutating func number(_ value: Int) {
    code(UInt64(value), scale: 3)
  }

  /// Returns the bytes, the last one filled up with zeros.
  consuming func finished() -> [UInt8] {
    if pendingCount > 0 { bits(0, count: 8 - pendingCount) }
    return bytes
  }
}
