import Canvas
import Telemetry

/// The columns of a cluster's nodes.
private enum NodeField: Hashable, Sendable {
  case name, state, memory, disk, leaders, up

  static let columns: [TableColumn<NodeField>] = [
    TableColumn(
      .name,
      "node",
      .left,
      width: StackItem(minimum: 10, preferred: 24, weight: 2, priority: 0)
    ),
    TableColumn(
      .state,
      "state",
      .left,
      width: StackItem(minimum: 9, preferred: 15, weight: 1, priority: 1)
    ),
    TableColumn(.memory, "memory", width: StackItem(minimum: 14, preferred: 16, priority: 3)),
    TableColumn(.disk, "disk", width: StackItem(minimum: 6, preferred: 8, priority: 4)),
    TableColumn(.leaders, "leads", width: StackItem(minimum: 5, preferred: 6, priority: 2)),
    TableColumn(.up, "up", width: StackItem(minimum: 8, preferred: 9, priority: 5)),
  ]
}

/// The nodes of a broker that is watched from outside, and what asking it costs.
extension Painter {
  mutating func drawNodes(in area: Rectangle) {
    let nodes = model.attached?.nodes ?? []
    let product = SafeText.clean(model.attached?.product ?? "")
    let inside = frame(
      .nodes,
      in: area,
      title: title("nodes", count: nodes.count) + [Span("  " + product, .muted)]
    )
    let table = table(in: inside)
    guard let attached = model.attached else {
      drawNothing("waiting for the broker's answer", in: table.line(0))
      return
    }
    guard !nodes.isEmpty, inside.rows >= 3 else {
      let text = nodes.isEmpty ? "the user may not see the nodes (tag monitoring)" : ""
      drawNothing(text, in: table.line(0))
      if inside.rows >= 2 || !nodes.isEmpty { drawCost(attached, in: table) }
      return
    }
    let columns = PlacedColumn.place(NodeField.columns, in: table.columns)
    head(columns, in: table.line(0))
    // The first line of what is wrong tells the cost too, as long as nothing is.
    let hasCost = nodes.count + 2 <= table.rows
    let room = table.rows - (hasCost ? 2 : 1)
    let shown = nodes.sorted { $0.trouble > $1.trouble }
    for (row, node) in shown.prefix(room).enumerated() {
      for column in columns {
        let (text, role) = text(of: column.field, node)
        let cell = column.rectangle(in: table.line(row + 1))
        drawCell(SafeText.clean(text), role, in: cell, column)
      }
    }
    if hasCost { drawCost(attached, in: table) }
  }

  /// The nodes in one line, where their panel has no room.
  mutating func drawNodeLine(in line: Rectangle) {
    guard let attached = model.attached else { return }
    let nodes = attached.nodes
    let bad = nodes.filter { $0.trouble > 0 }
    let state =
      bad.isEmpty
      ? Span("\(glyphs.ok) \(nodes.count) \(nodes.count == 1 ? "node" : "nodes")", .stateOK)
      : Span(
        "\(glyphs.alert) \(SafeText.clean(bad[0].name)) \(word(for: bad[0]).text)",
        .alertCritical
      )
    grid.put(
      [Span(" "), state, Span("  " + attached.costText, .muted)],
      at: line.origin,
      limit: line.columns,
      ellipsis: glyphs.ellipsis
    )
  }

  private mutating func drawCost(_ attached: AttachedState, in table: Rectangle) {
    let line = table.line(table.rows - 1)
    grid.put(
      [Span(line.columns >= 80 ? attached.costText : attached.shortCostText, .muted)],
      at: line.origin,
      limit: line.columns,
      ellipsis: glyphs.ellipsis
    )
  }

  private func text(of field: NodeField, _ node: NodeSnapshot) -> (String, Role) {
    switch field {
    case .name: return (node.name, .base)
    case .state:
      let word = word(for: node)
      return ("\(word.isBad ? glyphs.alert : glyphs.ok) \(word.text)", word.role)
    case .memory:
      guard let used = node.memoryBytes else { return (Format.none, .muted) }
      let limit = node.memoryLimitBytes.map { "/" + Format.bytes(Int(clamping: $0)) } ?? ""
      return (
        Format.bytes(Int(clamping: used)) + limit, node.hasMemoryAlarm ? .alertCritical : .base
      )
    case .disk:
      guard let free = node.diskFreeBytes else { return (Format.none, .muted) }
      return (Format.bytes(Int(clamping: free)), node.hasDiskAlarm ? .alertCritical : .base)
    case .leaders: return (Format.count(node.leaderCount), node.leaderCount > 0 ? .base : .muted)
    case .up: return (node.upSeconds.map { Format.upTime($0) } ?? Format.none, .muted)
    }
  }

  private func word(for node: NodeSnapshot) -> (text: String, role: Role, isBad: Bool) {
    if !node.isRunning { return ("down", .alertCritical, true) }
    if !node.partitions.isEmpty {
      return ("split from \(node.partitions.count)", .alertCritical, true)
    }
    if node.hasMemoryAlarm { return ("memory alarm", .alertCritical, true) }
    if node.hasDiskAlarm { return ("disk alarm", .alertCritical, true) }
    if node.isDraining { return ("draining", .alertWarning, true) }
    return ("running", .stateOK, false)
  }
}

extension NodeSnapshot {
  /// How bad it is with it; 0 when all is well.
  fileprivate var trouble: Int {
    if !isRunning { return 4 }
    if !partitions.isEmpty { return 3 }
    return hasMemoryAlarm || hasDiskAlarm ? 2 : isDraining ? 1 : 0
  }
}

/// A picture that is no longer true.
extension Painter {
  /// Greys everything but the head, what is wrong, the foot and what the lab says: it is what was,
  /// and not what is.
  mutating func fade() {
    guard model.isLost, model.screen != .lab else { return }
    let last = (layout.status ?? layout.footer).map { $0.row } ?? grid.size.rows
    for row in 1..<max(1, last) {
      let kept = stillTrue.filter { ($0.row..<$0.endRow).contains(row) }.sorted {
        $0.column < $1.column
      }
      var column = 0
      for end in kept.map(\.column) + [grid.size.columns] {
        let span = Rectangle(column: column, row: row, columns: max(0, end - column), rows: 1)
        grid.restyle(span) { $0 = Style(.muted, $0.modifiers.subtracting(.bold)) }
        column = kept.first { $0.column == end }?.endColumn ?? end
      }
    }
  }

  /// What does not come from the broker.
  private var stillTrue: [Rectangle] {
    guard model.options.hasLab else { return [layout.verdict].compactMap { $0 } }
    let customers = layout.charts.count > 2 && model.screen == .overview ? layout.charts[2] : nil
    return [layout.verdict, layout.panels[.lab], layout.labLine, customers].compactMap { $0 }
  }
}
