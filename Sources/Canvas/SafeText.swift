/// Makes text from the network fit to be shown.
///
/// Control characters become their pictures (`␛`), which tell two hostile names apart; what a
/// terminal would hide, reorder or measure in its own way (bidirectional controls, zero-width and
/// private characters, unassigned ones) becomes `�`. Variation selectors are dropped: they change
/// the width of a character in some terminals only.
package enum SafeText {
  /// Stands for a character that is not shown.
  package static let replacement: Unicode.Scalar = "\u{FFFD}"
  /// Carries a mark that has nothing to stand on.
  package static let circle: Unicode.Scalar = "\u{25CC}"

  /// Returns the text with nothing in it that a terminal could obey.
  ///
  /// - Complexity: O(length); text of printable ASCII is returned as it is.
  package static func clean(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count)
    var isFirst = true
    for scalar in text.unicodeScalars {
      guard let (shown, shownClass) = shown(for: scalar) else { continue }
      if shownClass == .mark, isFirst { result.unicodeScalars.append(circle) }
      result.unicodeScalars.append(shown)
      isFirst = false
    }
    return result
  }

  /// What is drawn for a character, and its class, which is never `unsafe`; nil when nothing is.
  static func shown(
    for scalar: Unicode.Scalar
  ) -> (scalar: Unicode.Scalar, shownClass: CharacterWidth.Class)? {
    let value = scalar.value
    if value >= 0x20, value < 0x7F { return (scalar, .narrow) }
    if (0xFE00...0xFE0F).contains(value) || (0xE0100...0xE01EF).contains(value) { return nil }
    let characterClass = CharacterWidth.classify(scalar)
    if characterClass != .unsafe { return (scalar, characterClass) }
    if value < 0x20 { return (Unicode.Scalar(0x2400 + value) ?? replacement, .narrow) }
    return (value == 0x7F ? "\u{2421}" : replacement, .narrow)
  }
}
