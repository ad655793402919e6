package import AMQP
import struct NIOCore.ByteBuffer

extension Message {
  /// The properties, taken apart to be changed.
  package var rawProperties: RawProperties {
    var buffer = ByteBuffer(bytes: properties)
    // They were checked when the message came in; what cannot be read is passed on as none.
    return (try? RawProperties(from: &buffer)) ?? RawProperties()
  }

  /// Makes a copy that came in at another instant; the caller owns its one reference.
  ///
  /// - Parameters:
  ///   - exchange: Where it is published to; nil for where it was.
  ///   - routingKey: nil for its own.
  ///   - limit: How much of the body is copied, in bytes; nil for all.
  ///   - instant: When the copy came in.
  /// - Returns: nil when there is no memory for it.
  func copied(
    exchange: Name? = nil,
    routingKey: Name? = nil,
    bodyLimit limit: Int? = nil,
    enteredAt instant: Int64
  ) -> Message? {
    let exchange = exchange?.bytes ?? Array(self.exchange)
    let routingKey = routingKey?.bytes ?? Array(self.routingKey)
    let bodyBytes = min(self.bodyBytes, limit ?? .max)
    // Safe: `reserve` copies the three pieces, and as much of the body as was reserved is copied.
    let message = exchange.withUnsafeBytes { exchangeBytes in
      routingKey.withUnsafeBytes { keyBytes in
        Message.reserve(
          exchange: exchangeBytes,
          routingKey: keyBytes,
          properties: properties,
          traits: traits.subtracting(.pagedIn),
          priority: priority,
          bodyBytes: bodyBytes,
          enteredAt: instant
        )
      }
    }
    message?.bodyForWriting.copyMemory(from: UnsafeRawBufferPointer(rebasing: body[..<bodyBytes]))
    return message
  }

  /// Makes another message with the same body; the caller owns its one reference.
  ///
  /// - Returns: nil when there is no memory for it.
  func rewritten(
    exchange: Name? = nil,
    routingKey: Name? = nil,
    properties: RawProperties,
    traits: MessageTraits,
    enteredAt instant: Int64
  ) -> Message? {
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    let exchange = exchange?.bytes ?? Array(self.exchange)
    let routingKey = routingKey?.bytes ?? Array(self.routingKey)
    // Safe: `reserve` copies the three pieces, and the new body is as long as this one's.
    let message = exchange.withUnsafeBytes { exchangeBytes in
      routingKey.withUnsafeBytes { keyBytes in
        buffer.withUnsafeReadableBytes { propertyBytes in
          Message.reserve(
            exchange: exchangeBytes,
            routingKey: keyBytes,
            properties: propertyBytes,
            traits: traits.subtracting(.pagedIn),
            priority: priority,
            bodyBytes: bodyBytes,
            enteredAt: instant
          )
        }
      }
    }
    message?.bodyForWriting.copyMemory(from: body)
    return message
  }
}
