import Canvas
import TOMLText

/// What one theme file says, before its parent and its palette are looked at.
struct ThemeDocument {
  /// A colour as written, with the place to blame.
  enum ColorText: Hashable {
    case name(String)
    case direct(PaletteColor)
  }

  struct RoleText: Hashable {
    var foreground: ColorText?
    var background: ColorText?
    var modifiers: Modifiers?
    var place: Location
  }

  struct Pair: Hashable {
    var glyph: Unicode.Scalar
    var ascii: Unicode.Scalar
  }

  let file: String
  var name: String?
  var author: String?
  var appears: Theme.Appears?
  var inherits: (name: String, place: Location)?
  var palette: [String: PaletteColor] = [:]
  var roles: [Role: RoleText] = [:]
  var borders: Glyphs.Borders?
  var graphs: Glyphs.Graphs?
  var alert: Pair?
  var ok: Pair?
  var mono: [Role: Modifiers] = [:]
  /// One line each: `file:line: unknown key ...`.
  var warnings: [String] = []

  let lines: TOMLOutline

  /// Reads a file's text.
  ///
  /// - Throws: ``ThemeError`` with the line of the first thing that means nothing.
  init(text: String, file: String) throws(ThemeError) {
    self.file = file
    lines = TOMLOutline(Array(text.utf8))
    let root = try Self.parse(text, file: file)
    for (key, value) in root {
      switch key {
      case "meta": try readMeta(table(value, ["meta"]))
      case "palette": try readPalette(table(value, ["palette"]))
      case "roles": try readRoles(table(value, ["roles"]), path: ["roles"], prefix: "")
      case "glyphs": try readGlyphs(table(value, ["glyphs"]))
      case "mono": try readMono(table(value, ["mono"]), path: ["mono"], prefix: "")
      default:
        warn([key], "unknown section '\(key)'; there are meta, palette, roles, glyphs, mono")
      }
    }
  }

  static func parse(_ text: String, file: String) throws(ThemeError) -> [(String, TOMLNode)] {
    do {
      return try TOMLNode.parse(text).inOrder
    } catch {
      throw ThemeError(
        kind: .malformedFile,
        file: file,
        line: error.line,
        problem: SafeText.clean(error.problem),
        mend: error.line == nil ? "correct the TOML in it" : "correct the TOML there"
      )
    }
  }

  // MARK: - Sections

  private mutating func readMeta(_ entries: [(String, TOMLNode)]) throws(ThemeError) {
    for (key, value) in entries {
      let path = ["meta", key]
      switch key {
      case "name": name = Self.short(try string(value, path))
      case "author": author = Self.short(try string(value, path))
      case "appears":
        let word = try string(value, path)
        guard let known = Theme.Appears(rawValue: word) else {
          throw place(path).error(
            "appears = \(quoted(word)) is not known",
            mend: "use \(Self.choices(Theme.Appears.allCases.map(\.rawValue)))"
          )
        }
        appears = known
      case "inherits": inherits = (try string(value, path), place(path))
      default:
        warn(path, "unknown key '\(key)' in [meta]; there are name, author, appears, inherits")
      }
    }
  }

  private mutating func readPalette(_ entries: [(String, TOMLNode)]) throws(ThemeError) {
    for (key, value) in entries {
      let path = ["palette", key]
      switch value {
      case .string(let text):
        palette[key] = try hexadecimal(text, path)
      case .table(let parts):
        palette[key] = try paletteTable(parts.inOrder, path)
      case .integer, .boolean, .array, .other:
        throw place(path).error(
          "colour \(quoted(key)) is neither \"#rrggbb\" nor a table",
          mend: "write \(key) = \"#88c0d0\""
        )
      }
    }
  }

  private mutating func paletteTable(
    _ parts: [(String, TOMLNode)],
    _ path: [String]
  ) throws(ThemeError) -> PaletteColor {
    var color: PaletteColor?
    var indexed: UInt8?
    var basic: UInt8?
    for (key, value) in parts {
      switch key {
      case "hex": color = try hexadecimal(string(value, path), path)
      case "ansi256":
        guard case .integer(let number) = value, let index = UInt8(exactly: number) else {
          throw place(path).error(
            "ansi256 is not a number from 0 to 255",
            mend: "write ansi256 = 110"
          )
        }
        indexed = index
      case "ansi16": basic = try basicColor(value, path)
      default: warn(path, "unknown key '\(key)' of a colour; there are hex, ansi256, ansi16")
      }
    }
    guard var color else {
      throw place(path).error("a colour without hex", mend: "add hex = \"#rrggbb\"")
    }
    color.ansi256 = indexed
    color.ansi16 = basic
    return color
  }

