package import Canvas
import CNcurses
import Glibc

/// Which terminal description to draw with, and in how many colours.
///
/// Nothing here touches the terminal; it reads the environment and terminfo.
package struct TerminalKind: Sendable, Hashable {
  /// The name for ncurses; not always what `TERM` says.
  package var name: String
  /// What the description can do at most.
  package var depth: ColorDepth
  /// Colour numbers of this description are 0xRRGGBB.
  package var hasDirectColor: Bool
  /// What `TERM` says when terminfo does not know it, so that ``name`` is only a guess.
  package var standsFor: String?

  /// Tried in this order when terminfo does not know `TERM`.
  static let fallbacks = ["xterm-256color", "xterm", "vt100"]

  /// Reads a variable of the environment; nil when it is not set or empty.
  package typealias Environment = (String) -> String?

  /// Chooses by `TERM`, `COLORTERM`, `NO_COLOR` and terminfo.
  ///
  /// A description with direct colour is used only when the terminal says that it has it, terminfo
  /// has such an entry, and the theme has a colour that needs it.
  ///
  /// - Isolation: the main actor, like everything of ncurses.
  /// - Throws: ``TerminalError/unknownTerminal(name:)`` when none of the fallbacks is there either,
  ///   ``TerminalError/cannotMoveCursor(name:)`` for `TERM=dumb` and its like.
  @MainActor
  package static func choose(
    _ options: TerminalOptions,
    environment: Environment = processEnvironment
  ) throws(TerminalError) -> TerminalKind {
    var kind = try known(options, environment)
    if let wanted = environment("TERM"), !isKnown(wanted) { kind.standsFor = wanted }
    return kind
  }

  @MainActor
  private static func known(
    _ options: TerminalOptions,
    _ environment: Environment
  ) throws(TerminalError) -> TerminalKind {
    let wanted = environment("TERM") ?? ""
    guard let known = ([wanted] + fallbacks).first(where: { !$0.isEmpty && isKnown($0) }) else {
      throw .unknownTerminal(name: wanted)
    }
    let description = curses_describe(known)
    guard description.can_move_cursor else { throw .cannotMoveCursor(name: known) }
    guard allowsColor(options.color, environment) else {
      return TerminalKind(name: known, depth: .monochrome, hasDirectColor: false)
    }
    if description.has_direct_colour {
      return TerminalKind(name: known, depth: .trueColor, hasDirectColor: true)
    }
    if description.colour_count >= 256, saysTrueColor(environment), options.theme.needsTrueColor {
      let direct = environment("TMUX") == nil ? "xterm-direct" : "tmux-direct"
      if isKnown(direct), curses_describe(direct).has_direct_colour {
        return TerminalKind(name: direct, depth: .trueColor, hasDirectColor: true)
      }
    }
    let depth: ColorDepth =
      switch description.colour_count {
      case 256...: .ansi256
      case 8...: .ansi16
      default: .monochrome
      }
    return TerminalKind(name: known, depth: depth, hasDirectColor: false)
  }

  /// Whether `--color` and `NO_COLOR` together allow any colour.
  private static func allowsColor(_ choice: ColorChoice, _ environment: Environment) -> Bool {
    switch choice {
    case .never: false
    case .always: true
    case .automatic: environment("NO_COLOR") == nil
    }
  }

  private static func saysTrueColor(_ environment: Environment) -> Bool {
    ["truecolor", "24bit"].contains(environment("COLORTERM"))
  }

  @MainActor
  private static func isKnown(_ name: String) -> Bool {
    curses_describe(name).is_known
  }

  /// The environment that this process was given.
  package static func processEnvironment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}

extension Theme {
  /// Whether some role has a colour that is not one of the terminal's own 16.
  var needsTrueColor: Bool {
    roles.values.contains { style in
      [style.foreground, style.background].contains { color in
        guard case .rgb = color?.source else { return false }
        return true
      }
    }
  }
}
