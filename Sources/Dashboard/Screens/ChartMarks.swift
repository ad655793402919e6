import Canvas
import Diagnosis
import Telemetry

/// What stands on the time axis of a chart: where something began to be wrong, and events.
struct ChartMarks {
  /// The onsets' columns.
  private(set) var onsets: Set<Int> = []
  /// When the worst of what is wrong began, if that is on the chart.
  private(set) var onset: Instant?
  /// By column, the worst event of each.
  private(set) var events: [Int: TimelineEvent] = [:]

  /// - Parameters:
  ///   - picture: What is shown.
  ///   - subject: What the chart is about: events of other things are not on it.
  ///   - column: Finds the column of an instant; nil for one that is older than the chart.
  init(
    in picture: Picture,
    about subject: Subject,
    _ column: (Instant) -> Int?
  ) {
    for problem in picture.problems.listed where onsets.count < Limits.onsetMarks {
      guard !problem.kind.isNote, let finding = problem.finding, let since = finding.since,
        Self.isAbout(finding.subject, subject), let place = column(since)
      else { continue }
      onsets.insert(place)
      if onset == nil { onset = since }
    }
    let name = picture.name(of: subject)
    for event in picture.log.events.reversed() {
      // Sorted by time: all others are earlier still.
      guard let place = column(event.at) else {
        if let now = picture.broker?.at, event.at > now { continue }
        break
      }
      if let known = events[place], known.weight >= event.weight { continue }
      if subject != .everything, event.subject?.isBrokerWide != true {
        guard let name, event.isAbout(subject, named: name) else { continue }
      }
      events[place] = event
    }
  }

  private static func isAbout(_ about: FindingSubject, _ subject: Subject) -> Bool {
    if subject == .everything || about.isBrokerWide { return true }
    switch (subject, about) {
    case (.queue(let queue), _): return about.queue == queue
    case (.exchange(let exchange), .exchange(let other)): return exchange == other
    case (.everything, _), (.exchange, _), (.consumer, _), (.connection, _): return false
    }
  }
}

extension Painter {
  /// Finds what stands on the time axis of a chart.
  ///
  /// - Parameters:
  ///   - axis: What the chart shows: its newest sample is at the right edge.
  ///   - columns: The width of the chart.
  ///   - perColumn: How many values a column shows.
  ///   - span: How far back it reaches; nil is as the person chose.
  /// - Returns: The marks; nil where nothing is remembered.
  func marks(
    on axis: TimeSeries?,
    columns: Int,
    perColumn: Int,
    span: ChartSpan? = nil
  ) -> ChartMarks? {
    guard let axis, columns > 0 else { return nil }
    let slots = axis.slots(in: span ?? model.chartSpan)
    return ChartMarks(in: picture, about: model.screen.subject) { instant in
      axis.place(of: instant, in: columns * perColumn, over: slots).map { $0 / perColumn }
    }
  }

  /// Draws onsets through a sparkline.
  mutating func drawOnsets(on axis: TimeSeries, in area: Rectangle) {
    guard let marks = marks(on: axis, columns: area.columns, perColumn: 1, span: .minute) else {
      return
    }
    for place in marks.onsets {
      grid.put(glyphs.onset, at: area.shifted(place), style: Style(.graphOnset))
    }
  }

  /// Draws onsets through what the curves leave empty, and events over the foot of the upper one.
  mutating func draw(_ marks: ChartMarks, in area: Rectangle, axis row: Int) {
    for place in marks.onsets {
      let column = area.column + place
      for row in area.row..<area.endRow where grid[column, row].scalar == " " {
        grid.put(
          glyphs.onset,
          at: Point(column: column, row: row),
          style: Style(.graphOnset)
        )
      }
    }
    for (place, event) in marks.events {
      let (glyph, role) = sign(of: event)
      grid.put(glyph, at: Point(column: area.column + place, row: row), style: Style(role))
    }
  }

  /// The title's words about the onset, the longest that fit.
  func onsetTitle(_ marks: ChartMarks?, room: Int) -> [Span] {
    guard let onset = marks?.onset, let wall = picture.wallTime(of: onset) else { return [] }
    let time = Format.time(wall, offsetSeconds: model.options.timeZoneOffsetSeconds)
    let glyph = String(glyphs.onset)
    let choices: [[Span]] = [
      [Span("  onset ", .muted), Span(time + " " + glyph, .graphOnset)],
      [Span("  "), Span(glyph + " " + time, .graphOnset)],
    ]
    return choices.first { $0.columns <= room } ?? []
  }

  /// The sign of an event on a chart and in a list.
  func sign(of event: TimelineEvent) -> (Unicode.Scalar, Role) {
    switch (event.severity, event.kind) {
    case (.critical, _): (glyphs.alert, .alertCritical)
    case (.warning, _): (glyphs.alert, .alertWarning)
    case (.information, .begins), (.information, .told): (glyphs.tick, .alertInformation)
    case (.information, .byYou): (glyphs.byYou, .key)
    case (.information, .ends): (glyphs.ok, .stateOK)
    case (.information, .rises): (glyphs.rising, .alertInformation)
    case (.information, .falls): (glyphs.falling, .alertInformation)
    }
  }
}
