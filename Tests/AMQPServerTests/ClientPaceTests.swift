import AMQP
import AMQPClient
import NIOCore
import Synchronization
import TestSupport
import Testing

/// What the client does with deliveries that come faster than they are read.
@Suite(.timeLimit(.minutes(1))) struct ClientPaceTests {
  /// More than one consumer may ever hold unread.
  private static let count = ClientLimits.bufferedDeliveries * ClientLimits.overflowFactor + 2000

  /// Numbered deliveries of consumer `tag` on channel 1, in a few large pieces.
  private static func deliveries(_ numbers: Range<Int>) -> ByteBuffer {
    var buffer = ByteBuffer()
    for number in numbers {
      let deliver = BasicDeliver(
        consumerTag: "tag",
        deliveryTag: UInt64(number + 1),
        exchange: "",
        routingKey: "q"
      )
      let body = ByteBuffer(integer: UInt32(number))
      buffer.writeMethod(deliver, channel: 1)
      buffer.writeContent(
        header: ContentHeader(bodyBytes: UInt64(body.readableBytes)),
        body: body,
        channel: 1,
        maximumFrameBytes: Limits.minimumFrameBytes
      )
    }
    return buffer
  }

  private static func startConsumer(_ peer: ScriptedPeer) async throws {
    try await peer.shakeHands()
    try await peer.openChannel()
    _ = try await peer.expect(BasicConsume.self)
    try await peer.send(.method(channel: 1, .basicConsumeOk(BasicConsumeOk(consumerTag: "tag"))))
  }

  @Test func aReaderThatStartsLateGetsEverythingInOrder() async throws {
    // The script counts on the socket being left unread: everything at once would be refused.
    try await ScriptedServer.run { peer in
      try await Self.startConsumer(peer)
      for start in stride(from: 0, to: Self.count, by: 500) {
        try await peer.send(Self.deliveries(start..<min(start + 500, Self.count)))
      }
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let connection = try await Self.connect(endpoint, group)
      let channel = try await connection.openChannel()
      let stream = try await channel.consume("q", noAck: true)
      var reader = stream.makeAsyncIterator()
      var wrong: [Int] = []
      for number in 0..<Self.count {
        let body = try #require(await reader.next()).body
        if body.getInteger(at: body.readerIndex) != UInt32(number) { wrong.append(number) }
      }
      #expect(wrong == [])
      #expect(stream.end == nil)
    }
  }

  /// The scripts send no heartbeats, and on a busy machine one takes longer than a client would wait.
  private static func connect(
    _ endpoint: ClientEndpoint,
    _ group: any EventLoopGroup
  ) async throws -> AMQPConnection {
    try await AMQPConnection.open(endpoint, name: "x", heartbeatSeconds: 0, group: group)
  }

  @Test func aConsumerThatNobodyReadsLosesItsChannelBeforeTheMemoryIsGone() async throws {
    try await ScriptedServer.run { peer in
      try await Self.startConsumer(peer)
      // The client waits for an answer, so it must go on reading.
      _ = try await peer.expect(QueuePurge.self)
      for start in stride(from: 0, to: Self.count, by: 500) {
        try await peer.send(Self.deliveries(start..<min(start + 500, Self.count)))
      }
      let close = try await peer.expect(ChannelClose.self)
      #expect(close.replyCode == ReplyCode.resourceError.rawValue)
      try await peer.send(.method(channel: 1, .channelCloseOk(ChannelCloseOk())))
      try await peer.openChannel()
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let connection = try await Self.connect(endpoint, group)
      let channel = try await connection.openChannel()
      let stream = try await channel.consume("q")
      let code = try await codeThrown { try await channel.purgeQueue("q") }
      #expect(code == .limitReached)
      guard case .closed(let error) = stream.end else {
        Issue.record("the stream ended as \(stream.end as Any)")
        return
      }
      #expect(error.code == .limitReached)
      // The connection is none the worse.
      _ = try await connection.openChannel()
      #expect(connection.isOpen)
    }
  }

  @Test func publishersWaitForASocketThatTakesNoMore() async throws {
    // Far more than the kernel and the client's high mark hold between them.
    let count = 300
    let body = [UInt8](repeating: 1, count: 100_000)
    let mayRead = Flag()
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      peer.pause.set(true)
      try await peer.openChannel()
      try await wait(for: "the test to let us read", deadline: .seconds(50)) { mayRead.isSet }
      peer.pause.set(false)
      _ = try await peer.expect(QueuePurge.self)
      try await peer.send(.method(channel: 1, .queuePurgeOk(QueuePurgeOk(messageCount: 7))))
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let connection = try await Self.connect(endpoint, group)
      let channel = try await connection.openChannel()
      let published = Mutex(0)
      async let publishing: Void = {
        for _ in 0..<count {
          try await channel.publish(body, exchange: "", routingKey: "q")
          published.withLock { $0 += 1 }
        }
      }()
      var last = 0
      var unchanged = 0
      try await wait(for: "publishing to stand still", deadline: .seconds(50)) {
        let now = published.withLock { $0 }
        unchanged = now == last && now > 0 ? unchanged + 1 : 0
        last = now
        return unchanged == 40
      }
      #expect(last < count)
      mayRead.set(true)
      try await publishing
      #expect(try await channel.purgeQueue("q") == 7)
    }
  }
}
