package import Canvas
import Glibc

/// Reads a theme by its name or from a file, with all that it inherits.
///
/// - Parameters:
///   - nameOrPath: A name is looked for in the search paths; what contains a slash or ends in
///     `.toml` is a file.
///   - searchPaths: Folders, the first one that has the theme wins; see ``ThemeSearch``.
///   - warn: Receives one line for each unknown key: `file:line: what`.
/// - Returns: The theme; ``Theme/builtIn`` for `default` when no folder has it.
/// - Throws: ``ThemeError``.
package func loadTheme(
  _ nameOrPath: String,
  searchPaths: [String],
  warn: (String) -> Void = { _ in }
) throws(ThemeError) -> Theme {
  let loaded = try LoadedTheme(nameOrPath, searchPaths: searchPaths)
  loaded.warnings.forEach(warn)
  return loaded.theme
}

/// A theme with what is worth knowing about its files.
package struct LoadedTheme: Sendable {
  package var theme: Theme
  /// The theme's file and those that it inherits from, the eldest first; empty for the built-in one.
  package var files: [String]
  /// One line for each unknown key: `file:line: what`.
  package var warnings: [String]
  /// Where a role was said last.
  var places: [Role: Location]

  /// Reads a theme as ``loadTheme(_:searchPaths:warn:)`` does.
  ///
  /// - Throws: ``ThemeError``.
  package init(_ nameOrPath: String, searchPaths: [String]) throws(ThemeError) {
    var loader = ThemeLoader(searchPaths: searchPaths)
    guard let file = try loader.file(of: nameOrPath) else {
      self.init(theme: .builtIn, chain: [], warnings: [])
      return
    }
    let chain = try loader.documents(from: file)
    self.init(theme: try loader.assemble(chain), chain: chain, warnings: loader.warnings)
  }

  /// Reads a theme from a text.
  ///
  /// - Parameters:
  ///   - text: TOML that inherits from nothing, or from what the search paths have.
  ///   - file: What errors call it.
  ///   - searchPaths: Folders with parents.
  /// - Throws: ``ThemeError``.
  package init(text: String, file: String, searchPaths: [String]) throws(ThemeError) {
    var loader = ThemeLoader(searchPaths: searchPaths)
    let chain = try loader.documents(from: file, text: text)
    self.init(theme: try loader.assemble(chain), chain: chain, warnings: loader.warnings)
  }

  private init(theme: Theme, chain: [ThemeDocument], warnings: [String]) {
    self.theme = theme
    self.warnings = warnings
    files = chain.map(\.file)
    places = [:]
    for document in chain { places.merge(document.roles.mapValues(\.place)) { $1 } }
  }
}

/// Follows a theme's inheritance and puts the parts together.
struct ThemeLoader {
  let searchPaths: [String]
  var warnings: [String] = []

  init(searchPaths: [String]) {
    self.searchPaths = searchPaths
  }

  /// Returns the file of a theme; nil for the built-in one.
  func file(of nameOrPath: String) throws(ThemeError) -> String? {
    if nameOrPath.contains("/") || nameOrPath.hasSuffix(".toml") { return nameOrPath }
    if let file = find(nameOrPath) { return file }
    if nameOrPath == Theme.builtIn.name { return nil }
    throw unknown(nameOrPath)
  }

  // MARK: - Files

  private func find(_ name: String) -> String? {
    guard !name.isEmpty else { return nil }
    return searchPaths.lazy.map { "\($0)/\(name).toml" }.first { access($0, F_OK) == 0 }
  }

  private func unknown(_ name: String) -> ThemeError {
    ThemeError(
      kind: .unknownTheme,
      file: "",
      line: nil,
      problem: "unknown theme '\(SafeText.clean(name))'",
      mend: "there are \(names().joined(separator: ", "))"
    )
  }

  /// The names that can be asked for, sorted.
  private func names() -> [String] {
    let found = searchPaths.flatMap { ThemeSearch.themes(in: $0) }.map { SafeText.clean($0) }
    return Set(found + [Theme.builtIn.name]).sorted().prefix(Limits.namesListed).map(\.self)
  }

  // MARK: - Inheritance

