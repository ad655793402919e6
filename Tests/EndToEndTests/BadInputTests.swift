import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// A mistake costs one line and an exit code; the terminal is not touched.
  @Suite struct BadInputTests {
    private static let usage: Int32 = 64
    private static let configuration: Int32 = 78

    @Test(arguments: [
      (["--no-such-flag"], [usage], "--no-such-flag"),
      (["--amqp-port", "seventy"], [usage], "seventy"),
      (["--amqp-port", "70000"], [usage], "70000"),
      (["surplus"], [usage], "surplus"),
      (["--refresh", "500"], [usage], "500ms"),
      (["--refresh", "20s"], [usage], "100ms to 10s"),
      (["--refresh", "often"], [usage], "500ms or 2s"),
      (["serve", "--no-such-flag"], [usage], "--no-such-flag"),
      (["--on-alert", " "], [usage], "--on-alert is empty"),
      (["snapshot", "http://127.0.0.1:1"], [1], "127.0.0.1:1"),
      (["snapshot", "http://127.0.0.1:1", "--at", "5m"], [usage], "--at is for a recording"),
      (["snapshot", "night.slrec", "--insecure"], [usage], "are for an address"),
      (["watch", "amqp://127.0.0.1"], [usage], "give the one of the management"),
      (["attach"], [usage], "http://localhost:15672"),
      (["attach", "localhost"], [usage], "http:// or https://"),
      (["attach", "amqp://localhost"], [usage], "the one of the management"),
      (["attach", "http://a:b:c"], [usage], "the host in the address is none"),
      (["attach", "http://localhost", "--refresh", "500ms"], [usage], "1s to 10s"),
      (["attach", "http://127.0.0.1:1"], [1], "nobody listens at 127.0.0.1:1"),
      (["attach", "https://127.0.0.1:1", "--cacert", "/bin/sh"], [configuration], "--cacert"),
      (
        ["attach", "http://ann@127.0.0.1:1", "--password-file", "/nowhere/at-all"],
        [configuration], "/nowhere/at-all"
      ),
      (
        ["watch", "/nowhere/at-all.slrec"], [configuration], "cannot read /nowhere/at-all.slrec"
      ),
      (["snapshot", "/bin/sh"], [configuration], "this is not a recording"),
      (["snapshot", "/tmp"], [configuration], "it is no ordinary file"),
      (["snapshot", "/bin/sh", "--at", "soon"], [usage], "05:31:47, 90s or 5m"),
      (["--scenario", "nonesuch"], [usage, configuration], "nonesuch"),
      (["--theme", "nonesuch"], [usage, configuration], "nonesuch"),
      (["--theme", "/nowhere/at-all.toml"], [usage, configuration], "/nowhere/at-all.toml"),
    ])
    func aMistakeInTheCommandLineCostsOneLine(
      arguments: [String],
      codes: [Int32],
      named: String
    ) async throws {
      try await expectOneLine(arguments, codes: codes, naming: [named])
    }

    @Test(arguments: [
      ("[roles\nbase = \"red\"\n", 1),
      ("[meta]\nname = \"bad\"\n\n[roles]\nmuted = \"#12345\"\n", 5),
      ("[meta]\nname = \"bad\"\n[roles]\nmuted = \"nonesuch\"\n", 4),
    ])
    func aMalformedThemeIsNamedWithFileAndLine(text: String, line: Int) async throws {
      let file = FileManager.default.temporaryDirectory
        .appending(path: "sluice-\(UUID().uuidString).toml")
      try text.write(to: file, atomically: true, encoding: .utf8)
      // The file may be gone already, which is all that is wanted.
      defer { try? FileManager.default.removeItem(at: file) }
      try await expectOneLine(
        ["--theme", file.path],
        codes: [Self.configuration],
        naming: ["\(file.path):\(line):"]
      )
    }

    private func expectOneLine(
      _ arguments: [String],
      codes: [Int32],
      naming parts: [String],
      _ location: SourceLocation = #_sourceLocation
    ) async throws {
      let terminal = try PseudoTerminal(try BuiltExecutable.path(), arguments)
      let end = try await terminal.waitForEnd()
      let text = terminal.output.text
      #expect(codes.map(Termination.exited).contains(end), "\(text)", sourceLocation: location)
      let lines = text.split(whereSeparator: \.isNewline)
      #expect(lines.count == 1, "\(text)", sourceLocation: location)
      for part in parts {
        #expect(text.contains(part), sourceLocation: location)
      }
      #expect(!TerminalStream(terminal.output.bytes).hasEscapes, sourceLocation: location)
      #expect(terminal.settings == terminal.settingsBefore, sourceLocation: location)
    }
  }
}
