import Broker
import NIOCore
import NIOSSL
import Telemetry

/// Joins a socket to a ``Session``: reads in, frames out, heartbeats, timeouts.
///
/// One handler a connection and no other in the pipeline: an event for each frame would cost more
/// than all the broker does with it (coding.md, "Coding rules that gave the gains").
///
/// - Isolation: the broker's loop.
final class ConnectionHandler: ChannelInboundHandler, Transport {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let loop: BrokerLoop
  private let session: Session
  private var context: ChannelHandlerContext?
  /// The beginning of a frame whose rest has not come; shorter than one frame.
  private var tail = ByteBuffer()
  private var heartbeats: RepeatedTask?
  private var monitor = HeartbeatMonitor()
  private var deadline: Scheduled<Void>?
  private var isReadingStopped = false
  /// Set while whole frames wait in `tail`: the output is flooded, or the connection blocked.
  private var isHeldBack = false
  private var isFlushing = false
  /// Set while the client is given time to answer `connection.close`, or to close the socket.
  private var isAwaitingEnd = false
  private var isFinishing = false

  init(loop: BrokerLoop, peer: Peer) {
    self.loop = loop
    session = Session(broker: loop.broker, peer: peer, limits: loop.limits)
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    loop.register(self)
    scheduleCut(after: .milliseconds(loop.limits.handshakeMilliseconds))
  }

  func channelInactive(context: ChannelHandlerContext) {
    loop.tellTime()
    heartbeats?.cancel()
    deadline?.cancel()
    session.disconnected()
    loop.unregister(self)
    self.context = nil
    loop.endTurn()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    guard !isFinishing else { return }
    loop.tellTime()
    session.countReceived(buffer.readableBytes)
    guard !isHeldBack else {
      tail.writeImmutableBuffer(buffer)
      return
    }
    let wasOpen = session.connection != nil
    if session.peer.isAskedForCertificate, session.state == .awaitingProtocolHeader {
      // Without a certificate there is no name, and the client is refused.
      let certificate = try? context.pipeline.syncOperations.nioSSL_peerCertificate()
      session.peer.certificateNames = certificate.map(CertificateName.names) ?? []
    }
    if tail.readableBytes > 0 {
      tail.writeImmutableBuffer(buffer)
      // Safe: the session reads the bytes during the call and keeps copies only.
      let used = tail.withUnsafeReadableBytes { session.receive($0) }
      tail.moveReaderIndex(forwardBy: used)
      trimTail()
    } else {
      let used = buffer.withUnsafeReadableBytes { session.receive($0) }
      buffer.moveReaderIndex(forwardBy: used)
      if buffer.readableBytes > 0 { tail.writeImmutableBuffer(buffer) }
    }
    if !wasOpen, session.connection != nil { opened() }
    holdBackIfNeeded()
  }

  private func trimTail() {
    if tail.readableBytes == 0 { tail.clear() } else { tail.discardReadBytes() }
  }

