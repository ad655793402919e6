import Canvas
import Curses
import ThemeFiles

/// The theme of a person who chose none: it follows the terminal's background.
enum AutomaticTheme {
  /// What is loaded on a light background when it is there.
  static let light = "default-light"

  /// Where themes are looked for.
  static var searchPaths: [String] {
    ThemeSearch.paths(executable: Environment.executable, environment: Environment.value)
  }

  /// Returns the theme to draw with; to be called right before the terminal is opened.
  @MainActor
  static func theme(for plan: DashboardPlan) -> Theme {
    guard !plan.isThemeChosen, Terminal.hasLightBackground(plan.terminalOptions) == true else {
      return plan.theme
    }
    // Nobody asked for it by name, so there is nothing to complain about.
    return (try? loadTheme(light, searchPaths: searchPaths)) ?? plan.theme
  }
}
