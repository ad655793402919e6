import Canvas
import Telemetry

extension Painter {
  /// What changed, the newest first.
  mutating func drawEvents(in area: Rectangle) {
    let capacity = layout.rowCapacity(of: .events)
    let inside = frame(
      .events,
      in: area,
      title: title("what changed", count: model.rowCount(of: .events)) + eventFilter,
      footerCorner: position(of: .events, capacity: capacity)
    )
    let rows = visibleRows(of: .events, capacity: capacity)
    if rows.isEmpty {
      drawNothing("nothing yet", in: table(in: inside).line(0))
      return
    }
    for (offset, index) in rows.enumerated() {
      guard let event = model.row(EventRow.self, of: .events, at: index)?.event else { continue }
      let line = inside.line(offset)
      spot(line, .row(.events, index: index))
      let time = Format.time(event.wallTime, offsetSeconds: model.options.timeZoneOffsetSeconds)
      let (glyph, role) = listSign(of: event)
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

  /// What hides some of the events.
  private var eventFilter: [Span] {
    let settings = model.tables[.events] ?? TableSettings()
    if model.filterField != nil, model.focus == .events { return filterSpans }
    var spans: [Span] = []
    if settings.isTroubleOnly { spans.append(Span("  trouble", .alertWarning)) }
    if !settings.filter.isEmpty {
      spans += [Span("  /", .key), Span(settings.filter, .match)]
    }
    return spans
  }

  /// As on a chart, but nothing before what the broker tells of every day.
  private func listSign(of event: TimelineEvent) -> (String, Role) {
    let (glyph, role) = sign(of: event)
    let isEveryday = event.severity == .information && event.kind == .told
    return (isEveryday ? " " : String(glyph), role)
  }
}
