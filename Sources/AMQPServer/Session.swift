import AMQP
import Broker
import struct NIOCore.ByteBuffer
import Telemetry

/// The protocol of one client connection: bytes in, broker commands, bytes out.
///
/// It has no socket; ``ConnectionHandler`` feeds it what was read and sends what it wrote.
///
/// - Isolation: the broker's loop.
final class Session {
  let broker: Broker
  /// Known in full once TLS has its certificate, which is before the first byte.
  var peer: Peer {
    get { handshake.peer }
    set { handshake.peer = newValue }
  }
  private(set) var state = State.awaitingProtocolHeader
  private var handshake: Handshake
  /// Output before there is a ``Connection``.
  private var handshakeOutput = ByteBuffer()
  private(set) var limits: NegotiatedLimits
  /// The longest body that is taken, in bytes.
  let messageBytesLimit: Int
  private(set) var connection: Connection?
  /// By channel number; grows to the highest number in use.
  var channels: [SessionChannel?] = []
  private(set) var bytesReceived: UInt64 = 0

  enum State: Hashable {
    case awaitingProtocolHeader
    case handshaking
    case open
    /// `connection.close` was sent; only its answer counts.
    case closing
    /// The client said `connection.close` and was answered; the socket is its to close. A server
    /// that closes first cuts off clients that read the answer and the end in one go.
    case left
    /// The socket is to be closed once the output is out.
    case finished
  }

  init(broker: Broker, peer: Peer, limits: ServerLimits = ServerLimits()) {
    self.broker = broker
    self.limits = NegotiatedLimits(limits)
    messageBytesLimit = limits.messageBytes
    handshake = Handshake(peer: peer, limits: limits)
  }

  // Safe: `bytes` is borrowed from the read buffer for the call; every frame is measured against
  // `bytes.count` before it is looked into.

