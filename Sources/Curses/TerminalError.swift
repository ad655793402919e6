/// Why a terminal cannot be drawn on.
package enum TerminalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Standard output, or standard input and `/dev/tty`, is not a terminal.
  case notATerminal
  /// terminfo knows neither `TERM` nor any of the names tried in its place.
  case unknownTerminal(name: String)
  /// The terminal is known but has no way to move the cursor (`TERM=dumb`).
  case cannotMoveCursor(name: String)
  /// The process is in the background and nobody can bring it to the foreground.
  case inBackground
  /// ncurses refused to take the terminal over.
  case refused(name: String)

  /// One line that says what is wrong and what mends it.
  package var description: String {
    switch self {
    case .notATerminal:
      "standard input is not a terminal; start sluice from one"
    case .unknownTerminal(let name):
      "terminal type '\(name)' is unknown here; set TERM=xterm-256color or install ncurses-term"
    case .cannotMoveCursor(let name):
      "terminal type '\(name)' cannot move its cursor; set TERM to what the terminal really is"
    case .inBackground:
      "the terminal belongs to another program; start sluice in the foreground"
    case .refused(let name):
      "ncurses cannot use terminal type '\(name)'; set TERM=xterm-256color"
    }
  }
}
