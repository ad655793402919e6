/// Cells that follow each other in one row.
package struct GridRun: Hashable, Sendable {
  package let row: Int
  package let columns: Range<Int>

  package init(row: Int, columns: Range<Int>) {
    self.row = row
    self.columns = columns
  }
}

extension Grid {
  /// Returns the runs of cells to draw so that a screen that shows `old` shows this grid.
  ///
  /// A run never begins or ends inside a wide character of either grid. Changes that lie closer
  /// than ``joinedGap`` columns come as one run: a cursor movement costs more than some cells.
  ///
  /// - Complexity: O(cells).
  /// - Parameter old: What is on the screen; nil or another size means that nothing is known.
  /// - Returns: The runs, from the top left to the bottom right.
  package func changedRuns(since old: Grid?) -> [GridRun] {
    guard let old, old.size == size else {
      return (0..<size.rows).map { GridRun(row: $0, columns: 0..<size.columns) }
    }
    var runs: [GridRun] = []
    for row in 0..<size.rows {
      var start: Int?
      var end = 0
      let new = self.row(row)
      let before = old.row(row)
      if new == before { continue }
      for column in 0..<size.columns {
        let index = new.startIndex + column
        if new[index] == before[index] { continue }
        if let begun = start, column - end > Self.joinedGap {
          runs.append(GridRun(row: row, columns: widened(begun..<end, row, old)))
          start = nil
        }
        if start == nil { start = column }
        end = column + 1
      }
      if let begun = start {
        runs.append(GridRun(row: row, columns: widened(begun..<end, row, old)))
      }
    }
    return runs
  }

  /// Unchanged columns between two changes that are drawn again and not jumped over.
  package static let joinedGap = 4

  private func widened(_ columns: Range<Int>, _ row: Int, _ old: Grid) -> Range<Int> {
    var start = columns.lowerBound
    var end = columns.upperBound
    while start > 0, self[start, row].isContinuation || old[start, row].isContinuation {
      start -= 1
    }
    while end < size.columns, self[end, row].isContinuation || old[end, row].isContinuation {
      end += 1
    }
    return start..<end
  }

  /// The characters of the rows, without trailing spaces, each row ended by a line feed.
  package var text: String {
    var result = ""
    for row in 0..<size.rows {
      var line = ""
      var pending = 0
      for cell in self.row(row) where !cell.isContinuation {
        if cell.scalar == " ", cell.marks.isEmpty {
          pending += 1
          continue
        }
        line += String(repeating: " ", count: pending)
        pending = 0
        line.unicodeScalars.append(cell.scalar)
        if cell.marks.first != "\0" { line.unicodeScalars.append(cell.marks.first) }
        if cell.marks.second != "\0" { line.unicodeScalars.append(cell.marks.second) }
      }
      result += line
      result += "\n"
    }
    return result
  }
}
