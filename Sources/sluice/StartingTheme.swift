import Canvas
import Curses
import ThemeFiles

/// The theme of a person who chose none: it follows the terminal's background.
enum StartingTheme {
  /// Where themes are looked for.
  static var searchPaths: [String] {
    ThemeSearch.paths(executable: Environment.executable, environment: Environment.value)
  }

  /// Returns the theme to draw with; to be called right before the terminal is opened.
  ///
  /// - Returns: The theme, and the name that the picker knows it by.
  @MainActor
  static func theme(for plan: ScreenPlan) -> (theme: Theme, name: String) {
    if let name = plan.chosenTheme { return (plan.theme, name) }
    let background = Terminal.background(plan.terminalOptions)
    let name = AutomaticTheme.name(
      background: background.map { ($0.red, $0.green, $0.blue) },
      colorFGBG: Environment.value("COLORFGBG")
    )
    // Nobody asked for it by name, so there is nothing to complain about.
    guard let theme = try? loadTheme(name, searchPaths: searchPaths) else {
      return (plan.theme, Theme.builtIn.name)
    }
    return (theme, name)
  }

  /// The themes that can be chosen, for the picker; those that cannot be read are left out.
  static func choices() -> [ThemeEntry] {
    ThemeCatalog.entries(
      searchPaths: searchPaths,
      userFolders: ThemeSearch.userFolders(environment: Environment.value)
    ).filter { $0.problem == nil }
  }
}
