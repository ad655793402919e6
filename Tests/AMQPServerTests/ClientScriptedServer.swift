import AMQP
import AMQPClient
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

/// A server that does just what a test says, to show the client what no good server does.
struct ScriptedServer {
  /// Listens, gives the first connection to `script`, and runs `body` beside it.
  static func run(
    _ script: @escaping @Sendable (ScriptedPeer) async throws -> Void,
    body: (ClientEndpoint, any EventLoopGroup) async throws -> Void
  ) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try await ServerBootstrap(group: group)
      .bind(host: "127.0.0.1", port: 0) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let port = try #require(listener.channel.localAddress?.port)
    let serving = Task {
      try await listener.executeThenClose { connections in
        for try await connection in connections {
          try await connection.executeThenClose { bytes, writer in
            let (chunks, continuation) = AsyncStream<ByteBuffer>.makeStream()
            let pause = Flag()
            async let _: Void = {
              defer { continuation.finish() }
              for try await chunk in bytes {
                continuation.yield(chunk)
                if pause.isSet {
                  try await wait(for: "reading to go on", deadline: .seconds(50)) { !pause.isSet }
                }
              }
            }()
            try await script(ScriptedPeer(chunks, writer, pause))
          }
          return
        }
      }
    }
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(ClientEndpoint(host: "127.0.0.1", port: port), group))
    } catch {
      result = .failure(error)
    }
    serving.cancel()
    let served = await serving.result
    try await group.shutdownGracefully()
    try result.get()
    // A script that is cut short by the end of its test has not failed.
    if case .failure(let error) = served, !(error is CancellationError), !(error is ScriptCut) {
      throw error
    }
  }
}

/// The client went away, or the test ended, while the script waited for a frame.
struct ScriptCut: Error {}

/// A switch between tasks.
final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set(_ isSet: Bool) { value.withLock { $0 = isSet } }
}

/// One connection as a script sees it.
final class ScriptedPeer {
  /// While it is set nothing is read from the socket.
  let pause: Flag
  private var chunks: AsyncStream<ByteBuffer>.Iterator
  private let writer: NIOAsyncChannelOutboundWriter<ByteBuffer>
  private var decoder = FrameDecoder(maximumFrameBytes: Limits.defaultFrameBytes)

  init(
    _ chunks: AsyncStream<ByteBuffer>,
    _ writer: NIOAsyncChannelOutboundWriter<ByteBuffer>,
    _ pause: Flag
  ) {
    self.pause = pause
    self.chunks = chunks.makeAsyncIterator()
    self.writer = writer
  }

  func send(_ bytes: [UInt8]) async throws {
    try await writer.write(ByteBuffer(bytes: bytes))
  }

  func send(_ bytes: ByteBuffer) async throws {
    try await writer.write(bytes)
  }

  func send(_ frames: Frame...) async throws {
    var buffer = ByteBuffer()
    for frame in frames { buffer.writeFrame(frame) }
    try await writer.write(buffer)
  }

  /// The next frame that is no heartbeat.
  func next() async throws -> Frame {
    while true {
      let frame = try await nextOfAnyKind()
      if frame != .heartbeat { return frame }
    }
  }

  func nextOfAnyKind() async throws -> Frame {
    while true {
      if let frame = try decoder.next() { return frame }
      guard let more = await chunks.next(isolation: #isolation) else { throw ScriptCut() }
      decoder.append(more)
    }
  }

  /// Reads frames until a method of that kind comes.
  func expect<Arguments: MethodArguments>(_ type: Arguments.Type) async throws -> Arguments {
    while true {
      guard case .method(_, let method) = try await next() else { continue }
      if let arguments = method.arguments as? Arguments { return arguments }
    }
  }

  /// Reads the protocol header.
  func readProtocolHeader() async throws {
    var header = ByteBuffer()
    while header.readableBytes < ProtocolHeader.bytes.count {
      guard let more = await chunks.next(isolation: #isolation) else { throw ScriptCut() }
      header.writeImmutableBuffer(more)
    }
    #expect(Array(header.readableBytesView) == ProtocolHeader.bytes)
  }

  /// Does the whole handshake and returns what the client said of itself.
  @discardableResult
  func shakeHands(
    _ tune: ConnectionTune = ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 0)
  ) async throws -> (ConnectionStartOk, ConnectionTuneOk, ConnectionOpen) {
    try await readProtocolHeader()
    let start = ConnectionStart(serverProperties: [:], mechanisms: "PLAIN AMQPLAIN")
    try await send(.method(channel: 0, .connectionStart(start)))
    let startOk = try await expect(ConnectionStartOk.self)
    try await send(.method(channel: 0, .connectionTune(tune)))
    let tuneOk = try await expect(ConnectionTuneOk.self)
    let open = try await expect(ConnectionOpen.self)
    try await send(.method(channel: 0, .connectionOpenOk(ConnectionOpenOk())))
    return (startOk, tuneOk, open)
  }

  /// Answers `channel.open` on the channel that it comes on.
  func openChannel() async throws {
    while true {
      guard case .method(let channel, .channelOpen) = try await next() else { continue }
      try await send(.method(channel: channel, .channelOpenOk(ChannelOpenOk())))
      return
    }
  }

  /// Stays silent until the client goes away.
  func waitForTheEnd() async throws {
    while true { _ = try await next() }
  }
}
