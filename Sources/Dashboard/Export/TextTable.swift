import Canvas

/// A table as lines of text.
enum TextTable {
  /// Writes the head and the rows, their columns as wide as what is in them.
  ///
  /// - Parameters:
  ///   - type: Whose rows.
  ///   - indices: Of what ``TableRow/init(at:in:)`` reads.
  ///   - picture: What the rows are of.
  ///   - glyphs: What stands before states.
  /// - Returns: The lines, none without rows.
  static func lines<Row: TableRow>(
    _ type: Row.Type,
    _ indices: [Int],
    of picture: Picture,
    glyphs: Glyphs
  ) -> [String] {
    let rows = indices.compactMap { Row(at: $0, in: picture) }
    guard let first = rows.first else { return [] }
    let fields = Row.Field.allCases.filter { field in
      (field.shownFrom ?? .max) <= Layout.usualColumns && first.series(of: field) == nil
    }
    let cells = rows.map { row in
      fields.map { SafeText.clean(row.text(of: $0, glyphs: glyphs).0) }
    }
    let all = [fields.map(\.title)] + cells
    let widths = fields.indices.map { column in
      all.map { CharacterWidth.columns(of: $0[column]) }.max() ?? 0
    }
    return all.map { line in
      let padded = fields.indices.map { column in
        let room = widths[column] - CharacterWidth.columns(of: line[column])
        let blank = String(repeating: " ", count: max(0, room))
        return fields[column].alignment == .right ? blank + line[column] : line[column] + blank
      }
      return padded.joined(separator: "  ").trimmingBlanks()
    }
  }
}

extension String {
  /// Returns the text without blanks at its end.
  fileprivate func trimmingBlanks() -> String {
    var end = endIndex
    while end > startIndex, self[index(before: end)] == " " { end = index(before: end) }
    return String(self[..<end])
  }
}
