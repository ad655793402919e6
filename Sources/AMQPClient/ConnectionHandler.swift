import AMQP
import NIOCore
import Trust

/// The event loop's half of a connection: phases, frames in and out, the channels' sessions.
///
/// - Isolation: the connection's event loop.
final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  enum Phase {
    case awaitingStart, awaitingTune, awaitingOpenOk
    case open
    /// We have sent `connection.close`.
    case closing
    case ended
  }

  let settings: ConnectionSettings
  let status: ConnectionStatus
  let opened: Waiter<Void>
  var phase = Phase.awaitingStart
  var tuning = Tuning.initial
  var sessions: [UInt16: ChannelSession] = [:]
  /// The server has said `connection.blocked`.
  var isBlocked = false
  /// Nothing is written and nothing is read, as if the network had split.
  private var isSilent = false
  var context: ChannelHandlerContext?
  var decoder = FrameDecoder(maximumFrameBytes: ClientLimits.frameBytes)
  var lastReadAt = NIODeadline.uptimeNanoseconds(0)
  var hasWrittenSinceTick = false
  var heartbeatTick: Scheduled<Void>?
  private var deadline: Scheduled<Void>?
  private var closeWaiters: [Waiter<Void>] = []
  private var outgoing = ByteBuffer()
  private var isFlushScheduled = false
  private var writableWaiters: [Waiter<Void>] = []
  /// Buffers at their limit; while there are any, nothing is read that nobody waits for.
  private var fullBuffers: Set<ObjectIdentifier> = []
  private(set) var isReadHeldBack = false

  init(settings: ConnectionSettings, status: ConnectionStatus, opened: Waiter<Void>) {
    self.settings = settings
    self.status = status
    self.opened = opened
  }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    if context.channel.isActive { begin() }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end(socketClosed("the socket was taken from the connection"))
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    begin()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(socketClosed(ClientError.closedWithoutAWord))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(encryptionFailed(error) ?? socketClosed(ClientError.words(of: error)))
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastReadAt = .now()
    let bytes = unwrapInboundIn(data)
    if phase == .awaitingStart, bytes.readableBytesView.starts(with: Self.encryptedAlert) {
      let message = "it speaks TLS there; try amqps://"
      return end(ClientError(code: .handshakeFailed, message: message))
    }
    decoder.append(bytes)
    do throws(Violation) {
      while let frame = try nextFrame() { try frameReceived(frame) }
    } catch {
      fail(error)
    }
  }

  /// How the alert begins with which TLS answers somebody who does not speak it (RFC 8446, 5.1).
  private static let encryptedAlert: [UInt8] = [21, 3]

  private func nextFrame() throws(Violation) -> Frame? {
    switch phase {
    case .ended: return nil
    case .awaitingStart, .awaitingTune, .awaitingOpenOk, .open, .closing: break
    }
    do throws(CodecError) {
      return try decoder.next()
    } catch {
      throw Violation(code: error.replyCode, text: error.description)
    }
  }

  private func frameReceived(_ frame: Frame) throws(Violation) {
    switch frame {
    case .heartbeat:
      break
    case .method(0, let method):
      try connectionMethodReceived(method)
    case .method(let channel, let method):
      try session(channel)?.methodReceived(method)
    case .header(let channel, let header):
      try session(channel)?.headerReceived(header)
    case .body(let channel, let body):
      try session(channel)?.bodyReceived(body)
    }
  }

  /// The session that a frame is for; nil when frames are no longer looked at.
  private func session(_ channel: UInt16) throws(Violation) -> ChannelSession? {
    switch phase {
    case .open: break
    case .closing, .ended: return nil
    case .awaitingStart, .awaitingTune, .awaitingOpenOk:
      throw Violation(code: .unexpectedFrame, text: "a frame on channel \(channel) came too early")
    }
    guard let session = sessions[channel] else {
      throw Violation(code: .channelError, text: "a frame came on channel \(channel), not open")
    }
    return session
  }

  // MARK: - Closing

  /// Closes politely; `waiter` is settled when the server has answered or the wait is over.
  func close(_ waiter: Waiter<Void>?) {
    switch phase {
    case .awaitingStart, .awaitingTune, .awaitingOpenOk:
      end(nil)
      waiter?.settle(.success(()))
    case .open:
      if let waiter { closeWaiters.append(waiter) }
      phase = .closing
      status.closing()
      endSessions(.connectionClosedByUs)
      writeMethod(ConnectionClose(replyCode: .replySuccess, text: "Goodbye"), channel: 0)
      deadline = schedule(after: .seconds(ClientLimits.closeSeconds)) { $0.end(nil) }
      resumeReading()
    case .closing:
      if let waiter { closeWaiters.append(waiter) }
    case .ended:
      waiter?.settle(.success(()))
    }
  }

  /// The server broke the protocol, or, before the connection is open, is not what we expect.
  private func fail(_ violation: Violation) {
    switch phase {
    case .awaitingStart, .awaitingTune, .awaitingOpenOk:
      end(ClientError(code: .handshakeFailed, message: violation.text))
    case .open, .closing:
      let close = ConnectionClose(replyCode: violation.code, text: violation.text)
      writeMethod(close, channel: 0)
      end(ClientError(code: .protocolViolation, message: violation.text))
    case .ended:
      break
    }
  }

  /// What a socket that closed by itself means in this phase; nil when we wanted it closed.
  private func socketClosed(_ text: String) -> ClientError? {
    switch phase {
    case .awaitingStart, .awaitingTune, .awaitingOpenOk:
      ClientError(code: .handshakeFailed, message: "\(text) during the handshake")
    case .open:
      ClientError(code: .connectionClosed(nil), message: text)
    case .closing, .ended:
      nil
    }
  }

  /// What the encryption of a connection that is not open yet complains of.
  private func encryptionFailed(_ error: any Error) -> ClientError? {
    let host = settings.endpoint.host
    guard phase == .awaitingStart, settings.endpoint.trust != nil,
      let problem = TrustProblem(error, host: host, plain: "amqp://")
    else { return nil }
    return ClientError(code: .handshakeFailed, message: problem.text)
  }

  /// The one way out: tells everybody and closes the socket; nil when it was closed by us.
  func end(_ reason: ClientError?) {
    switch phase {
    case .ended: return
    case .awaitingStart, .awaitingTune, .awaitingOpenOk, .open, .closing: break
    }
    flush()
    phase = .ended
    deadline?.cancel()
    heartbeatTick?.cancel()
    let error = reason ?? .connectionClosedByUs
    let endWaiters = status.ended(reason)
    opened.settle(.failure(error))
    endSessions(error)
    for waiter in endWaiters { waiter.settle(.success(reason)) }
    for waiter in writableWaiters { waiter.settle(.failure(error)) }
    writableWaiters = []
    for waiter in closeWaiters { waiter.settle(.success(())) }
    closeWaiters = []
    context?.close(promise: nil)
  }

  private func endSessions(_ error: ClientError) {
    let ending = sessions.values
    sessions = [:]
    for session in ending { session.end(error) }
  }

  /// The connection is open: the handshake's deadline is off.
  func handshakeCompleted() {
    deadline?.cancel()
    phase = .open
    status.opened()
    // A caller that is gone has dropped its connection, which closes it.
    opened.settle(.success(()))
  }

  private func begin() {
    lastReadAt = .now()
    deadline = schedule(after: .seconds(ClientLimits.handshakeSeconds)) { handler in
      handler.end(
        ClientError(
          code: .timedOut,
          message: "no handshake within \(ClientLimits.handshakeSeconds) seconds"
        )
      )
    }
    write { $0.writeBytes(ProtocolHeader.bytes) }
  }

  func schedule(
    after delay: TimeAmount,
    _ body: @escaping (ConnectionHandler) -> Void
  ) -> Scheduled<Void>? {
    context?.eventLoop.assumeIsolated().scheduleTask(in: delay) { body(self) }
  }

  // MARK: - Writing

  func write(_ encode: (inout ByteBuffer) -> Void) {
    encode(&outgoing)
    hasWrittenSinceTick = true
    if outgoing.readableBytes >= ClientLimits.gatheredBytes {
      flush()
    } else if !isFlushScheduled, let context {
      isFlushScheduled = true
      context.eventLoop.assumeIsolated().execute { self.flush() }
    }
  }

  /// Writes a method frame; false, and nothing written, when it is longer than was tuned.
  @discardableResult
  func writeMethod(_ method: any MethodArguments, channel: UInt16) -> Bool {
    writeFitting { $0.writeMethod(method, channel: channel) }
  }

  /// Writes one frame; false, and nothing written, when it is longer than was tuned.
  func writeFitting(_ encode: (inout ByteBuffer) -> Void) -> Bool {
    let start = outgoing.writerIndex
    encode(&outgoing)
    guard outgoing.writerIndex - start <= tuning.frameMax else {
      outgoing.moveWriterIndex(to: start)
      return false
    }
    write { _ in }
    return true
  }

  private func flush() {
    isFlushScheduled = false
    guard outgoing.readableBytes > 0, !isSilent, let context else { return }
    context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
    if outgoing.capacity > ClientLimits.gatheredBytes * 2 {
      // A long body's memory is not kept for the short frames that follow.
      outgoing = ByteBuffer()
    } else {
      outgoing.clear()
    }
  }

  /// Holds everything back in both directions, or lets it go.
  func setSilent(_ isSilent: Bool) {
    guard self.isSilent != isSilent else { return }
    self.isSilent = isSilent
    guard !isSilent else { return }
    flush()
    resumeReading()
  }

  /// Settles `waiter` as soon as the socket has room for more.
  func whenWritable(_ waiter: Waiter<Void>) {
    if context?.channel.isWritable ?? true {
      waiter.settle(.success(()))
    } else {
      writableWaiters.append(waiter)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      let waiters = writableWaiters
      writableWaiters = []
      for waiter in waiters { waiter.settle(.success(())) }
    }
    context.fireChannelWritabilityChanged()
  }

  // MARK: - Reading at the readers' pace

  func read(context: ChannelHandlerContext) {
    guard !mustHoldBackReads else {
      isReadHeldBack = true
      return
    }
    context.read()
  }

  private var mustHoldBackReads: Bool {
    guard !isSilent else { return true }
    guard !fullBuffers.isEmpty else { return false }
    return switch phase {
    case .open: !sessions.values.contains { $0.awaitsServer }
    case .awaitingStart, .awaitingTune, .awaitingOpenOk, .closing, .ended: false
    }
  }

  /// Reads on if a read was held back and the reason is gone.
  func resumeReading() {
    guard isReadHeldBack, !mustHoldBackReads else { return }
    isReadHeldBack = false
    context?.read()
  }

  func bufferFilled(_ buffer: DeliveryBuffer) {
    fullBuffers.insert(ObjectIdentifier(buffer))
  }

  func bufferDrained(_ buffer: DeliveryBuffer) {
    fullBuffers.remove(ObjectIdentifier(buffer))
    resumeReading()
  }
}

@available(*, unavailable)
extension ConnectionHandler: Sendable {}

extension ConnectionClose {
  init(replyCode: ReplyCode, text: String) {
    self.init(replyCode: replyCode.rawValue, replyText: text)
  }
}
