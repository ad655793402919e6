/// Reads themes of btop and bpytop: lines of `theme[key]="colour"`.
///
/// A colour is `#rrggbb`, `#gg` for a grey, three numbers from 0 to 255, or nothing for the
/// terminal's own.
struct BtopReader {
  private let file: String
  /// Nil is the terminal's own colour.
  private var colorsByKey: [String: RGB?] = [:]
  /// The keys in their order, which decides between colours that fit as well.
  private var keys: [String] = []

  init(_ text: String, file: String) throws(ThemeError) {
    self.file = file
    for (index, line) in TextLines.of(text).enumerated() {
      let place = Location(file: file, line: index + 1)
      let rest = line.drop { $0 == " " || $0 == "\t" }
      if rest.isEmpty || rest.first == "#" { continue }
      guard rest.hasPrefix("theme["), let bracket = rest.firstIndex(of: "]"),
        rest[rest.index(after: bracket)...].first == "="
      else {
        throw place.error(
          "\(Location.quoted(rest)) is not theme[key]=\"colour\"",
          mend: "give a theme of btop"
        )
      }
      let key = String(rest[..<bracket].dropFirst("theme[".count))
      let value = try Self.value(rest[rest.index(bracket, offsetBy: 2)...], place)
      if colorsByKey[key] == nil { keys.append(key) }
      colorsByKey[key] = .some(try Self.color(value, place))
    }
  }

  /// The colours by what btop has them for; it has no words for good and bad, so that those are
  /// chosen by their hue.
  func colors() throws(ThemeError) -> ImportedColors {
    guard let text = named("main_fg") else {
      throw ThemeError(
        kind: .malformedFile,
        file: file,
        line: nil,
        problem: "without a colour for theme[main_fg]",
        mend: "add one, as theme[main_fg]=\"#cccccc\""
      )
    }
    var colors = ImportedColors(title: ThemeFormat.title(of: file), author: "")
    colors.slots[.text] = text
    let uses: [(ImportedColors.Slot, [String])] = [
      (.background, ["main_bg"]), (.raised, ["selected_bg", "meter_bg"]), (.line, ["div_line"]),
      (.bright, ["title"]), (.accent, ["hi_fg"]), (.muted, ["inactive_fg", "graph_text"]),
    ]
    for (slot, names) in uses { colors.slots[slot] = names.lazy.compactMap { named($0) }.first }
    colors.complete(from: keys.compactMap { named($0) })
    return colors
  }

  private func named(_ key: String) -> ImportedColors.Named? {
    colorsByKey[key].flatMap(\.self).map { .init(color: $0, origin: key) }
  }

  private static func value(_ text: Substring, _ place: Location) throws(ThemeError) -> Substring {
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      return text.prefix { $0 != " " && $0 != "\t" && $0 != "#" || $0 == text.first }
    }
    let inner = text.dropFirst()
    guard let end = inner.firstIndex(of: quote) else {
      throw place.error("quotes that do not end", mend: "end the line with \(quote)")
    }
    return inner[..<end]
  }

  private static func color(_ text: Substring, _ place: Location) throws(ThemeError) -> RGB? {
    if text.isEmpty { return nil }
    if text.hasPrefix("#") {
      let digits = text.dropFirst()
      if let color = RGB(digits: digits.count == 2 ? digits + digits + digits : digits) {
        return color
      }
    } else {
      let parts = text.split(separator: " ").map { UInt8($0) }
      if parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2] {
        return RGB(red, green, blue)
      }
    }
    throw place.error(
      "\(Location.quoted(text)) is not a colour",
      mend: "write \"#rrggbb\", \"#gg\" or \"0 128 255\""
    )
  }
}
