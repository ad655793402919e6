import AMQP
import Broker
import NIOCore
import Telemetry

@testable import AMQPServer

/// A session without a socket: bytes go in, frames come out.
final class SessionClient {
  let session: Session
  let broker: Broker
  private var decoder = FrameDecoder(maximumFrameBytes: Limits.defaultFrameBytes)

  private let user: String
  private let virtualHost: String

  init(broker: Broker? = nil, user: String = "guest", virtualHost: String = "/") {
    self.user = user
    self.virtualHost = virtualHost
    self.broker = broker ?? Broker { "unique" }
    session = Session(broker: self.broker, peer: Peer(address: "127.0.0.1:9"))
  }

  /// A session with the handshake done and channel 1 open.
  static func opened(
    broker: Broker? = nil,
    user: String = "guest",
    virtualHost: String = "/"
  ) throws -> SessionClient {
    let client = SessionClient(broker: broker, user: user, virtualHost: virtualHost)
    client.send(bytes: client.handshakeBytes)
    client.send(ChannelOpen(), channel: 1)
    _ = try client.frames()
    return client
  }

  var handshakeBytes: ByteBuffer {
    var bytes = ByteBuffer(bytes: ProtocolHeader.bytes)
    let capabilities: FieldTable = [
      "consumer_cancel_notify": .boolean(true), "connection.blocked": .boolean(true),
    ]
    bytes.writeMethod(
      ConnectionStartOk(
        clientProperties: [
          "connection_name": .text("tester"), "pid": .signed32(42),
          "capabilities": .table(capabilities),
        ],
        mechanism: "PLAIN",
        response: Array("\0\(user)\0\(user)".utf8)
      ),
      channel: 0
    )
    bytes.writeMethod(
      ConnectionTuneOk(channelMax: 10, frameMax: 0, heartbeat: 0),
      channel: 0
    )
    bytes.writeMethod(ConnectionOpen(virtualHost: virtualHost), channel: 0)
    return bytes
  }

  /// Feeds bytes as a socket would, and keeps what the session did not use.
  private var tail = ByteBuffer()

  func send(bytes: ByteBuffer) {
    tail.writeImmutableBuffer(bytes)
    let used = tail.withUnsafeReadableBytes { session.receive($0) }
    tail.moveReaderIndex(forwardBy: used)
  }

  func send(_ method: some MethodArguments, channel: UInt16) {
    var bytes = ByteBuffer()
    bytes.writeMethod(method, channel: channel)
    send(bytes: bytes)
  }

  /// Publishes on channel 1.
  func publish(
    _ text: String,
    to exchange: String = "",
    key: String,
    properties: BasicProperties = BasicProperties()
  ) {
    var bytes = ByteBuffer()
    bytes.writeMethod(BasicPublish(exchange: exchange, routingKey: key), channel: 1)
    bytes.writeContent(
      header: ContentHeader(
        classID: 60,
        bodyBytes: UInt64(text.utf8.count),
        properties: properties
      ),
      body: ByteBuffer(string: text),
      channel: 1,
      maximumFrameBytes: Limits.defaultFrameBytes
    )
    send(bytes: bytes)
  }

  /// Ends the turn and takes what the session wrote.
  func output() -> ByteBuffer {
    _ = broker.finishTurn()
    var output = session.takeHandshakeOutput() ?? ByteBuffer()
    if let connection = session.connection {
      output.writeImmutableBuffer(connection.output)
      connection.output.clear()
    }
    return output
  }

  func frames() throws -> [Frame] {
    decoder.append(output())
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    return frames
  }

  func methods() throws -> [Method] {
    try frames().compactMap { if case .method(_, let method) = $0 { method } else { nil } }
  }

  /// The reply code and text of the close that the session answered with.
  func closing() throws -> Closing? {
    for method in try methods() {
      if case .connectionClose(let close) = method {
        return Closing(scope: .connection, code: close.replyCode, text: close.replyText)
      }
      if case .channelClose(let close) = method {
        return Closing(scope: .channel, code: close.replyCode, text: close.replyText)
      }
    }
    return nil
  }

  /// The close with which a new session answers these methods.
  static func closing(
    _ methods: [any MethodArguments],
    channel: UInt16 = 1
  ) throws -> Closing? {
    let client = try SessionClient.opened()
    for method in methods { client.send(method, channel: channel) }
    return try client.closing()
  }

  struct Closing: Hashable {
    var scope: Violation.Scope
    var code: UInt16
    var text: String
  }
}
