import AMQP

/// The routing keys that a publisher added in the headers CC and BCC (RabbitMQ, "Sender-selected
/// Distribution").
struct SenderSelection {
  let keys: [Name]
  private let properties: RawProperties
  private let isBlind: Bool

  private static let copy = "CC"
  private static let blindCopy = "BCC"

  private init(keys: [Name], properties: RawProperties, isBlind: Bool) {
    self.keys = keys
    self.properties = properties
    self.isBlind = isBlind
  }

  /// Reads them.
  ///
  /// - Returns: 406 when one of them is no array; what is no text in an array is passed over.
  static func read(_ message: Message) -> Result<SenderSelection, Violation> {
    guard message.traits.contains(.copies) else {
      return .success(
        SenderSelection(keys: [], properties: RawProperties(), isBlind: false)
      )
    }
    let properties = message.rawProperties
    var keys: [Name] = []
    for header in [copy, blindCopy] {
      switch properties.header(header) {
      case nil: break
      case .array(let values):
        for case .string(let bytes) in values { keys.append(Name(bytes)) }
      case let value?:
        return .failure(
          Violation(
            .preconditionFailed,
            "invalid message: {unacceptable_type_in_header,\"\(header)\",\(value.typeName)}"
          )
        )
      }
    }
    let isBlind = properties.header(blindCopy) != nil
    return .success(SenderSelection(keys: keys, properties: properties, isBlind: isBlind))
  }

  /// The keys alone; a header of a wrong type, which no client can publish, counts as none.
  static func keys(of message: Message) -> [Name] {
    guard case .success(let selection) = read(message) else { return [] }
    return selection.keys
  }

  /// The message without its BCC header, in the place of the one given, whose reference ends; nil
  /// when it has none, or when there is no memory for another.
  func stripped(_ message: Message) -> Message? {
    guard isBlind else { return nil }
    var properties = properties
    properties.setHeader(Self.blindCopy, nil)
    var traits = message.traits
    if properties.header(Self.copy) == nil { traits.remove(.copies) }
    let stripped = message.rewritten(
      properties: properties,
      traits: traits,
      enteredAt: message.enteredAt
    )
    if stripped != nil { message.release() }
    return stripped
  }
}
