import Glibc

/// Where theme files are looked for.
package enum ThemeSearch {
  /// Folders above the executable that are looked at for a `themes` folder: `.build/debug/sluice`
  /// stands three below the package.
  static let levelsLimit = 6

  /// Finds the folders, in the order of search: `SLUICE_THEMES`, the user's own, the shipped ones.
  ///
  /// - Parameters:
  ///   - executable: The path of the running program, without symbolic links.
  ///   - environment: Returns a variable's value, nil when it is not set or empty.
  /// - Returns: Only folders that are there.
  package static func paths(
    executable: String,
    environment: (String) -> String?
  ) -> [String] {
    var paths: [String] = []
    if let folder = environment("SLUICE_THEMES") { paths.append(folder) }
    if let folder = environment("XDG_CONFIG_HOME") {
      paths.append("\(folder)/sluice/themes")
    } else if let home = environment("HOME") {
      paths.append("\(home)/.config/sluice/themes")
    }
    var folder = executable
    for _ in 0..<levelsLimit {
      guard let slash = folder.lastIndex(of: "/") else { break }
      folder = String(folder[..<slash])
      paths.append("\(folder)/themes")
      paths.append("\(folder)/share/sluice/themes")
    }
    paths.append("themes")
    return paths.filter { access($0, F_OK) == 0 }
  }
}
