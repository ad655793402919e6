import Canvas
import Telemetry

/// The columns of messages that were looked at.
enum MessageField: String, TableField {
  case position = "#"
  case age
  case redelivered = "redel"
  case deaths
  case exchange
  case routingKey = "key"
  case size
  case body

  var title: String {
    switch self {
    case .position: "#"
    case .age: "age"
    case .redelivered: "redel"
    case .deaths: "deaths"
    case .exchange: "exchange"
    case .routingKey: "routing key"
    case .size: "size"
    case .body: "body"
    }
  }

  var alignment: TableColumn<MessageField>.Alignment {
    switch self {
    case .position, .age, .size, .deaths: .right
    case .redelivered, .exchange, .routingKey, .body: .left
    }
  }

  var width: StackItem {
    switch self {
    case .position: StackItem(minimum: 4, priority: 0)
    case .age: StackItem(minimum: 4, preferred: 5, priority: 3)
    case .redelivered: StackItem(minimum: 5, priority: 4)
    case .deaths: StackItem(minimum: 6, priority: 6)
    case .exchange: StackItem(minimum: 8, preferred: 14, priority: 7)
    case .routingKey: StackItem(minimum: 8, preferred: 18, priority: 2)
    case .size: StackItem(minimum: 7, priority: 5)
    case .body: StackItem(minimum: 8, preferred: 24, weight: 1, priority: 1)
    }
  }

  var shownFrom: Int? {
    switch self {
    case .position, .age, .redelivered, .routingKey, .size, .body: 0
    case .exchange: 80
    case .deaths: 70
    }
  }
}

/// A message that was looked at, in its queue or as it passed a tap.
struct MessageRow: TableRow {
  let message: MessageSnapshot
  private let ageSeconds: Double?

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array(picture.messages(of: subject).indices)
  }

  init?(at index: Int, in picture: Picture) {
    let messages = picture.messages
    guard messages.indices.contains(index), let now = picture.broker?.at else { return nil }
    message = messages[index]
    ageSeconds = message.enteredAt.map { max(0, now.seconds(since: $0)) }
  }

  var identity: RowIdentity { .message(identifier: message.identifier) }
  var name: String { "\(message.routingKey) \(message.bodyText)" }
  var trouble: Int { 0 }

  func value(of field: MessageField) -> FieldValue {
    switch field {
    case .position: FieldValue(message.position)
    case .age: FieldValue(ageSeconds)
    case .redelivered: .text(message.isRedelivered ? "yes" : "no")
    case .deaths: FieldValue(deathCount)
    case .exchange: .text(message.exchange)
    case .routingKey: .text(message.routingKey)
    case .size: FieldValue(message.bodyBytes)
    case .body: .text(message.bodyText)
    }
  }

  private var deathCount: UInt64 { message.deaths.reduce(0) { $0 + $1.count } }

  func text(of field: MessageField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .position: (String(message.position + 1), .muted)
    case .age: (Format.age(ageSeconds), .base)
    case .redelivered:
      message.isRedelivered ? ("yes", .metricRedeliver) : ("no", .muted)
    case .deaths: Self.countText(deathCount, .metricDead)
    case .exchange: (message.exchange.isEmpty ? "(default)" : message.exchange, .kindExchange)
    case .routingKey: (message.routingKey, .kindBinding)
    case .size: (Format.bytes(message.bodyBytes), .base)
    case .body: (message.bodyText, .base)
    }
  }
}

extension MessageSnapshot {
  /// The body on one line: text as it is, other bytes in hexadecimal; not yet made safe.
  var bodyText: String {
    let shown = body.prefix(Self.lineBytes)
    if let text = Self.text(shown) { return text }
    return "hex " + shown.map(Self.hexadecimal).joined(separator: " ")
  }

  /// How much of a body a line can show.
  private static let lineBytes = 512

  /// The bytes as text, or nil when they are none; the last character may have been cut.
  static func text(_ bytes: ArraySlice<UInt8>) -> String? {
    for cut in 0...3 where cut <= bytes.count {
      let part = bytes.dropLast(cut)
      if let text = String(validating: part, as: UTF8.self) {
        let isText = !text.unicodeScalars.contains {
          $0.value < 32 && $0 != "\n" && $0 != "\r" && $0 != "\t"
        }
        return isText ? text : nil
      }
    }
    return nil
  }

  static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0" + digits : digits
  }
}

/// The columns of what a consumer holds.
enum HeldField: String, TableField {
  case deliveryTag = "tag"
  case held
  case redelivered = "redel"
  case routingKey = "key"
  case size
  case body

  var title: String {
    switch self {
    case .deliveryTag: "delivery tag"
    case .held: "held for"
    case .redelivered: "redel"
    case .routingKey: "routing key"
    case .size: "size"
    case .body: "body"
    }
  }

  var alignment: TableColumn<HeldField>.Alignment {
    switch self {
    case .deliveryTag, .held, .size: .right
    case .redelivered, .routingKey, .body: .left
    }
  }

  var width: StackItem {
    switch self {
    case .deliveryTag: StackItem(minimum: 12, priority: 1)
    case .held: StackItem(minimum: 8, priority: 0)
    case .redelivered: StackItem(minimum: 5, priority: 4)
    case .routingKey: StackItem(minimum: 8, preferred: 18, priority: 3)
    case .size: StackItem(minimum: 7, priority: 5)
    case .body: StackItem(minimum: 8, preferred: 24, weight: 1, priority: 2)
    }
  }

  var shownFrom: Int? { 0 }
}

/// A message that a consumer has and did not yet settle.
struct HeldRow: TableRow {
  let held: HeldMessage
  private let ageSeconds: Double

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array((picture.details(of: subject)?.held ?? []).indices)
  }

  init?(at index: Int, in picture: Picture) {
    guard let broker = picture.broker, let all = broker.details?.held, all.indices.contains(index)
    else { return nil }
    held = all[index]
    ageSeconds = max(0, broker.at.seconds(since: held.deliveredAt))
  }

  var identity: RowIdentity { .held(deliveryTag: held.deliveryTag) }
  var name: String { "\(held.message.routingKey) \(held.message.bodyText)" }
  var trouble: Int { 0 }

  func value(of field: HeldField) -> FieldValue {
    switch field {
    case .deliveryTag: FieldValue(held.deliveryTag)
    case .held: FieldValue(ageSeconds)
    case .redelivered: .text(held.message.isRedelivered ? "yes" : "no")
    case .routingKey: .text(held.message.routingKey)
    case .size: FieldValue(held.message.bodyBytes)
    case .body: .text(held.message.bodyText)
    }
  }

  func text(of field: HeldField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .deliveryTag: (Format.count(held.deliveryTag), .base)
    case .held: (Format.span(ageSeconds), .metricUnacked)
    case .redelivered:
      held.message.isRedelivered ? ("yes", .metricRedeliver) : ("no", .muted)
    case .routingKey: (held.message.routingKey, .kindBinding)
    case .size: (Format.bytes(held.message.bodyBytes), .base)
    case .body: (held.message.bodyText, .base)
    }
  }
}
