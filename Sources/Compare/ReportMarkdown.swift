extension ComparisonReport {
  /// The comparison as Markdown.
  ///
  /// - Parameter machine: Where it was made.
  /// - Returns: Lines without line ends.
  package func markdown(_ machine: MachineFacts) -> [String] {
    let rows = ReportRows(report: self)
    var lines = ["Compared \(Self.escaped(machine.line)).", ""]
    lines += table(rows.measured)
    if !rows.failures.isEmpty { lines += section("What failed", rows.failures) }
    lines += section("How it was measured", rows.legend)
    lines += section(
      "What a confirm of a persistent message on a durable queue means",
      rows.durability
    )
    lines += ["", "## Features found", ""]
    lines += ["*yes* and *no* are probed; *declared*: it says so; -: not known.", ""]
    lines += table(rows.features)
    let selection = Selection(report: self).lines
    if !selection.isEmpty {
      lines += section("Which to take, from what was measured here", selection)
    }
    return lines
  }

  private func section(_ title: String, _ items: [String]) -> [String] {
    ["", "## \(title)", ""] + items.map { "- \(Self.escaped($0))" }
  }

  private func table(_ rows: [ReportRows.Row]) -> [String] {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let heads = [""] + brokers.map { Self.escaped($0.name) }
    let rule = "|---|" + String(repeating: "---:|", count: brokers.count)
    return [line(heads), rule]
      + rows.map { row in
        let label = Self.escaped(String(row.label.drop { $0 == " " }))
        guard !row.isHeading else {
          return line(["**\(label)**"] + brokers.map { _ in "" })
        }
        return line([label] + row.cells.map(Self.escaped))
      }
  }

  /// Text of others as it is, and nothing that Markdown would obey.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_[]<>|#~".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
