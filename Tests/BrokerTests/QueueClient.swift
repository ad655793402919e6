import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

/// A client of the engine that also looks at properties, for the queues that change them.
final class QueueClient {
  let broker: Broker
  let client: TestClient

  init(_ broker: Broker = makeBroker()) {
    self.broker = broker
    client = TestClient(broker)
  }

  /// What one message looks like when it comes out.
  struct Item: Hashable {
    var tag: UInt64
    var text: String
    var exchange: String
    var key: String
    var isRedelivered: Bool
    var properties: BasicProperties
  }

  func declare(_ name: String, _ arguments: FieldTable = [:]) throws {
    let isQuorum = arguments["x-queue-type"]?.text == "quorum"
    _ = try broker.declareQueue(
      QueueDeclaration(name: Name(name), isDurable: isQuorum, arguments: arguments),
      on: client.channel
    ).get()
  }

  /// A queue `dead` behind the fanout exchange `dlx`.
  func declareDeadLetters() throws {
    let exchange = ExchangeDeclaration(name: Name("dlx"), type: .fanout)
    #expect(broker.declareExchange(exchange, in: broker.host) == nil)
    try declare("dead")
    #expect(client.bind("dead", to: "dlx") == nil)
  }

  func publish(_ text: String, to queue: String, _ properties: BasicProperties = .init()) {
    let message = Self.makeMessage(text, key: queue, properties, at: broker.now)
    #expect(broker.publish(message, on: client.channel, isMandatory: false) == nil)
  }

  static func makeMessage(
    _ text: String,
    exchange: String = "",
    key: String,
    _ properties: BasicProperties,
    at instant: Int64
  ) -> Message {
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    var traits: MessageTraits = []
    if properties.deliveryMode == 2 { traits.insert(.persistent) }
    if properties.expiration != nil { traits.insert(.expiring) }
    if properties.headers != nil { traits.insert(.headers) }
    let names = (properties.headers?.entries ?? []).map(\.key)
    if names.contains("CC") || names.contains("BCC") { traits.insert(.copies) }
    let body = Array(text.utf8)
    let message = Array(key.utf8).withUnsafeBytes { key in
      Array(exchange.utf8).withUnsafeBytes { exchange in
        buffer.withUnsafeReadableBytes { bytes in
          Message.reserve(
            exchange: exchange,
            routingKey: key,
            properties: bytes,
            traits: traits,
            priority: properties.priority ?? 0,
            bodyBytes: body.count,
            enteredAt: instant
          )
        }
      }
    }
    guard let message else { preconditionFailure("a test has memory") }
    body.withUnsafeBytes { message.bodyForWriting.copyMemory(from: $0) }
    return message
  }

  /// Lets time go by and fires what is due, as the server does.
  func wait(milliseconds: Int64) throws {
    let end = broker.now + milliseconds * 1_000_000
    while let deadline = broker.nextDeadline, deadline <= end {
      advance(to: max(deadline, broker.now))
      broker.fireTimers()
      _ = broker.finishTurn()
    }
    advance(to: end)
  }

  private func advance(to instant: Int64) {
    broker.advance(
      to: Instant(nanoseconds: instant),
      wallTime: WallTime(milliseconds: 1_700_000_000_000 + instant / 1_000_000)
    )
  }

  /// The messages that came, by delivery or as an answer to get.
  func items() throws -> [Item] {
    var items: [Item] = []
    for frame in try client.frames() {
      switch frame {
      case .method(_, .basicDeliver(let method)):
        items.append(
          Item(
            tag: method.deliveryTag,
            text: "",
            exchange: method.exchange,
            key: method.routingKey,
            isRedelivered: method.redelivered,
            properties: BasicProperties()
          )
        )
      case .method(_, .basicGetOk(let method)):
        items.append(
          Item(
            tag: method.deliveryTag,
            text: "",
            exchange: method.exchange,
            key: method.routingKey,
            isRedelivered: method.redelivered,
            properties: BasicProperties()
          )
        )
      case .header(_, let header): items[items.count - 1].properties = header.properties
      case .body(_, let body): items[items.count - 1].text += String(buffer: body)
      case .method, .heartbeat: break
      }
    }
    broker.expectSound()
    return items
  }

  func get(_ queue: String, noAck: Bool = true) throws -> Item? {
    _ = try client.frames()
    let violation = broker.get(
      from: Name(queue),
      isAutomaticallyAcknowledged: noAck,
      on: client.channel
    )
    #expect(violation == nil)
    return try items().first
  }

  /// Fetches all that is in a queue.
  func drain(_ queue: String) throws -> [Item] {
    var items: [Item] = []
    while let item = try get(queue) { items.append(item) }
    return items
  }

  func requeue(_ item: Item?) {
    client.settle(item?.tag ?? 0, as: .requeued)
  }

  func reject(_ item: Item?) {
    client.settle(item?.tag ?? 0, as: .discarded)
  }

  func queue(_ name: String) -> Broker.DeclaredQueue? { broker.host.queues[Name(name)] }

  func snapshot(_ name: String) -> QueueSnapshot? {
    broker.snapshot(of: broker.identity).queues.first { $0.name == name }
  }
}

extension Broker {
  typealias DeclaredQueue = Queue
}

extension QueueClient.Item {
  var deaths: [FieldTable] {
    guard case .array(let deaths)? = properties.headers?["x-death"] else { return [] }
    return deaths.compactMap { if case .table(let table) = $0 { table } else { nil } }
  }

  var reasons: [String] { deaths.compactMap { $0["reason"]?.text } }
}
