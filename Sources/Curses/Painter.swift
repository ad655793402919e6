import CNcurses
import Canvas

/// Puts a grid on the screen, writing only what differs from the one before.
///
/// - Isolation: the main actor; a terminal is open.
@MainActor
struct Painter {
  private var palette: Palette
  private var shown: Grid?
  private var run: [curses_cell] = []

  init(palette: Palette) {
    self.palette = palette
  }

  /// Draws with another palette from now on; the next paint writes every cell.
  mutating func use(_ palette: Palette) {
    self.palette = palette
    forget()
  }

  /// The grid that is on the screen; nil when the screen has to be painted whole.
  var current: Grid? { shown }

  /// Makes the next paint write every cell.
  mutating func forget() {
    shown = nil
    curses_forget()
  }

  /// Shows a grid; what does not fit on the screen is left out.
  ///
  /// - Complexity: O(cells) to compare, then one ncurses call for each run of changed ones.
  mutating func paint(_ grid: Grid) {
    let columns = Int(curses_columns())
    let rows = Int(curses_rows())
    let runs = grid.changedRuns(since: shown)
    // A frame without changes has bytes too: those around it.
    if runs.isEmpty { return }
    for run in runs where run.row < rows {
      put(grid, row: run.row, run.columns.clamped(to: 0..<columns))
    }
    shown = grid
    curses_refresh()
  }

  private mutating func put(_ grid: Grid, row: Int, _ columns: Range<Int>) {
    run.removeAll(keepingCapacity: true)
    var column = columns.lowerBound
    while column < columns.upperBound {
      let cell = grid[column, row]
      let isWide = column + 1 < columns.upperBound && grid[column + 1, row].isContinuation
      let ink = palette.ink(for: cell.style)
      // A right half without its left half can only be the edge of a clipped screen.
      let scalar = cell.isContinuation ? " " : cell.scalar
      run.append(
        curses_cell(
          scalars: (scalar.value, cell.marks.first.value, cell.marks.second.value),
          attributes: ink.attributes,
          pair: ink.pair,
          width: isWide ? 2 : 1
        )
      )
      column += isWide ? 2 : 1
    }
    // Safe: the buffer is only read during the call, and the cells are plain values.
    run.withUnsafeBufferPointer { cells in
      curses_put(Int32(columns.lowerBound), Int32(row), cells.baseAddress, Int32(cells.count))
    }
  }
}
