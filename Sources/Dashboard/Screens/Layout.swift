import Canvas
import Telemetry

/// Where everything of a screen is, for one size.
///
/// Panels have a minimum and a priority. With room for it they stand in boxes; below that each has
/// a line above it; the one with the keys always stays. What leaves puts its most important number
/// into a line: the charts into sparklines, the lab into one line of figures. It depends on nothing
/// that comes and goes, so that nothing moves while somebody reads.
struct Layout: Hashable {
  /// The whole screen is one line of figures.
  var isOneLine = false
  /// Panels stand in boxes, and not below a line.
  var isBoxed = false
  var header: Rectangle?
  /// The line of the screens that have a number.
  var tabs: Rectangle?
  /// What the screen is about, on one line or more.
  var subject: Rectangle?
  /// With its box, if there is one.
  var verdict: Rectangle?
  /// The evidence of what is wrong with the thing that the screen is about.
  var why: Rectangle?
  var isVerdictBoxed = false
  /// What the broker tells about the thing that the screen is about.
  var facts: Rectangle?
  /// From left to right: publish and ack, ready and unacked, customers, and with room for it
  /// redelivered and dropped.
  var charts: [Rectangle] = []
  /// Stands for the charts where they have no room.
  var sparkline: Rectangle?
  /// Stands for the lab's panel where it has no room.
  var labLine: Rectangle?
  /// Stands for the nodes' panel where it has no room.
  var nodeLine: Rectangle?
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
  /// A table of this width has its usual columns.
  static let usualColumns = 118
  /// Lines of evidence that a screen shows by itself; `d` shows all.
  static let mostWhyLines = 6

  init(for model: Model) {
    self.init(
      size: model.size,
      screen: model.screen,
      focus: model.focus,
      hasLab: model.options.hasLab,
      isAttached: model.isAttached,
      isEnlarged: model.isEnlarged,
      wayCount: max(1, model.shown.lab?.ways.count ?? 2),
      queueCount: model.shown.lab?.queues.count ?? 0,
      whyLines: model.problemOfScreen == nil ? 0 : Self.mostWhyLines
    )
  }

  init(
    size: Size,
    screen: Screen,
    focus: Panel,
    hasLab: Bool,
    isAttached: Bool = false,
    isEnlarged: Bool,
    wayCount: Int = 2,
    queueCount: Int = 0,
    whyLines: Int = 0
  ) {
    if size.columns < Self.smallestSize.columns || size.rows < Self.smallestSize.rows {
      isOneLine = true
      header = Rectangle(size).line(0)
      return
    }
    isBoxed = size.columns >= Self.boxedSize.columns && size.rows >= Self.boxedSize.rows
    if isEnlarged {
      arrangeList(size, panel: focus)
      return
    }
    switch screen {
    case .overview where isBoxed:
      isVerdictBoxed = true
      arrangeBoxes(size, hasLab: hasLab, hasNodes: isAttached)
    case .overview:
      arrangeLines(size, focus: focus, hasLab: hasLab, hasNodes: isAttached)
    case .queues, .exchanges, .consumers, .connections, .events, .topology:
      arrangeList(size, panel: focus)
    case .lab: arrangeLab(size, focus: focus, wayCount: wayCount, queueCount: queueCount)
    case .queue, .exchange, .consumer, .connection:
      arrangeDetail(
        size,
        panels: screen.panels(hasLab: hasLab, hasNodes: isAttached),
        focus: focus,
        screen,
        whyLines: whyLines
      )
    case .help: break
    }
  }

  /// What is left of what is wrong inside of its box, where it has one.
  func verdictInside(_ area: Rectangle) -> Rectangle {
    isVerdictBoxed ? area.inset(columns: 1, rows: 1) : area
  }

  /// How many rows of things a panel shows; 0 when it is not there.
  func rowCapacity(of panel: Panel) -> Int {
    guard let area = panel == .verdict ? verdict : panels[panel] else { return 0 }
    switch panel {
    case .queues, .consumers, .exchanges, .connections, .bindings, .messages, .held, .channels,
      .publishers:
      let inside = inside(area)
      return max(0, inside.rows - headRows(inside))
    case .events, .topology: return max(0, inside(area).rows)
    // Its services stand beside each other in lines of their own; see `LabPanel`.
    case .lab: return .max / 2
    case .faults: return max(0, inside(area).rows)
    case .services, .ledger:
      let inside = inside(area)
      return max(0, inside.rows - headRows(inside))
    case .ways, .lesson, .nodes: return 0
    case .verdict: return max(0, verdictInside(area).rows)
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

  static func split(_ area: Rectangle, heights: [Int]) -> [Rectangle?] {
    var row = area.row
    return heights.map { height in
      defer { row += height }
      if height == 0 { return nil }
      return Rectangle(column: area.column, row: row, columns: area.columns, rows: height)
    }
  }

  static func columns(of area: Rectangle, count: Int) -> [Rectangle] {
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

  static func halves(_ area: Rectangle, right: Int) -> (Rectangle, Rectangle?) {
    let left = area.columns - right
    let first = Rectangle(column: area.column, row: area.row, columns: left, rows: area.rows)
    if right == 0 { return (first, nil) }
    return (
      first,
      Rectangle(column: area.column + left, row: area.row, columns: right, rows: area.rows)
    )
  }
}
