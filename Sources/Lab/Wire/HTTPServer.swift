import JSONText
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// One request to a service.
struct ServiceRequest: Sendable, Hashable {
  var method: String
  /// As sent, query included.
  var path: String
  var body: [UInt8]
}

/// One answer of a service.
struct ServiceResponse: Sendable, Hashable {
  /// An HTTP status code.
  var status: Int
  /// JSON.
  var body: [UInt8]

  init(status: Int, _ json: JSON) {
    self.status = status
    body = json.bytes
  }

  init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

/// A small HTTP/1.1 server on 127.0.0.1, with connections that stay open.
final class HTTPServer: Sendable {
  typealias Handler = @Sendable (ServiceRequest) async -> ServiceResponse

  private let channel: any Channel
  private let connections: OpenConnections
  /// The port that the system chose.
  let port: Int

  private init(channel: any Channel, connections: OpenConnections, port: Int) {
    self.channel = channel
    self.connections = connections
    self.port = port
  }

  /// Listens on a free port of 127.0.0.1.
  ///
  /// - Parameters:
  ///   - group: Whose loops carry the connections.
  ///   - handler: Called once a request, at once for many of them.
  /// - Returns: The server, listening.
  /// - Throws: What the system said against listening.
  static func start(
    group: any EventLoopGroup,
    handler: @escaping Handler
  ) async throws -> HTTPServer {
    let connections = OpenConnections()
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 256)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
          try pipeline.addHandler(RequestHandler(handler: handler, connections: connections))
        }
      }
      .bind(host: "127.0.0.1", port: 0)
      .get()
    return HTTPServer(
      channel: channel,
      connections: connections,
      port: channel.localAddress?.port ?? 0
    )
  }

  /// Cuts every open connection; it goes on listening.
  func dropConnections() {
    for channel in connections.all { channel.close(promise: nil) }
  }

  /// Stops listening; connections that are open stay.
  func stop() async {
    // It fails only when the socket is closed already, which is what is wanted.
    try? await channel.close()
  }
}

/// The connections of one server.
private final class OpenConnections: Sendable {
  private let open = Mutex<[ObjectIdentifier: any Channel]>([:])

  var all: [any Channel] { open.withLock { Array($0.values) } }

  /// Notes a new connection; false when there are too many.
  func opened(_ channel: any Channel) -> Bool {
    open.withLock { open in
      open[ObjectIdentifier(channel)] = channel
      return open.count <= Limits.servedConnections
    }
  }

  func closed(_ channel: any Channel) {
    open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
  }
}

/// Gathers one request at a time, has it answered and writes the answer.
///
/// The pipelining handler before it holds further requests back until the answer is written.
///
/// - Isolation: the connection's event loop.
private final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let handler: HTTPServer.Handler
  private let connections: OpenConnections
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []
  private var isBodyTooLong = false

  init(handler: @escaping HTTPServer.Handler, connections: OpenConnections) {
    self.handler = handler
    self.connections = connections
  }

  func channelActive(context: ChannelHandlerContext) {
    if !connections.opened(context.channel) { context.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    connections.closed(context.channel)
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let newHead):
      head = newHead
      body.removeAll(keepingCapacity: true)
      isBodyTooLong = false
    case .body(let buffer):
      guard body.count + buffer.readableBytes <= Limits.bodyBytes else {
        isBodyTooLong = true
        return
      }
      body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head else { return }
      self.head = nil
      answer(head, on: context.channel)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A peer that breaks off or breaks the rules loses its connection; others do not notice.
    context.close(promise: nil)
  }

  private func answer(_ head: HTTPRequestHead, on channel: any Channel) {
    let isKeptAlive = head.isKeepAlive && !isBodyTooLong
    guard !isBodyTooLong else {
      let response = ServiceResponse(
        status: 413,
        ["problem": .string("a body has at most \(Limits.bodyBytes) bytes")]
      )
      return RequestHandler.write(response, isKeptAlive: isKeptAlive, to: channel)
    }
    let request = ServiceRequest(method: head.method.rawValue, path: head.uri, body: body)
    Task { [handler] in
      let response = await handler(request)
      channel.eventLoop.execute {
        RequestHandler.write(response, isKeptAlive: isKeptAlive, to: channel)
      }
    }
  }

  private static func write(
    _ response: ServiceResponse,
    isKeptAlive: Bool,
    to channel: any Channel
  ) {
    let headers: HTTPHeaders = [
      "content-type": "application/json",
      "content-length": String(response.body.count),
      "connection": isKeptAlive ? "keep-alive" : "close",
    ]
    let head = HTTPResponseHead(
      version: .http1_1,
      status: HTTPResponseStatus(statusCode: response.status),
      headers: headers
    )
    channel.write(HTTPServerResponsePart.head(head), promise: nil)
    let body = channel.allocator.buffer(bytes: response.body)
    channel.write(HTTPServerResponsePart.body(.byteBuffer(body)), promise: nil)
    channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
      if !isKeptAlive { channel.close(promise: nil) }
    }
  }
}
