import Canvas

/// The screen of the lab.
extension Layout {
  /// Below this height the panel with the keys has the screen, and the ways a line each.
  private static let lowRows = 14

  /// The lesson has at least so many lines in a box.
  private static let lessonRows = 4

  mutating func arrangeLab(_ size: Size, focus: Panel, wayCount: Int, queueCount: Int) {
    if isBoxed {
      arrangeLabBoxes(size, queueCount: queueCount)
    } else {
      arrangeLabLines(size, focus: focus, wayCount: wayCount, queueCount: queueCount)
    }
  }

  private mutating func arrangeLabBoxes(_ size: Size, queueCount: Int) {
    // With a box and a head.
    let ledgerRows = min(12, max(3, queueCount)) + 3

    let heights = Stack.lengths(
      [
        StackItem(minimum: 1, priority: 0),
        StackItem(minimum: 1, priority: 9),
        StackItem(minimum: 1, priority: 3),
        StackItem(minimum: 1, priority: 4),
        StackItem(minimum: 9, preferred: 11, weight: 1, priority: 5),
        StackItem(minimum: 5, preferred: 6, weight: 1, priority: 10),
        StackItem(minimum: 9, preferred: min(16, ledgerRows + 7), weight: 4, priority: 2),
        StackItem(minimum: 1, priority: 8),
        StackItem(minimum: 1, priority: 1),
      ],
      in: size.rows
    )
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    tabs = rows[1]
    subject = rows[2]
    verdict = rows[3]
    panels[.ways] = rows[4]
    if let area = rows[5] {
      charts = Self.columns(of: area, count: size.columns >= Self.wideColumns ? 4 : 3)
    }
    status = rows[7]
    footer = rows[8]
    guard let area = rows[6] else { return }
    let (left, right) = Self.halves(area, right: area.columns * 23 / 40)
    let faultRows = max(4, min(8, area.rows / 3))
    let (services, faults) = Self.above(left, below: faultRows)
    panels[.services] = services
    panels[.faults] = faults
    guard let right else { return }
    let least = min(area.rows / 2, Self.lessonRows + 2)
    let (ledger, lesson) = Self.above(right, below: max(least, area.rows - ledgerRows))
    panels[.ledger] = ledger
    panels[.lesson] = lesson
  }

  private static func above(_ area: Rectangle, below rows: Int) -> (Rectangle, Rectangle) {
    let upper = area.rows - rows
    return (
      Rectangle(column: area.column, row: area.row, columns: area.columns, rows: upper),
      Rectangle(column: area.column, row: area.row + upper, columns: area.columns, rows: rows)
    )
  }

  private mutating func arrangeLabLines(
    _ size: Size,
    focus: Panel,
    wayCount: Int,
    queueCount: Int
  ) {
    hasRules = size.rows >= 7
    let isLow = size.rows < Self.lowRows
    let none = StackItem(minimum: 0, priority: 99)
    // The ledger's line is its sum; below it stand the queues.
    let ledger = size.rows >= 24 ? 2 : 1
    let others: [(panel: Panel, minimum: Int, preferred: Int)] = [
      (.services, 4, 4), (.lesson, 3, 3), (.faults, 2, 2),
      (.ledger, ledger, min(8, queueCount + 2)),
    ]
    // A panel with the keys has room to read in.
    let bodies = others.enumerated().map { index, entry in
      if entry.panel == focus {
        let least = isLow ? 1 : min(5, max(1, size.rows - 4))
        return StackItem(minimum: least, weight: 4, priority: 2)
      }
      return isLow
        ? none
        : StackItem(
          minimum: entry.minimum,
          preferred: entry.preferred,
          weight: 1,
          priority: 6 + index
        )
    }
    let hasWays = focus == .ways
    let wayRows = isLow ? wayCount : 8
    let heights = Stack.lengths(
      [
        StackItem(minimum: 1, priority: 0),
        StackItem(minimum: size.rows >= 20 ? 1 : 0, priority: 12),
        StackItem(minimum: 1, priority: 5),
        StackItem(minimum: size.rows >= 8 ? 1 : 0, priority: 4),
        StackItem(
          minimum: hasWays ? min(wayRows, max(1, size.rows - 2)) : wayRows,
          weight: hasWays ? 4 : 0,
          priority: hasWays ? 2 : 3
        ),
        StackItem(minimum: isLow || size.columns < 50 ? 0 : 1, priority: 11),
      ] + bodies + [StackItem(minimum: 1, priority: 1)],
      in: size.rows
    )
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    tabs = rows[1]
    subject = rows[2]
    verdict = rows[3]
    panels[.ways] = rows[4]
    sparkline = rows[5]
    for (offset, entry) in others.enumerated() { panels[entry.panel] = rows[6 + offset] }
    footer = rows[10]
  }
}
