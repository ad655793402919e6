import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// The config file, as the person who wrote it meets it.
  @Suite struct ConfigurationTests {
    private static let configuration: Int32 = 78

    /// A home for config files that goes with its last user.
    private final class ConfigHome: Sendable {
      let folder = FileManager.default.temporaryDirectory
        .appending(path: "sluice-config-\(UUID().uuidString)")
      var file: URL { folder.appending(path: "sluice/config.toml") }
      /// What lets the program look there.
      var environment: [String: String] {
        ["XDG_CONFIG_HOME": folder.path, "SLUICE_CONFIG": ""]
      }

      init(_ text: String? = nil) throws {
        guard let text else { return }
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(),
          withIntermediateDirectories: true
        )
        try text.write(to: file, atomically: true, encoding: .utf8)
      }

      deinit {
        // It may be gone already, which is all that is wanted.
        try? FileManager.default.removeItem(at: folder)
      }

      func text() throws -> String { try String(contentsOf: file, encoding: .utf8) }
    }

    private func dashboard(_ home: ConfigHome, _ arguments: [String] = []) async throws -> Tmux {
      let tmux = try await Tmux.sluice(
        port: try FreePort.next(),
        arguments,
        environment: home.environment
      )
      try await tmux.waitForScreen("queues") { screen in
        Scenario.queues.allSatisfy { ScreenTable.queues(screen)?.row($0) != nil }
      }
      return tmux
    }

    private func quit(_ tmux: Tmux) async throws {
      try await tmux.press("Q")
      #expect(try await tmux.waitForExit() == 0)
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func aKeyThatWasBoundAnewActsAndTheOldOneDoesNot() async throws {
      let home = try ConfigHome("[keys]\npause = \"o\"\n")
      let tmux = try await dashboard(home)
      #expect(try await tmux.screen().contains("o pause"))
      try await tmux.press("p")
      try await tmux.waitForScreen("answer") { $0.contains("that key does nothing") }
      try await tmux.press("o")
      try await tmux.waitForScreen("pause") { $0.contains("paused") }
      try await quit(tmux)
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func theOrderOfATableIsRememberedAndCommentsStay() async throws {
      let text = "# mine\nrefresh = \"250ms\" # quick\n\n[keys] # none yet\n"
      let home = try ConfigHome(text)
      let first = try await dashboard(home)
      try await first.press("Right")
      try await first.press("I")
      try await first.waitForScreen("order") { names($0) == ["trade", "points", "notification"] }
      try await quit(first)
      #expect(
        try home.text() == text + "\n[tables.queues]\nsort = \"name\"\nreversed = true\n"
      )
      let second = try await dashboard(home)
      try await second.waitForScreen("order") { names($0) == ["trade", "points", "notification"] }
      try await quit(second)
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func aConfigFileIsMadeWhenThereIsSomethingToRemember() async throws {
      let home = try ConfigHome()
      let tmux = try await dashboard(home)
      #expect(!FileManager.default.fileExists(atPath: home.folder.path))
      try await tmux.press(">")
      try await wait(for: "file") { FileManager.default.fileExists(atPath: home.file.path) }
      try await quit(tmux)
      #expect(try home.text() == "refresh = \"250ms\"\n")
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func aFileThatBreaksInTheMeantimeIsToldAndNotTouched() async throws {
      let home = try ConfigHome("")
      let tmux = try await dashboard(home)
      let broken = "[keys]\npauze = \"p\"\n"
      try broken.write(to: home.file, atomically: true, encoding: .utf8)
      try await tmux.press("Right")
      try await tmux.waitForScreen("complaint") { $0.contains("not remembered: ") }
      try await quit(tmux)
      #expect(try home.text() == broken)
    }

    @Test func twoActionsOnOneKeyEndTheProgramWithTheirLines() async throws {
      let home = try ConfigHome("[keys]\npause = \"o\"\n\nburst = \"o\"\n")
      let terminal = try PseudoTerminal(
        try BuiltExecutable.path(),
        environment: home.environment
      )
      #expect(try await terminal.waitForEnd() == .exited(Self.configuration))
      #expect(
        terminal.output.text
          == "sluice: \(home.file.path):4: o is pause (line 2) and burst here; "
          + "give one of them another key\r\n"
      )
      #expect(terminal.settings == terminal.settingsBefore)
    }

    @Test(arguments: [["--plain"], []])
    func withoutAScreenAMistakeIsToldToo(arguments: [String]) async throws {
      let home = try ConfigHome("theme = \"nonesuch\"\n")
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(try FreePort.next())"] + arguments,
        environment: home.environment
      )
      #expect(result.termination == .exited(Self.configuration), "\(result)")
      #expect(result.error.hasPrefix("sluice: \(home.file.path):1: unknown theme 'nonesuch'; "))
      #expect(result.error.split(separator: "\n").count == 1)
    }

    @Test func theCommandLineComesBeforeTheEnvironmentAndThatBeforeTheFile() async throws {
      let home = try ConfigHome("theme = \"from-file\"\n")
      let variables = home.environment.merging(["SLUICE_THEME": "from-variable"]) { $1 }
      for (arguments, word) in [
        (["--theme", "from-option"], "from-option"), ([], "from-variable"),
      ] {
        let result = try await Program.run(
          try BuiltExecutable.path(),
          arguments,
          environment: variables
        )
        #expect(result.termination == .exited(64), "\(result)")
        #expect(result.error.hasPrefix("sluice: unknown theme '\(word)'"), "\(result.error)")
      }
    }

    @Test func aConfigFileThatWasAskedForMustBeThere() async throws {
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["--config", "/nowhere/config.toml"]
      )
      #expect(result.termination == .exited(64))
      #expect(result.error.contains("/nowhere/config.toml: no such config file; "))
    }

    @Test func noConfigFileIsReadWhenNoneIsWanted() async throws {
      let home = try ConfigHome("theme = \"nonesuch\"\n")
      let result = try await Program.run(
        try BuiltExecutable.path(),
        ["--amqp-port", "\(try FreePort.next())", "--config", "/dev/null"],
        environment: home.environment
      )
      #expect(result.termination == .exited(0), "\(result)")
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func aReadOnlyDashboardChangesNothingUntilThePersonAllowsIt() async throws {
      let tmux = try await dashboard(try ConfigHome(), ["--read-only"])
      try await tmux.press("K")
      try await tmux.waitForScreen("refusal") {
        $0.contains("K: this dashboard is read-only; F8 allows changes")
      }
      try await tmux.press("F8")
      try await tmux.waitForScreen("question") { $0.contains("allow") && !$0.contains("K: this") }
      try await tmux.press("y")
      try await tmux.waitForScreen("answer") { $0.contains("changes are allowed now") }
      try await tmux.press("K")
      try await tmux.waitForScreen("kill") { $0.contains("killed") }
      try await quit(tmux)
    }

    /// The names in the table of queues, from the top.
    private func names(_ screen: String) -> [String] {
      let rows = Scenario.queues.compactMap { name in
        ScreenTable.queues(screen)?.row(name).flatMap { screen.range(of: $0)?.lowerBound }
          .map { (name, $0) }
      }
      return rows.sorted { $0.1 < $1.1 }.map(\.0)
    }
  }
}

extension ScreenTable {
  fileprivate static func queues(_ screen: String) -> ScreenTable? {
    ScreenTable(screen, headings: ["queue", "ready", "in/s"])
  }
}
