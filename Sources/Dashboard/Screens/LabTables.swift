import Canvas
import Telemetry

/// The columns of the lab's processes.
enum ServiceField: Hashable, Sendable {
  case name
  case state
  case done
  case calls
  case inHand
  case queue

  /// Returns the columns for a width: on a small screen a name is shorter.
  static func columns(in width: Int) -> [TableColumn<ServiceField>] {
    let isNarrow = width < 40
    return [
      TableColumn(
        .name,
        "service",
        .left,
        width: StackItem(minimum: isNarrow ? 8 : 12, preferred: 16, weight: 1, priority: 0)
      ),
      TableColumn(
        .state,
        "state",
        .left,
        width: StackItem(minimum: isNarrow ? 9 : 13, preferred: 15, weight: 4, priority: 1)
      ),
    ] + numbers
  }

  private static let numbers: [TableColumn<ServiceField>] = [
    TableColumn(.done, "done", width: StackItem(minimum: 6, preferred: 7, priority: 2)),
    TableColumn(.inHand, "hand", width: StackItem(minimum: 4, preferred: 4, priority: 3)),
    TableColumn(.calls, "calls", width: StackItem(minimum: 6, preferred: 7, priority: 5)),
    TableColumn(
      .queue,
      "queue",
      .left,
      width: StackItem(minimum: 8, preferred: 12, weight: 1, priority: 4)
    ),
  ]
}

/// The tables of the lab's screen.
extension Painter {
  /// The head, the rows that fit and the cursor of a table that cannot be sorted.
  mutating func drawTable<Field>(
    _ panel: Panel,
    _ columns: [TableColumn<Field>],
    in inside: Rectangle,
    _ text: (Painter, Int, Field) -> (String, Role)
  ) {
    let table = table(in: inside)
    let placed = PlacedColumn.place(columns, in: table.columns)
    let first = layout.headRows(inside)
    if first > 0 { head(placed, in: table.line(0)) }
    let rows = visibleRows(of: panel, capacity: layout.rowCapacity(of: panel))
    for (offset, index) in rows.enumerated() {
      let line = inside.line(first + offset)
      spot(line, .row(panel, index: index))
      for column in placed {
        let (text, role) = text(self, index, column.field)
        drawCell(text, role, in: column.rectangle(in: table.line(first + offset)), column)
      }
      if isUnderCursor(index, of: panel) { markCursor(in: line) }
    }
  }

  mutating func drawServices(in area: Rectangle) {
    let services = picture.lab?.services ?? []
    let capacity = layout.rowCapacity(of: .services)
    let inside = frame(
      .services,
      in: area,
      title: [Span("services", .title), Span(" \(services.count)")],
      footerCorner: position(of: .services, capacity: capacity)
    )
    if services.isEmpty {
      let text: String
      switch picture.lab?.state {
      case nil: text = "the scenario has not started yet"
      case .failed(let reason)?: text = "could not start: " + reason
      case .starting?, .running?, .draining?, .stopped?: text = "no services"
      }
      drawLines(text, in: table(in: inside), from: 0)
      return
    }
    drawTable(.services, ServiceField.columns(in: inside.columns), in: inside) {
      painter,
      index,
      field in
      painter.text(of: field, services[index])
    }
  }

  private func text(of field: ServiceField, _ service: ServiceSnapshot) -> (String, Role) {
    switch field {
    case .name: return (SafeText.clean(service.name), .base)
    case .state: return stateText(service)
    case .done: return (Format.count(service.done), service.done > 0 ? .base : .muted)
    case .calls:
      return (Format.count(service.callsAnswered), service.callsAnswered > 0 ? .base : .muted)
    case .inHand: return (Format.count(service.inHand), service.inHand > 0 ? .base : .muted)
    case .queue: return (SafeText.clean(service.queue ?? ""), .kindQueue)
    }
  }

  private func stateText(_ service: ServiceSnapshot) -> (String, Role) {
    let faults = (picture.lab?.faults ?? []).filter { fault in
      fault.request.service == service.name
        || (fault.request.kind.target == .queue && fault.request.service == service.service)
    }
    let (glyph, word, role) = shown(service.state)
    if let fault = faults.last, case .running = service.state {
      let more = faults.count > 1 ? " +\(faults.count - 1)" : ""
      return ("\(glyphs.alert) \(FaultText.description(of: fault.request))\(more)", .labFault)
    }
    if case .ended(let reason) = service.state { return ("\(glyph) ended: \(reason)", role) }
    return ("\(glyph)\(word.isEmpty ? " running" : word)", role)
  }

  mutating func drawFaults(in area: Rectangle) {
    let faults = picture.lab?.faults ?? []
    let inside = frame(
      .faults,
      in: area,
      title: [
        Span("faults now", .title), Span(" \(faults.count)", faults.isEmpty ? .base : .labFault),
      ],
      footerCorner: position(of: .faults, capacity: layout.rowCapacity(of: .faults))
    )
    let table = table(in: inside)
    if faults.isEmpty {
      let kinds = FaultText.menu.prefix(10).map {
        "\(FaultText.key(of: $0)) \(FaultText.menuName(of: $0))"
      }
      let all = "f, then: " + kinds.joined(separator: "  ")
      let isWhole = TextWrap.lines(all, columns: table.columns).count <= table.rows
      drawLines(isWhole ? all : "f shows what can be broken", in: table, from: 0)
      return
    }
    let rows = visibleRows(of: .faults, capacity: layout.rowCapacity(of: .faults))
    for (offset, index) in rows.enumerated() {
      let fault = faults[index]
      let line = inside.line(offset)
      spot(line, .row(.faults, index: index))
      let since = picture.lab.map { Format.span($0.at.seconds(since: fault.since)) } ?? ""
      grid.put(
        [
          Span("\(glyphs.alert) ", .labFault),
          Span(padded(SafeText.clean(fault.request.service), to: 12), .title),
          Span(" " + FaultText.description(of: fault.request), .labFault),
          Span("  since " + since, .muted),
        ],
        at: table.line(offset).origin,
        limit: table.columns,
        ellipsis: glyphs.ellipsis
      )
      if isUnderCursor(index, of: .faults) { markCursor(in: line) }
    }
  }
}
