import AMQP

extension ExchangeDeclaration {
  /// Why RabbitMQ would not make this exchange; nil when it would.
  func refusal(in host: VirtualHost) -> Violation? {
    if let alternate = arguments[Exchange.alternateArgument] {
      guard case .string = alternate else {
        return Violation(
          .preconditionFailed,
          "invalid type '\(alternate.typeName)' for arg '\(Exchange.alternateArgument)' in "
            + "exchange '\(name.text)' in vhost '\(host.name)'"
        )
      }
    }
    return switch type {
    case .direct, .fanout, .topic, .headers, .random: nil
    case .consistentHash: hashRefusal
    case .delayed: delayRefusal
    }
  }

  /// How messages that are due are routed: the type itself, or what a delayed exchange asks for.
  var routingType: ExchangeType {
    guard type == .delayed, let text = arguments[DelayedMessages.typeArgument]?.text else {
      return type
    }
    return ExchangeType(rawValue: text) ?? .direct
  }

  private var hashRefusal: Violation? {
    let header = arguments[HashSource.headerArgument]
    let property = arguments[HashSource.propertyArgument]
    for argument in [header, property].compactMap({ $0 }) {
      // RabbitMQ's plugin crashes on an argument of another type, and its client sees that.
      guard case .string = argument else { return Violation(.internalError, "") }
    }
    if header != nil, property != nil {
      return Violation(
        .preconditionFailed,
        "hash-header and hash-property are mutually exclusive"
      )
    }
    guard case .string(let bytes) = property else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard HashSource.properties[text] == nil else { return nil }
    return Violation(.preconditionFailed, "Unsupported property: \(text)")
  }

  private var delayRefusal: Violation? {
    guard case .string(let bytes) = arguments[DelayedMessages.typeArgument] else {
      return Violation(
        .preconditionFailed,
        "Invalid argument, 'x-delayed-type' must be an existing exchange type"
      )
    }
    let text = String(decoding: bytes, as: UTF8.self)
    return switch ExchangeType(rawValue: text) {
    case .direct, .fanout, .topic, .headers, .random: nil
    case .consistentHash: hashRefusal
    case .delayed:
      Violation(
        .preconditionFailed,
        "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'"
      )
    case nil: Violation(.commandInvalid, "unknown exchange type '\(text)'")
    }
  }
}

extension Exchange {
  /// What differs in a second declaration; nil when nothing does that RabbitMQ compares.
  func difference(from declaration: ExchangeDeclaration) -> Violation? {
    let entity = "exchange '\(name.text)' in vhost '\(host.name)'"
    if declaration.type != type {
      return .inequivalent(
        "type",
        of: entity,
        received: declaration.type.rawValue,
        current: type.rawValue
      )
    }
    let flags: [(String, Bool, Bool)] = [
      ("durable", declaration.isDurable, isDurable),
      ("auto_delete", declaration.isAutoDelete, isAutoDelete),
      ("internal", declaration.isInternal, isInternal),
    ]
    for (name, received, current) in flags where received != current {
      return .inequivalent(name, of: entity, received: "\(received)", current: "\(current)")
    }
    return alternateDifference(from: declaration, entity: entity)
  }

  /// The alternate exchange is the only argument that RabbitMQ compares.
  private func alternateDifference(
    from declaration: ExchangeDeclaration,
    entity: String
  ) -> Violation? {
    let received = declaration.arguments[Self.alternateArgument]
    let current = arguments[Self.alternateArgument]
    let pair: (received: String, current: String)
    switch (received, current) {
    case (nil, nil): return nil
    case (let received?, let current?):
      if received == current { return nil }
      pair = ("'\(received.plainText)'", "'\(current.plainText)'")
    case (let received?, nil): pair = (received.described, "none")
    case (nil, let current?): pair = ("none", current.described)
    }
    return Violation(
      .preconditionFailed,
      "inequivalent arg '\(Self.alternateArgument)' for \(entity): received \(pair.received) but "
        + "current is \(pair.current)"
    )
  }
}

extension FieldValue {
  fileprivate var described: String { "the value '\(plainText)' of type '\(typeName)'" }
}
