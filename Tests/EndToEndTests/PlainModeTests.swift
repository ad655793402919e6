import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// The dashboard without a screen, on a terminal and in a pipe.
  @Suite struct PlainModeTests {
    private func start(_ processes: MarkedProcesses) throws -> PseudoTerminal {
      try PseudoTerminal(
        try BuiltExecutable.path(),
        ["--plain", "--amqp-port", "\(try FreePort.next())"],
        environment: processes.environment
      )
    }

    private func expectOnlyWords(_ terminal: PseudoTerminal) {
      #expect(!TerminalStream(terminal.output.bytes).hasEscapes, "\(terminal.tail)")
      #expect(!terminal.output.bytes.contains { $0 > 127 }, "\(terminal.tail)")
    }

    @Test func keysAreAnsweredInLines() async throws {
      let processes = MarkedProcesses()
      let terminal = try start(processes)
      try await terminal.waitForOutput("lab payment: running", deadline: .seconds(20))
      terminal.type("?")
      try await terminal.waitForOutput("s: how it is now")
      terminal.type("s")
      try await terminal.waitForOutput("queue notification: ")
      terminal.type("+")
      try await terminal.waitForOutput("10.0 customers a second")
      terminal.type("K")
      try await terminal.waitForOutput("that key does nothing here")
      terminal.type("q")
      #expect(try await terminal.waitForEnd(deadline: .seconds(30)) == .exited(0))
      #expect(terminal.output.text.contains("lost = 0"), "\(terminal.tail)")
      // The ledger is the last that is said: that all goes away now is no news.
      let ending = terminal.output.text.components(separatedBy: "customers go home").last ?? ""
      #expect(ending.firstMatch(of: #/\d\d:\d\d:\d\d /#) == nil, "\(ending)")
      expectOnlyWords(terminal)
      #expect(terminal.settings == terminal.settingsBefore)
    }

    @Test func aKilledServiceIsSaidWhenItGoes() async throws {
      let processes = MarkedProcesses()
      let terminal = try start(processes)
      try await terminal.waitForOutput("lab payment: running", deadline: .seconds(20))
      try await wait(for: "the service") {
        processes.alive.contains { $0.commandLine.contains("notification") }
      }
      let service = processes.alive.first { $0.commandLine.contains("notification") }
      kill(try #require(service).processIdentifier, SIGKILL)
      try await terminal.waitForOutput("service notification: ended")
      terminal.type("u")
      try await terminal.waitForOutput(
        "service notification: ended is over",
        deadline: .seconds(30)
      )
      expectOnlyWords(terminal)
      terminal.type("\u{4}")
      #expect(try await terminal.waitForEnd(deadline: .seconds(30)) == .exited(0))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGSEGV])
    func aSignalLeavesTheTerminalAsItWas(signal: Int32) async throws {
      let processes = MarkedProcesses()
      let terminal = try start(processes)
      try await terminal.waitForOutput("embedded broker")
      #expect(terminal.settings != terminal.settingsBefore)
      terminal.child.signal(signal)
      let end = try await terminal.waitForEnd(deadline: .seconds(30))
      #expect(end == (signal == SIGSEGV ? .signalled(signal) : .exited(0)))
      #expect(terminal.settings == terminal.settingsBefore)
      try await Session(terminal: terminal, processes: processes, port: 0).waitForNoProcesses()
    }

    @Test func inAPipeItGoesOnUntilItIsEnded() async throws {
      let program = try Program(
        try BuiltExecutable.path(),
        ["--plain", "--amqp-port", "\(try FreePort.next())"]
      )
      try await program.waitForOutput("lab payment: running", deadline: .seconds(20))
      program.child.signal(SIGINT)
      let result = try await program.finish(deadline: .seconds(30))
      #expect(result.termination == .exited(0), "\(result)")
      #expect(result.output.contains("nothing is wrong"))
      #expect(!TerminalStream(Array(result.output.utf8)).hasEscapes)
    }

    @Test func itEndsWhenNobodyReadsIt() async throws {
      let processes = MarkedProcesses()
      let program = try Program(
        "/bin/sh",
        [
          "-c", "\"$0\" --plain --refresh 100ms --amqp-port \(try FreePort.next()) | head -n 1",
          try BuiltExecutable.path(),
        ],
        environment: processes.environment
      )
      _ = try await program.finish(deadline: .seconds(30))
      try await wait(for: "last process to go", deadline: .seconds(30)) { processes.alive.isEmpty }
    }
  }
}
