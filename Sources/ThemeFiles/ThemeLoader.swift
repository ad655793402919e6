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
  var loader = ThemeLoader(searchPaths: searchPaths)
  let theme = try loader.load(nameOrPath)
  loader.warnings.forEach(warn)
  return theme
}

/// Follows a theme's inheritance and puts the parts together.
struct ThemeLoader {
  /// More than any theme needs; a larger file is a mistake.
  static let fileBytesLimit = 64 * 1024
  /// Files in a row of inheritance, the first one included.
  static let inheritanceLimit = 4
  /// Names that an error message lists at most.
  static let listedNamesLimit = 30

  let searchPaths: [String]
  var warnings: [String] = []

  init(searchPaths: [String]) {
    self.searchPaths = searchPaths
  }

  mutating func load(_ nameOrPath: String) throws(ThemeError) -> Theme {
    let isFile = nameOrPath.contains("/") || nameOrPath.hasSuffix(".toml")
    guard let file = isFile ? nameOrPath : find(nameOrPath) else {
      if nameOrPath == Theme.builtIn.name { return Theme.builtIn }
      throw unknown(nameOrPath)
    }
    let chain = try documents(from: file)
    return try assemble(chain)
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
    var found: Set = [Theme.builtIn.name]
    for path in searchPaths {
      guard let folder = opendir(path) else { continue }
      defer { closedir(folder) }
      while let entry = readdir(folder), found.count < Self.listedNamesLimit {
        // Safe: d_name is a C string inside of the entry, which lives until the next readdir.
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasSuffix(".toml") { found.insert(SafeText.clean(String(name.dropLast(5)))) }
      }
    }
    return found.sorted()
  }

  private func read(_ file: String) throws(ThemeError) -> String {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A file that is not there is a wrong word on the command line, not a wrong file.
      throw refusal(
        file,
        String(cString: strerror(errno)).lowercased(),
        mend: "give the path of a theme file, or a name",
        kind: errno == ENOENT ? .unknownTheme : .malformedFile
      )
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Self.fileBytesLimit + 1)
    var count = 0
    while count < bytes.count {
      // Safe: the buffer is as long as said and is not kept.
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if got == 0 { break }
      guard got > 0 else {
        throw refusal(file, String(cString: strerror(errno)).lowercased(), mend: "give a text file")
      }
      count += got
    }
    guard count <= Self.fileBytesLimit else {
      throw refusal(file, "longer than 64 KB", mend: "a theme is a few kilobytes of TOML")
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw refusal(file, "not UTF-8 text", mend: "save it as UTF-8")
    }
    return text
  }

  private func refusal(
    _ file: String,
    _ problem: String,
    mend: String,
    kind: ThemeError.Kind = .malformedFile
  ) -> ThemeError {
    ThemeError(kind: kind, file: file, line: nil, problem: problem, mend: mend)
  }

  // MARK: - Inheritance

  /// Reads a file and all its parents, the eldest first.
  private mutating func documents(from file: String) throws(ThemeError) -> [ThemeDocument] {
    var chain: [ThemeDocument] = []
    var seen: Set<String> = []
    var next: String? = file
    while let file = next {
      let document = try ThemeDocument(text: read(file), file: file)
      warnings += document.warnings
      chain.insert(document, at: 0)
      seen.insert(identity(file))
      next = nil
      guard let (parent, place) = document.inherits else { break }
      guard let parentFile = find(parent, beside: file) else {
        if parent == Theme.builtIn.name { return chain }
        throw place.error(
          "inherits from \(document.quoted(parent)), which is not there",
          mend: "there are \(names().joined(separator: ", "))"
        )
      }
      if seen.contains(identity(parentFile)) {
        throw place.error(
          "inherits from \(document.quoted(parent)), which inherits from it",
          mend: "take one of them out"
        )
      }
      if chain.count == Self.inheritanceLimit {
        throw place.error(
          "inherits more than \(Self.inheritanceLimit) files deep",
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
      if access(candidate, F_OK) == 0, identity(candidate) != identity(file) { return candidate }
    }
    return !name.isEmpty && access(neighbour, F_OK) == 0 ? neighbour : nil
  }

  /// The same for two paths of one file.
  private func identity(_ file: String) -> String {
    var status = stat()
    guard stat(file, &status) == 0 else { return file }
    return "\(status.st_dev):\(status.st_ino)"
  }

  // MARK: - Putting together

  private func assemble(_ chain: [ThemeDocument]) throws(ThemeError) -> Theme {
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
