import TestSupport
import Testing

extension EndToEndTests {
  /// Every kind of terminal gets what it can show.
  @Suite struct AppearanceTests {
    @Test func anOrdinaryTerminalGetsColoursAndLines() async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      #expect(!session.stream.colorParameters.isEmpty)
      #expect(session.terminal.output.bytes.contains { $0 > 127 })
    }

    @Test(arguments: [["NO_COLOR": "1"], ["TERM": "vt100"]])
    func withoutColourNoneIsSent(environment: [String: String]) async throws {
      let session = try await Session.start(environment: environment)
      try await session.waitForServices()
      session.terminal.type("?")
      try await session.waitForText("keys of the overview")
      #expect(session.stream.colorParameters == [])
    }

    @Test func withoutUnicodeOnlyAsciiIsSent() async throws {
      let session = try await Session.start(environment: ["LANG": "C", "LC_ALL": "C"])
      try await session.waitForServices()
      session.terminal.type("?")
      try await session.waitForText("keys of the overview")
      #expect(session.terminal.output.bytes.filter { $0 > 127 } == [])
    }

    @Test func aFileGetsOneFrameOfText() async throws {
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(try FreePort.next())"]
      )
      #expect(result.termination == .exited(0), "\(result)")
      expectPlainFrame(result.output)
    }

    @Test func aDumbTerminalGetsOneFrameOfText() async throws {
      let terminal = try PseudoTerminal(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(try FreePort.next())"],
        environment: ["TERM": "dumb"]
      )
      #expect(try await terminal.waitForEnd(deadline: .seconds(20)) == .exited(0))
      expectPlainFrame(terminal.output.text)
      #expect(terminal.settings == terminal.settingsBefore)
    }

    private func expectPlainFrame(
      _ text: String,
      _ location: SourceLocation = #_sourceLocation
    ) {
      #expect(!TerminalStream(Array(text.utf8)).hasEscapes, sourceLocation: location)
      for queue in Scenario.queues {
        #expect(text.contains(queue), "\(text)", sourceLocation: location)
      }
    }
  }
}
