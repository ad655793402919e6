import Foundation
import Testing

/// The table of RabbitMQ's features names tests; each must be there, so that the table stays true.
@Suite struct FeatureTableTests {
  private static let path = "Sources/sluice/Documentation.docc/RabbitMQFeatures.md"

  private struct Reference: Hashable {
    var suite: String
    var test: String
  }

  private func references() throws -> [Reference] {
    try SourceTree.text(of: Self.path).matches(of: /`([A-Z][A-Za-z]*Tests)\.([a-z][A-Za-z0-9]*)`/)
      .map { match in
        Reference(suite: String(match.1), test: String(match.2))
      }
  }

  @Test func everyTestInTheTableExists() throws {
    let references = try references()
    try #require(references.count > 50)
    let files = try SourceTree.paths(in: "Tests", endings: ["swift"])
      .map(SourceTree.text(of:))
    for reference in references {
      let exists = files.contains { text in
        text.contains("struct \(reference.suite)") && text.contains("func \(reference.test)(")
      }
      #expect(exists, "\(reference.suite).\(reference.test) is not there")
    }
  }

  @Test func everyRowOfTheTableNamesATest() throws {
    let rows = try SourceTree.text(of: Self.path).split(separator: "\n")
      .filter { $0.hasPrefix("| ") && !$0.hasPrefix("| RabbitMQ |") && !$0.hasPrefix("| ---") }
    #expect(rows.count > 30)
    for row in rows { #expect(row.contains("Tests."), "\(row)") }
  }
}
