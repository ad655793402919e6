import NIOCore
import NIOHTTP1
import NIOPosix

/// What a peer answered.
struct PeerResponse: Sendable, Hashable {
  var status: Int
  var body: [UInt8]
}

/// Why a call to a peer brought no answer.
enum PeerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Nobody has said yet where it listens.
  case addressUnknown
  /// Nothing listens there.
  case notListening
  case timedOut
  /// The connection broke before the answer was complete: the peer died, say.
  case connectionLost
  case tooManyConnections
  /// What came back is not HTTP, or longer than an answer may be.
  case malformedResponse

  var description: String {
    switch self {
    case .addressUnknown: "its address is not known yet"
    case .notListening: "it does not listen"
    case .timedOut: "it did not answer in time"
    case .connectionLost: "it broke the connection off"
    case .tooManyConnections: "\(Limits.peerConnections) calls to it are open already"
    case .malformedResponse: "its answer is no HTTP"
    }
  }
}

/// Calls one service over HTTP/1.1 on 127.0.0.1, over connections that stay open between calls.
///
/// A call is never tried twice: the peer may have done its work before it died.
final class PeerClient: Sendable {
  /// All of it is touched on the loop only.
  private struct State {
    /// Where the peer's processes listen; they take turns.
    var ports: [Int] = []
    var turn = 0
    /// The most recently used one last, and used first.
    var idle: [PeerConnection] = []
    /// Connections that are open or being opened.
    var openCount = 0
  }

  /// The peer's name, for its `Host` header and for people.
  let name: String
  private let loop: any EventLoop
  private let timeout: TimeAmount
  private let state: NIOLoopBoundBox<State>

  /// Makes a client that does not know yet where its peer listens.
  ///
  /// - Parameters:
  ///   - name: For people.
  ///   - timeout: For a whole call, the connecting included.
  ///   - loop: Carries the connections.
  init(name: String, timeout: Duration, loop: any EventLoop) {
    self.name = name
    self.loop = loop
    self.timeout = TimeAmount(timeout)
    state = .makeBoxSendingValue(State(), eventLoop: loop)
  }

  /// Says where the peer's processes listen from now on; connections to other ports are not used
  /// again.
  func setPorts(_ ports: [Int]) {
    loop.execute { [self] in
      guard state.value.ports != ports else { return }
      state.value.ports = ports
      let stale = state.value.idle.filter { !ports.contains($0.port) }
      state.value.idle.removeAll { !ports.contains($0.port) }
      for connection in stale { connection.close() }
    }
  }

  /// Sends one request and waits for its answer.
  func post(_ path: String, _ body: [UInt8]) async throws(PeerError) -> PeerResponse {
    let promise = loop.makePromise(of: PeerResponse.self)
    loop.execute { [self] in
      begin(Exchange(path: path, body: body, promise: promise))
    }
    do {
      return try await promise.futureResult.get()
    } catch let error as PeerError {
      throw error
    } catch {
      throw .connectionLost
    }
  }

  /// - Isolation: the loop.
  private func begin(_ exchange: Exchange) {
    guard !state.value.ports.isEmpty else { return exchange.fail(.addressUnknown) }
    state.value.turn = (state.value.turn + 1) % state.value.ports.count
    let port = state.value.ports[state.value.turn]
    exchange.startTimer(timeout, on: loop)
    while let index = state.value.idle.lastIndex(where: { $0.port == port }) {
      if state.value.idle.remove(at: index).send(exchange) { return }
    }
    guard state.value.openCount < Limits.peerConnections else {
      return exchange.fail(.tooManyConnections)
    }
    state.value.openCount += 1
    connect(to: port, for: exchange)
  }

