import Foundation
import TestSupport
import Testing

extension EndToEndTests {
  /// What the README says and what the program says are the same.
  @Suite struct DocumentationTests {
    private let readme: String

    init() throws {
      readme = try String(
        contentsOf: SourceFolder.package.appending(path: "README.md"),
        encoding: .utf8
      )
    }

    @Test func everyOptionInTheReadmeIsInTheHelp() async throws {
      let executable = try BuiltExecutable.path()
      let main = try await Program.run(executable, ["--help"])
      let serve = try await Program.run(executable, ["serve", "--help"])
      let repair = try await Program.run(executable, ["store", "repair", "--help"])
      let themes = try await Program.run(executable, ["themes", "import", "--help"])
      let lab = try await Program.run(executable, ["lab", "--help"])
      let show = try await Program.run(executable, ["scenarios", "show", "--help"])
      let replay = try await Program.run(executable, ["replay", "--help"])
      let compare = try await Program.run(executable, ["compare", "--help"])
      #expect(compare.isSuccess)
      let attach = try await Program.run(executable, ["attach", "--help"])
      #expect(attach.isSuccess)
      #expect(main.isSuccess && serve.isSuccess && repair.isSuccess && themes.isSuccess)
      let snapshot = try await Program.run(executable, ["snapshot", "--help"])
      #expect(lab.isSuccess && show.isSuccess && snapshot.isSuccess && replay.isSuccess)
      let options = Set(readme.matches(of: /[` ](--[a-z][a-z-]+)/).map { String($0.1) })
      try #require(options.contains("--theme"))
      let all = [main, serve, repair, themes, lab, show, snapshot, replay, attach, compare]
      let help = all.map(\.output).joined()
      for option in options.subtracting(["--help"]) {
        #expect(help.contains(option), "\(option) is not in --help")
      }
    }

    @Test(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
    func everyKeyInTheReadmeIsInTheHelpOfTheProgram() async throws {
      let keys = readme.split(separator: "\n")
        .drop { $0 != "## Keys" }
        .filter { $0.hasPrefix("| `") }
        .flatMap { line in line.split(separator: "|")[0].matches(of: /`([^`]+)`/).map(\.1) }
        .map { $0 == "Ctrl-C" ? "^C" : String($0) }
      try #require(keys.contains("K") && keys.contains("F9"))

      let tmux = try await Tmux.sluice(port: try FreePort.next(), columns: 200, rows: 120)
      try await tmux.waitForScreen("queues") { $0.contains("points") }
      try await tmux.press("?")
      // A screen that is read while it is painted has only a part of it.
      var last = ""
      let help = try await tmux.waitForScreen("help that stands still") { screen in
        defer { last = screen }
        return screen.contains("F9") && screen == last
      }
      let words = Set(help.split(whereSeparator: \.isWhitespace).map(String.init))
      for key in keys {
        #expect(words.contains(key), "\(key) is not in the help:\n\(help)")
      }
    }
  }
}
