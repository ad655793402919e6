import NIOCore
import NIOPosix

/// A server on loopback that answers every request with the same bytes, whatever they are.
final class OddServer: Sendable {
  /// What it does with a request.
  enum Habit: Sendable {
    /// Sends these bytes; closes then, unless they say how long they are.
    case says(String)
    /// Sends these bytes, and never ends.
    case startsWith(String)
    case saysNothing
    case hangsUp
  }

  let port: Int
  private let channel: any Channel
  private let habit: Habit

  init(_ habit: Habit) async throws {
    self.habit = habit
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answerer(habit))
        }
      }
      .bind(host: "127.0.0.1", port: 0)
      .get()
    port = channel.localAddress?.port ?? 0
  }

  deinit { channel.close(promise: nil) }

  /// An answer of HTTP.
  static func http(
    status: String = "200 OK",
    type: String = "application/json",
    _ body: String
  ) -> Habit {
    .says(
      "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
    )
  }

  private final class Answerer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let habit: Habit
    private var seen = ""

    init(_ habit: Habit) { self.habit = habit }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      seen += String(buffer: unwrapInboundIn(data))
      // A handshake of TLS has no end that this server knows.
      guard seen.contains("\r\n\r\n") || seen.unicodeScalars.first == "\u{16}" else { return }
      seen = ""
      switch habit {
      case .saysNothing: break
      case .hangsUp: context.close(promise: nil)
      case .startsWith(let text):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
      case .says(let text):
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        if !text.contains("content-length") { context.close(promise: nil) }
      }
    }
  }
}