  /// Takes bytes from the client.
  ///
  /// - Returns: How many were used up; the rest is the beginning of a frame.
  func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
    var used = 0
    if state == .awaitingProtocolHeader {
      guard let headerBytes = receiveProtocolHeader(bytes) else { return 0 }
      used = headerBytes
    }
    while state != .finished, !isHeldBack {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[used...])
      guard let frameBytes = receiveFrame(rest) else { break }
      used += frameBytes
    }
    return state == .finished ? bytes.count : used
  }

  /// Whether no more frames are taken: the client must first read the output that waits for it, or
  /// it published while a resource is low.
  var isHeldBack: Bool {
    guard let connection else { return false }
    return connection.isBlocked || connection.output.readableBytes > ServerLimits.unsentBytes
  }

  /// Counts what came in; apart from ``receive(_:)``, which sees unfinished frames again.
  func countReceived(_ bytes: Int) {
    bytesReceived += UInt64(bytes)
    guard let connection else { return }
    connection.bytesReceived += UInt64(bytes)
    connection.readCount += 1
    connection.lastReceivedAt = broker.now
  }

  private func receiveProtocolHeader(_ bytes: UnsafeRawBufferPointer) -> Int? {
    let expected = ProtocolHeader.bytes
    let count = min(bytes.count, expected.count)
    let accepted = [expected, ProtocolHeader.bytesOf09]
    guard accepted.contains(where: { bytes[..<count].elementsEqual($0[..<count]) }) else {
      handshakeOutput.writeBytes(expected)
      state = .finished
      return bytes.count
    }
    guard count == expected.count else { return nil }
    state = .handshaking
    send(
      ConnectionStart(
        serverProperties: ServerProperties.table,
        mechanisms: peer.mechanisms
      )
    )
    return count
  }

  /// Takes one frame.
  ///
  /// - Returns: Its length; nil when more bytes are needed.
  @inline(__always)
  private func receiveFrame(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= Limits.frameOverheadBytes - 1 else { return nil }
    let channel = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt16.self))
    let payloadBytes = Int(
      UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 3, as: UInt32.self))
    )
    let frameBytes = payloadBytes + Limits.frameOverheadBytes
    // Some clients count the payload alone; RabbitMQ allows for both ways to read frame-max.
    guard let type = FrameType(rawValue: bytes[0]), payloadBytes <= limits.frameBytes else {
      refuseFrame(type: bytes[0], payloadBytes: payloadBytes)
      return bytes.count
    }
    guard bytes.count >= frameBytes else { return nil }
    guard bytes[frameBytes - 1] == Limits.frameEnd else {
      fail(Violation(.frameError, "invalid frame end marker"))
      return bytes.count
    }
    let payload = UnsafeRawBufferPointer(rebasing: bytes[7..<(frameBytes - 1)])
    switch state {
    case .open: receive(type, on: channel, payload)
    case .handshaking, .closing, .left: receiveOutsideOpen(type, on: channel, payload)
    case .awaitingProtocolHeader, .finished: break
    }
    return frameBytes
  }

  @inline(never)
  private func refuseFrame(type: UInt8, payloadBytes: Int) {
    guard FrameType(rawValue: type) != nil else {
      fail(Violation(.frameError, "unknown frame type \(type)"))
      return
    }
    fail(
      Violation(
        .frameError,
        "type \(type), payload of \(payloadBytes) bytes is too large: the limit is "
          + "\(limits.frameBytes - Limits.frameOverheadBytes)"
      )
    )
  }

  private func receiveOutsideOpen(
    _ type: FrameType,
    on channel: UInt16,
    _ payload: UnsafeRawBufferPointer
  ) {
    guard type == .method, channel == 0 else {
      if state == .handshaking, type != .heartbeat {
        fail(Violation(.channelError, "no channel is open before the handshake is done"))
      }
      return
    }
    switch (decodeMethod(payload), state) {
    case (.success(.connectionCloseOk), .closing), (.success(.connectionCloseOk), .left): finish()
    case (.success(.connectionClose), _): acceptClose()
    case (.success(let method), .handshaking):
      let action = handshake.received(method, under: broker.access)
      if let refusedLogin = handshake.refusedLogin {
        broker.record(.warning, "connection '\(peer.address)': \(refusedLogin)")
      }
      perform(action)
    case (.failure(let error), .handshaking): fail(Violation(error.replyCode, error.description))
    default: break
    }
  }

  private func perform(_ action: Handshake.Action) {
    switch action {
    case .send(let tune): send(tune)
    case .wait(let agreed): limits = agreed
    case .open(let identity, let hostName, let agreed):
      limits = agreed
      guard let host = broker.hosts[hostName] else {
        preconditionFailure("the handshake opens virtual hosts that are there")
      }
      if let refusal = broker.refusal(ofConnectionTo: host, by: identity.user) {
        fail(refusal)
        return
      }
      let connection = broker.openConnection(
        identity,
        to: host,
        maximumFrameBytes: agreed.frameBytes
      )
      connection.output.writeImmutableBuffer(handshakeOutput)
      connection.bytesReceived = bytesReceived
      handshakeOutput = ByteBuffer()
      self.connection = connection
      state = .open
      send(ConnectionOpenOk())
    case .refuse(let violation): fail(violation)
    case .cut: finish()
    }
  }

  /// Decodes a method frame's payload.
  func decodeMethod(_ payload: UnsafeRawBufferPointer) -> Result<Method, CodecError> {
    var buffer = ByteBuffer(bytes: payload)
    do {
      return .success(try Method(from: &buffer))
    } catch {
      return .failure(error)
    }
  }

  /// Writes a method for the client.
  func send(_ method: some MethodArguments, channel: UInt16 = 0) {
    guard let connection else {
      handshakeOutput.writeMethod(method, channel: channel)
      return
    }
    connection.output.writeMethod(method, channel: channel)
    broker.markDirty(connection)
  }

  func sendHeartbeat() {
    guard let connection, state == .open else { return }
    connection.output.writeHeartbeat()
    broker.markDirty(connection)
  }

  /// Takes what the handshake wrote.
  func takeHandshakeOutput() -> ByteBuffer? {
    guard handshakeOutput.readableBytes > 0 else { return nil }
    defer { handshakeOutput = ByteBuffer() }
    return handshakeOutput
  }

  /// Closes the connection for the client's fault, or at the server's wish.
  func fail(_ violation: Violation, method: MethodIdentifier? = nil) {
    guard state == .open || state == .handshaking else { return }
    state = .closing
    releaseBrokerState(because: .connectionClosedByBroker)
    send(
      ConnectionClose(
        replyCode: violation.code.rawValue,
        replyText: violation.replyText,
        classID: method?.classID ?? 0,
        methodID: method?.methodID ?? 0
      )
    )
    broker.record(
      violation.code == .connectionForced ? .information : .warning,
      "connection '\(connection?.identity.name ?? peer.address)' closed: \(violation.replyText)"
    )
  }

  /// The client said `connection.close`.
  func acceptClose() {
    releaseBrokerState(because: .connectionClosed)
    send(ConnectionCloseOk())
    state = .left
  }

  private func finish() {
    state = .finished
  }

  /// The socket is gone.
  func disconnected() {
    state = .finished
    releaseBrokerState(because: .connectionLost)
  }

  private func releaseBrokerState(because departure: Departure) {
    channels = []
    if let connection { broker.closeConnection(connection, because: departure) }
  }
}

extension Violation {
  /// As RabbitMQ words it: the code's name, then the facts, cut with dots when it is too long for
  /// a short string.
  var replyText: String {
    let whole = text.isEmpty ? code.name : "\(code.name) - \(text)"
    guard whole.utf8.count > Limits.shortStringBytes else { return whole }
    var kept = ""
    for character in whole {
      guard kept.utf8.count + character.utf8.count <= Limits.shortStringBytes - 3 else { break }
      kept.append(character)
    }
    return kept + "..."
  }
}
