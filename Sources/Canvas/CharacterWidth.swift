/// How much room characters take on a terminal.
package enum CharacterWidth {
  /// What a terminal does with a character.
  package enum Class: Hashable, Sendable {
    case narrow
    case wide
    /// Drawn over the character before it.
    case mark
    /// Must not reach a terminal; see ``SafeText``.
    case unsafe
  }

  /// Returns the class of a character.
  ///
  /// - Complexity: O(1) below U+0300, then O(log n) in the number of ranges.
  package static func classify(_ scalar: Unicode.Scalar) -> Class {
    let value = scalar.value
    if value < 0x300 {
      return value < 0x20 || (0x7F...0x9F).contains(value) || value == 0xAD ? .unsafe : .narrow
    }
    // Box drawing, blocks, braille and most of what a screen is made of.
    if (0x2500...0x25FC).contains(value) || (0x2800...0x28FF).contains(value) { return .narrow }
    if contains(value, in: WidthTable.wide) { return .wide }
    if contains(value, in: WidthTable.marks) { return .mark }
    return contains(value, in: WidthTable.unsafe) ? .unsafe : .narrow
  }

  /// Returns the columns that a text takes once ``SafeText`` has made it safe.
  package static func columns(of text: String) -> Int {
    var columns = 0
    for scalar in text.unicodeScalars {
      columns += scalar.value < 0x7F ? 1 : width(of: classify(scalar), isFirst: columns == 0)
    }
    return columns
  }

  /// The columns of one character; a mark at the start of a text stands on a circle of its own.
  static func width(of characterClass: Class, isFirst: Bool) -> Int {
    switch characterClass {
    case .narrow, .unsafe: 1
    case .wide: 2
    case .mark: isFirst ? 1 : 0
    }
  }

  private static func contains(_ value: UInt32, in pairs: [UInt32]) -> Bool {
    var low = 0
    var high = pairs.count / 2
    while low < high {
      let middle = (low + high) / 2
      if value < pairs[2 * middle] {
        high = middle
      } else if value > pairs[2 * middle + 1] {
        low = middle + 1
      } else {
        return true
      }
    }
    return false
  }
}
