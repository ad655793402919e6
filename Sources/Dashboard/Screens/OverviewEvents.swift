import Canvas
import Telemetry

extension Painter {
  /// What changed, the newest first.
  mutating func drawEvents(in area: Rectangle) {
    let capacity = layout.rowCapacity(of: .events)
    let events = picture.log.events
    let inside = frame(
      .events,
      in: area,
      title: title("what changed", count: events.count),
      footerCorner: position(of: .events, capacity: capacity)
    )
    if events.isEmpty {
      drawNothing("nothing yet", in: table(in: inside).line(0))
      return
    }
    for (offset, index) in visibleRows(of: .events, capacity: capacity).enumerated() {
      let event = events[events.count - 1 - index]
      let line = inside.line(offset)
      let time = Format.time(event.wallTime, offsetSeconds: model.options.timeZoneOffsetSeconds)
      let (glyph, role) = mark(of: event.severity)
      grid.put(
        [
          Span(" "), Span(time, .logTime), Span(" "), Span(glyph, role), Span(" "),
          Span(event.text, event.severity == .critical ? .alertCritical : .base),
        ],
        at: line.origin,
        limit: line.columns,
        ellipsis: glyphs.ellipsis
      )
      if isUnderCursor(index, of: .events) { markCursor(in: line) }
    }
  }

  private func mark(of severity: BrokerEvent.Severity) -> (String, Role) {
    switch severity {
    case .information: (" ", .alertInformation)
    case .warning: (String(glyphs.alert), .alertWarning)
    case .critical: (String(glyphs.alert), .alertCritical)
    }
  }
}
