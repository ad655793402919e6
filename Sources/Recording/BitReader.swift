/// Takes numbers off the bits that a ``BitWriter`` wrote.
///
/// Beyond the end there are zeros, and ``isDamaged`` is set: who reads checks it where a loop would
/// go on for long, and at the end.
struct BitReader {
  private let bytes: [UInt8]
  /// The place of the next bit.
  private var position: Int
  private let end: Int
  private(set) var isDamaged = false

  /// - Parameters:
  ///   - bytes: What was written.
  ///   - start: The byte to begin with.
  init(_ bytes: [UInt8], from start: Int) {
    self.bytes = bytes
    position = start * 8
    end = bytes.count * 8
  }

  /// How many bits are left; no count of things that take a bit each can be higher.
  var remaining: Int { max(end - position, 0) }

  /// Remembers that something cannot be.
  mutating func refuse() {
    isDamaged = true
  }

  mutating func flag() -> Bool {
    bits(1) != 0
  }

  /// Takes up to 64 bits.
  mutating func bits(_ count: Int) -> UInt64 {
    guard count > 0 else { return 0 }
    guard count <= 56 else {
      let high = bits(count - 32)
      return high << 32 | bits(32)
    }
    guard count <= remaining else {
      isDamaged = true
      position = end
      return 0
    }
    let value = window >> UInt64(64 - count)
    position += count
    return value
  }

  /// Takes a number in the code of ``BitWriter/code(_:scale:)``.
  mutating func code(scale: Int) -> UInt64 {
    var width = 0
    while true {
      // Of the window 57 bits are sure to be there.
      let zeros = min(window.leadingZeroBitCount, 56)
      width += zeros
      position += zeros
      guard width <= 64, remaining > 0 else {
        isDamaged = true
        position = end
        return 0
      }
      if zeros < 56 { break }
    }
    position += 1
    var high: UInt64 = width == 0 ? 0 : 1
    if width > 1 { high = high << UInt64(width - 1) | bits(width - 1) }
    guard scale == 0 || high.leadingZeroBitCount >= scale else {
      isDamaged = true
      return 0
    }
    return high << UInt64(scale) | bits(scale)
  }

  /// Takes a count of at most `limit`.
  mutating func number(upTo limit: Int) -> Int {
    let value = code(scale: 3)
    guard value <= UInt64(limit) else {
      isDamaged = true
      return 0
    }
    return Int(value)
  }

  /// The next bits, at the top; zeros beyond the end.
  private var window: UInt64 {
    let first = position >> 3
    var value: UInt64 = 0
    if first + 8 <= bytes.count {
      for index in first..<first + 8 { value = value << 8 | UInt64(bytes[index]) }
    } else {
      for index in first..<first + 8 {
        value = value << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0)
      }
    }
    return value << UInt64(position & 7)
  }
}
