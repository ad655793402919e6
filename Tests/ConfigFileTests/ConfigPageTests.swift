import ConfigFile
import Dashboard
import Foundation
import TestSupport
import Testing

/// What the documentation says about the config file is what the program does.
@Suite struct ConfigPageTests {
  private func text(of path: String) throws -> String {
    let package = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    return try String(contentsOf: package.appending(path: path), encoding: .utf8)
  }

  /// The TOML examples of a page.
  private func examples(in page: String) -> [String] {
    page.matches(of: /```toml\n((?:.|\n)*?)```/).map { String($0.1) }
  }

  private static let page = "Sources/sluice/Documentation.docc/Configuration.md"

  @Test func everyActionIsOnThePageWithItsKeys() throws {
    let lines = Set(try text(of: Self.page).split(separator: "\n").map(String.init))
    let missing = Keymap.standard.bindings.map { binding in
      let keys = binding.keys.map { "`\($0.configName)`" }.joined(separator: " ")
      return "| `\(binding.action.rawValue)` | \(keys) | \(binding.help) |"
    }
    .filter { !lines.contains($0) }
    #expect(missing == [], "\n\(missing.joined(separator: "\n"))\n")
    let rows = lines.filter { $0.hasPrefix("| `") && $0.contains("` | `") }
    #expect(rows.count == Keymap.standard.bindings.count)
  }

  @Test func everyTableIsOnThePageWithItsColumns() throws {
    let lines = Set(try text(of: Self.page).split(separator: "\n").map(String.init))
    let missing = Panel.allCases.compactMap { panel -> String? in
      guard let columns = panel.columnNames else { return nil }
      return "| \(panel.rawValue) | \(columns.map { "`\($0)`" }.joined(separator: " ")) |"
    }
    .filter { !lines.contains($0) }
    #expect(missing == [], "\n\(missing.joined(separator: "\n"))\n")
  }

  @Test(arguments: ["README.md", page])
  func theExamplesAreConfigFilesWithoutAMistake(path: String) throws {
    let found = examples(in: try text(of: path)).filter { $0.contains("[keys]") }
    try #require(!found.isEmpty)
    for example in found {
      let configuration = try Configuration(text: example, file: path)
      #expect(configuration.warnings == [])
      #expect(configuration != Configuration())
    }
  }
}
