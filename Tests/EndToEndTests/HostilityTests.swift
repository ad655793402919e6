import TestSupport
import Testing

extension EndToEndTests {
  /// What comes from the network or the clipboard stays text.
  @Suite struct HostilityTests {
    @Test func pastedTextRunsNoCommands() async throws {
      let session = try await Session.start()
      try await session.waitForServices()
      let paste = String(repeating: "q K u x : \u{3}\n", count: 1_000)
      #expect(paste.utf8.count > 10_000)
      session.terminal.type("\u{1B}[200~\(paste)\u{1B}[201~")
      // Keys come in order: when the help opens, the paste is over, and it did not quit.
      session.terminal.type("?")
      try await session.waitForText("keys of the overview")
      #expect(session.terminal.child.end == nil)
      #expect(session.processes.alive.count > Scenario.processCount)
      session.terminal.type("\u{3}")
      #expect(try await session.terminal.waitForEnd() == .exited(0))
    }

    @Test(.enabled(if: Tool.amqpPublish.isUsable, "amqp-tools are not installed"))
    func namesFromTheNetworkCannotSteerTheTerminal() async throws {
      let session = try await Session.start(columns: 200, rows: 60)
      let url = "amqp://127.0.0.1:\(session.port)"
      let hostile = [
        "a\u{1B}[31mred", "a\u{7}bell", "a\rreturn", "a\u{9B}31mc1", "a\u{202E}bidi", "漢字🚀",
        String(repeating: "long", count: 63) + "255",
      ]
      for name in hostile {
        let declared = try await Program.run(
          Tool.amqpDeclareQueue.path,
          ["-u", url, "-q", name]
        )
        #expect(declared.isSuccess, "\(declared)")
      }
      try await session.waitForText("longlong")
      try await session.waitForText("漢字")
      let text = session.terminal.output.text
      let dangerous = ["\u{7}", "\u{1B}[31mred", "a\rreturn", "\u{9B}", "\u{202E}"]
      let found = dangerous.filter { text.unicodeScalars.contains($0.unicodeScalars) }
      #expect(found == [])
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func aTakenPortIsReplacedByTheNextAndTheScreenSaysSo() async throws {
      let holder = try FreePort.Holder()
      let tmux = try await Tmux.sluice(port: holder.port)
      let screen = try await tmux.waitForScreen("other port") { screen in
        screen.contains("amqp://127.0.0.1:") && screen.contains("\(holder.port)")
      }
      #expect(!screen.contains("amqp://127.0.0.1:\(holder.port) "), "\(screen)")
    }
  }
}
