import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// However the program ends, the terminal is as it was and no process is left.
  @Suite struct TerminalRestoreTests {
    @Test(arguments: ["q", "\u{3}"])
    func aKeyQuits(key: String) async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      #expect(!session.stream.modes.contains(TerminalStream.Mode.cursor))
      session.terminal.type(key)
      #expect(try await session.terminal.waitForEnd() == .exited(0))
      session.expectRestoredTerminal()
      let said = session.terminal.tail
      #expect(said.contains("published - acked - waiting - dead - lost = 0"), "\(said)")
      #expect(!said.lowercased().contains("error"), "\(said)")
      try await session.waitForNoProcesses()
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalFromOutsideQuits(signal: Int32) async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      session.terminal.child.signal(signal)
      _ = try await session.terminal.waitForEnd()
      session.expectRestoredTerminal()
      try await session.waitForNoProcesses()
    }

    @Test(arguments: [SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE, SIGQUIT])
    func aCrashLeavesTheTerminalUsable(signal: Int32) async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      session.terminal.child.signal(signal)
      #expect(try await session.terminal.waitForEnd() == .signalled(signal))
      session.expectRestoredTerminal()
      try await session.waitForNoProcesses()
    }

    /// Also while the scenario is only just starting.
    @Test(arguments: [0, 3, Scenario.processCount])
    func afterSigkillNoProcessIsLeft(running: Int) async throws {
      let session = try await Session.start()
      try await session.waitForServices(running)
      session.terminal.child.signal(SIGKILL)
      #expect(try await session.terminal.waitForEnd() == .signalled(SIGKILL))
      try await session.waitForNoProcesses()
    }

    /// A shell with job control stops it and brings it back, as a person does with Ctrl-Z and `fg`.
    @Test(arguments: [true, false])
    func aStoppedProgramGivesTheTerminalBackUntilItContinues(byKey: Bool) async throws {
      let processes = MarkedProcesses()
      let terminal = try PseudoTerminal(
        Tool.bash.path,
        [
          "-c", "set -m; \"$0\" \"$@\"; echo stopped $?; read -r; fg >/dev/null; echo ended $?",
          try BuiltExecutable.path(), "--amqp-port", "\(try FreePort.next())",
        ],
        environment: processes.environment
      )
      let session = Session(terminal: terminal, processes: processes, port: 0)
      try await session.waitForFullScreen()
      // The key must wait until the services are made: a child that is stopped on its way stops
      // its parent for ever.
      if byKey {
        terminal.type("\u{1A}")
      } else {
        try await session.waitForServices()
        let shell = terminal.child.processIdentifier
        let program = processes.alive.first { $0.parentIdentifier == shell }
        kill(try #require(program).processIdentifier, SIGTSTP)
      }
      // 128 + SIGTSTP is how a shell tells that its job was stopped.
      try await terminal.waitForOutput("stopped \(128 + SIGTSTP)")
      session.expectRestoredTerminal()

      let stoppedAt = terminal.output.count
      terminal.type("\n")
      try await session.waitForFullScreen(from: stoppedAt)
      terminal.type("q")
      #expect(try await terminal.waitForEnd() == .exited(0))
      #expect(terminal.output.text.contains("ended 0"))
      session.expectRestoredTerminal()
      try await session.waitForNoProcesses()
    }
  }
}
