import Canvas
import Telemetry

/// The columns of what customers saw.
enum WayField: Hashable, Sendable {
  case name
  case done
  case p50
  case p95
  case samples
  case failed
  case declined

  static let columns: [TableColumn<WayField>] = [
    TableColumn(
      .name,
      "",
      .left,
      width: StackItem(minimum: 5, preferred: 6, priority: 0)
    ),
    TableColumn(.done, "done/s", width: StackItem(minimum: 6, preferred: 8, priority: 1)),
    TableColumn(.p50, "p50ms", width: StackItem(minimum: 5, preferred: 8, priority: 4)),
    TableColumn(.p95, "p95ms", width: StackItem(minimum: 5, preferred: 8, priority: 2)),
    TableColumn(.samples, "n", width: StackItem(minimum: 4, preferred: 7, priority: 6)),
    TableColumn(.failed, "failed", width: StackItem(minimum: 6, preferred: 8, priority: 3)),
    TableColumn(.declined, "declined", width: StackItem(minimum: 8, preferred: 9, priority: 5)),
  ]
}

extension Painter {
  mutating func drawLab(in area: Rectangle) {
    let inside = frame(.lab, in: area, title: labTitle)
    let table = table(in: inside)
    guard let lab = picture.lab else {
      drawNothing("the scenario has not started yet", in: table.line(0))
      return
    }
    var next = 0
    grid.put(
      labState(lab, isWide: true),
      at: table.line(0).origin,
      limit: table.columns,
      ellipsis: glyphs.ellipsis
    )
    next += 1
    if case .failed(let reason) = lab.state {
      drawLines(reason, in: table, from: next)
      return
    }
    // With little room the services, which keys act on, are worth more than the heads.
    if inside.rows >= 4 {
      let columns = PlacedColumn.place(WayField.columns, in: table.columns)
      head(columns, in: table.line(next))
      next += 1
      for way in CallWay.allCases where way != .alternative || lab.hasThreeWays {
        draw(way, of: lab, columns, in: table.line(next))
        next += 1
      }
    }
    drawServices(lab, in: inside, from: next)
  }

  /// The lab in one line, where its panel has no room.
  mutating func drawLabLine(in line: Rectangle) {
    guard let lab = picture.lab else {
      drawNothing(" lab: the scenario has not started yet", in: line)
      return
    }
    var spans: [Span] = [Span(" lab", .title)]
    if line.columns >= 100 { spans.append(Span(" " + lab.scenario)) }
    spans.append(Span(" "))
    spans += labState(lab, isWide: false)
    var isFirst = true
    for way in CallWay.allCases {
      guard let seen = lab.ways.first(where: { $0.way == way }), let latency = seen.latency else {
        continue
      }
      let role = way.role
      let text = Format.milliseconds(latency.p50) + "/" + Format.milliseconds(latency.p95)
      if isFirst { spans.append(Span(" p50/p95ms", .muted)) }
      spans += [Span(" " + way.shortName + " "), Span(text, role)]
      isFirst = false
    }
    let failed = lab.ways.reduce(0) { $0 &+ $1.failed }
    if failed > 0 { spans.append(Span(" failed " + Format.short(Double(failed)), .labFault)) }
    for service in lab.services {
      if service.state.isAbsent {
        spans.append(Span(" \(glyphs.gone) \(service.name)", .stateGone))
      } else if case .hung = service.state {
        spans.append(Span(" \(glyphs.paused) \(service.name)", .stateStuck))
      }
    }
    grid.put(spans, at: line.origin, limit: line.columns, ellipsis: glyphs.ellipsis)
  }

  private var labTitle: [Span] {
    var title = [Span("lab", .title)]
    if let lab = picture.lab { title.append(Span(" " + lab.scenario)) }
    return title
  }

  func labState(_ lab: LabSnapshot, isWide: Bool) -> [Span] {
    let state: Span =
      switch lab.state {
      case .starting: Span("\(glyphs.starting) starting", .stateBusy)
      case .running: Span("\(glyphs.ok) running", .stateOK)
      case .draining: Span("\(glyphs.ok) draining", .stateDraining)
      case .stopped: Span("\(glyphs.gone) stopped", .stateGone)
      case .failed: Span("\(glyphs.alert) could not start", .stateStuck)
      }
    let mode = model.frozen == nil ? model.mode ?? lab.mode : lab.mode
    let load = model.frozen == nil ? model.load : lab.offeredPerSecond
    return [
      state, Span(isWide ? "  " : " "), Span(mode.shownName(of: lab), .title),
      Span(isWide ? "  load " : " "), Span(Format.rate(load) + "/s", .metricPublish),
      Span(isWide && mode == .both ? " each way" : ""),
    ]
  }

