import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS
import Trust
import WebText

/// Asks one management over HTTP/1.1, one question after the other, over a connection that stays
/// open between them.
///
/// - Isolation: an actor; an answer's bytes are gathered on the event loop.
actor ManagementConnection {
  /// The longest answer: ten thousand queues take some 5 MB.
  static let answerBytesLimit = 128 * 1_048_576
  /// A connection that was not used for longer is not used again: RabbitMQ closes one after 5 s, and
  /// what is to be done must not meet that moment.
  private static let idleLimit = TimeAmount.seconds(2)

  private let address: ManagementAddress
  private let trust: TrustSettings
  private let loop: any EventLoop
  private var channel: (any Channel)?
  private var lastUsedAt = NIODeadline.now()
  private var context: NIOSSLContext?

  /// - Parameters:
  ///   - address: Whom to ask, and as whom.
  ///   - trust: How it is trusted when it is encrypted.
  ///   - loop: Carries the connection.
  init(_ address: ManagementAddress, trust: TrustSettings, loop: any EventLoop) {
    self.address = address
    self.trust = trust
    self.loop = loop
  }

  /// Asks a question and waits for the whole answer.
  ///
  /// A question is asked a second time only over a connection that turned out to be closed before
  /// anything was sent back, and only when it changes nothing.
  ///
  /// - Parameters:
  ///   - request: The question.
  ///   - patienceSeconds: For the connecting, and then for the whole answer.
  /// - Returns: The answer, whatever it is.
  /// - Throws: ``ManagementError`` when none came.
  func ask(
    _ request: ManagementRequest,
    patienceSeconds: Int
  ) async throws(ManagementError) -> ManagementResponse {
    let isReused = channel?.isActive == true
    do throws(ManagementError) {
      return try await askOnce(request, patienceSeconds)
    } catch .connectionLost where isReused && request.method == .GET {
      return try await askOnce(request, patienceSeconds)
    }
  }

  /// Closes the connection.
  func close() {
    channel?.close(promise: nil)
    channel = nil
  }

  private func askOnce(
    _ request: ManagementRequest,
    _ patienceSeconds: Int
  ) async throws(ManagementError) -> ManagementResponse {
    let channel = try await open(patienceSeconds)
    let promise = channel.eventLoop.makePromise(of: ManagementResponse.self)
    let question = Question(
      head: head(of: request),
      body: request.body,
      promise: promise,
      timer: channel.eventLoop.scheduleTask(in: .seconds(Int64(patienceSeconds))) {
        promise.fail(ManagementError.timedOut(seconds: patienceSeconds))
      }
    )
    // Over a connection that broke off before, it never comes to where the answers are.
    channel.writeAndFlush(question).whenFailure { promise.fail($0) }
    do {
      let answer = try await promise.futureResult.get()
      lastUsedAt = .now()
      return answer
    } catch {
      // What it still sends would be taken for the next answer.
      close()
      throw ManagementError(error, address, patienceSeconds)
    }
  }

  private func head(of request: ManagementRequest) -> HTTPRequestHead {
    let login = address.user + ":" + (address.password?.text ?? address.user)
    var headers: HTTPHeaders = [
      "host": address.place,
      "authorization": "Basic " + Base64.encode(Array(login.utf8)),
      "user-agent": "sluice",
    ]
    if !request.body.isEmpty || request.method != .GET {
      headers.add(name: "content-type", value: "application/json")
      headers.add(name: "content-length", value: String(request.body.count))
    }
    for (name, value) in request.headers { headers.add(name: name, value: value) }
    return HTTPRequestHead(
      version: .http1_1,
      method: request.method,
      uri: address.prefix + request.path,
      headers: headers
    )
  }

  private func open(_ patienceSeconds: Int) async throws(ManagementError) -> any Channel {
    if let channel, channel.isActive, NIODeadline.now() - lastUsedAt < Self.idleLimit {
      return channel
    }
    close()
    let context = try encryption()
    let host = address.host
    let ready = loop.makePromise(of: Void.self)
    let timer = loop.scheduleTask(in: .seconds(Int64(patienceSeconds))) {
      ready.fail(ManagementError.timedOut(seconds: patienceSeconds))
    }
    defer { timer.cancel() }
    do {
      let opened = try await ClientBootstrap(group: loop)
        .connectTimeout(.seconds(Int64(patienceSeconds)))
        .channelOption(.socketOption(.tcp_nodelay), value: 1)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let context {
              try pipeline.addHandler(TrustSettings.handler(context, host: host))
            }
            try pipeline.addHTTPClientHandlers()
            try pipeline.addHandler(AnswerGatherer(ready: ready, isEncrypted: context != nil))
          }
        }
        .connect(host: address.host, port: address.port)
        .get()
      channel = opened
      try await ready.futureResult.get()
      // A loopback socket that meets no listener can connect to itself; that is nobody either.
      if let own = opened.localAddress, own == opened.remoteAddress {
        throw ManagementError.unreachable("nobody listens at \(address.place)")
      }
      return opened
    } catch {
      ready.fail(error)
      close()
      throw ManagementError(error, address, patienceSeconds)
    }
  }

  private func encryption() throws(ManagementError) -> NIOSSLContext? {
    guard address.isEncrypted else { return nil }
    if let context { return context }
    do {
      let made = try trust.context()
      context = made
      return made
    } catch {
      throw .encryption(error.text)
    }
  }
}

