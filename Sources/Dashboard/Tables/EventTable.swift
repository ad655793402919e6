import Canvas
import Telemetry

/// The columns of the events; the table is drawn as lines.
enum EventField: String, TableField {
  case text
  case severity

  var title: String { rawValue }
  var alignment: TableColumn<EventField>.Alignment { .left }
  var width: StackItem { StackItem(minimum: 10, weight: 1, priority: 0) }
  var shownFrom: Int? { 0 }
}

/// One line of what changed.
struct EventRow: TableRow {
  let event: TimelineEvent

  /// The newest first; of one thing, those that are about it.
  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    let events = picture.log.events
    let newestFirst = events.indices.reversed()
    if subject == .everything { return Array(newestFirst) }
    guard let name = picture.name(of: subject) else { return [] }
    return newestFirst.filter { events[$0].isAbout(subject, named: name) }
  }

  init?(at index: Int, in picture: Picture) {
    guard picture.log.events.indices.contains(index) else { return nil }
    event = picture.log.events[index]
  }

  var identity: RowIdentity { .event(sequence: event.number) }
  var name: String { event.text }

  static var putsTroubleFirst: Bool { false }

  var trouble: Int {
    switch event.severity {
    case .information: 0
    case .warning: 1
    case .critical: 2
    }
  }

  func value(of field: EventField) -> FieldValue {
    switch field {
    case .text: .text(event.text)
    case .severity: .text(event.severity.word)
    }
  }

  func text(of field: EventField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .text: (event.text, .base)
    case .severity: (event.severity.word, .muted)
    }
  }
}

extension BrokerEvent.Severity {
  /// Its name in filters.
  var word: String {
    switch self {
    case .information: "info"
    case .warning: "warn"
    case .critical: "crit"
    }
  }
}
