import AMQP
import Broker
import Definitions
import JSONText
import struct NIOCore.ByteBuffer
import WebText

extension FetchedMessage {
  /// As RabbitMQ's management shows a message; a body that is no text comes as base64.
  func json(isBase64: Bool) -> JSON {
    let text = isBase64 ? nil : String(validating: body, as: UTF8.self)
    return [
      "payload_bytes": .whole(bodyBytes), "redelivered": .boolean(isRedelivered),
      "exchange": .string(exchange.text), "routing_key": .string(routingKey.text),
      "message_count": .whole(remainingCount), "properties": basicProperties.json,
      "payload": .string(text ?? Base64.encode(body)),
      "payload_encoding": text == nil ? "base64" : "string",
    ]
  }

  private var basicProperties: BasicProperties {
    var buffer = ByteBuffer(bytes: properties)
    // They were checked when the message came in.
    return (try? BasicProperties(from: &buffer)) ?? BasicProperties()
  }
}

extension BasicProperties {
  private static let texts: [(String, any WritableKeyPath<BasicProperties, String?> & Sendable)] = [
    ("type", \.type), ("message_id", \.messageID), ("expiration", \.expiration),
    ("reply_to", \.replyTo), ("correlation_id", \.correlationID),
    ("content_encoding", \.contentEncoding), ("content_type", \.contentType),
    ("app_id", \.appID), ("user_id", \.userID), ("cluster_id", \.clusterID),
  ]

  /// Those that are set, by RabbitMQ's names.
  var json: JSON {
    var members: [(String, JSON)] = []
    for (name, path) in Self.texts {
      if let text = self[keyPath: path] { members.append((name, .string(text))) }
    }
    if let timestamp { members.append(("timestamp", .integer(Int64(clamping: timestamp)))) }
    if let priority { members.append(("priority", .whole(Int(priority)))) }
    if let deliveryMode { members.append(("delivery_mode", .whole(Int(deliveryMode)))) }
    if let headers { members.append(("headers", JSON(headers))) }
    return object(members)
  }

  /// Reads what RabbitMQ's management takes; names that it does not know are left out.
  ///
  /// - Throws: 400 with RabbitMQ's word for the mistake.
  init(management json: JSON) throws(Refusal) {
    self.init()
    guard case .object(let members) = json else {
      // RabbitMQ's clients send an empty array for an empty object.
      if case .array(let elements) = json, elements.isEmpty { return }
      throw .badRequest("properties should be an object")
    }
    for member in members {
      if let (_, path) = Self.texts.first(where: { $0.0 == member.name }) {
        guard let text = member.value.text, text.utf8.count <= Limits.shortStringBytes else {
          throw .badRequest("not_string", member.name)
        }
        self[keyPath: path] = text
      } else {
        try set(member)
      }
    }
  }

  private mutating func set(_ member: JSON.Member) throws(Refusal) {
    switch member.name {
    case "delivery_mode": deliveryMode = try Self.number(member)
    case "priority": priority = try Self.number(member)
    case "timestamp": timestamp = try Self.number(member)
    case "headers":
      do {
        headers = try FieldTable(member.value)
      } catch {
        throw .badRequest("headers: \(error.problem)")
      }
    default: break
    }
  }

  private static func number<Number: FixedWidthInteger>(
    _ member: JSON.Member
  ) throws(Refusal) -> Number {
    guard let integer = member.value.integer, let number = Number(exactly: integer) else {
      throw .badRequest("not_int", member.name)
    }
    return number
  }
}
