import Canvas
import Testing

@testable import Curses

@MainActor
@Suite struct TerminalKindTests {
  private func choose(
    _ variables: [String: String],
    color: ColorChoice = .automatic,
    theme: Theme = .builtIn
  ) throws -> TerminalKind {
    try TerminalKind.choose(TerminalOptions(theme: theme, color: color)) { variables[$0] }
  }

  private let seaTheme = Theme(name: "sea", roles: [.base: RoleStyle(foreground: .rgb(1, 2, 3))])

  @Test func theDescriptionDecidesHowManyColoursThereAre() throws {
    #expect(try choose(["TERM": "xterm-256color"]).depth == .ansi256)
    #expect(try choose(["TERM": "xterm"]).depth == .ansi16)
    #expect(try choose(["TERM": "linux"]).depth == .ansi16)
    #expect(try choose(["TERM": "vt100"]).depth == .monochrome)
  }

  @Test func anUnknownTerminalIsTakenForAnXterm() throws {
    #expect(try choose(["TERM": "nosuchterm"]).name == "xterm-256color")
    #expect(try choose([:]).name == "xterm-256color")
  }

  @Test func aTerminalThatCannotMoveItsCursorIsRefused() {
    #expect(throws: TerminalError.cannotMoveCursor(name: "dumb")) {
      try choose(["TERM": "dumb"])
    }
  }

  @Test func noColorWinsOverAllButAlways() throws {
    let variables = ["TERM": "xterm-256color", "NO_COLOR": "1"]
    #expect(try choose(variables).depth == .monochrome)
    #expect(try choose(variables, color: .always).depth == .ansi256)
    #expect(try choose(["TERM": "xterm-256color"], color: .never).depth == .monochrome)
  }

  @Test func trueColourIsNotUsedForAThemeOfSixteenColours() throws {
    let variables = ["TERM": "xterm-256color", "COLORTERM": "truecolor"]
    #expect(try choose(variables).name == "xterm-256color")
    #expect(!Theme.builtIn.needsTrueColor)
    #expect(seaTheme.needsTrueColor)
  }

  @Test func trueColourNeedsADescriptionThatHasIt() throws {
    let variables = ["TERM": "xterm-256color", "COLORTERM": "truecolor"]
    let kind = try choose(variables, theme: seaTheme)
    // The package ncurses-term, which has the description, need not be installed.
    #expect(kind.hasDirectColor == (kind.name == "xterm-direct"))
    #expect(kind.depth == (kind.hasDirectColor ? .trueColor : .ansi256))
  }
}
