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
    var paths = userFolders(environment: environment)
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

  /// Finds the folders for themes of the user's own; all others have shipped ones.
  ///
  /// - Parameter environment: Returns a variable's value, nil when it is not set or empty.
  /// - Returns: The first one to search first. They need not be there.
  package static func userFolders(environment: (String) -> String?) -> [String] {
    var folders: [String] = []
    if let folder = environment("SLUICE_THEMES") { folders.append(folder) }
    if let folder = environment("XDG_CONFIG_HOME") {
      folders.append("\(folder)/sluice/themes")
    } else if let home = environment("HOME") {
      folders.append("\(home)/.config/sluice/themes")
    }
    return folders
  }

  /// The names of the themes in a folder, sorted; none when it cannot be read.
  static func themes(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder), found.count < Limits.themesInFolder {
      // Safe: d_name is a C string inside of the entry, which lives until the next readdir.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".toml"), !name.hasPrefix(".") { found.append(String(name.dropLast(5))) }
    }
    return found.sorted()
  }
}
