import Canvas
import TOMLText

/// Reads single values of a theme file; every refusal names the line and the mend.
extension ThemeDocument {
  /// Returns a name or an author that fits into a table.
  static func short(_ text: String) -> String {
    SafeText.clean(String(text.prefix(Limits.nameCharacters)))
  }

  /// The 16 colours that every terminal has, in their order.
  static let basicColorNames = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
    "bright-black", "bright-red", "bright-green", "bright-yellow",
    "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
  ]

  func place(_ path: [String]) -> Location {
    Location(file: file, line: lines.line(of: path))
  }

  func table(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> [(String, TOMLNode)] {
    if case .table(let entries) = node { return entries.inOrder }
    let name = path.joined(separator: ".")
    throw place(path).error("\(quoted(name)) is not a section", mend: "write [\(name)]")
  }

  func string(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> String {
    if case .string(let text) = node { return text }
    let name = path.last ?? ""
    throw place(path).error(
      "the value of \(quoted(name)) is not a text",
      mend: "put it between double quotes"
    )
  }

  /// Reads `#rrggbb`.
  func hexadecimal(_ text: String, _ path: [String]) throws(ThemeError) -> PaletteColor {
    guard text.hasPrefix("#"), let color = RGB(digits: text.dropFirst()) else {
      throw place(path).error("\(quoted(text)) is not a colour", mend: "write it as \"#88c0d0\"")
    }
    return .rgb(color.red, color.green, color.blue)
  }

  /// Reads one of the 16 colours by its name or its number.
  func basicColor(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> UInt8 {
    switch node {
    case .integer(let number) where (0...15).contains(number):
      return UInt8(number)
    case .string(let name):
      if let index = Self.basicColorNames.firstIndex(of: name) { return UInt8(index) }
    case .integer, .boolean, .array, .table, .other:
      break
    }
    throw place(path).error(
      "ansi16 is none of the 16 colours",
      mend: "write 0 to 15, or a name like \"red\" or \"bright-red\""
    )
  }

  /// Reads a colour of a role: `#rrggbb`, or a name that is looked up later.
  func colorText(_ text: String, _ path: [String]) throws(ThemeError) -> ColorText {
    text.hasPrefix("#") ? .direct(try hexadecimal(text, path)) : .name(text)
  }

  func modifiers(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> Modifiers {
    guard case .array(let words) = node else {
      throw place(path).error("modifiers are not a list", mend: "write [\"bold\"]")
    }
    var result: Modifiers = []
    for word in words {
      let name = try string(word, path)
      guard let known = Modifiers.named.first(where: { $0.name == name }) else {
        throw place(path).error(
          "modifier \(quoted(name)) is not known",
          mend: "use \(Self.choices(Modifiers.named.map(\.name)))"
        )
      }
      result.insert(known.value)
    }
    return result
  }

  /// Reads a glyph and its ASCII twin, each one column wide.
  func pair(_ node: TOMLNode, _ path: [String]) throws(ThemeError) -> Pair {
    if case .array(let parts) = node, parts.count == 2,
      case .string(let shown) = parts[0], case .string(let twin) = parts[1],
      let glyph = Self.singleColumn(shown), let ascii = Self.singleColumn(twin), ascii.isASCII
    {
      return Pair(glyph: glyph, ascii: ascii)
    }
    throw place(path).error(
      "a glyph is a list of one character of one column and its ASCII twin",
      mend: "write [\"▲\", \"!\"]"
    )
  }

  private static func singleColumn(_ text: String) -> Unicode.Scalar? {
    guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1,
      CharacterWidth.columns(of: text) == 1, SafeText.clean(text) == text
    else { return nil }
    return scalar
  }

  /// Returns a text from a file between quotes, made safe for a terminal and not too long.
  func quoted(_ text: String) -> String { Location.quoted(text) }

  static func choices(_ words: [String]) -> String {
    words.joined(separator: ", ")
  }
}
