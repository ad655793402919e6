import Canvas
import ConfigFile
import Dashboard
import ThemeFiles

/// The theme that a person asked for: on the command line, else in the environment, else in the
/// config file.
struct WantedTheme {
  /// nil when nobody asked.
  let name: String?
  /// The place in the config file that asked; nil when something else did.
  private let place: String?

  /// Chooses among the three.
  ///
  /// - Parameters:
  ///   - option: The value of `--theme`.
  ///   - chosen: The config file.
  init(option: String?, config chosen: ChosenConfiguration) {
    let first = option ?? Environment.value("SLUICE_THEME")
    let last = chosen.configuration.settings.theme
    name = first ?? last
    place =
      first == nil && last != nil
      ? "\(chosen.path ?? "config"):\(chosen.configuration.themeLine ?? 1)" : nil
  }

  /// Reads it, and warns of what is not known in it.
  func load() throws(ThemeError) -> Theme {
    try loadTheme(name ?? Theme.builtIn.name, searchPaths: StartingTheme.searchPaths) {
      Announcement.complain("warning: \($0)")
    }
  }

  /// Says in one line why there is no theme.
  func complain(_ error: ThemeError) -> ExitStatus {
    let isUnknown = error.kind == .unknownTheme
    let prefix = isUnknown ? place.map { "\($0): " } ?? "" : ""
    Announcement.complain(SafeText.clean(prefix + error.description))
    return isUnknown && place == nil ? .usage : .configuration
  }
}
