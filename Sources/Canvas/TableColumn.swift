/// A column of a table: its head, its widths and when it gives up.
package struct TableColumn<Field: Hashable & Sendable>: Sendable {
  /// On which side the column's text stands.
  package enum Alignment: Hashable, Sendable {
    case left
    case right
  }

  package var field: Field
  package var title: String
  package var alignment: Alignment
  package var width: StackItem

  /// Makes a column.
  ///
  /// - Parameters:
  ///   - field: What it shows.
  ///   - title: Its head, at most `minimum` columns wide.
  ///   - alignment: Digits stand on the right.
  ///   - width: Minimum, preferred width, weight and priority; see ``Stack``.
  package init(
    _ field: Field,
    _ title: String,
    _ alignment: Alignment = .right,
    width: StackItem
  ) {
    self.field = field
    self.title = title
    self.alignment = alignment
    self.width = width
  }
}

/// Where a column of a table ended up.
package struct PlacedColumn<Field: Hashable & Sendable>: Sendable {
  package let field: Field
  package let title: String
  package let alignment: TableColumn<Field>.Alignment
  /// From the table's left edge.
  package let start: Int
  package let width: Int

  /// Returns the columns that fit, from left to right with one column between them.
  package static func place(_ columns: [TableColumn<Field>], in width: Int) -> [PlacedColumn] {
    let widths = Stack.lengths(columns.map(\.width), in: width, gap: 1)
    var start = 0
    var placed: [PlacedColumn] = []
    for (column, columnWidth) in zip(columns, widths) where columnWidth > 0 {
      placed.append(
        PlacedColumn(
          field: column.field,
          title: column.title,
          alignment: column.alignment,
          start: start,
          width: columnWidth
        )
      )
      start += columnWidth + 1
    }
    return placed
  }

  /// The column's part of a row.
  package func rectangle(in row: Rectangle) -> Rectangle {
    Rectangle(column: row.column + start, row: row.row, columns: width, rows: 1)
  }
}

extension Grid {
  /// Writes a text into an area of one row, on its left or right side, cut where it must be.
  package mutating func put<Field>(
    _ text: String,
    in area: Rectangle,
    _ alignment: TableColumn<Field>.Alignment,
    style: Style,
    ellipsis: Unicode.Scalar
  ) {
    let short = TextCut.end(text, columns: area.columns, ellipsis: ellipsis)
    var column = area.column
    if alignment == .right { column += area.columns - CharacterWidth.columns(of: short) }
    put(short, at: Point(column: column, row: area.row), style: style, limit: area.columns)
  }
}
