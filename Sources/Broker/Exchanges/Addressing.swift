import AMQP

/// What exchanges look at in one message on its way: its routing keys and, when one asks, its
/// properties.
final class Addressing {
  /// The key that it was published with, then those of its CC and BCC headers.
  let keys: [Name]
  let message: Message
  private var parsed: RawProperties?
  private var sorted: FieldTable?

  init(_ message: Message, copies: [Name] = []) {
    self.message = message
    keys = [Name(message.routingKey)] + copies
  }

  /// The properties, taken apart the first time that an exchange asks.
  var properties: RawProperties {
    if let parsed { return parsed }
    let properties = message.rawProperties
    parsed = properties
    return properties
  }

  /// The headers sorted by name.
  var headers: FieldTable {
    if let sorted { return sorted }
    let headers: FieldTable =
      message.traits.contains(.headers) ? properties.headerTable.sortedByKey : [:]
    sorted = headers
    return headers
  }
}
