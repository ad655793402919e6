/// Reads base16 schemes: the subset of YAML that they are written in, and no more.
///
/// Lines of `key: value`, the sixteen colours either at the top (the old layout) or indented under
/// `palette:` (the new one).
struct Base16Reader {
  private static let names = (0...15).map { "base0" + String($0, radix: 16, uppercase: true) }

  private let file: String
  private var texts: [String: String] = [:]
  private var palette: [String: RGB] = [:]

  init(_ text: String, file: String) throws(ThemeError) {
    self.file = file
    var isInPalette = false
    for (index, line) in TextLines.of(text).enumerated() {
      let place = Location(file: file, line: index + 1)
      let indentation = line.prefix { $0 == " " || $0 == "\t" }
      if indentation.contains("\t"), !Self.isEmpty(line) {
        throw place.error("a tab before a key", mend: "indent with spaces, as YAML wants it")
      }
      guard let (key, value) = try Self.pair(line.dropFirst(indentation.count), place) else {
        continue
      }
      if indentation.isEmpty { isInPalette = false }
      if !indentation.isEmpty, !isInPalette {
        // A list or a table of something that we have no use for, or a mistake.
        throw place.error(
          "\(Location.quoted(key)) is indented, but not under palette:",
          mend: "take the spaces away"
        )
      }
      if key == "palette", value.isEmpty {
        isInPalette = true
      } else if let name = Self.names.first(where: { $0.lowercased() == key.lowercased() }) {
        try note(value, as: name, place)
      } else if !isInPalette {
        texts[key] = value
      }
    }
  }

  /// The colours by what the scheme says they are for.
  func colors() throws(ThemeError) -> ImportedColors {
    let missing = Self.names.filter { palette[$0] == nil }
    guard missing.isEmpty else {
      throw ThemeError(
        kind: .malformedFile,
        file: file,
        line: nil,
        problem: "without \(missing.joined(separator: ", "))",
        mend: "a base16 scheme has base00 to base0F"
      )
    }
    var colors = ImportedColors(
      title: texts["scheme"] ?? texts["name"] ?? ThemeFormat.title(of: file),
      author: texts["author"] ?? ""
    )
    let uses: [(ImportedColors.Slot, String)] = [
      (.background, "base00"), (.raised, "base01"), (.line, "base03"), (.muted, "base04"),
      (.text, "base05"), (.bright, "base07"), (.red, "base08"), (.orange, "base09"),
      (.amber, "base0A"), (.green, "base0B"), (.teal, "base0C"), (.blue, "base0D"),
      (.accent, "base0D"), (.purple, "base0E"),
    ]
    for (slot, name) in uses {
      colors.slots[slot] = palette[name].map { .init(color: $0, origin: name) }
    }
    return colors
  }

  private mutating func note(_ value: String, as name: String, _ place: Location) throws(ThemeError)
  {
    guard palette[name] == nil else {
      throw place.error("\(name) is there twice", mend: "take one of them out")
    }
    guard let color = RGB(digits: value.hasPrefix("#") ? value.dropFirst() : value[...]) else {
      throw place.error(
        "\(Location.quoted(value)) is not a colour",
        mend: "write six hexadecimal digits, as \"1d1f21\""
      )
    }
    palette[name] = color
  }

  private static func isEmpty(_ line: Substring) -> Bool {
    let rest = line.drop { $0 == " " || $0 == "\t" }
    return rest.isEmpty || rest.first == "#"
  }

  /// Reads `key: value`; nil for a line that says nothing.
  private static func pair(
    _ line: Substring,
    _ place: Location
  ) throws(ThemeError) -> (key: String, value: String)? {
    if isEmpty(line) || line.hasPrefix("---") || line.hasPrefix("...") || line.hasPrefix("%YAML") {
      return nil
    }
    guard let colon = line.firstIndex(of: ":") else {
      throw place.error(
        "\(Location.quoted(line)) is not \"key: value\"",
        mend: "give a base16 scheme"
      )
    }
    let key = line[..<colon].filter { $0 != "\"" && $0 != "'" && $0 != " " }
    guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }), !key.isEmpty
    else {
      throw place.error("\(Location.quoted(line[..<colon])) is no key", mend: "write key: value")
    }
    let rest = line[line.index(after: colon)...].drop { $0 == " " }
    return (String(key), try scalar(rest, place))
  }

  /// Reads a value, in quotes or bare, without the comment behind it.
  private static func scalar(_ text: Substring, _ place: Location) throws(ThemeError) -> String {
    guard let first = text.first else { return "" }
    if first == "\"" || first == "'" {
      let inner = text.dropFirst()
      guard let end = inner.firstIndex(of: first), !inner[..<end].contains("\\") else {
        throw place.error(
          "a value whose quotes do not end, or with a backslash",
          mend: "write it between plain quotes on one line"
        )
      }
      guard isEmpty(inner[inner.index(after: end)...]) else {
        throw place.error("something behind a value in quotes", mend: "take it out")
      }
      return String(inner[..<end])
    }
    if "[{&*!|>%@`".contains(first) {
      throw place.error(
        "a value that begins with '\(first)' is not understood here",
        mend: "write a text or a colour"
      )
    }
    // A comment begins with a # that has a space in front of it, or at once.
    var value = text
    if let comment = text.firstRange(of: " #") { value = text[..<comment.lowerBound] }
    if first == "#", RGB(digits: value.dropFirst().prefix { $0 != " " }) == nil { return "" }
    while value.last == " " { value = value.dropLast() }
    return String(value)
  }
}
