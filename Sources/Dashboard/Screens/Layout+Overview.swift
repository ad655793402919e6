import Canvas

/// The overview's panels.
extension Layout {
  /// - Parameters:
  ///   - size: The screen's.
  ///   - hasLab: The lab stands beside the consumers.
  ///   - hasNodes: The nodes stand there, or with a lab in the place of the exchanges.
  mutating func arrangeBoxes(_ size: Size, hasLab: Bool, hasNodes: Bool) {
    let chartRows = size.rows >= 56 ? 10 : size.rows >= 44 ? 8 : 6
    let verdictRows = size.rows >= 44 ? 5 : 4
    let items = [
      StackItem(minimum: 1, priority: 0),
      StackItem(minimum: 1, priority: 7),
      StackItem(minimum: verdictRows, priority: 1),
      StackItem(minimum: 1, priority: 8),
      StackItem(minimum: chartRows, priority: 9),
      StackItem(minimum: 7, preferred: 8, weight: 3, priority: 4),
      StackItem(minimum: 6, preferred: 8, weight: 2, priority: 5),
      StackItem(minimum: 5, preferred: 7, weight: 2, priority: 6),
      StackItem(minimum: 1, priority: 3),
      StackItem(minimum: 1, priority: 2),
    ]
    // The sparkline stands for the charts: where they fit it is not needed.
    let hasCharts = Stack.lengths(items, in: size.rows + 1)[4] > 0
    var kept = items
    kept[hasCharts ? 3 : 4] = StackItem(minimum: 0, priority: 10)
    let heights = Stack.lengths(kept, in: size.rows)
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    tabs = rows[1]
    verdict = rows[2]
    sparkline = hasCharts ? nil : rows[3]
    if let area = rows[4] {
      charts = Self.columns(of: area, count: size.columns >= Self.wideColumns ? 4 : 3)
    }
    panels[.queues] = rows[5]
    let right = min(84, max(46, size.columns * 5 / 12))
    let side: Panel? = hasLab ? .lab : hasNodes ? .nodes : nil
    if let area = rows[6] {
      let (left, rest) = Self.halves(area, right: side == nil ? 0 : right)
      panels[.consumers] = left
      if let side { panels[side] = rest }
    }
    if let area = rows[7] {
      let (left, rest) = Self.halves(area, right: right)
      panels[.events] = left
      panels[hasLab && hasNodes ? .nodes : .exchanges] = rest
    }
    status = rows[8]
    footer = rows[9]
  }

  /// - Parameters:
  ///   - size: The screen's.
  ///   - focus: The panel with the keys.
  ///   - hasLab: The lab has a line.
  ///   - hasNodes: The nodes have one.
  mutating func arrangeLines(_ size: Size, focus: Panel, hasLab: Bool, hasNodes: Bool) {
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
        hasLab && !isLabFocused && size.columns >= 50
          ? StackItem(minimum: 1, priority: 6) : none,
        hasNodes && size.columns >= 50 ? StackItem(minimum: 1, priority: 6) : none,
        panelItem(.queues, minimum: 4, preferred: 6, priority: 4),
        panelItem(.consumers, minimum: 4, preferred: 5, priority: 7),
        isLabFocused ? panelItem(.lab, minimum: 5, preferred: 6, priority: 3) : none,
        panelItem(.events, minimum: 3, preferred: 4, priority: 8),
        hasLab && hasNodes ? none : panelItem(.exchanges, minimum: 5, preferred: 5, priority: 9),
        StackItem(minimum: 1, priority: 2),
      ],
      in: size.rows
    )
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    verdict = rows[1]
    sparkline = rows[2]
    labLine = rows[3]
    nodeLine = rows[4]
    panels[.queues] = rows[5]
    panels[.consumers] = rows[6]
    panels[.lab] = rows[7]
    panels[.events] = rows[8]
    panels[.exchanges] = rows[9]
    footer = rows[10]
  }
}
