import Telemetry

/// Texts of a scenario file.
enum ScenarioText {
  /// Makes one line of a text that was written over several.
  ///
  /// A line end becomes a blank, except between characters that are written without blanks, as
  /// Chinese is, and beside their punctuation.
  static func folded(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
      .map { line in line.split { $0 == " " || $0 == "\t" }.joined(separator: " ") }
      .filter { !$0.isEmpty }
    return lines.dropFirst().reduce(into: lines.first ?? "") { result, line in
      guard let left = result.last, let right = line.first else { return }
      let isTight =
        isWide(left) && (isWide(right) || left.isPunctuation)
        || isWide(right) && right.isPunctuation
      result += isTight ? line : " " + line
    }
  }

  /// Whether a character is written without blanks around it and two columns wide: ideographs and
  /// their punctuation.
  static func isWide(_ character: Character) -> Bool {
    guard let value = character.unicodeScalars.first?.value else { return false }
    return (0x2E80...0x9FFF).contains(value) || (0xFF00...0xFF60).contains(value)
      || (0x20000...0x3FFFF).contains(value) || value == 0x2014 || (0x2018...0x201D).contains(value)
  }

  /// Whether a terminal might take a part of a text for an order, or nobody could see it.
  static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      true
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber,
      .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol, .spaceSeparator:
      false
    @unknown default: true
    }
  }

  /// A text with a question mark for everything that ``isUnprintable(_:)``.
  static func printable(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isUnprintable($0) ? "?" : $0 }))
  }

  /// A text from a file between quotes, not too long.
  static func quoted(_ text: String) -> String {
    let isLong = text.count > Limits.quotedCharacters
    return "'\(text.prefix(Limits.quotedCharacters))\(isLong ? "…" : "")'"
  }

  /// Whether a text may be the name of something: letters, digits and dashes.
  static func isName(_ text: String) -> Bool {
    Limits.nameCharacters.contains(text.utf8.count) && text.utf8.allSatisfy(isNameByte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether a text has the beginning of a place for a measured number, `{async.p95`, without its
  /// end.
  ///
  /// A brace with nothing of a name behind it is a character as any other.
  static func hasOpenPlace(_ text: String) -> Bool {
    text.utf8.indices.contains { index in
      guard text.utf8[index] == UInt8(ascii: "{") else { return false }
      let inside = text.utf8[text.utf8.index(after: index)...]
      let name = inside.prefix { isNameByte($0) || $0 == UInt8(ascii: ".") }
      guard let first = name.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
        return false
      }
      return inside[name.endIndex...].first != UInt8(ascii: "}")
    }
  }
}
