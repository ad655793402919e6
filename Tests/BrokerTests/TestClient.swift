import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

/// A broker without a server: tests speak to the engine and read what it wrote.
func makeBroker() -> Broker {
  var count = 0
  let broker = Broker {
    count += 1
    return "name-\(count)"
  }
  broker.advance(
    to: Instant(nanoseconds: 1_000_000_000),
    wallTime: WallTime(milliseconds: 1_700_000_000_000)
  )
  return broker
}

/// What a client got, as tests compare it.
struct Received: Hashable, CustomStringConvertible {
  var tag: UInt64
  var text: String
  var isRedelivered: Bool

  var description: String { "\(tag):\(text)\(isRedelivered ? "*" : "")" }
}

/// One connection with one channel.
final class TestClient {
  let broker: Broker
  let connection: Broker.ClientConnection
  let channel: Broker.ClientChannel
  private var decoder: FrameDecoder
  /// A client sets it only to change it: each time ends a global one.
  private var lastPrefetch: UInt16 = 0

  init(
    _ broker: Broker,
    name: String = "client",
    user: String = "guest",
    host: VirtualHost? = nil,
    maximumFrameBytes: Int = Limits.defaultFrameBytes,
    wantsCancelNotice: Bool = true
  ) {
    self.broker = broker
    let identity = ClientIdentity(
      name: name,
      peerAddress: "127.0.0.1:1",
      user: user,
      supportsConsumerCancelNotify: wantsCancelNotice
    )
    connection = broker.openConnection(
      identity,
      to: host ?? broker.host,
      maximumFrameBytes: maximumFrameBytes
    )
    channel = broker.openChannel(1, on: connection)
    decoder = FrameDecoder(maximumFrameBytes: maximumFrameBytes)
  }

  /// Ends the turn and takes all frames that were written for this client.
  func frames() throws -> [Frame] {
    _ = broker.finishTurn()
    decoder.append(connection.output)
    connection.output.clear()
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    #expect(decoder.unreadBytes == 0)
    return frames
  }

  func methods() throws -> [Method] {
    try frames().compactMap { if case .method(_, let method) = $0 { method } else { nil } }
  }

  /// The deliveries among the frames, bodies put together.
  func deliveries() throws -> [Received] {
    var received: [Received] = []
    for frame in try frames() {
      switch frame {
      case .method(_, .basicDeliver(let deliver)):
        received.append(
          Received(tag: deliver.deliveryTag, text: "", isRedelivered: deliver.redelivered)
        )
      case .method(_, .basicGetOk(let get)):
        received.append(Received(tag: get.deliveryTag, text: "", isRedelivered: get.redelivered))
      case .body(_, let body):
        received[received.count - 1].text += String(buffer: body)
      case .method, .header, .heartbeat: break
      }
    }
    return received
  }

  func texts() throws -> [String] { try deliveries().map(\.text) }

  @discardableResult
  func publish(
    _ text: String,
    to exchange: String = "",
    key: String,
    isMandatory: Bool = false
  ) -> Violation? {
    let message = makeMessage(text, exchange: exchange, key: key)
    return broker.publish(message, on: channel, isMandatory: isMandatory)
  }

  @discardableResult
  func declare(
    _ queue: String,
    isExclusive: Bool = false,
    isAutoDelete: Bool = false,
    isDurable: Bool = false,
    arguments: FieldTable = [:]
  ) throws -> QueueStatus {
    try broker.declareQueue(
      QueueDeclaration(
        name: Name(queue),
        isDurable: isDurable,
        isExclusive: isExclusive,
        isAutoDelete: isAutoDelete,
        arguments: arguments
      ),
      on: channel
    ).get()
  }

  @discardableResult
  func consume(
    _ queue: String,
    tag: String = "",
    prefetch: UInt16 = 0,
    noAck: Bool = false,
    isExclusive: Bool = false,
    arguments: FieldTable = [:]
  ) throws -> String {
    if prefetch != lastPrefetch {
      broker.setPrefetch(prefetch, isGlobal: false, on: channel)
      lastPrefetch = prefetch
    }
    let request = ConsumeRequest(
      queue: Name(queue),
      tag: Name(tag),
      isAutomaticallyAcknowledged: noAck,
      isExclusive: isExclusive,
      arguments: arguments
    )
    return try broker.consume(request, on: channel).get().text
  }

  @discardableResult
  func settle(
    _ tag: UInt64,
    isMultiple: Bool = false,
    as settlement: Settlement = .acknowledged
  ) -> Violation? {
    broker.settle(tag, isMultiple: isMultiple, as: settlement, on: channel)
  }

  func bind(_ queue: String, to exchange: String, key: String = "") -> Violation? {
    broker.bind(Name(queue), to: Name(exchange), key: Name(key), for: connection)
  }

  func get(_ queue: String, noAck: Bool = false) throws -> Received? {
    #expect(
      broker.get(from: Name(queue), isAutomaticallyAcknowledged: noAck, on: channel) == nil
    )
    return try deliveries().first
  }
}

func makeMessage(_ text: String, exchange: String, key: String) -> Message {
  let body = Array(text.utf8)
  let message = Array(exchange.utf8).withUnsafeBytes { exchange in
    Array(key.utf8).withUnsafeBytes { key in
      [UInt8](repeating: 0, count: 2).withUnsafeBytes { properties in
        Message.reserve(
          exchange: exchange,
          routingKey: key,
          properties: properties,
          bodyBytes: body.count,
          enteredAt: 1
        )
      }
    }
  }
  guard let message else { preconditionFailure("a test has memory") }
  body.withUnsafeBytes { message.bodyForWriting.copyMemory(from: $0) }
  return message
}

extension Broker {
  func expectSound(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(brokenInvariants() == [], sourceLocation: sourceLocation)
  }

  func depth(_ queue: String) -> Int? {
    snapshot(of: identity).queues.first { $0.name == queue }?.ready
  }

  var identity: BrokerIdentity {
    BrokerIdentity(label: "test", endpoint: "", startedAt: .zero)
  }
}