  /// Reads a file and all its parents, the eldest first.
  ///
  /// - Parameters:
  ///   - file: The first file.
  ///   - text: What is in it; nil to read it.
  /// - Returns: At least the first file's.
  /// - Throws: ``ThemeError`` for a file that cannot be read, a cycle, or too many parents.
  mutating func documents(
    from file: String,
    text: String? = nil
  ) throws(ThemeError) -> [ThemeDocument] {
    var text = text
    var chain: [ThemeDocument] = []
    var seen: Set<String> = []
    var next: String? = file
    while let file = next {
      // The text is the first file's only.
      let content = if let text { text } else { try TextFile.read(file) }
      text = nil
      let document = try ThemeDocument(text: content, file: file)
      warnings += document.warnings
      chain.insert(document, at: 0)
      seen.insert(TextFile.identity(file))
      next = nil
      guard let (parent, place) = document.inherits else { break }
      guard let parentFile = find(parent, beside: file) else {
        if parent == Theme.builtIn.name { return chain }
        throw place.error(
          "inherits from \(document.quoted(parent)), which is not there",
          mend: "there are \(names().joined(separator: ", "))"
        )
      }
      if seen.contains(TextFile.identity(parentFile)) {
        throw place.error(
          "inherits from \(document.quoted(parent)), which inherits from it",
          mend: "take one of them out"
        )
      }
      if chain.count == Limits.inheritanceFiles {
        throw place.error(
          "inherits more than \(Limits.inheritanceFiles) files deep",
          mend: "copy what is wanted into one file"
        )
      }
      next = parentFile
    }
    return chain
  }

  /// A parent lies in a search path, or beside the file that names it.
  private func find(_ name: String, beside file: String) -> String? {
    let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    let neighbour = "\(folder)/\(name).toml"
    // A user's `default` that inherits from `default` means the shipped one.
    for path in searchPaths {
      let candidate = "\(path)/\(name).toml"
      if access(candidate, F_OK) == 0, TextFile.identity(candidate) != TextFile.identity(file) {
        return candidate
      }
    }
    return !name.isEmpty && access(neighbour, F_OK) == 0 ? neighbour : nil
  }

  // MARK: - Putting together

  func assemble(_ chain: [ThemeDocument]) throws(ThemeError) -> Theme {
    // Whatever a theme leaves out is as in the built-in one only if it says that it inherits.
    let inheritsBuiltIn = chain.first?.inherits?.name == Theme.builtIn.name
    var theme =
      inheritsBuiltIn ? Theme.builtIn : Theme(name: "", roles: [:], glyphs: Glyphs(), mono: [:])
    var palette: [String: PaletteColor] = [:]
    for document in chain { palette.merge(document.palette) { $1 } }
    for document in chain {
      theme.name = document.name ?? baseName(document.file)
      theme.author = document.author ?? ""
      theme.appears = document.appears ?? theme.appears
      theme.mono.merge(document.mono) { $1 }
      adjust(&theme.glyphs, document)
      for (role, text) in document.roles {
        theme.roles[role] = RoleStyle(
          foreground: try color(text.foreground, palette, text.place, document),
          background: try color(text.background, palette, text.place, document),
          modifiers: text.modifiers
        )
      }
    }
    return theme
  }

  private func adjust(_ glyphs: inout Glyphs, _ document: ThemeDocument) {
    glyphs.borders = document.borders ?? glyphs.borders
    glyphs.graphs = document.graphs ?? glyphs.graphs
    if let alert = document.alert {
      glyphs.alert = alert.glyph
      glyphs.alertASCII = alert.ascii
    }
    if let ok = document.ok {
      glyphs.ok = ok.glyph
      glyphs.okASCII = ok.ascii
    }
  }

  private func color(
    _ text: ThemeDocument.ColorText?,
    _ palette: [String: PaletteColor],
    _ place: Location,
    _ document: ThemeDocument
  ) throws(ThemeError) -> PaletteColor? {
    switch text {
    case nil: return nil
    case .direct(let color): return color
    case .name(let name):
      if name == "default" { return .terminalDefault }
      if let color = palette[name] { return color }
      if let index = ThemeDocument.basicColorNames.firstIndex(of: name) {
        return .ansi(UInt8(index))
      }
      throw place.error(
        "colour \(document.quoted(name)) is neither in [palette] nor one of the 16",
        mend: "add it to [palette], or write \"#rrggbb\""
      )
    }
  }

  private func baseName(_ file: String) -> String {
    let name = file.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".toml") ? name.dropLast(5) : name)
  }
}
