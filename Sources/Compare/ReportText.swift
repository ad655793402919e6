extension ComparisonReport {
  /// Columns of a line of text under the table; the table itself is as wide as its brokers need.
  private static let lineColumns = 80

  /// The comparison for a terminal: 80 columns with two brokers.
  ///
  /// - Parameter machine: Where it was made.
  /// - Returns: Lines without line ends.
  package func text(_ machine: MachineFacts) -> [String] {
    let rows = ReportRows(report: self)
    var lines = Self.wrapped("Compared \(machine.line)", indent: 0)
    lines.append("")
    lines += Self.aligned(rows.measured, heads: brokers.map(\.name))
    if !rows.failures.isEmpty {
      lines += ["", "What failed"] + rows.failures.flatMap { Self.wrapped($0, indent: 2) }
    }
    lines += ["", "How it was measured"] + rows.legend.flatMap { Self.wrapped($0, indent: 2) }
    lines += ["", "What a confirm of a persistent message on a durable queue means"]
    lines += rows.durability.flatMap { Self.wrapped($0, indent: 2) }
    lines += ["", "Features found (yes and no are probed; declared: it says so; -: not known)"]
    lines += Self.aligned(rows.features, heads: brokers.map(\.name))
    let selection = Selection(report: self).lines
    if !selection.isEmpty {
      lines += ["", "Which to take, from what was measured here"]
      lines += selection.flatMap { Self.wrapped($0, indent: 2) }
    }
    return lines
  }

  /// Labels to the left, cells to the right below their heads.
  private static func aligned(_ rows: [ReportRows.Row], heads: [String]) -> [String] {
    let labelWidth = rows.map(\.label.count).max() ?? 0
    let widths = heads.indices.map { index in
      max(
        heads[index].count,
        rows.filter { !$0.isHeading }.map { $0.cells[index].count }.max() ?? 0
      )
    }
    func line(_ label: String, _ cells: [String]) -> String {
      let padded = label + String(repeating: " ", count: labelWidth - label.count)
      return zip(cells, widths).reduce(padded) { line, cell in
        line + "  " + String(repeating: " ", count: max(0, cell.1 - cell.0.count)) + cell.0
      }
    }
    return [line("", heads)] + rows.map { $0.isHeading ? $0.label : line($0.label, $0.cells) }
  }

  /// The words of a text; the groups of a number's digits are one word.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    for word in text.split(separator: " ") {
      if let last = words.last, last.last?.isNumber == true, word.first?.isNumber == true {
        words[words.count - 1] = "\(last) \(word)"
      } else {
        words.append(String(word))
      }
    }
    return words
  }

  /// Breaks a line at spaces.
  private static func wrapped(_ text: String, indent: Int) -> [String] {
    var lines: [String] = []
    var line = String(repeating: " ", count: indent)
    var isEmpty = true
    for word in words(text) {
      if !isEmpty, line.count + 1 + word.count > lineColumns {
        lines.append(line)
        line = String(repeating: " ", count: indent + 2)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return isEmpty ? lines : lines + [line]
  }
}
