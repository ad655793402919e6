/// A screen full of cells, row after row.
///
/// Everything written outside is dropped, and half of a wide character never stays behind, so a
/// screen may be drawn into any size.
package struct Grid: Hashable, Sendable {
  package let size: Size
  private var cells: [Cell]

  /// Makes an empty grid; no side is longer than ``sideLimit``.
  package init(size: Size) {
    self.size = Size(
      columns: min(size.columns, Self.sideLimit),
      rows: min(size.rows, Self.sideLimit)
    )
    cells = Array(repeating: .blank, count: self.size.columns * self.size.rows)
  }

  /// Larger than any terminal; keeps a wrong size from taking all memory.
  package static let sideLimit = 2_000

  /// The cell at a place; blank outside of the grid.
  ///
  /// Setting one leaves the halves of wide characters to the caller; see ``put(_:at:style:limit:)``.
  package subscript(column: Int, row: Int) -> Cell {
    get { contains(column, row) ? cells[row * size.columns + column] : .blank }
    set {
      if contains(column, row) { cells[row * size.columns + column] = newValue }
    }
  }

  /// The cells of one row; empty outside of the grid.
  package func row(_ row: Int) -> ArraySlice<Cell> {
    guard row >= 0, row < size.rows else { return [] }
    return cells[row * size.columns..<(row + 1) * size.columns]
  }

  /// Writes a text made safe by ``SafeText``, at most `limit` columns of it.
  ///
  /// - Parameters:
  ///   - text: Any text, hostile or not.
  ///   - point: Where its first character goes.
  ///   - style: The style of all of it.
  ///   - limit: Columns that may be used; what does not fit is left out.
  /// - Returns: The columns used.
  @discardableResult
  package mutating func put(
    _ text: String,
    at point: Point,
    style: Style = .base,
    limit: Int = .max
  ) -> Int {
    guard point.row >= 0, point.row < size.rows else { return 0 }
    let room = min(limit, size.columns - point.column)
    var used = 0
    for scalar in text.unicodeScalars {
      guard let (shown, shownClass) = SafeText.shown(for: scalar) else { continue }
      switch shownClass {
      case .narrow, .unsafe:
        if used + 1 > room { return used }
        write(Cell(shown, style: style), at: point.column + used, point.row, width: 1)
        used += 1
      case .wide:
        if used + 2 > room { return used }
        write(Cell(shown, style: style), at: point.column + used, point.row, width: 2)
        used += 2
      case .mark:
        if used == 0 {
          if room < 1 { return 0 }
          write(Cell(SafeText.circle, style: style), at: point.column, point.row, width: 1)
          used = 1
        }
        addMark(shown, before: point.column + used, point.row)
      }
    }
    return used
  }

  /// Writes one character of one column.
  package mutating func put(_ scalar: Unicode.Scalar, at point: Point, style: Style = .base) {
    write(Cell(scalar, style: style), at: point.column, point.row, width: 1)
  }

  /// Fills an area with one character of one column.
  package mutating func fill(_ area: Rectangle, with cell: Cell = .blank) {
    let left = max(0, area.column)
    let right = min(size.columns, area.endColumn)
    guard left < right else { return }
    for row in max(0, area.row)..<max(0, area.row, min(size.rows, area.endRow)) {
      separate(at: left, row)
      separate(at: right, row)
      let start = row * size.columns
      for column in left..<right { cells[start + column] = cell }
    }
  }

  /// Gives every cell of an area another style and keeps the characters.
  package mutating func restyle(_ area: Rectangle, _ change: (inout Style) -> Void) {
    let left = max(0, area.column)
    let right = min(size.columns, area.endColumn)
    guard left < right else { return }
    for row in max(0, area.row)..<max(0, area.row, min(size.rows, area.endRow)) {
      for column in left..<right { change(&cells[row * size.columns + column].style) }
    }
  }

  /// Replaces everything that is not ASCII, for terminals that cannot show it.
  package mutating func reduceToASCII() {
    for index in cells.indices {
      let cell = cells[index]
      if cell.scalar.value >= 0x7F || cell.isContinuation || !cell.marks.isEmpty {
        cells[index] = Cell("?", style: cell.style)
      }
    }
  }

  private func contains(_ column: Int, _ row: Int) -> Bool {
    column >= 0 && column < size.columns && row >= 0 && row < size.rows
  }

  private mutating func write(_ cell: Cell, at column: Int, _ row: Int, width: Int) {
    guard contains(column, row), column + width <= size.columns else { return }
    let index = row * size.columns + column
    if cells[index].isContinuation { separate(at: column, row) }
    separate(at: column + width, row)
    cells[index] = cell
    if width == 2 { cells[index + 1] = Cell(Cell.continuation, style: cell.style) }
  }

  /// Blanks a wide character that spans the border to the left of `column`.
  private mutating func separate(at column: Int, _ row: Int) {
    guard column > 0, column < size.columns else { return }
    let index = row * size.columns + column
    guard cells[index].isContinuation else { return }
    cells[index] = Cell(" ", style: cells[index].style)
    cells[index - 1] = Cell(" ", style: cells[index - 1].style)
  }

  private mutating func addMark(_ mark: Unicode.Scalar, before column: Int, _ row: Int) {
    var target = column - 1
    guard contains(target, row) else { return }
    if cells[row * size.columns + target].isContinuation { target -= 1 }
    guard contains(target, row) else { return }
    cells[row * size.columns + target].marks.append(mark)
  }
}
