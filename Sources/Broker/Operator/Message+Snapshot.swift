import AMQP
import Telemetry

extension Message {
  /// The message as a person looks at it: its properties as text, and the first bytes of its body.
  ///
  /// - Parameters:
  ///   - identifier: Names it where it was found.
  ///   - position: Counted from the head of its queue.
  ///   - isRedelivered: Whether it was handed out before.
  ///   - bodyBytes: The length of the whole body, where this is a copy without all of it.
  /// - Returns: The snapshot, which shares nothing with the message.
  func snapshot(
    identifier: UInt64,
    position: Int = 0,
    isRedelivered: Bool = false,
    bodyBytes: Int? = nil
  ) -> MessageSnapshot {
    let raw = rawProperties
    let headers = raw.headerTable
    return MessageSnapshot(
      identifier: identifier,
      position: position,
      exchange: Name(exchange).text,
      routingKey: Name(routingKey).text,
      isRedelivered: isRedelivered,
      isPersistent: traits.contains(.persistent),
      enteredAt: Instant(nanoseconds: enteredAt),
      properties: raw.facts,
      headers: headers.entries.map { entry in
        WatchedDetails.Fact(entry.key, entry.value.shown.cut(toBytes: MessageSnapshot.bodyLimit))
      },
      deaths: headers.deaths.map(\.snapshot),
      bodyBytes: bodyBytes ?? self.bodyBytes,
      body: Array(body.prefix(MessageSnapshot.bodyLimit))
    )
  }
}

extension RawProperties {
  /// Those that are set, without the headers, by their names in the specification.
  fileprivate var facts: [WatchedDetails.Fact] {
    Property.allCases.compactMap { property in
      shown(property).map { WatchedDetails.Fact(property.name, $0) }
    }
  }

  private func shown(_ property: Property) -> String? {
    switch property {
    case .headers: nil
    case .deliveryMode, .priority: octet(property).map { "\($0)" }
    case .timestamp:
      encoded(property).map { bytes in "\(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })" }
    case .contentType, .contentEncoding, .correlationID, .replyTo, .expiration, .messageID, .type,
      .userID, .appID, .clusterID:
      text(property).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

extension RawProperties.Property {
  fileprivate var name: String {
    switch self {
    case .contentType: "content_type"
    case .contentEncoding: "content_encoding"
    case .headers: "headers"
    case .deliveryMode: "delivery_mode"
    case .priority: "priority"
    case .correlationID: "correlation_id"
    case .replyTo: "reply_to"
    case .expiration: "expiration"
    case .messageID: "message_id"
    case .timestamp: "timestamp"
    case .type: "type"
    case .userID: "user_id"
    case .appID: "app_id"
    case .clusterID: "cluster_id"
    }
  }
}

/// An entry of `x-death`, as names of this broker.
struct Death {
  let reason: String
  let queue: Name
  let exchange: Name
  let routingKeys: [Name]
  let count: UInt64

  init?(_ value: FieldValue) {
    guard case .table(let table) = value, let reason = table["reason"]?.text,
      case .string(let queue)? = table["queue"], case .string(let exchange)? = table["exchange"]
    else { return nil }
    self.reason = reason
    self.queue = Name(queue)
    self.exchange = Name(exchange)
    var keys: [Name] = []
    if case .array(let values)? = table["routing-keys"] {
      for case .string(let key) in values { keys.append(Name(key)) }
    }
    routingKeys = keys
    count = UInt64(clamping: table["count"]?.integer ?? 1)
  }

  var snapshot: MessageSnapshot.Death {
    MessageSnapshot.Death(
      reason: reason,
      queue: queue.text,
      exchange: exchange.text,
      routingKeys: routingKeys.map(\.text),
      count: count
    )
  }
}

extension FieldTable {
  /// The history of a message's deaths, the newest first.
  var deaths: [Death] {
    guard case .array(let values)? = self["x-death"] else { return [] }
    return values.compactMap { Death($0) }
  }
}

extension String {
  /// The text, or what of it is not longer than that and an ellipsis.
  func cut(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var kept = ""
    var bytes = 0
    for character in self {
      bytes += character.utf8.count
      guard bytes <= limit else { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
