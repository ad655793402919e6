package import Canvas

/// A theme that can be chosen.
package struct ThemeEntry: Sendable, Hashable {
  /// Where a theme is from.
  package enum Origin: Sendable, Hashable {
    /// Part of the program; there is no file.
    case builtIn
    case shipped
    /// From a folder of the user's own.
    case user
  }

  /// What `--theme` takes; the file's name without its ending.
  package var name: String
  /// What the file calls itself; the name when it cannot be read.
  package var title: String
  /// Empty when the file does not say.
  package var author: String
  package var appears: Theme.Appears
  package var origin: Origin
  /// Nil for the built-in theme.
  package var file: String?
  /// Files of the same name that are not used because of this one.
  package var hiddenFiles: [String]
  /// Why it cannot be used; nil when it can.
  package var problem: ThemeError?

  package init(
    name: String,
    title: String,
    author: String,
    appears: Theme.Appears,
    origin: Origin,
    file: String? = nil,
    hiddenFiles: [String] = [],
    problem: ThemeError? = nil
  ) {
    self.name = name
    self.title = title
    self.author = author
    self.appears = appears
    self.origin = origin
    self.file = file
    self.hiddenFiles = hiddenFiles
    self.problem = problem
  }

  /// Reads the theme.
  ///
  /// - Parameter searchPaths: Folders with parents.
  /// - Returns: The theme with its files, for a ``FileStamp``.
  /// - Throws: ``ThemeError``.
  package func load(searchPaths: [String]) throws(ThemeError) -> LoadedTheme {
    try LoadedTheme(file ?? name, searchPaths: searchPaths)
  }
}

/// All themes that can be chosen.
package enum ThemeCatalog {
  /// Returns them in the order of a menu: `default` and its light twin, the user's own, the shipped
  /// ones, each of the last two by name.
  ///
  /// - Parameters:
  ///   - searchPaths: Folders, the first one that has a theme wins; see ``ThemeSearch``.
  ///   - userFolders: Those of them that are the user's own.
  /// - Returns: At least the built-in theme; those that cannot be read too, with the reason.
  /// - Complexity: reads every file.
  package static func entries(searchPaths: [String], userFolders: [String]) -> [ThemeEntry] {
    var files: [String: [(file: String, isUsers: Bool)]] = [:]
    var seen: Set<String> = []
    for folder in searchPaths {
      for name in ThemeSearch.themes(in: folder) {
        let file = "\(folder)/\(name).toml"
        // One folder can be found on two ways.
        guard seen.insert(TextFile.identity(file)).inserted else { continue }
        files[name, default: []].append((file, userFolders.contains(folder)))
      }
    }
    var entries = files.map { name, found in
      entry(name, found[0], hidden: found.dropFirst().map(\.file), searchPaths)
    }
    if files[Theme.builtIn.name] == nil {
      let theme = Theme.builtIn
      entries.append(
        ThemeEntry(
          name: theme.name,
          title: theme.name,
          author: theme.author,
          appears: theme.appears,
          origin: .builtIn
        )
      )
    }
    return entries.sorted { rank(of: $0) < rank(of: $1) }
  }

  private static func entry(
    _ name: String,
    _ found: (file: String, isUsers: Bool),
    hidden: [String],
    _ searchPaths: [String]
  ) -> ThemeEntry {
    var entry = ThemeEntry(
      name: name,
      title: name,
      author: "",
      appears: .any,
      origin: found.isUsers ? .user : .shipped,
      file: found.file,
      hiddenFiles: hidden
    )
    do {
      let theme = try entry.load(searchPaths: searchPaths).theme
      entry.title = theme.name
      entry.author = theme.author
      entry.appears = theme.appears
    } catch {
      entry.problem = error
    }
    return entry
  }

  private static func rank(of entry: ThemeEntry) -> (Int, String) {
    switch entry.name {
    case AutomaticTheme.dark: return (0, entry.name)
    case AutomaticTheme.light: return (1, entry.name)
    case _: return (entry.origin == .user ? 2 : 3, entry.name)
    }
  }
}