  /// - Isolation: the loop.
  private func connect(to port: Int, for exchange: Exchange) {
    let boundExchange = NIOLoopBound(exchange, eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(timeout)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
        }
      }
      .connect(host: "127.0.0.1", port: port)
      .hop(to: loop)
      .whenComplete { [self] result in
        opened(result, port: port, for: boundExchange.value)
      }
  }

  /// - Isolation: the loop.
  private func opened(_ result: Result<any Channel, any Error>, port: Int, for exchange: Exchange) {
    guard case .success(let channel) = result, channel.localAddress != channel.remoteAddress else {
      // A loopback socket that meets no listener can connect to itself; that is nobody either.
      if case .success(let channel) = result { channel.close(promise: nil) }
      state.value.openCount -= 1
      return exchange.fail(.notListening)
    }
    let connection = PeerConnection(
      host: name,
      port: port,
      channel: channel,
      onIdle: { [self] connection in
        guard self.state.value.ports.contains(port) else { return connection.close() }
        self.state.value.idle.append(connection)
      },
      onClose: { [self] connection in
        self.state.value.openCount -= 1
        self.state.value.idle.removeAll { $0 === connection }
      }
    )
    do {
      try channel.pipeline.syncOperations.addHandler(connection)
    } catch {
      state.value.openCount -= 1
      return exchange.fail(.connectionLost)
    }
    if !connection.send(exchange) { exchange.fail(.connectionLost) }
  }
}

/// One request and the promise of its answer, kept once.
///
/// - Isolation: one event loop.
private final class Exchange {
  let path: String
  let body: [UInt8]
  private var promise: EventLoopPromise<PeerResponse>?
  private var timer: Scheduled<Void>?
  /// The connection that it waits on.
  weak var connection: PeerConnection?

  var isOver: Bool { promise == nil }

  init(path: String, body: [UInt8], promise: EventLoopPromise<PeerResponse>) {
    self.path = path
    self.body = body
    self.promise = promise
  }

  func startTimer(_ timeout: TimeAmount, on loop: any EventLoop) {
    timer = loop.assumeIsolated().scheduleTask(in: timeout) { [self] in
      fail(.timedOut)
      // The answer may still come; a connection that waits for it is of no further use.
      connection?.close()
    }
  }

  func succeed(_ response: PeerResponse) {
    timer?.cancel()
    promise?.succeed(response)
    promise = nil
  }

  func fail(_ error: PeerError) {
    timer?.cancel()
    promise?.fail(error)
    promise = nil
  }
}

/// One open connection to a peer, with at most one request on its way.
///
/// - Isolation: one event loop.
private final class PeerConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundOut = HTTPClientRequestPart

  private let host: String
  let port: Int
  private let channel: any Channel
  private let onIdle: (PeerConnection) -> Void
  private let onClose: (PeerConnection) -> Void
  private var exchange: Exchange?
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []
  private var isClosed = false

  init(
    host: String,
    port: Int,
    channel: any Channel,
    onIdle: @escaping (PeerConnection) -> Void,
    onClose: @escaping (PeerConnection) -> Void
  ) {
    self.host = host
    self.port = port
    self.channel = channel
    self.onIdle = onIdle
    self.onClose = onClose
  }

  /// Sends a request; false when the connection has died meanwhile.
  ///
  /// A request that has timed out before it could be sent counts as sent.
  func send(_ exchange: Exchange) -> Bool {
    guard channel.isActive else { return false }
    guard !exchange.isOver else {
      onIdle(self)
      return true
    }
    self.exchange = exchange
    exchange.connection = self
    let headers: HTTPHeaders = [
      "host": host,
      "content-type": "application/json",
      "content-length": String(exchange.body.count),
    ]
    let head = HTTPRequestHead(
      version: .http1_1,
      method: .POST,
      uri: exchange.path,
      headers: headers
    )
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    let body = channel.allocator.buffer(bytes: exchange.body)
    channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil)
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    return true
  }

  func close() {
    channel.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let newHead):
      head = newHead
      body.removeAll(keepingCapacity: true)
    case .body(let buffer):
      guard body.count + buffer.readableBytes <= Limits.bodyBytes else {
        return give(up: .malformedResponse)
      }
      body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head, let exchange else { return give(up: .malformedResponse) }
      self.head = nil
      self.exchange = nil
      exchange.succeed(PeerResponse(status: Int(head.status.code), body: body))
      if head.isKeepAlive { onIdle(self) } else { close() }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    give(up: .connectionLost)
    if !isClosed {
      isClosed = true
      onClose(self)
    }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The parser calls an end in the middle of an answer an error of its own.
    let parserError = error as? HTTPParserError
    let isMalformed = parserError != nil && parserError != .invalidEOFState
    give(up: isMalformed ? .malformedResponse : .connectionLost)
  }

  private func give(up error: PeerError) {
    exchange?.fail(error)
    exchange = nil
    close()
  }
}
