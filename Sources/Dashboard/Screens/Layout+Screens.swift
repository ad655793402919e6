import Canvas

/// The screens that are not the overview.
extension Layout {
  /// One panel that fills the screen.
  mutating func arrangeList(_ size: Size, panel: Panel) {
    hasRules = size.rows >= 6
    let heights = Stack.lengths(
      [
        StackItem(minimum: 1, priority: 0),
        StackItem(minimum: size.rows >= 12 ? 1 : 0, priority: 5),
        StackItem(minimum: size.rows >= 5 ? 1 : 0, priority: 3),
        StackItem(minimum: 1, weight: 1, priority: 1),
        StackItem(minimum: isBoxed ? 1 : 0, priority: 4),
        StackItem(minimum: 1, priority: 2),
      ],
      in: size.rows
    )
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    tabs = rows[1]
    verdict = rows[2]
    panels[panel] = rows[3]
    status = rows[4]
    footer = rows[5]
  }

  /// What is known about one thing, with tables of what belongs to it.
  mutating func arrangeDetail(
    _ size: Size,
    panels all: [Panel],
    focus: Panel,
    _ screen: Screen,
    whyLines: Int
  ) {
    hasRules = size.rows >= 7
    let isLow = size.rows < 14
    // On a low screen Tab goes from panel to panel, and each has all the room.
    let groups =
      isBoxed ? Self.groups(of: screen, all) : isLow ? [[focus]] : all.map { [$0] }
    let plots = screen.hasCharts && isBoxed
    let head = [
      StackItem(minimum: 1, priority: 0),
      StackItem(minimum: size.rows >= 20 ? 1 : 0, priority: 12),
      StackItem(minimum: isLow ? 1 : 2, priority: 3),
      StackItem(minimum: isLow ? 0 : 1, priority: 4),
      StackItem(
        minimum: whyLines == 0 || isLow ? 0 : isBoxed ? whyLines + 2 : 4,
        priority: 9
      ),
      // Beside what is wrong belongs how it came about, rather than what was declared.
      StackItem(
        minimum: plots ? (size.rows >= 44 ? 10 : whyLines > 0 ? 6 : 7) : 0,
        priority: 10
      ),
      StackItem(minimum: screen.hasFacts && !isLow ? (isBoxed ? 5 : 3) : 0, priority: 11),
    ]
    let bodies = groups.enumerated().map { index, group in
      let hasKeys = group.contains(focus)
      let least = isBoxed ? 5 : isLow ? 1 : 4
      return StackItem(
        minimum: hasKeys ? min(least, max(1, size.rows - 3)) : least,
        preferred: isBoxed ? 7 : least,
        weight: hasKeys ? 3 : 1,
        priority: hasKeys ? 2 : 6 + index
      )
    }
    let foot = [
      StackItem(minimum: isBoxed ? 1 : 0, priority: 5),
      StackItem(minimum: 1, priority: 1),
    ]
    let heights = Stack.lengths(head + bodies + foot, in: size.rows)
    let rows = Self.split(Rectangle(size), heights: heights)
    header = rows[0]
    tabs = rows[1]
    subject = rows[2]
    verdict = rows[3]
    why = rows[4]
    if let area = rows[5] { charts = Self.columns(of: area, count: 2) }
    facts = rows[6]
    for (offset, group) in groups.enumerated() {
      guard let area = rows[head.count + offset] else { continue }
      let parts = Self.columns(of: area, count: group.count)
      for (panel, part) in zip(group, parts) { panels[panel] = part }
    }
    status = rows[head.count + groups.count]
    footer = rows[head.count + groups.count + 1]
  }

  /// Which panels stand side by side where there is room for it.
  private static func groups(of screen: Screen, _ all: [Panel]) -> [[Panel]] {
    switch screen {
    case .queue: [[.consumers], [.bindings, .messages], [.events]]
    case .exchange: [[.bindings, .publishers], [.messages], [.events]]
    case .consumer: [[.held], [.events]]
    case .connection: [[.channels, .consumers], [.events]]
    case .lab, .overview, .queues, .exchanges, .consumers, .connections, .events, .topology, .help:
      all.map { [$0] }
    }
  }
}

extension Screen {
  /// Whether it has curves of its own.
  var hasCharts: Bool {
    switch self {
    case .queue, .exchange: true
    case .overview, .lab, .queues, .exchanges, .consumers, .connections, .events, .consumer,
      .connection, .topology, .help:
      false
    }
  }

  /// Whether it lists what the broker tells about the thing.
  var hasFacts: Bool {
    switch self {
    case .consumer, .connection, .queue, .exchange: true
    case .overview, .queues, .exchanges, .consumers, .connections, .lab, .events, .topology,
      .help:
      false
    }
  }
}
