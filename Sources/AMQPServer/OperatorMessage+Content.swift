package import AMQP
package import Broker
import Telemetry
import struct NIOCore.ByteBuffer

extension BasicProperties {
  /// The properties as they lie on the wire, checked as a client's, and a body.
  ///
  /// - Parameters:
  ///   - body: At most ``ServerLimits/messageBytesBound`` bytes.
  ///   - user: Whom the message may say that it comes from.
  /// - Returns: A refusal that names the property.
  package func content(
    with body: [UInt8],
    from user: String
  ) -> Result<OperatorContent, OperationRefusal> {
    guard body.count <= ServerLimits.messageBytesBound else {
      return .failure(OperationRefusal("a body of \(body.count) bytes is too long"))
    }
    var buffer = ByteBuffer()
    encode(into: &buffer)
    // Safe: the check borrows the bytes for the time of the call.
    switch buffer.withUnsafeReadableBytes({ PropertyCheck.check($0, user: user) }) {
    case .fine(let traits, _) where traits.contains(.directReply):
      // Answers would come back on a channel, and there is none.
      return .failure(OperationRefusal("reply_to: nobody here waits for answers"))
    case .fine(let traits, let priority):
      return .success(
        OperatorContent(
          properties: Array(buffer.readableBytesView),
          traits: traits,
          priority: priority,
          body: body
        )
      )
    case .badExpiration(let reason):
      return .failure(OperationRefusal("expiration: \(reason)"))
    case .foreignUser(let other):
      return .failure(
        OperationRefusal(
          "user_id property set to '\(other)' but authenticated user was '\(user)'",
          code: .preconditionFailed
        )
      )
    case .malformed: return .failure(OperationRefusal("the properties cannot be written down"))
    }
  }
}

extension OperatorMessage {
  /// The properties as they lie on the wire, checked as a client's, and the body.
  ///
  /// - Returns: A refusal that names the property.
  func content() -> Result<OperatorContent, OperationRefusal> {
    basicProperties().flatMap { properties in
      properties.content(with: body, from: properties.userID ?? "")
    }
  }

  private func basicProperties() -> Result<BasicProperties, OperationRefusal> {
    var made = BasicProperties()
    var known: Set<String> = []
    for property in properties where !property.value.isEmpty {
      guard known.insert(property.name).inserted else {
        return .failure(OperationRefusal("property '\(property.name)' is there twice"))
      }
      if let refusal = Self.set(property, in: &made) { return .failure(refusal) }
    }
    if headers.isEmpty { return .success(made) }
    return headers.table(of: "header").flatMap { table in
      for name in ["CC", "BCC"] where table[name] != nil {
        return .failure(OperationRefusal("header '\(name)' would have to be a list"))
      }
      made.headers = table
      return .success(made)
    }
  }

  private static func set(
    _ property: WatchedDetails.Fact,
    in made: inout BasicProperties
  ) -> OperationRefusal? {
    let (name, value) = (property.name, property.value)
    let texts: [String: WritableKeyPath<BasicProperties, String?>] = [
      "content_type": \.contentType, "content_encoding": \.contentEncoding,
      "correlation_id": \.correlationID, "reply_to": \.replyTo, "expiration": \.expiration,
      "message_id": \.messageID, "type": \.type, "user_id": \.userID, "app_id": \.appID,
    ]
    if let path = texts[name] {
      guard value.utf8.count <= Limits.shortStringBytes else {
        return OperationRefusal("\(name) has at most \(Limits.shortStringBytes) bytes")
      }
      made[keyPath: path] = value
      return nil
    }
    switch name {
    case "delivery_mode":
      guard let mode = modes[value] else {
        return OperationRefusal("delivery_mode is 1 (transient) or 2 (persistent), not '\(value)'")
      }
      made.deliveryMode = mode
    case "priority":
      guard let priority = UInt8(value) else {
        return OperationRefusal("priority is a number from 0 to 255, not '\(value)'")
      }
      made.priority = priority
    case "timestamp":
      guard let timestamp = UInt64(value) else {
        return OperationRefusal("timestamp is seconds since 1970, not '\(value)'")
      }
      made.timestamp = timestamp
    default: return OperationRefusal("there is no property '\(name)'")
    }
    return nil
  }

  private static let modes: [String: UInt8] = [
    "1": 1, "transient": 1, "2": 2, "persistent": 2,
  ]
}
