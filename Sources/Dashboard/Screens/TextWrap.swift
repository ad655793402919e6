import Canvas

/// Breaks texts into lines.
///
/// Words of letters are broken at spaces; between wide characters, as Chinese has them, a line can
/// end anywhere but before a closing sign and behind an opening one.
enum TextWrap {
  /// Signs that no line begins with.
  private static let closing = Set("，。；：！？、）》〉」』】〕］｝”’…％,.;:!?)]%".unicodeScalars)
  /// Signs that no line ends with.
  private static let opening = Set("（《〈「『【〔［｛“‘([".unicodeScalars)

  /// Returns the lines of a text made safe, none wider than `columns`.
  static func lines(_ text: String, columns: Int) -> [String] {
    let width = max(2, columns)
    var lines: [String] = []
    var line = ""
    var used = 0
    for piece in pieces(of: SafeText.clean(text)) {
      var rest = piece
      let needed = CharacterWidth.columns(of: rest)
      if used + needed > width, used > 0 {
        lines.append(trimmed(line))
        line = ""
        used = 0
        if rest == " " { continue }
      }
      // A word that no line holds is broken where the line is full.
      while CharacterWidth.columns(of: rest) > width {
        let head = TextCut.end(rest, columns: width, ellipsis: nil)
        if head.isEmpty { break }
        lines.append(head)
        rest = String(rest.unicodeScalars.dropFirst(head.unicodeScalars.count))
      }
      if line.isEmpty, rest == " " { continue }
      line += rest
      used = CharacterWidth.columns(of: line)
    }
    let last = trimmed(line)
    if !last.isEmpty { lines.append(last) }
    return lines
  }

  private static func trimmed(_ line: String) -> String {
    var line = line
    while line.last == " " { line.removeLast() }
    return line
  }

  /// What stays together: words, single blanks, wide characters with the closing signs behind them.
  private static func pieces(of text: String) -> [String] {
    var pieces: [String] = []
    var current = String.UnicodeScalarView()
    var isWide = false
    /// Ends a piece, unless it would end with an opening sign.
    func flush() {
      if let last = current.last, opening.contains(last) { return }
      if !current.isEmpty { pieces.append(String(current)) }
      current = String.UnicodeScalarView()
    }
    for scalar in text.unicodeScalars {
      if opening.contains(scalar), isWide { flush() }
      let kind = CharacterWidth.classify(scalar)
      if scalar == " " {
        if let last = current.last, opening.contains(last) {
          pieces.append(String(current))
          current = String.UnicodeScalarView()
        }
        flush()
        pieces.append(" ")
        isWide = false
      } else if closing.contains(scalar) || kind == .mark {
        current.append(scalar)
      } else if kind == .wide {
        flush()
        current.append(scalar)
        isWide = true
      } else {
        if isWide { flush() }
        isWide = false
        current.append(scalar)
      }
    }
    if !current.isEmpty { pieces.append(String(current)) }
    return pieces
  }
}
