import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
  /// `sluice lab`, `sluice scenarios` and scenario files, as a person types them.
  struct LabCommandTests {
    /// Lends a folder of the test's own.
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
      let folder = URL(filePath: "/tmp/sluice-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      // The folder may be gone already, which is all that is wanted.
      defer { try? FileManager.default.removeItem(at: folder) }
      try await body(folder)
    }

    private func run(_ arguments: String...) async throws -> Program.Result {
      try await Program.run(try BuiltExecutable.path(), arguments, deadline: .seconds(90))
    }

    private func expectOneLine(
      _ result: Program.Result,
      _ code: Int32,
      _ part: String,
      location: SourceLocation = #_sourceLocation
    ) {
      #expect(result.termination == .exited(code), "\(result)", sourceLocation: location)
      #expect(result.error.split(separator: "\n").count == 1, "\(result)", sourceLocation: location)
      #expect(result.error.contains(part), "\(result.error)", sourceLocation: location)
    }

    @Test func aTimedRunWritesItsReportInTheLanguageThatIsAskedFor() async throws {
      try await withFolder { folder in
        let page = folder.appending(path: "report.md")
        let result = try await run(
          "lab",
          "--headless",
          "--scenario",
          "login",
          "--duration",
          "12s",
          "--time-scale",
          "5",
          "--seed",
          "7",
          "--lang",
          "zh",
          "--report",
          page.path
        )
        #expect(result.isSuccess, "\(result)")
        #expect(result.output.contains("published - acked - waiting - dead - lost = 0"))
        let report = try String(contentsOf: page, encoding: .utf8)
        for word in ["登录", "异步", "| calm |", "--seed 7", "--time-scale 5"] {
          #expect(report.contains(word), "\(word) is not in\n\(report)")
        }
        // A key may be `{`; a place for a number has a name in it.
        let place = try Regex("[\u{7B}][a-z]")
        #expect(report.firstMatch(of: place) == nil, "a place was not filled:\n\(report)")
      }
    }

    /// A process that is stopped cannot notice that its parent is gone; the system sees to it.
    @Test func nobodyIsLeftWhenTheLabIsKilledWhileAServiceHangs() async throws {
      let processes = MarkedProcesses()
      let program = try Program(
        try BuiltExecutable.path(),
        ["lab", "--headless", "--scenario", "payment", "--duration", "30s"],
        environment: processes.environment
      )
      try await wait(for: "a hung service", deadline: .seconds(40)) {
        program.output.text.contains("notification: hang")
      }
      #expect(processes.alive.count >= 8)
      program.child.signal(SIGKILL)
      try await wait(for: "everybody's end", seen: { "\(processes.alive)" }) {
        processes.alive.isEmpty
      }
    }

    @Test func anAccountThatCannotBeBalancedIsAFailure() async throws {
      let broker = try Program(try BuiltExecutable.path(), ["serve", "--amqp-port", "0"])
      try await wait(for: "the broker") { broker.output.text.contains("ready amqp=") }
      let address = try #require(
        broker.output.text.firstMatch(of: #/amqp=([0-9.:]+)/#)
      ).1
      let lab = try Program(
        try BuiltExecutable.path(),
        [
          "lab", "--headless", "--scenario", "login", "--duration", "6s", "--time-scale", "5",
          "--broker", "amqp://guest:guest@\(address)/",
        ]
      )
      try await wait(for: "customers", deadline: .seconds(30)) {
        lab.output.text.contains("phase calm")
      }
      broker.child.signal(SIGKILL)
      #expect(try await lab.child.waitForEnd(deadline: .seconds(90)) == .exited(1))
      #expect(lab.output.text.contains("the broker cannot be asked what waits"))
    }

    @Test func scenariosAreListedShownAndChecked() async throws {
      let list = try await run("scenarios", "list", "--lang", "en")
      let names = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(
        names == [
          "payment", "login", "greetings", "shop-peak", "unreliable-downstream", "broker-down",
        ]
      )
      #expect(list.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      let show = try await run("scenarios", "show", "payment", "--lang", "en")
      #expect(show.isSuccess && show.output.contains("notification"))
      let file = try await run("scenarios", "show", "payment", "--toml")
      try await withFolder { folder in
        let mine = folder.appending(path: "mine.toml")
        try file.output.write(to: mine, atomically: true, encoding: .utf8)
        let check = try await run("scenarios", "check", mine.path, "login")
        #expect(check.isSuccess && check.output.split(separator: "\n").count == 2, "\(check)")
        try file.output.replacing("work_ms = 50", with: "work_ms = -50")
          .write(to: mine, atomically: true, encoding: .utf8)
        let wrong = try await run("scenarios", "check", mine.path)
        expectOneLine(wrong, 78, "mine.toml:")
        #expect(wrong.error.contains("work_ms: must be 0 to 60000; it is -50"))
        expectOneLine(try await run("--scenario", mine.path), 78, "work_ms")
        expectOneLine(try await run("lab", "--headless", "--scenario", mine.path), 78, "work_ms")
      }
    }

    @Test func whatMeansNothingIsOneLineWithItsMend() async throws {
      expectOneLine(try await run("--scenario", "paymint"), 64, "choose one of: payment, login")
      expectOneLine(try await run("--scenario", "./none.toml"), 78, "No such file or directory")
      expectOneLine(try await run("lab"), 64, "sluice lab --headless")
      expectOneLine(try await run("lab", "--headless", "--duration", "0"), 64, "give 1s to 24h")
      expectOneLine(try await run("lab", "--headless", "--time-scale", "0"), 64, "0.1 to 100")
      expectOneLine(try await run("lab", "--headless", "--broker", "http://x"), 64, "--broker")
      expectOneLine(try await run("scenarios"), 64, "scenarios list")
    }
  }
}
