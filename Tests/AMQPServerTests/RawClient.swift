import AMQP
import NIOCore
import NIOPosix
import Synchronization

/// A socket with the frames that came in; it says only what a test tells it to.
struct RawClient: Sendable {
  private let channel: any NIOCore.Channel
  private let log: Log

  private final class Log: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    struct State {
      var decoder = FrameDecoder(maximumFrameBytes: Limits.defaultFrameBytes)
      var methods: [Method] = []
      var heartbeats = 0
      var isClosed = false
    }
    let state = Mutex(State())

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = unwrapInboundIn(data)
      state.withLock { state in
        state.decoder.append(bytes)
        // Bytes that are no frames end the log; the test then sees what is missing.
        while let frame = try? state.decoder.next() {
          if case .method(_, let method) = frame { state.methods.append(method) }
          if frame == .heartbeat { state.heartbeats += 1 }
        }
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      state.withLock { $0.isClosed = true }
    }
  }

  static func connect(port: Int, group: any EventLoopGroup) async throws -> RawClient {
    let log = Log()
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { channel in channel.pipeline.addHandler(log) }
      .connect(host: "127.0.0.1", port: port)
      .get()
    return RawClient(channel: channel, log: log)
  }

  var methods: [Method] { log.state.withLock { $0.methods } }
  /// Without a copy that would make the next append copy all of them.
  var methodCount: Int { log.state.withLock { $0.methods.count } }
  var heartbeats: Int { log.state.withLock { $0.heartbeats } }
  var isClosed: Bool { log.state.withLock { $0.isClosed } }

  /// Opens the connection and channel 1.
  func open(heartbeat: UInt16 = 0) async throws {
    var bytes = ByteBuffer(bytes: ProtocolHeader.bytes)
    bytes.writeMethod(
      ConnectionStartOk(
        clientProperties: ["capabilities": .table(["connection.blocked": .boolean(true)])],
        mechanism: "PLAIN",
        response: Array("\0guest\0guest".utf8)
      ),
      channel: 0
    )
    bytes.writeMethod(
      ConnectionTuneOk(channelMax: 9, frameMax: 0, heartbeat: heartbeat),
      channel: 0
    )
    bytes.writeMethod(ConnectionOpen(), channel: 0)
    bytes.writeMethod(ChannelOpen(), channel: 1)
    try await send(bytes)
  }

  func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

  func send(_ method: some MethodArguments) async throws {
    var bytes = ByteBuffer()
    bytes.writeMethod(method, channel: 1)
    try await send(bytes)
  }

  func publish(_ body: [UInt8], key: String, isMandatory: Bool = false) async throws {
    var bytes = ByteBuffer()
    let publish = BasicPublish(exchange: "", routingKey: key, mandatory: isMandatory)
    bytes.writeMethod(publish, channel: 1)
    bytes.writeContent(
      header: ContentHeader(
        classID: 60,
        bodyBytes: UInt64(body.count),
        properties: BasicProperties()
      ),
      body: ByteBuffer(bytes: body),
      channel: 1,
      maximumFrameBytes: Limits.defaultFrameBytes
    )
    try await send(bytes)
  }

  func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

  func close() async throws { try await channel.close() }
}
