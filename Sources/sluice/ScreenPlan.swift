import Canvas
import Curses
import Dashboard
import Glibc
import Recording

/// How a dashboard is drawn, whatever it is about.
struct ScreenPlan: Sendable {
  var theme: Theme
  /// See ``DashboardPlan/chosenTheme``.
  var chosenTheme: String?
  var terminalOptions: TerminalOptions
  var viewOptions: ViewOptions
  var config: ChosenConfiguration
  /// What is replayed; nil for what happens now.
  var recording: (any FrameSource)?

  var isASCII: Bool { terminalOptions.isASCII }

  /// Where a dashboard can be shown.
  enum Place {
    case terminal
    /// One frame as text, because nothing can be drawn there.
    case text
    /// Nowhere; it was said why.
    case nowhere(ExitStatus)
  }

  /// Looks where the dashboard can be shown.
  @MainActor
  var place: Place {
    guard isatty(STDOUT_FILENO) == 1 else { return .text }
    do {
      let kind = try TerminalKind.choose(terminalOptions)
      if let unknown = kind.standsFor {
        Announcement.complain(
          "terminal type '\(SafeText.clean(unknown))' is unknown here, so it is drawn as "
            + kind.name
        )
      }
      return .terminal
    } catch .cannotMoveCursor {
      return .text
    } catch {
      Announcement.complain(error.description)
      return .nowhere(.failure)
    }
  }
}

extension DashboardPlan {
  var screen: ScreenPlan {
    ScreenPlan(
      theme: theme,
      chosenTheme: chosenTheme,
      terminalOptions: terminalOptions,
      viewOptions: viewOptions,
      config: config
    )
  }
}
