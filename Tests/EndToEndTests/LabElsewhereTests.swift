import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// The scenario on a broker that is not ours.
  @Suite(.timeLimit(.minutes(4)))
  struct LabElsewhereTests {
    private static let environment = [
      "SWIFT_BACKTRACE": "enable=no", "LANG": "C.UTF-8", "SLUICE_CONFIG": "/dev/null",
    ]

    private func run(_ arguments: [String]) async throws -> Program.Result {
      try await Program.run(
        try BuiltExecutable.path(),
        arguments,
        environment: Self.environment,
        deadline: .seconds(60)
      )
    }

    private func expectOneLine(_ arguments: [String], _ code: Int32, _ part: String) async throws {
      let result = try await run(arguments)
      #expect(result.termination == .exited(code), "\(result)")
      #expect(result.error.contains(part), "\(result.error)")
      #expect(!(result.output + result.error).contains("hunter2"))
    }

    /// Another Sluice, which is a broker elsewhere as any.
    private func serve() async throws -> (program: Program, amqp: Int, http: Int) {
      let (amqp, http) = (try FreePort.next(), try FreePort.next())
      let program = try Program(
        try BuiltExecutable.path(),
        ["serve", "--amqp-port", "\(amqp)", "--management-port", "\(http)"]
      )
      try await program.waitForOutput("ready amqp=127.0.0.1:\(amqp)")
      return (program, amqp, http)
    }

    @Test func whatCannotBeIsSaidInOneLine() async throws {
      let port = try FreePort.next()
      let nobody = "amqp://ann:hunter2@127.0.0.1:\(port)"
      try await expectOneLine(
        ["--broker", nobody, "--management", "http://ann@127.0.0.1:1"],
        1,
        "--broker 127.0.0.1:\(port): no connection"
      )
      try await expectOneLine(
        ["--broker", "amqp://127.0.0.1:60000"],
        64,
        "say with --management where"
      )
      try await expectOneLine(
        ["--broker", "http://h"],
        64,
        "--broker: an AMQP address begins with"
      )
      try await expectOneLine(["--management", "http://h"], 64, "--management needs --broker")
      try await expectOneLine(["--insecure"], 64, "--cacert and --insecure need --broker")
      try await expectOneLine(
        ["lab", "--headless", "--broker", "amqp://h", "--insecure"],
        64,
        "are for a --broker with amqps://"
      )
      try await expectOneLine(
        ["--broker", "amqps://ann:hunter2@h", "--cacert", "/no/file"],
        78,
        "--cacert /no/file: cannot be read as a PEM file"
      )
      try await expectOneLine(["--queue-type", "quorum"], 64, "--queue-type needs --broker")
      try await expectOneLine(["--broker", nobody, "--data", "/tmp/x"], 64, "--data is for")
      try await expectOneLine(["--broker", nobody, "--queue-type", "stream"], 64, "quorum")
      try await expectOneLine(
        ["--broker", nobody, "--broker", "amqp://bob:hunter2@127.0.0.1:\(port)"],
        64,
        "the same user, password and virtual host"
      )
      try await expectOneLine(
        ["lab", "--headless", "--broker", "amqp://h:99999"],
        64,
        "--broker: a port is a number"
      )
    }

    @Test func aWrongPasswordAndAMissingManagementAreSaid() async throws {
      let (program, amqp, _) = try await serve()
      try await expectOneLine(
        [
          "--broker", "amqp://guest:hunter2@127.0.0.1:\(amqp)", "--management",
          "http://127.0.0.1:1",
        ],
        78,
        "--broker 127.0.0.1:\(amqp): 403 ACCESS_REFUSED"
      )
      try await expectOneLine(
        ["--broker", "amqp://127.0.0.1:\(amqp)", "--management", "http://ann@127.0.0.1:1"],
        64,
        "--management: no password of ann at 127.0.0.1:1"
      )
      let port = try FreePort.next()
      try await expectOneLine(
        ["--broker", "amqp://127.0.0.1:\(amqp)", "--management", "http://127.0.0.1:\(port)"],
        1,
        "nobody listens at 127.0.0.1:\(port)"
      )
      program.child.signal(SIGTERM)
      _ = try await program.finish()
    }

    @Test func aPipeGetsOneFrameOfTheScenario() async throws {
      let (program, amqp, http) = try await serve()
      let result = try await run([
        "--broker", "amqp://127.0.0.1:\(amqp)", "--management", "http://127.0.0.1:\(http)",
        "--refresh", "1s",
      ])
      #expect(result.isSuccess, "\(result.error)")
      #expect(result.output.contains("lab payment"))
      #expect(result.output.contains("notification"))
      #expect(result.output.contains("nodes 1"))
      program.child.signal(SIGTERM)
      _ = try await program.finish()
    }

    @Test func thePasswordIsInNoListOfProcesses() async throws {
      let (program, amqp, http) = try await serve()
      let processes = MarkedProcesses()
      // That is guest, in a way that nobody else writes it.
      let sluice = try Program(
        try BuiltExecutable.path(),
        [
          "--plain", "--broker", "amqp://guest:gues%74@127.0.0.1:\(amqp)",
          "--management", "http://guest:g%75est@127.0.0.1:\(http)", "--refresh", "1s",
        ],
        environment: Self.environment.merging(processes.environment) { $1 }
      )
      let services = "payment-sync payment-async user status trade notification points customers"
        .split(separator: " ")
      try await wait(
        for: "the services",
        deadline: .seconds(40),
        seen: { "\(processes.alive)\n\(sluice.output.text)" }
      ) {
        let lines = processes.alive.map(\.commandLine)
        return services.allSatisfy { name in lines.contains { $0.contains("--name \(name) ") } }
      }
      let lines = processes.alive.map(\.commandLine).joined(separator: "\n")
      #expect(lines.contains("--broker amqp://"))
      #expect(
        !lines.contains("gues%74") && !lines.contains("g%75est") && !lines.contains(":guest@")
      )
      sluice.child.signal(SIGTERM)
      let result = try await sluice.finish(deadline: .seconds(60))
      #expect(!(result.output + result.error).contains("gues%74"))
      #expect(processes.alive.isEmpty)
      program.child.signal(SIGTERM)
      _ = try await program.finish()
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is missing"))
    func keysActOnTheLabAndNotOnTheBroker() async throws {
      let (program, amqp, http) = try await serve()
      let tmux = try await Tmux(
        [
          try BuiltExecutable.path(), "--broker", "amqp://guest:guest@127.0.0.1:\(amqp)",
          "--management", "http://guest:guest@127.0.0.1:\(http)", "--refresh", "1s",
        ],
        environment: Self.environment
      )
      try await tmux.waitForScreen("the scenario", deadline: .seconds(40)) {
        $0.contains("● running") && $0.contains("● all well")
      }
      try await tmux.press("2", "P")
      try await tmux.waitForScreen("refusal") { $0.contains("start with --write") }
      try await tmux.press("4")
      try await tmux.waitForScreen("consumers", deadline: .seconds(30)) {
        $0.contains("trade-1") && $0.contains("● busy")
      }
      try await tmux.press("K")
      try await tmux.waitForScreen("the kill on the timeline", deadline: .seconds(30)) {
        $0.contains("u brings it back")
      }
      try await tmux.press("7")
      try await tmux.waitForScreen("the event", deadline: .seconds(30)) {
        $0.contains("killed (you, K)")
      }
      try await tmux.press("u")
      try await tmux.waitForScreen("the event of its return", deadline: .seconds(30)) {
        $0.contains("brought back (you, u)")
      }
      try await tmux.press("Q")
      let left = try await tmux.waitForScreen("the ledger", deadline: .seconds(40)) {
        $0.contains("published - acked - waiting - dead - lost = 0")
      }
      #expect(left.contains("ledger of scenario payment"))
      #expect(try await tmux.waitForExit(deadline: .seconds(40)) == 0)
      program.child.signal(SIGTERM)
      _ = try await program.finish()
    }
  }
}
