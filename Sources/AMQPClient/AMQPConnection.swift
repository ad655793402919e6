package import AMQP
package import NIOCore
import NIOPosix
import NIOSSL
import Trust

/// A connection to a broker, from its handshake to its end.
///
/// - Isolation: any task may call; the work is done on one event loop of the group. The group must
///   outlive the connection.
package final class AMQPConnection: Sendable {
  package let endpoint: ClientEndpoint
  /// The `connection_name` that the server was told.
  package let name: String
  /// The loop that does the connection's work.
  package let eventLoop: any EventLoop
  private let handler: NIOLoopBound<ConnectionHandler>
  private let status: ConnectionStatus

  private init(
    settings: ConnectionSettings,
    handler: NIOLoopBound<ConnectionHandler>,
    eventLoop: any EventLoop,
    status: ConnectionStatus
  ) {
    endpoint = settings.endpoint
    name = settings.name
    self.handler = handler
    self.eventLoop = eventLoop
    self.status = status
  }

  deinit {
    let handler = handler
    execute { handler.value.close(nil) }
  }

  /// Connects, logs in and opens the virtual host.
  ///
  /// - Parameters:
  ///   - endpoint: Where, and who we are.
  ///   - name: What the broker's operators read; at most 255 bytes are sensible.
  ///   - properties: Added to the client properties, or in place of them.
  ///   - heartbeatSeconds: The longest time between two signs of life; 0 means none. The server
  ///     may shorten it.
  ///   - group: Must outlive the connection.
  /// - Returns: An open connection.
  /// - Throws: ``ClientError/Code/connectFailed``, ``ClientError/Code/handshakeFailed``,
  ///   ``ClientError/Code/timedOut`` and what the server closes the connection with.
  package static func open(
    _ endpoint: ClientEndpoint,
    name: String,
    properties: FieldTable = [:],
    heartbeatSeconds: UInt16 = 10,
    group: any EventLoopGroup
  ) async throws(ClientError) -> AMQPConnection {
    let settings = ConnectionSettings(
      endpoint: endpoint,
      name: name,
      properties: properties,
      heartbeatSeconds: heartbeatSeconds
    )
    let status = ConnectionStatus()
    let opened = Waiter<Void>()
    let (channel, handler) = try await connect(settings, status, opened, group)
    let connection = AMQPConnection(
      settings: settings,
      handler: handler,
      eventLoop: channel.eventLoop,
      status: status
    )
    try await opened.value()
    return connection
  }

  private static func connect(
    _ settings: ConnectionSettings,
    _ status: ConnectionStatus,
    _ opened: Waiter<Void>,
    _ group: any EventLoopGroup
  ) async throws(ClientError) -> (any Channel, NIOLoopBound<ConnectionHandler>) {
    let waterMarks = ChannelOptions.Types.WriteBufferWaterMark(
      low: ClientLimits.writeBufferLowBytes,
      high: ClientLimits.writeBufferHighBytes
    )
    let endpoint = settings.endpoint
    let encryption = try encryption(of: endpoint)
    do {
      return try await ClientBootstrap(group: group)
        .connectTimeout(.seconds(ClientLimits.connectSeconds))
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelOption(.writeBufferWaterMark, value: waterMarks)
        .connect(host: endpoint.host, port: endpoint.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            if let encryption {
              let encrypting = try TrustSettings.handler(encryption, host: endpoint.host)
              try channel.pipeline.syncOperations.addHandler(encrypting)
            }
            let handler = ConnectionHandler(settings: settings, status: status, opened: opened)
            try channel.pipeline.syncOperations.addHandler(handler)
            return (channel, NIOLoopBound(handler, eventLoop: channel.eventLoop))
          }
        }
    } catch {
      throw ClientError(
        code: .connectFailed,
        message: "no connection to \(endpoint.host):\(endpoint.port): \(Self.cause(of: error))"
      )
    }
  }

  private static func encryption(
    of endpoint: ClientEndpoint
  ) throws(ClientError) -> NIOSSLContext? {
    guard let trust = endpoint.trust else { return nil }
    do {
      return try trust.context()
    } catch {
      throw ClientError(code: .invalidArgument, message: error.text)
    }
  }

  /// The first cause in a line, out of NIO's list of every address that was tried.
  private static func cause(of error: any Error) -> String {
    guard let error = error as? NIOConnectionError else { return ClientError.words(of: error) }
    if let first = error.connectionErrors.first { return ClientError.words(of: first.error) }
    if let first = error.dnsAError ?? error.dnsAAAAError { return "\(first)" }
    return "no address"
  }

  /// What the server said of itself in `connection.start`: product, version, capabilities, ...
  package var serverProperties: FieldTable { status.serverProperties }

  /// False once either side has begun to close it or the socket is gone.
  package var isOpen: Bool { status.isOpen }

  /// Opens a channel.
  ///
  /// - Throws: ``ClientError/Code/limitReached`` when every number that the server allows is used.
  package func openChannel() async throws(ClientError) -> AMQPChannel {
    let handler = handler
    let opened = try await perform { waiter in handler.value.openChannel(waiter) }
    return AMQPChannel(
      connection: self,
      number: opened.number,
      returns: opened.returns,
      session: opened.session
    )
  }

  /// Closes the connection and waits for the server's answer, at most
  /// ``ClientLimits/closeSeconds``; everybody who waits for something is told.
  package func close() async {
    let handler = handler
    // An error says that it has ended already, or that the waiting task is cancelled, and then the
    // closing goes on without it.
    _ = try? await perform { (waiter: Waiter<Void>) in handler.value.close(waiter) }
  }

  /// Holds back everything in both directions, heartbeats too, as when the network splits; what was
  /// held back goes when it is over, unless either side has given the other up meanwhile.
  ///
  /// - Parameter isSilent: Whether nothing passes.
  package func setSilent(_ isSilent: Bool) {
    let handler = handler
    execute { handler.value.setSilent(isSilent) }
  }

  /// Closes the socket without a word, as when its link breaks.
  package func cut() {
    let handler = handler
    execute {
      handler.value.end(ClientError(code: .connectionClosed(nil), message: "the link was cut"))
    }
  }

  /// Waits until the connection has ended.
  ///
  /// - Returns: nil when it was closed by us, else the reason; a cancelled task gets
  ///   ``ClientError/Code/cancelled``.
  package func waitUntilClosed() async -> ClientError? {
    await status.waitUntilEnded()
  }

  /// Runs `body` on the event loop; drops it when the connection has ended, because the loop may
  /// be gone then.
  ///
  /// - Returns: false when it was dropped.
  @discardableResult
  func execute(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard !status.hasEnded else { return false }
    eventLoop.execute(body)
    return true
  }

  /// Runs `body` on the event loop and waits until the waiter is settled.
  func perform<Value: Sendable>(
    _ body: @escaping @Sendable (Waiter<Value>) -> Void
  ) async throws(ClientError) -> Value {
    let waiter = Waiter<Value>()
    guard execute({ body(waiter) }) else { throw status.reason }
    return try await waiter.value()
  }
}

/// What a connection is opened with.
struct ConnectionSettings: Sendable {
  let endpoint: ClientEndpoint
  let name: String
  let properties: FieldTable
  let heartbeatSeconds: UInt16
}

/// The parts of a channel that the event loop hands to the task that opened it.
struct OpenedChannel: Sendable {
  let number: UInt16
  let returns: AsyncStream<ReturnedMessage>
  let session: NIOLoopBound<ChannelSession>
}
