import JSONText
import Telemetry
import WebText

/// What `/api/queues/.../get` says of one message.
enum MessageAnswer {
  /// - Parameters:
  ///   - json: An element of the list.
  ///   - position: Its place in it.
  /// - Returns: The message, which nobody knows the age of.
  static func message(_ json: JSON, position: Int) -> MessageSnapshot {
    let properties = json["properties"] ?? .null
    let headers = properties["headers"] ?? .null
    let payload = json.name("payload")
    let isText = json.name("payload_encoding") != "base64"
    let body = isText ? Array(payload.utf8) : Base64.decode(payload) ?? []
    return MessageSnapshot(
      identifier: UInt64(position + 1),
      position: position,
      exchange: json.name("exchange"),
      routingKey: json.name("routing_key"),
      isRedelivered: json.flag("redelivered"),
      isPersistent: properties.size("delivery_mode") == 2,
      enteredAt: nil,
      properties: properties.members.filter { $0.name != "headers" }.map {
        WatchedDetails.Fact($0.name, $0.value.shown)
      },
      headers: headers.members.map { WatchedDetails.Fact($0.name, $0.value.shown) },
      deaths: (headers["x-death"]?.elements ?? []).map { death in
        MessageSnapshot.Death(
          reason: death.name("reason"),
          queue: death.name("queue"),
          exchange: death.name("exchange"),
          routingKeys: (death["routing-keys"]?.elements ?? []).compactMap(\.text),
          count: death.sum("count")
        )
      },
      bodyBytes: json.size("payload_bytes"),
      body: Array(body.prefix(MessageSnapshot.bodyLimit))
    )
  }
}
