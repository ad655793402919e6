import AMQP
import Broker
import NIOCore
import Telemetry

@testable import AMQPServer

/// A broker with two clients and a few queues, for one fuzz input.
final class FuzzStage {
  private(set) var findings: [String] = []
  private let broker: Broker
  private var now: Int64 = 1_000_000_000
  private var clients: [Client] = []
  private var unread: [ByteBuffer] = [ByteBuffer(), ByteBuffer()]

  private struct Client {
    var session: Session
    /// Bytes that the session has not used yet.
    var tail = ByteBuffer()
  }

  init() {
    var names = 0
    broker = Broker(seed: 1) {
      names += 1
      return "fuzz-\(names)"
    }
    setTime()
    clients = (0..<2).map { _ in Client(session: Session(broker: broker, peer: Self.peer)) }
    for index in clients.indices { send(Self.opening, from: index) }
    send(Self.topology, from: 0)
    endTurn()
  }

  /// Feeds bytes as a socket would; a client whose connection has ended is replaced by a new one.
  func send(_ bytes: [UInt8], from index: Int) {
    let session = clients[index].session
    clients[index].tail.writeBytes(bytes)
    let used = clients[index].tail.withUnsafeReadableBytes { session.receive($0) }
    guard used <= clients[index].tail.readableBytes else {
      findings.append("a session used \(used) bytes, more than it was given")
      return
    }
    clients[index].tail.moveReaderIndex(forwardBy: used)
    guard session.state == .finished else { return }
    endTurn()
    session.disconnected()
    clients[index] = Client(session: Session(broker: broker, peer: Self.peer))
    unread[index].clear()
    send(Self.opening, from: index)
  }

  func pass(nanoseconds: Int64) {
    now += nanoseconds
    setTime()
    broker.fireTimers()
    endTurn()
  }

  func endTurn() {
    _ = broker.finishTurn()
    for (index, client) in clients.enumerated() {
      if let output = client.session.takeHandshakeOutput() {
        unread[index].writeImmutableBuffer(output)
      }
      guard let connection = client.session.connection else { continue }
      unread[index].writeImmutableBuffer(connection.output)
      connection.output.clear()
      broker.resume(connection)
      checkOutput(of: index, frameBytesLimit: connection.maximumFrameBytes)
    }
    findings += broker.brokenInvariants()
  }

  /// What clients published so far.
  var publishedCount: UInt64 { broker.totals.published }

  /// Both sockets break, and nothing may be held for clients that are gone.
  func leave() {
    endTurn()
    for client in clients { client.session.disconnected() }
    _ = broker.finishTurn()
    findings += broker.brokenInvariants()
    if !broker.connections.isEmpty { findings.append("a connection outlives its client") }
  }

  /// What goes out are whole frames within the agreed size.
  private func checkOutput(of index: Int, frameBytesLimit: Int) {
    while let head = unread[index].getBytes(at: unread[index].readerIndex, length: 7) {
      let size = head[3...].reduce(0) { $0 << 8 | Int($1) }
      let frameBytes = size + Limits.frameOverheadBytes
      let end = unread[index].getInteger(
        at: unread[index].readerIndex + frameBytes - 1,
        as: UInt8.self
      )
      guard FrameType(rawValue: head[0]) != nil, frameBytes <= frameBytesLimit,
        end == Limits.frameEnd
      else {
        findings.append("a frame of \(frameBytes) bytes with the head \(head) goes out")
        unread[index].clear()
        return
      }
      unread[index].moveReaderIndex(forwardBy: frameBytes)
    }
    if unread[index].readableBytes > 0 { findings.append("half a frame goes out") }
  }

  private func setTime() {
    broker.advance(
      to: Instant(nanoseconds: now),
      wallTime: WallTime(milliseconds: 1_700_000_000_000 + now / 1_000_000)
    )
  }

  /// Of this machine, since the sessions log in as `guest`.
  private static let peer = Peer(address: "127.0.0.1:1")

  /// Protocol header, handshake, channels 1 and 2.
  private static let opening: [UInt8] = {
    var bytes = ByteBuffer(bytes: ProtocolHeader.bytes)
    bytes.writeMethod(
      ConnectionStartOk(
        clientProperties: [
          "capabilities": .table(["consumer_cancel_notify": .boolean(true)])
        ],
        mechanism: "PLAIN",
        response: Array("\0guest\0guest".utf8)
      ),
      channel: 0
    )
    bytes.writeMethod(ConnectionTuneOk(channelMax: 3, frameMax: 4_096, heartbeat: 0), channel: 0)
    bytes.writeMethod(ConnectionOpen(), channel: 0)
    for channel: UInt16 in 1...2 { bytes.writeMethod(ChannelOpen(), channel: channel) }
    return Array(bytes.readableBytesView)
  }()

  /// Something to talk about: three queues and their bindings.
  private static let topology: [UInt8] = {
    var bytes = ByteBuffer()
    let limits: FieldTable = [
      "x-max-length": .signed32(3), "x-message-ttl": .signed32(50),
      "x-dead-letter-exchange": .text("amq.fanout"),
    ]
    bytes.writeMethod(QueueDeclare(queue: "q"), channel: 1)
    bytes.writeMethod(QueueDeclare(queue: "e", exclusive: true), channel: 1)
    bytes.writeMethod(QueueDeclare(queue: "l", arguments: limits), channel: 2)
    bytes.writeMethod(QueueBind(queue: "q", exchange: "amq.topic", routingKey: "a.#"), channel: 1)
    bytes.writeMethod(QueueBind(queue: "q", exchange: "amq.fanout", routingKey: ""), channel: 1)
    return Array(bytes.readableBytesView)
  }()
}
