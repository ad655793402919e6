import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// The mouse is reported where there is one, and never left captured.
  @Suite struct MouseTests {
    private let reporting: Set = [1_000, 1_006]

    @Test func theMouseIsReportedUntilTheEnd() async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      #expect(session.stream.modes.isSuperset(of: reporting))
      // Nothing of a report is a key, M and the digits included; then a key works.
      session.terminal.type("\u{1B}[<0;300;5M\u{1B}[<0;300;5m\u{1B}[<64;2;2M\u{1B}[M !!")
      session.terminal.type("?")
      try await session.waitForText("keys of the overview")
      session.terminal.type("\u{3}")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      session.expectRestoredTerminal()
    }

    @Test(arguments: [
      (["--no-mouse"], "xterm-256color"), ([], "vt100"),
    ])
    func whereNobodyWantsItTheMouseIsLeftAlone(
      arguments: [String],
      terminalName: String
    ) async throws {
      let session = try await Session.start(arguments, environment: ["TERM": terminalName])
      session.terminal.type("q")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      #expect(session.stream.modesSeen.isDisjoint(with: TerminalStream.Mode.mouse))
    }

    @Test(arguments: [SIGTERM, SIGSEGV, SIGHUP])
    func aSignalLeavesNoCapturedMouse(signal: Int32) async throws {
      let session = try await Session.start()
      #expect(session.stream.modes.isSuperset(of: reporting))
      session.terminal.child.signal(signal)
      _ = try await session.terminal.waitForEnd()
      session.expectRestoredTerminal()
    }
  }
}
