import Canvas

/// Where everything of the overview is, for one size.
///
/// Panels have a minimum and a priority. With room for it they stand in boxes; below that each has
/// a line above it; the one with the keys always stays. What leaves puts its most important number
/// into a line: the charts into sparklines, the lab into one line of figures. It depends on nothing
/// that comes and goes, so that nothing moves while somebody reads.
struct OverviewLayout: Hashable {
  /// The whole screen is one line of figures.
  var isOneLine = false
  /// Panels stand in boxes, and not below a line.
  var isBoxed = false
  var header: Rectangle?
  /// With its box, if there is one.
  var verdict: Rectangle?
  /// From left to right: publish and ack, ready and unacked, customers, and with room for it
  /// redelivered and dropped.
  var charts: [Rectangle] = []
  /// Stands for the charts where they have no room.
  var sparkline: Rectangle?
  /// Stands for the lab's panel where it has no room.
  var labLine: Rectangle?
  /// With their boxes or lines.
  var panels: [Panel: Rectangle] = [:]
  /// Whether panels have a line above them; a small screen has not even that.
  var hasRules = true
  var status: Rectangle?
  var footer: Rectangle?

  /// From this size on panels stand in boxes.
  static let boxedSize = Size(columns: 100, rows: 30)
  /// Below this the screen is one line.
  static let smallestSize = Size(columns: 20, rows: 3)
  /// From this width on there is a fourth chart, and tables have more columns.
  static let wideColumns = 160

  init(for model: Model) {
    self.init(size: model.size, focus: model.focus, hasLab: model.options.hasLab)
  }

  init(size: Size, focus: Panel, hasLab: Bool) {
    if size.columns < Self.smallestSize.columns || size.rows < Self.smallestSize.rows {
      isOneLine = true
      header = Rectangle(size).line(0)
    } else if size.columns >= Self.boxedSize.columns, size.rows >= Self.boxedSize.rows {
      isBoxed = true
      arrangeBoxes(size, hasLab: hasLab)
    } else {
      arrangeLines(size, focus: focus, hasLab: hasLab)
    }
  }

  /// How many rows of things a panel shows; 0 when it is not there.
  func rowCapacity(of panel: Panel) -> Int {
    guard let area = panels[panel] else { return 0 }
    switch panel {
    case .queues, .consumers, .exchanges:
      let inside = inside(area)
      return max(0, inside.rows - headRows(inside))
    case .events: return max(0, inside(area).rows)
    // Its services stand beside each other in lines of their own; see `LabPanel`.
    case .lab: return .max / 2
    }
  }

  /// How many rows the head of a table takes: none where it would be the only one.
  func headRows(_ inside: Rectangle) -> Int {
    inside.rows >= 2 ? 1 : 0
  }

  /// Returns what is left of a panel inside of its box or below its line.
  func inside(_ area: Rectangle) -> Rectangle {
    if isBoxed { return area.inset(columns: 1, rows: 1) }
    guard hasRules else { return area }
    return Rectangle(
      column: area.column,
      row: area.row + 1,
      columns: area.columns,
      rows: area.rows - 1
    )
  }

  private mutating func arrangeBoxes(_ size: Size, hasLab: Bool) {
    let chartRows = size.rows >= 56 ? 10 : size.rows >= 44 ? 8 : 6
    let verdictRows = size.rows >= 44 ? 5 : 4
    let items = [
      StackItem(minimum: 1, priority: 0),
      StackItem(minimum: verdictRows, priority: 1),
      StackItem(minimum: 1, priority: 7),
      StackItem(minimum: chartRows, priority: 8),
      StackItem(minimum: 7, preferred: 8, weight: 3, priority: 4),
      StackItem(minimum: 6, preferred: 8, weight: 2, priority: 5),
      StackItem(minimum: 5, preferred: 7, weight: 2, priority: 6),
      StackItem(minimum: 1, priority: 3),
      StackItem(minimum: 1, priority: 2),
    ]
    // The sparkline stands for the charts: where they fit it is not needed.
    let hasCharts = Stack.lengths(items, in: size.rows + 1)[3] > 0
    var kept = items
    kept[hasCharts ? 2 : 3] = StackItem(minimum: 0, priority: 9)
    let heights = Stack.lengths(kept, in: size.rows)
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    verdict = rows[1]
    sparkline = hasCharts ? nil : rows[2]
    if let area = rows[3] {
      charts = Self.columns(of: area, count: size.columns >= Self.wideColumns ? 4 : 3)
    }
    panels[.queues] = rows[4]
    let right = min(84, max(46, size.columns * 5 / 12))
    if let area = rows[5] {
      let (left, rest) = Self.halves(area, right: hasLab ? right : 0)
      panels[.consumers] = left
      panels[.lab] = rest
    }
    if let area = rows[6] {
      let (left, rest) = Self.halves(area, right: right)
      panels[.events] = left
      panels[.exchanges] = rest
    }
    status = rows[7]
    footer = rows[8]
  }

