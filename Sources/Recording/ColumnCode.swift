/// How the differences of one column of a table are written, chosen anew for each column of each
/// frame.
///
///     0                 all are 0
///     10 SSSSSS         each in the code with the scale S
///     11 SSSSSS         each with a bit in front that is 0 for 0; else one less, in the code
struct ColumnCode: Equatable {
  var scale: Int
  /// Whether most are 0, so that a bit for it pays.
  var hasZeroBits: Bool

  private static let scaleBits = 6
  /// Differences need no more than that before their code becomes longer than they are.
  private static let highestScale = 48

  /// How many numbers of each width in bits there are, from 0 to 64.
  struct Widths {
    private(set) var counts = [Int](repeating: 0, count: 65)

    mutating func reset() {
      for index in counts.indices { counts[index] = 0 }
    }

    mutating func add(_ value: UInt64) {
      counts[UInt64.bitWidth - value.leadingZeroBitCount] += 1
    }
  }

  /// Chooses the shortest.
  ///
  /// - Parameter widths: Those of the differences.
  /// - Returns: nil when all are 0.
  static func best(for widths: Widths) -> ColumnCode? {
    let counts = widths.counts
    guard let widest = counts.lastIndex(where: { $0 > 0 }), widest > 0 else { return nil }
    let all = counts.reduce(0, +)
    var best = ColumnCode(scale: 0, hasZeroBits: false)
    var fewest = Int.max
    for scale in 0...min(widest, highestScale) {
      var bits = 0
      for width in 1...widest where counts[width] > 0 {
        bits += counts[width] * BitWriter.codeBits(width: width, scale: scale)
      }
      let plain = bits + counts[0] * BitWriter.codeBits(width: 0, scale: scale)
      let flagged = bits + all
      if min(plain, flagged) < fewest {
        fewest = min(plain, flagged)
        best = ColumnCode(scale: scale, hasZeroBits: flagged < plain)
      }
    }
    return best
  }

  static func write(_ code: ColumnCode?, to bits: inout BitWriter) {
    bits.flag(code != nil)
    guard let code else { return }
    bits.flag(code.hasZeroBits)
    bits.bits(UInt64(code.scale), count: scaleBits)
  }

  static func read(from bits: inout BitReader) -> ColumnCode? {
    guard bits.flag() else { return nil }
    let hasZeroBits = bits.flag()
    return ColumnCode(scale: Int(bits.bits(scaleBits)), hasZeroBits: hasZeroBits)
  }

  func write(_ value: UInt64, to bits: inout BitWriter) {
    guard hasZeroBits else { return bits.code(value, scale: scale) }
    bits.flag(value != 0)
    if value != 0 { bits.code(value - 1, scale: scale) }
  }

  func value(from bits: inout BitReader) -> UInt64 {
    guard hasZeroBits else { return bits.code(scale: scale) }
    return bits.flag() ? bits.code(scale: scale) &+ 1 : 0
  }
}

/// Signed differences as numbers that are small when the difference is, whatever its sign.
enum ZigZag {
  static func number(_ difference: Int64) -> UInt64 {
    UInt64(bitPattern: difference << 1 ^ difference >> 63)
  }

  static func difference(_ number: UInt64) -> Int64 {
    Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
  }
}
