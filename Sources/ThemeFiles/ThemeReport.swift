import Canvas

/// What the check says about a theme, with the lines to change.
package struct ThemeReport: Sendable {
  /// One line each: `file:line: what is wrong`.
  package var complaints: [String]

  /// Checks a theme: its unknown keys, and what ``ThemeCheck`` finds.
  package init(_ loaded: LoadedTheme) {
    complaints = loaded.warnings
    for finding in ThemeCheck.findings(in: loaded.theme) {
      let text = finding.description
      guard let place = Self.place(of: finding, in: loaded) else {
        let file = loaded.files.last.map { "\($0): " } ?? ""
        complaints.append(file + text)
        continue
      }
      complaints.append("\(place.file):\(place.line): \(text)")
    }
  }

  /// The line that says how a role looks: its own, its group's, or that of the base.
  private static func place(of finding: ThemeFinding, in loaded: LoadedTheme) -> Location? {
    var role: Role? = finding.role
    while let asked = role {
      if let place = loaded.places[asked] { return place }
      role = asked.parent
    }
    return nil
  }
}
