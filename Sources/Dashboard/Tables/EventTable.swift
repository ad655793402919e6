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
  let event: BrokerEvent

  /// The newest first; of one thing, those that name it.
  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    let events = picture.log.events
    let newestFirst = events.indices.reversed()
    guard let name = name(of: subject, in: picture), !name.isEmpty else {
      return subject == .everything ? Array(newestFirst) : []
    }
    return newestFirst.filter { Self.names(events[$0].text, name) }
  }

  /// Whether a text has a name in it that is not a part of a longer one.
  private static func names(_ text: String, _ name: String) -> Bool {
    var rest = text[...]
    while let found = rest.firstRange(of: name) {
      let before =
        found.lowerBound > text.startIndex ? text[text.index(before: found.lowerBound)] : " "
      let after = found.upperBound < text.endIndex ? text[found.upperBound] : " "
      if !isPartOfName(before), !isPartOfName(after) { return true }
      rest = rest[found.upperBound...]
    }
    return false
  }

  private static func isPartOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "._-".contains(character)
  }

  private static func name(of subject: Subject, in picture: Picture) -> String? {
    switch subject {
    case .everything: nil
    case .queue(let queue): queue.name
    case .exchange(let exchange): exchange.name
    case .consumer(let identifier):
      picture.broker?.consumers.first { $0.identifier == identifier }?.tag
    case .connection(let identifier):
      picture.broker?.connections.first { $0.identifier == identifier }?.name
    }
  }

  init?(at index: Int, in picture: Picture) {
    guard picture.log.events.indices.contains(index) else { return nil }
    event = picture.log.events[index]
  }

  var identity: RowIdentity { .event(sequence: event.sequence) }
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
