import ArgumentParser
import Canvas
import ConfigFile
import Curses
import Dashboard

/// How a dashboard is drawn, whatever it is about.
struct ScreenOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A theme by its name, or a theme file.", valueName: "name|file"))
  var theme: String?

  @Option(help: ArgumentHelp("When to use colour.", valueName: "when"))
  var color = ColorChoice.automatic

  @Option(
    help: ArgumentHelp(
      "Another config file than ~/.config/sluice/config.toml; /dev/null for none.",
      valueName: "file"
    )
  )
  var config: String?

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(help: "Leave the mouse to the terminal.")
  var noMouse = false

  /// What the options, the environment and the config file ask for together.
  struct Choice {
    var config: ChosenConfiguration
    var theme: Theme
    /// See ``DashboardPlan/chosenTheme``.
    var themeName: String?
    var terminal: TerminalOptions

    var glyphs: Glyphs { terminal.isASCII ? theme.glyphs.ascii() : theme.glyphs }
  }

  /// Reads the config file and the theme.
  ///
  /// - Returns: What they ask for; or how the program ends, which is said then.
  @MainActor
  func choose() -> Result<Choice, ExitStatus> {
    let isUnicode = Terminal.chooseCharacterSet()
    let chosen: ChosenConfiguration
    switch ChosenConfiguration.read(config) {
    case .success(let value): chosen = value
    case .failure(let status): return .failure(status)
    }
    let wanted = WantedTheme(option: theme, config: chosen)
    do {
      let theme = try wanted.load()
      let terminal = TerminalOptions(
        theme: theme,
        color: color,
        isASCII: ascii || !isUnicode,
        hasMouse: !noMouse
      )
      return .success(
        Choice(config: chosen, theme: theme, themeName: wanted.name, terminal: terminal)
      )
    } catch {
      return .failure(wanted.complain(error))
    }
  }
}

extension ColorChoice: ExpressibleByArgument {}
