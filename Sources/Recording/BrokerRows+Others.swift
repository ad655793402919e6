internal import Telemetry

extension ResourceAlarm: RecordedRow {
  var recordedKey: ResourceAlarm { self }
  static var blank: ResourceAlarm { .memory }

  static func walk<Visitor: CellVisitor>(_ row: inout ResourceAlarm, _ visitor: inout Visitor) {
    visitor.choice(&row)
  }
}

extension BrokerEvent: RecordedRow {
  var recordedKey: UInt64 { sequence }
  static var blank: BrokerEvent {
    BrokerEvent(
      sequence: 0,
      wallTime: WallTime(milliseconds: 0),
      severity: .information,
      text: ""
    )
  }

  static func walk<Visitor: CellVisitor>(_ row: inout BrokerEvent, _ visitor: inout Visitor) {
    visitor.identifier(&row.sequence)
    visitor.wallTime(&row.wallTime)
    visitor.choice(&row.severity)
    visitor.string(&row.text)
  }
}

extension BindingSnapshot: RecordedRow {
  /// What names a binding.
  struct Key: Hashable {
    var virtualHost: String
    var source: String
    var destination: Destination
    var routingKey: String
    var arguments: String
  }

  var recordedKey: Key {
    Key(
      virtualHost: virtualHost,
      source: source,
      destination: destination,
      routingKey: routingKey,
      arguments: arguments
    )
  }

  static var blank: BindingSnapshot {
    BindingSnapshot(virtualHost: "", source: "", destination: .queue(""), routingKey: "")
  }

  static func walk<Visitor: CellVisitor>(_ row: inout BindingSnapshot, _ visitor: inout Visitor) {
    visitor.string(&row.virtualHost)
    visitor.string(&row.source)
    var isExchange = if case .exchange = row.destination { true } else { false }
    var name = row.destination.name
    visitor.flag(&isExchange)
    visitor.string(&name)
    visitor.string(&row.routingKey)
    visitor.string(&row.arguments)
    // The pairs are seldom more than one, so that a string for all of them is short enough.
    var pairs = visitor.isReading ? "" : PairText.text(row.argumentPairs)
    visitor.string(&pairs)
    visitor.optional(&row.hits, blank: 0) { hits, visitor in visitor.count(&hits) }
    visitor.instant(&row.createdAt)
    guard visitor.isReading else { return }
    row.destination = isExchange ? .exchange(name) : .queue(name)
    if let pairs = PairText.pairs(pairs) { row.argumentPairs = pairs } else { visitor.refuse() }
  }
}

/// Names and values as one string, whatever characters they hold: `1:a3:foo`, each behind its
/// length in bytes.
enum PairText {
  static func text(_ pairs: [WatchedDetails.Fact]) -> String {
    var text = ""
    for pair in pairs {
      for part in [pair.name, pair.value] { text += "\(part.utf8.count):" + part }
      // What is cut off must not leave half a pair.
      guard text.utf8.count <= Limits.stringBytes else { return "" }
    }
    return text
  }

  /// - Returns: nil for what ``text(_:)`` does not write.
  static func pairs(_ text: String) -> [WatchedDetails.Fact]? {
    var rest = Array(text.utf8)[...]
    var parts: [String] = []
    while !rest.isEmpty {
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")),
        let count = Int(String(decoding: rest[..<colon], as: UTF8.self)), count >= 0,
        count < rest.endIndex - colon,
        let part = String(validating: rest[(colon + 1)..<(colon + 1 + count)], as: UTF8.self)
      else { return nil }
      parts.append(part)
      rest = rest[(colon + count + 1)...]
    }
    guard parts.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: parts.count, by: 2).map { .init(parts[$0], parts[$0 + 1]) }
  }
}
