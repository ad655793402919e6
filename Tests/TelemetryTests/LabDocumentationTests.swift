import Foundation
import Telemetry
import Testing

/// The page about the lab says what the program does.
struct LabDocumentationTests {
  private let rows: [[String]]

  init() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/sluice/Documentation.docc/Lab.md")
    let page = try String(contentsOf: file, encoding: .utf8)
    rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  private func row(of name: String) throws -> [String] {
    try #require(rows.first { $0[0] == "`\(name)`" }, "\(name)")
  }

  private func grouped(_ number: Int) -> String {
    number.formatted(.number.grouping(.automatic).locale(Locale(identifier: "en_US")))
  }

  @Test(arguments: FaultKind.allCases)
  func everyFaultIsThereWithItsAmounts(kind: FaultKind) throws {
    let row = try row(of: kind.rawValue)
    #expect(row[1] == kind.target.rawValue)
    let range = kind.amounts
    let amounts = kind.unit.map {
      "\(grouped(range.lowerBound)) to \(grouped(range.upperBound)) \($0)"
    }
    #expect(row[2] == amounts ?? "")
    #expect(row[3] == (kind.unit == nil ? "" : grouped(kind.usualAmount)))
  }

  @Test func thereIsNoOtherFaultOrShape() throws {
    let known = FaultKind.allCases.map(\.rawValue) + LoadShapeKind.allCases.map(\.rawValue)
    #expect(rows.map { $0[0] }.sorted() == known.map { "`\($0)`" }.sorted())
  }
}