  private mutating func arrangeLines(_ size: Size, focus: Panel, hasLab: Bool) {
    hasRules = size.rows >= 14
    let rule = hasRules ? 1 : 0
    let verdictRows = size.rows >= 40 ? 3 : size.rows >= 10 ? 2 : 1
    // The panel with the keys needs rows to move in; another is worth its place with some rows.
    func panelItem(_ panel: Panel, minimum: Int, preferred: Int, priority: Int) -> StackItem {
      let isFocused = panel == focus
      let least = rule + (isFocused ? max(5, minimum) : minimum)
      return StackItem(
        minimum: isFocused ? max(0, min(least, size.rows - 3)) : least,
        preferred: rule + preferred,
        weight: isFocused ? 3 : 1,
        priority: isFocused ? 3 : priority
      )
    }
    let none = StackItem(minimum: 0, priority: 99)
    let isLabFocused = hasLab && focus == .lab
    let heights = Stack.lengths(
      [
        StackItem(minimum: 1, priority: 0),
        StackItem(minimum: 1, preferred: verdictRows, priority: 1),
        size.columns >= 50 ? StackItem(minimum: 1, priority: 5) : none,
        hasLab && !isLabFocused && size.columns >= 50 ? StackItem(minimum: 1, priority: 6) : none,
        panelItem(.queues, minimum: 4, preferred: 6, priority: 4),
        panelItem(.consumers, minimum: 4, preferred: 5, priority: 7),
        isLabFocused ? panelItem(.lab, minimum: 5, preferred: 6, priority: 3) : none,
        panelItem(.events, minimum: 3, preferred: 4, priority: 8),
        panelItem(.exchanges, minimum: 5, preferred: 5, priority: 9),
        StackItem(minimum: 1, priority: 2),
      ],
      in: size.rows
    )
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    verdict = rows[1]
    sparkline = rows[2]
    labLine = rows[3]
    panels[.queues] = rows[4]
    panels[.consumers] = rows[5]
    panels[.lab] = rows[6]
    panels[.events] = rows[7]
    panels[.exchanges] = rows[8]
    footer = rows[9]
  }

  private static func split(_ area: Rectangle, heights: [Int]) -> [Rectangle?] {
    var row = area.row
    return heights.map { height in
      defer { row += height }
      if height == 0 { return nil }
      return Rectangle(column: area.column, row: row, columns: area.columns, rows: height)
    }
  }

  private static func columns(of area: Rectangle, count: Int) -> [Rectangle] {
    (0..<count).map { index in
      let start = area.columns * index / count
      let end = area.columns * (index + 1) / count
      return Rectangle(
        column: area.column + start,
        row: area.row,
        columns: end - start,
        rows: area.rows
      )
    }
  }

  private static func halves(_ area: Rectangle, right: Int) -> (Rectangle, Rectangle?) {
    let left = area.columns - right
    let first = Rectangle(column: area.column, row: area.row, columns: left, rows: area.rows)
    if right == 0 { return (first, nil) }
    return (
      first,
      Rectangle(column: area.column + left, row: area.row, columns: right, rows: area.rows)
    )
  }
}