/// A question with the promise of its answer.
private struct Question: Sendable {
  var head: HTTPRequestHead
  var body: [UInt8]
  var promise: EventLoopPromise<ManagementResponse>
  var timer: Scheduled<Void>
}

/// Sends questions, and gathers an answer until it is whole.
///
/// - Isolation: one event loop.
private final class AnswerGatherer: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = Question
  typealias OutboundOut = HTTPClientRequestPart

  /// Succeeds when questions can be sent.
  private let ready: EventLoopPromise<Void>
  private let isEncrypted: Bool
  private var question: Question?
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []

  init(ready: EventLoopPromise<Void>, isEncrypted: Bool) {
    self.ready = ready
    self.isEncrypted = isEncrypted
  }

  func channelActive(context: ChannelHandlerContext) {
    if !isEncrypted { ready.succeed() }
    context.fireChannelActive()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { ready.succeed() }
    context.fireUserInboundEventTriggered(event)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let question = unwrapOutboundIn(data)
    self.question = question
    context.write(wrapOutboundOut(.head(question.head)), promise: nil)
    if !question.body.isEmpty {
      let buffer = context.channel.allocator.buffer(bytes: question.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(buffer))), promise: nil)
    }
    context.write(wrapOutboundOut(.end(nil)), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let newHead):
      head = newHead
      body.removeAll(keepingCapacity: true)
    case .body(let buffer):
      let limit = ManagementConnection.answerBytesLimit
      guard body.count + buffer.readableBytes <= limit else {
        return fail(ManagementError.tooLong(limit: limit), context)
      }
      body.append(contentsOf: buffer.readableBytesView)
    case .end:
      guard let head else { return fail(ManagementError.notHTTP, context) }
      self.head = nil
      question?.timer.cancel()
      question?.promise.succeed(
        ManagementResponse(
          status: Int(head.status.code),
          contentType: head.headers.first(name: "content-type") ?? "",
          body: body
        )
      )
      question = nil
      body = []
      if !head.isKeepAlive { context.close(promise: nil) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(ManagementError.connectionLost, context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // The parser calls an end in the middle of an answer an error of its own.
    let parserError = error as? HTTPParserError
    if parserError == .invalidEOFState {
      fail(head == nil ? ManagementError.connectionLost : ManagementError.cutOff, context)
    } else {
      fail(parserError == nil ? error : ManagementError.notHTTP, context)
    }
  }

  private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
    ready.fail(error)
    question?.timer.cancel()
    question?.promise.fail(error)
    question = nil
    context.close(promise: nil)
  }
}

extension ManagementError {
  /// Says in a person's words what the network or the encryption complains of.
  fileprivate init(_ error: any Error, _ address: ManagementAddress, _ patienceSeconds: Int) {
    switch error {
    case let error as ManagementError: self = error
    case let error as NIOConnectionError: self = Self.unreachable(error, address)
    case ChannelError.connectTimeout: self = .timedOut(seconds: patienceSeconds)
    case is ChannelError: self = .connectionLost
    case let error as IOError where error.errnoCode == ECONNREFUSED:
      self = .unreachable("nobody listens at \(address.place)")
    case is IOError: self = .connectionLost
    default:
      let problem = TrustProblem(error, host: address.host, plain: "http://")
      self = problem.map { .encryption($0.text) } ?? .connectionLost
    }
  }

  private static func unreachable(
    _ error: NIOConnectionError,
    _ address: ManagementAddress
  ) -> ManagementError {
    let isUnknown = error.dnsAError != nil || error.dnsAAAAError != nil
    if isUnknown, error.connectionErrors.isEmpty {
      return .unreachable("there is no host \(address.host)")
    }
    let code = (error.connectionErrors.first?.error as? IOError)?.errnoCode
    if code == ECONNREFUSED || code == nil {
      return .unreachable("nobody listens at \(address.place)")
    }
    return .unreachable("\(address.place) cannot be reached")
  }
}
