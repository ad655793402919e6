import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

extension TestClient {
  @discardableResult
  func declareExchange(
    _ name: String,
    _ type: ExchangeType,
    isAutoDelete: Bool = false,
    isInternal: Bool = false,
    arguments: FieldTable = [:]
  ) -> Violation? {
    let declaration = ExchangeDeclaration(
      name: Name(name),
      type: type,
      isAutoDelete: isAutoDelete,
      isInternal: isInternal,
      arguments: arguments
    )
    return broker.declareExchange(declaration, in: broker.host)
  }

  @discardableResult
  func bind(
    _ queue: String,
    to exchange: String,
    key: String = "",
    arguments: FieldTable
  ) -> Violation? {
    broker.bind(
      Name(queue),
      to: Name(exchange),
      key: Name(key),
      arguments: arguments,
      for: connection
    )
  }

  @discardableResult
  func unbind(_ queue: String, from exchange: String, key: String = "") -> Violation? {
    broker.unbind(Name(queue), from: Name(exchange), key: Name(key), for: connection)
  }

  @discardableResult
  func bindExchange(
    _ destination: String,
    to source: String,
    key: String = "",
    arguments: FieldTable = [:]
  ) -> Violation? {
    broker.bindExchange(
      Name(destination),
      to: Name(source),
      key: Name(key),
      arguments: arguments,
      in: broker.host
    )
  }

  @discardableResult
  func unbindExchange(_ destination: String, from source: String, key: String = "") -> Violation? {
    broker.unbindExchange(Name(destination), from: Name(source), key: Name(key), in: broker.host)
  }

  /// Publishes a message with properties, with the traits that the server would find.
  @discardableResult
  func publish(
    _ text: String,
    to exchange: String,
    key: String,
    properties: BasicProperties,
    isMandatory: Bool = false
  ) -> Violation? {
    let message = makeMessage(text, exchange: exchange, key: key, properties: properties)
    return broker.publish(message, on: channel, isMandatory: isMandatory)
  }

  @discardableResult
  func publish(
    _ text: String,
    to exchange: String,
    key: String = "",
    headers: FieldTable,
    isMandatory: Bool = false
  ) -> Violation? {
    let properties = BasicProperties(headers: headers)
    return publish(text, to: exchange, key: key, properties: properties, isMandatory: isMandatory)
  }

  /// Declares queues of these names.
  func declareQueues(_ names: String...) throws {
    for name in names { try declare(name) }
  }

  /// Deletes a queue of this name.
  func delete(_ queue: String) {
    let result = broker.deleteQueue(
      Name(queue),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: connection
    )
    #expect(throws: Never.self) { try result.get() }
  }

  /// The properties of the first message of a queue, taken out of it.
  func takeProperties(of queue: String) throws -> BasicProperties? {
    _ = broker.get(from: Name(queue), isAutomaticallyAcknowledged: true, on: channel)
    for case .header(_, let header) in try frames() { return header.properties }
    return nil
  }
}

extension Broker {
  func exchange(_ name: String) -> ExchangeSnapshot? {
    snapshot(of: identity).exchanges.first { $0.name == name }
  }

  func hasExchange(_ name: String) -> Bool { host.exchanges[Name(name)] != nil }

  /// Moves the clock to milliseconds after the instant at which a test's broker begins.
  func advance(milliseconds: Int64) {
    advance(
      to: Instant(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000),
      wallTime: WallTime(milliseconds: 1_700_000_000_000 + milliseconds)
    )
    fireTimers()
  }
}

func makeMessage(
  _ text: String,
  exchange: String,
  key: String,
  properties: BasicProperties
) -> Message {
  var buffer = ByteBuffer()
  properties.encode(into: &buffer)
  var traits: MessageTraits = []
  if let headers = properties.headers {
    traits.insert(.headers)
    if headers.entries.contains(where: { $0.key == "CC" || $0.key == "BCC" }) {
      traits.insert(.copies)
    }
  }
  let message = Array(exchange.utf8).withUnsafeBytes { exchange in
    Array(key.utf8).withUnsafeBytes { key in
      buffer.withUnsafeReadableBytes { properties in
        Message.reserve(
          exchange: exchange,
          routingKey: key,
          properties: properties,
          traits: traits,
          bodyBytes: text.utf8.count,
          enteredAt: 1
        )
      }
    }
  }
  guard let message else { preconditionFailure("a test has memory") }
  Array(text.utf8).withUnsafeBytes { message.bodyForWriting.copyMemory(from: $0) }
  return message
}
