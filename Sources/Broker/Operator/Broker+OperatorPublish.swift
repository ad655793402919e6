import AMQP
import Telemetry

/// What became of messages that the person at the dashboard published.
package struct PublicationCount: Sendable, Hashable {
  /// Messages that entered a queue, or went to a consumer that waits for answers.
  package var routed = 0
  /// Messages that an exchange holds back for a while.
  package var heldBack = 0
  /// Messages that no queue takes.
  package var unroutable = 0
  /// Messages that a full queue, or the message store, did not take.
  package var refused = 0

  package init() {}
}

extension Broker {
  /// Publishes messages as a client would, each with its own copy of the body.
  ///
  /// - Parameters:
  ///   - content: What each of them carries.
  ///   - exchangeName: Where to.
  ///   - host: Where that is.
  ///   - routingKey: At most 255 bytes.
  ///   - count: How many; at most ``operatorPublishLimit``.
  /// - Returns: What became of them; a refusal when none was published.
  package func publishByOperator(
    _ content: OperatorContent,
    toExchange exchangeName: Name,
    in host: VirtualHost,
    routingKey: Name,
    count: Int
  ) -> Result<PublicationCount, OperationRefusal> {
    findExchange(exchangeName, in: host).flatMap { exchange in
      guard !exchange.isInternal else {
        return .failure(OperationRefusal("exchange '\(exchangeName.text)' is internal"))
      }
      guard routingKey.bytes.count <= Limits.shortStringBytes else { return .failure(.longKey) }
      guard (1...Self.operatorPublishLimit).contains(count) else {
        return .failure(
          OperationRefusal("publish 1 to \(Self.operatorPublishLimit) messages at once")
        )
      }
      var counts = PublicationCount()
      for _ in 0..<count {
        let made = makeMessage(content, exchange: exchangeName, routingKey: routingKey)
        guard case .success(let message) = made else {
          return made.map { _ in counts }
        }
        publishByOperator(message, through: exchange, &counts)
      }
      host.departed.published += UInt64(count)
      host.departed.unroutable += UInt64(counts.unroutable)
      return .success(counts)
    }
  }

  /// What one command may publish: more would keep all clients waiting.
  package static let operatorPublishLimit = 100_000

  /// The message as a client's would be once its header was checked and its BCC header taken out.
  private func makeMessage(
    _ content: OperatorContent,
    exchange: Name,
    routingKey: Name
  ) -> Result<Message, OperationRefusal> {
    // Safe: `reserve` copies the three pieces; the body is as long as was reserved for it.
    let message = exchange.bytes.withUnsafeBytes { exchangeBytes in
      routingKey.bytes.withUnsafeBytes { keyBytes in
        content.properties.withUnsafeBytes { propertyBytes in
          Message.reserve(
            exchange: exchangeBytes,
            routingKey: keyBytes,
            properties: propertyBytes,
            traits: content.traits,
            priority: content.priority,
            bodyBytes: content.body.count,
            enteredAt: now
          )
        }
      }
    }
    guard let message else {
      return .failure(OperationRefusal("no memory for \(content.body.count) bytes"))
    }
    content.body.withUnsafeBytes { message.bodyForWriting.copyMemory(from: $0) }
    return .success(message)
  }

  private func publishByOperator(
    _ message: Message,
    through exchange: Exchange,
    _ counts: inout PublicationCount
  ) {
    var message = message
    // Route first: it is by the keys in the BCC header, which consumers must not see.
    let route = route(of: message, through: exchange)
    if case .success(let selection) = SenderSelection.read(message),
      let stripped = selection.stripped(message)
    {
      message = stripped
    }
    guard !route.queues.isEmpty else {
      let before = (sums.unroutable, sums.delayed)
      finishUnrouted(message, along: route)
      if sums.delayed > before.1 {
        counts.heldBack += 1
      } else if sums.unroutable > before.0 {
        counts.unroutable += 1
      } else {
        counts.routed += 1
      }
      return
    }
    if distribute(message, along: route) { counts.routed += 1 } else { counts.refused += 1 }
  }
}

/// The properties and the body of messages that the person at the dashboard publishes.
package struct OperatorContent: Sendable, Hashable {
  /// Property flags and list, checked as a client's.
  package var properties: [UInt8]
  package var traits: MessageTraits
  package var priority: UInt8
  package var body: [UInt8]

  package init(
    properties: [UInt8] = [0, 0],
    traits: MessageTraits = .none,
    priority: UInt8 = 0,
    body: [UInt8]
  ) {
    self.properties = properties
    self.traits = traits
    self.priority = priority
    self.body = body
  }
}