  private mutating func readRoles(
    _ entries: [(String, TOMLNode)],
    path: [String],
    prefix: String
  ) throws(ThemeError) {
    for (key, value) in entries {
      let name = prefix + key
      let here = path + [key]
      guard let role = Role(name: name) else {
        // `state.ok = ...` without quotes is a table of tables.
        if case .table(let inner) = value, Self.isGroup(name) {
          try readRoles(inner.inOrder, path: here, prefix: name + ".")
        } else {
          warn(here, "unknown role '\(name)'")
        }
        continue
      }
      try readRole(role, value, here)
    }
  }

  private mutating func readRole(
    _ role: Role,
    _ value: TOMLNode,
    _ path: [String]
  ) throws(ThemeError) {
    var text = RoleText(place: place(path))
    var isSaid = true
    switch value {
    case .string(let color):
      text.foreground = try colorText(color, path)
    case .table(let parts):
      isSaid = parts.isEmpty
      for (key, part) in parts.inOrder {
        switch key {
        case "fg": text.foreground = try colorText(string(part, path), path)
        case "bg": text.background = try colorText(string(part, path), path)
        case "modifiers": text.modifiers = try modifiers(part, path)
        default:
          if Role(name: "\(role.name).\(key)") != nil {
            try readRoles([(key, part)], path: path, prefix: role.name + ".")
          } else {
            warn(path + [key], "unknown key '\(key)' of a role; there are fg, bg, modifiers")
          }
          continue
        }
        isSaid = true
      }
    case .integer, .boolean, .array, .other:
      throw place(path).error(
        "role \(quoted(role.name)) is neither a colour nor a table",
        mend: "write \"\(role.name)\" = \"red\" or { fg = \"red\", modifiers = [\"bold\"] }"
      )
    }
    if isSaid { roles[role] = text }
  }

  private mutating func readGlyphs(_ entries: [(String, TOMLNode)]) throws(ThemeError) {
    for (key, value) in entries {
      let path = ["glyphs", key]
      switch key {
      case "borders":
        let word = try string(value, path)
        guard let known = Glyphs.Borders(rawValue: word) else {
          throw place(path).error(
            "borders = \(quoted(word)) is not known",
            mend: "use \(Self.choices(Glyphs.Borders.allCases.map(\.rawValue)))"
          )
        }
        borders = known
      case "graphs":
        let word = try string(value, path)
        guard let known = Glyphs.Graphs(rawValue: word) else {
          throw place(path).error(
            "graphs = \(quoted(word)) is not known",
            mend: "use \(Self.choices(Glyphs.Graphs.allCases.map(\.rawValue)))"
          )
        }
        graphs = known
      case "alert": alert = try pair(value, path)
      case "ok": ok = try pair(value, path)
      default: warn(path, "unknown key '\(key)' in [glyphs]; there are borders, graphs, alert, ok")
      }
    }
  }

  private mutating func readMono(
    _ entries: [(String, TOMLNode)],
    path: [String],
    prefix: String
  ) throws(ThemeError) {
    for (key, value) in entries {
      let name = prefix + key
      let here = path + [key]
      if case .table(let inner) = value, Self.isGroup(name) {
        try readMono(inner.inOrder, path: here, prefix: name + ".")
      } else if let role = Role(name: name) {
        mono[role] = try modifiers(value, here)
      } else {
        warn(here, "unknown role '\(name)'")
      }
    }
  }

  private mutating func warn(_ path: [String], _ text: String) {
    let line = lines.line(of: path)
    warnings.append("\(file):\(line): \(SafeText.clean(text))")
  }
}

extension ThemeDocument {
  private static func isGroup(_ name: String) -> Bool {
    Role.allCases.contains { $0.name.hasPrefix(name + ".") }
  }
}
