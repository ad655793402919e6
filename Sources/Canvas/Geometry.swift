/// How many columns and rows something has; never negative.
package struct Size: Hashable, Sendable {
  package let columns: Int
  package let rows: Int

  /// Makes a size; negative numbers count as 0.
  package init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }
}

/// A place on a grid, counted from the top left corner, which is 0, 0.
package struct Point: Hashable, Sendable {
  package var column: Int
  package var row: Int

  package init(column: Int, row: Int) {
    self.column = column
    self.row = row
  }
}

/// An area of a grid; its right and bottom edges lie outside of it.
package struct Rectangle: Hashable, Sendable {
  package var column: Int
  package var row: Int
  package var columns: Int
  package var rows: Int

  /// Makes an area; a negative width or height counts as 0.
  package init(column: Int, row: Int, columns: Int, rows: Int) {
    self.column = column
    self.row = row
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// The whole of something that has `size`.
  package init(_ size: Size) {
    self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
  }

  package var origin: Point { Point(column: column, row: row) }
  package var isEmpty: Bool { columns == 0 || rows == 0 }
  /// The first column to the right of the area.
  package var endColumn: Int { column + columns }
  /// The first row below the area.
  package var endRow: Int { row + rows }

  /// Returns the area without a frame of the given thickness.
  package func inset(columns horizontal: Int, rows vertical: Int) -> Rectangle {
    Rectangle(
      column: column + horizontal,
      row: row + vertical,
      columns: columns - 2 * horizontal,
      rows: rows - 2 * vertical
    )
  }

  /// Returns one row of the area, which may lie outside of it.
  package func line(_ index: Int) -> Rectangle {
    Rectangle(column: column, row: row + index, columns: columns, rows: 1)
  }
}