  private mutating func draw(
    _ way: CallWay,
    of lab: LabSnapshot,
    _ columns: [PlacedColumn<WayField>],
    in line: Rectangle
  ) {
    let seen = lab.ways.first { $0.way == way }
    for column in columns {
      let (text, role) = text(of: column.field, way, seen)
      drawCell(text, role, in: column.rectangle(in: line), column)
    }
  }

  private func text(
    of field: WayField,
    _ way: CallWay,
    _ seen: CallWaySnapshot?
  ) -> (String, Role) {
    let color = way.role
    if field == .name { return (way.shortName, seen == nil ? .muted : color) }
    guard let seen else { return (Format.none, .muted) }
    switch field {
    case .name: return (way.shortName, color)
    case .done: return (Format.rate(doneRate(seen)), .base)
    case .p50: return (Format.milliseconds(seen.latency?.p50), color)
    case .p95: return (Format.milliseconds(seen.latency?.p95), color)
    case .samples: return (seen.latency.map { Format.count($0.sampleCount) } ?? "-", .muted)
    case .failed: return (Format.count(seen.failed), seen.failed > 0 ? .labFault : .muted)
    case .declined: return (Format.count(seen.declined), seen.declined > 0 ? .base : .muted)
    }
  }

  /// Customers that got an answer a second: payments and refusals for too little balance.
  private func doneRate(_ seen: CallWaySnapshot) -> Double? {
    guard let base = picture.labWindow.base else { return nil }
    let before = base.ways.first { $0.way == seen.way }
    return Rates.perSecond(
      seen.succeeded &+ seen.declined,
      since: (before?.succeeded ?? 0) &+ (before?.declined ?? 0),
      seconds: picture.labWindow.baseSeconds
    )
  }

  /// The services beside each other, as many to a line as fit.
  private mutating func drawServices(_ lab: LabSnapshot, in inside: Rectangle, from first: Int) {
    var row = first
    var column = 1
    for (index, service) in lab.services.enumerated() {
      let (glyph, word, role) = shownWithFault(service)
      let text = " \(glyph) \(service.name)\(word) "
      let width = CharacterWidth.columns(of: text)
      if column > 1, column + width > inside.columns {
        row += 1
        column = 1
      }
      if row >= inside.rows { return }
      let place = Point(column: inside.column + column - 1, row: inside.row + row)
      let room = inside.columns - column + 1
      spot(
        Rectangle(column: place.column, row: place.row, columns: min(width, room), rows: 1),
        .row(.lab, index: index)
      )
      if isUnderCursor(index, of: .lab) {
        let used = grid.put(text, at: place, style: Style(.cursor), limit: room)
        if used > 0 { grid.put(glyphs.cursor, at: place, style: Style(.cursor)) }
      } else {
        grid.put(
          [Span(" \(glyph) ", role), Span(service.name), Span(word, role)],
          at: place,
          limit: room
        )
      }
      column += width
    }
  }

  /// The state of a service; what was broken on purpose stands before that it runs.
  private func shownWithFault(_ service: ServiceSnapshot) -> (Unicode.Scalar, String, Role) {
    let fault = picture.lab?.faults.last { $0.request.service == service.name }
    guard let fault, case .running = service.state else { return shown(service.state) }
    return (glyphs.alert, " " + FaultText.name(of: fault.request.kind), .labFault)
  }

  func shown(_ state: ServiceState) -> (Unicode.Scalar, String, Role) {
    switch state {
    case .starting: (glyphs.starting, " starting", .stateBusy)
    case .running: (glyphs.ok, "", .stateOK)
    case .hung: (glyphs.paused, " hung", .stateStuck)
    case .killed: (glyphs.gone, " killed", .stateGone)
    case .ended: (glyphs.gone, " ended", .stateGone)
    }
  }

  /// Writes a sentence over several lines.
  mutating func drawLines(_ text: String, in area: Rectangle, from first: Int) {
    for (offset, line) in TextWrap.lines(text, columns: area.columns).enumerated()
    where first + offset < area.rows {
      drawNothing(line, in: area.line(first + offset))
    }
  }
}