  /// Takes the frames that were held back, now that the output is out.
  private func receiveTail() {
    guard let context, !isFinishing else { return }
    loop.tellTime()
    let used = tail.withUnsafeReadableBytes { session.receive($0) }
    tail.moveReaderIndex(forwardBy: used)
    trimTail()
    holdBackIfNeeded()
    channelReadComplete(context: context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    loop.endTurn()
    sendHandshakeOutput(context)
    switch session.state {
    case .finished: finish(context)
    case .closing, .left: startClosing()
    case .awaitingProtocolHeader, .handshaking, .open: break
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    flush()
    loop.endTurnSoon()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A reset or a broken pipe: the socket is of no more use, whatever the reason.
    context.close(promise: nil)
  }

  // MARK: Transport

  func flush() {
    // NIO tells of a change of writability from within a write, before the output is emptied.
    guard !isFlushing, let context, let connection = session.connection else { return }
    isFlushing = true
    defer { isFlushing = false }
    guard context.channel.isWritable else {
      loop.broker.holdBack(connection)
      return
    }
    let bytes = connection.output.readableBytes
    if bytes > 0 {
      connection.bytesSent += UInt64(bytes)
      connection.writeCount += 1
      context.writeAndFlush(wrapOutboundOut(connection.output), promise: nil)
      if connection.output.capacity > ServerLimits.keptOutputBytes {
        connection.output = ByteBuffer()
      } else {
        connection.output.clear()
      }
    }
    guard context.channel.isWritable else {
      loop.broker.holdBack(connection)
      return
    }
    startReading()
    if connection.isCongested, session.state == .open {
      loop.broker.resume(connection)
      loop.endTurnSoon()
    }
  }

  func resumeReading() {
    guard let context, context.channel.isWritable else { return }
    startReading()
  }

  func cut() {
    context?.close(promise: nil)
  }

  /// Says `connection.close` to the client because the broker stops or the person asked for it.
  func close(for violation: Violation) {
    guard session.state != .left else {
      cut()
      return
    }
    session.fail(violation)
    if session.state == .closing { startClosing() }
    if let context { sendHandshakeOutput(context) }
  }

  func close(channel number: UInt16, for violation: Violation) {
    session.fail(violation, onChannel: number)
  }

  // MARK: Life

  private func opened() {
    deadline?.cancel()
    session.connection?.transport = self
    let seconds = session.limits.heartbeatSeconds
    guard seconds > 0, session.state == .open, let context else { return }
    let interval = TimeAmount.milliseconds(Int64(seconds) * 500)
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    heartbeats = context.eventLoop.scheduleRepeatedTask(
      initialDelay: interval,
      delay: interval
    ) { _ in handler.value.tick() }
  }

  private func tick() {
    guard let connection = session.connection else { return }
    loop.tellTime()
    let action = monitor.tick(
      sent: connection.bytesSent,
      received: isReadingStopped ? nil : connection.bytesReceived
    )
    switch action {
    case .nothing: break
    case .sendHeartbeat:
      // A full socket has enough in it to show that we are there.
      if context?.channel.isWritable == true { session.sendHeartbeat() }
    case .peerIsGone:
      loop.broker.record(
        .warning,
        "connection '\(connection.identity.name)' cut: no heartbeat for "
          + "\(Int(session.limits.heartbeatSeconds) * 2) s"
      )
      cut()
    }
    loop.endTurn()
  }

  private func sendHandshakeOutput(_ context: ChannelHandlerContext) {
    guard let output = session.takeHandshakeOutput() else { return }
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
  }

  private func startClosing() {
    guard !isAwaitingEnd, !isFinishing else { return }
    isAwaitingEnd = true
    startReading()
    heartbeats?.cancel()
    deadline?.cancel()
    scheduleCut(after: .seconds(ServerLimits.closeSeconds))
  }

  /// Closes the socket once all that was written is out.
  private func finish(_ context: ChannelHandlerContext) {
    guard !isFinishing else { return }
    isFinishing = true
    deadline?.cancel()
    scheduleCut(after: .seconds(ServerLimits.closeSeconds))
    if let connection = session.connection, connection.output.readableBytes > 0 {
      // What a full socket kept back: the farewell is the last of it.
      connection.bytesSent += UInt64(connection.output.readableBytes)
      context.write(wrapOutboundOut(connection.output), promise: nil)
      connection.output = ByteBuffer()
    }
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in
      channel.close(promise: nil)
    }
  }

  private func scheduleCut(after delay: TimeAmount) {
    guard let context else { return }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    deadline = context.eventLoop.scheduleTask(in: delay) { handler.value.cut() }
  }

  // MARK: Reading

  private func holdBackIfNeeded() {
    guard session.isHeldBack else { return }
    isHeldBack = true
    guard !isReadingStopped else { return }
    isReadingStopped = true
    setReading(false)
  }

  private func startReading() {
    guard session.connection?.isBlocked != true else { return }
    if isHeldBack {
      isHeldBack = false
      loop.afterOthers { [self] in receiveTail() }
    }
    guard isReadingStopped else { return }
    isReadingStopped = false
    setReading(true)
  }

  private func setReading(_ isReading: Bool) {
    // A channel that cannot take the option is closing, and will read no more anyway.
    _ = try? context?.channel.syncOptions?.setOption(.autoRead, value: isReading)
  }
}
