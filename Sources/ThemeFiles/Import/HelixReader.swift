import Canvas
import TOMLText

/// Reads themes of the helix editor: a palette, and scopes that name its colours.
struct HelixReader {
  private struct Scope {
    var foreground: String?
    var background: String?
  }

  private let file: String
  private let lines: TOMLOutline
  private var palette: [String: RGB] = [:]
  private var scopes: [String: Scope] = [:]

  init(_ text: String, file: String) throws(ThemeError) {
    self.file = file
    lines = TOMLOutline(Array(text.utf8))
    for (key, value) in try ThemeDocument.parse(text, file: file) {
      switch (key, value) {
      case ("palette", .table(let entries)):
        try readPalette(entries.inOrder)
      case ("inherits", _):
        throw place([key]).error(
          "themes that inherit cannot be imported",
          mend: "import the parent, or copy what it says into this file"
        )
      case (_, .string(let color)):
        scopes[key] = Scope(foreground: color)
      case (_, .table(let entries)):
        readScope(key, entries.inOrder)
      case (_, .integer), (_, .boolean), (_, .array), (_, .other):
        // `rainbow` is a list; we have no use for it.
        continue
      }
    }
  }

  /// The colours by what the scopes are for; those for which there is none, by their hue.
  func colors() throws(ThemeError) -> ImportedColors {
    let text = try color(["ui.text", "ui.foreground", "ui.statusline"])
    guard let text else {
      throw ThemeError(
        kind: .malformedFile,
        file: file,
        line: nil,
        problem: "without a colour for \"ui.text\"",
        mend: "give a theme of helix"
      )
    }
    var colors = ImportedColors(title: ThemeFormat.title(of: file), author: "")
    colors.slots[.text] = text
    colors.slots[.background] = try color(["ui.background"], isForeground: false)
    colors.slots[.raised] = try color(
      ["ui.popup", "ui.menu", "ui.statusline", "ui.cursorline.primary"],
      isForeground: false
    )
    let uses: [(ImportedColors.Slot, [String])] = [
      (.line, ["ui.window", "ui.linenr", "ui.virtual.indent-guide", "comment"]),
      (.bright, ["ui.text.focus", "ui.linenr.selected"]),
      (.muted, ["comment", "ui.linenr"]),
      (.accent, ["function", "keyword"]),
      (.red, ["error", "diagnostic.error", "diff.minus"]),
      (.amber, ["warning", "diagnostic.warning"]),
      (.green, ["diff.plus", "string"]),
    ]
    for (slot, names) in uses { colors.slots[slot] = try color(names) }
    let candidates = palette.sorted { $0.key < $1.key }.map {
      ImportedColors.Named(color: $0.value, origin: $0.key)
    }
    colors.complete(from: candidates)
    return colors
  }

  private mutating func readPalette(_ entries: [(String, TOMLNode)]) throws(ThemeError) {
    for (key, value) in entries {
      guard case .string(let text) = value else {
        throw place(["palette", key]).error(
          "colour \(Location.quoted(key)) is not a text",
          mend: "write \(key) = \"#rrggbb\""
        )
      }
      // A name of one of the terminal's 16 colours is allowed, too.
      palette[key] = try resolved(text, ["palette", key])
    }
  }

  private mutating func readScope(_ name: String, _ entries: [(String, TOMLNode)]) {
    for (key, value) in entries {
      switch (key, value) {
      case ("fg", .string(let color)): scopes[name, default: Scope()].foreground = color
      case ("bg", .string(let color)): scopes[name, default: Scope()].background = color
      // A dotted key without quotes is a table in TOML.
      case (_, .table(let inner)): readScope("\(name).\(key)", inner.inOrder)
      case ("modifiers", _), ("underline", _): continue
      case (_, .string(let color)): scopes["\(name).\(key)"] = Scope(foreground: color)
      case (_, .integer), (_, .boolean), (_, .array), (_, .other): continue
      }
    }
  }

  private func color(
    _ names: [String],
    isForeground: Bool = true
  ) throws(ThemeError) -> ImportedColors.Named? {
    for name in names {
      let scope = scopes[name]
      guard let text = isForeground ? scope?.foreground : scope?.background, text != "default"
      else { continue }
      let color = try resolved(text, [name])
      return ImportedColors.Named(color: color, origin: name)
    }
    return nil
  }

  private func resolved(_ text: String, _ path: [String]) throws(ThemeError) -> RGB {
    if let color = palette[text] { return color }
    if text.hasPrefix("#"), let color = RGB(digits: text.dropFirst()) { return color }
    if let index = Self.basicColorNames.firstIndex(of: text) {
      let (red, green, blue) = NearestColor.ansi16Palette[index]
      return RGB(red, green, blue)
    }
    throw place(path).error(
      "colour \(Location.quoted(text)) is neither in [palette] nor \"#rrggbb\"",
      mend: "correct it, or add it to [palette]"
    )
  }

  private func place(_ path: [String]) -> Location {
    Location(file: file, line: lines.line(of: path))
  }

  /// What helix calls the terminal's 16 colours.
  private static let basicColorNames = [
    "black", "red", "green", "yellow", "blue", "magenta", "cyan", "light-gray",
    "gray", "light-red", "light-green", "light-yellow", "light-blue", "light-magenta",
    "light-cyan", "white",
  ]
}
