import Canvas

/// A theme of another program as a theme file of ours.
package struct ThemeImport: Sendable {
  /// The file, in TOML; it inherits from nothing.
  package var text: String
  /// One line for each colour that had to change so that it can be read.
  package var adjustments: [String]
  /// One line for each thing that does not pass the check all the same; see ``ThemeCheck``.
  package var complaints: [String]

  /// Translates a theme.
  ///
  /// - Parameters:
  ///   - source: What is in the file: base16 YAML, a btop theme or a helix theme.
  ///   - file: Its path, which errors name and whose ending tells the format.
  ///   - name: What the theme shall be called; nil for its own name, or the file's.
  /// - Throws: ``ThemeError`` with the line of the first thing that is not understood.
  package init(source: String, file: String, name: String?) throws(ThemeError) {
    var colors =
      switch try ThemeFormat(source: source, file: file) {
      case .base16: try Base16Reader(source, file: file).colors()
      case .btop: try BtopReader(source, file: file).colors()
      case .helix: try HelixReader(source, file: file).colors()
      }
    if let name { colors.title = name }
    let writer = ThemeWriter(colors)
    text = writer.text
    adjustments = writer.adjustments
    let loaded = try LoadedTheme(text: text, file: file, searchPaths: [])
    complaints = ThemeCheck.findings(in: loaded.theme).map(\.description)
  }
}

/// Whose theme a file is.
enum ThemeFormat: Hashable {
  case base16
  case btop
  case helix

  init(source: String, file: String) throws(ThemeError) {
    let name = file.lowercased()
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      self = .base16
    } else if name.hasSuffix(".theme") {
      self = .btop
    } else if name.hasSuffix(".toml") {
      self = .helix
    } else if source.contains("theme[") {
      self = .btop
    } else if source.contains("base00:") {
      self = .base16
    } else {
      throw ThemeError(
        kind: .malformedFile,
        file: file,
        line: nil,
        problem: "not a theme that can be imported",
        mend: "give base16 .yaml, a btop .theme or a helix .toml"
      )
    }
  }

  /// The name of a file without its folder and its ending, for themes that do not say theirs.
  static func title(of file: String) -> String {
    let name = file.split(separator: "/").last ?? "imported"
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    return String(dot == name.startIndex ? name : name[..<dot])
  }
}
