import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// What the program asks of a terminal, and what becomes of the answers.
  @Suite struct TerminalQuestionTests {
    private let begin = "\u{1B}[?2026h"
    private let end = "\u{1B}[?2026l"

    @Test(arguments: [nil, SIGTERM, SIGSEGV])
    func whereTheTerminalHasThemEachPaintIsOneFrame(signal: Int32?) async throws {
      let session = try await Session.start()
      try await session.terminal.waitForOutput("\u{1B}[?2026$p")
      #expect(!session.terminal.output.text.contains(begin))
      // Late, in two pieces, and no key: nothing of it may open the help.
      session.terminal.type("\u{1B}[?20")
      session.terminal.type("26;2$y")
      try await session.terminal.waitForOutput(end, deadline: .seconds(15))
      session.terminal.type("?")
      try await session.waitForText("keys of the overview")
      if let signal {
        session.terminal.child.signal(signal)
      } else {
        session.terminal.type("\u{3}")
      }
      _ = try await session.terminal.waitForEnd()
      session.expectRestoredTerminal()
      let text = session.terminal.output.text
      let framed = text.components(separatedBy: begin).dropFirst()
      // Between the end of a frame and the begin of the next nothing is drawn.
      for part in framed.dropLast() {
        #expect(part.hasSuffix(end), "\(part.suffix(80))")
      }
    }

    @Test func aTerminalWithoutFramesGetsNone() async throws {
      let session = try await Session.start()
      session.terminal.type("\u{1B}[?2026;0$y")
      try await session.waitForText("points")
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      #expect(!session.terminal.output.text.contains(begin))
    }

    @Test(arguments: ["linux", "vt100"])
    func aSimpleTerminalIsAskedNothing(name: String) async throws {
      let session = try await Session.start(environment: ["TERM": name])
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      let text = session.terminal.output.text
      #expect(!text.contains("\u{1B}[?2026") && !text.contains("\u{1B}]"), "\(text)")
    }

    // MARK: - Background

    /// Its base has a colour that no other theme asks for.
    private static let lightTheme = """
      [meta]
      name = "default-light"
      [roles]
      base = { fg = "#0000d7", bg = "#ffffff" }
      """

    /// That colour among the 256, as it is asked for.
    private static let mark = "38;5;20"

    private func folderWithLightTheme() throws -> URL {
      let folder = FileManager.default.temporaryDirectory.appending(path: "themes-\(UUID())")
      let themes = folder.appending(path: "sluice/themes")
      try FileManager.default.createDirectory(at: themes, withIntermediateDirectories: true)
      try Self.lightTheme.write(
        to: themes.appending(path: "default-light.toml"),
        atomically: true,
        encoding: .utf8
      )
      return folder
    }

    @Test(arguments: [
      // The answer, the variable, a chosen theme; whether the light theme is used.
      ("rgb:ffff/ffff/ffff", "15;0", nil, true),
      ("rgb:1111/1111/1111", "0;15", nil, false),
      ("", "0;15", nil, true),
      ("", "", nil, false),
      ("rgb:ffff/ffff/ffff", "0;15", "default", false),
    ])
    func theThemeFollowsTheBackground(
      color: String,
      variable: String,
      chosen: String?,
      isLight: Bool
    ) async throws {
      let folder = try folderWithLightTheme()
      // It was made above.
      defer { try? FileManager.default.removeItem(at: folder) }
      var environment = ["XDG_CONFIG_HOME": folder.path, "COLORFGBG": variable]
      environment["SLUICE_THEME"] = chosen
      let processes = MarkedProcesses()
      let port = try FreePort.next()
      let terminal = try PseudoTerminal(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(port)"],
        environment: environment.merging(processes.environment) { $1 }
      )
      // Before the question, so that no slow machine makes it late.
      let answer = color.isEmpty ? "" : "\u{1B}]11;\(color)\u{1B}\\"
      terminal.type(answer + "\u{1B}[?62;22c")
      let session = Session(terminal: terminal, processes: processes, port: port)
      try await session.waitForFullScreen()
      let isAsked = terminal.output.text.contains("\u{1B}]11;?")
      #expect(isAsked == (chosen == nil))
      // Not a byte of the answers is a key, and what was asked is over.
      terminal.type("?")
      try await session.waitForText("keys of the overview")
      #expect(terminal.output.text.contains(Self.mark) == isLight)
      terminal.type("\u{3}")
      #expect(try await terminal.waitForEnd() == .exited(0))
      session.expectRestoredTerminal()
    }

    @Test func whatIsTypedWhileItAsksIsNotLost() async throws {
      let processes = MarkedProcesses()
      let terminal = try PseudoTerminal(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(try FreePort.next())"],
        environment: processes.environment
      )
      terminal.type("q\u{1B}[?62c")
      #expect(try await terminal.waitForEnd(deadline: .seconds(30)) == .exited(0))
      Session(terminal: terminal, processes: processes, port: 0).expectRestoredTerminal()
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func whoEndsItWhileItAsksFindsTheTerminalAsItWas(signal: Int32) async throws {
      let processes = MarkedProcesses()
      let terminal = try PseudoTerminal(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(try FreePort.next())"],
        environment: processes.environment
      )
      try await terminal.waitForOutput("\u{1B}]11;?")
      terminal.child.signal(signal)
      _ = try await terminal.waitForEnd()
      let session = Session(terminal: terminal, processes: processes, port: 0)
      #expect(session.stream.leftovers == [])
      #expect(terminal.settings == terminal.settingsBefore)
      try await session.waitForNoProcesses()
    }
  }
}
