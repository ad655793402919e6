import AMQP
import AMQPClient
import AMQPServer
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Telemetry
import TestSupport
import Testing

/// The server on a real port, with our own client.
@Suite struct ServerTests {
  private static let logger = Logger(label: "server tests") { _ in SwiftLogNoOpLogHandler() }

  private func withServer(
    _ body: (BrokerServer, ClientEndpoint, any EventLoopGroup) async throws -> Void
  ) async throws {
    try await AMQPServerTests.withServer { server, group in
      try await body(server, ClientEndpoint(host: "127.0.0.1", port: server.port), group)
    }
  }

  /// Answers of a megabyte each, asked for without reading: they are given as they are read.
  @Test(.timeLimit(.minutes(2))) func manyLargeAnswersAreHeldBackUntilTheyAreRead() async throws {
    try await withServer { server, endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "asker", group: group)
      let channel = try await connection.openChannel()
      _ = try await channel.declareQueue("q")
      let body = [UInt8](repeating: 7, count: 1 << 20)
      try await channel.publish(body, exchange: "", routingKey: "q")
      let asker = try await GreedyAsker.connect(port: server.port, group: group)
      try await asker.ask(queue: "q", times: 200)
      try await wait(for: "200 answers", deadline: .seconds(60)) {
        asker.receivedBytes > 200 << 20
      }
      try await asker.close()
      await connection.close()
    }
  }

  /// A socket that ends with the answer in it makes some clients report an error.
  @Test func aClientThatSaidCloseIsLeftToCloseTheSocket() async throws {
    try await withServer { server, _, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open()
      var bytes = ByteBuffer()
      for _ in 1...2 {
        bytes.writeMethod(ConnectionClose(replyCode: 200, replyText: "bye"), channel: 0)
      }
      try await client.send(bytes)
      try await wait(for: "two answers") {
        client.methods.suffix(2) == [.connectionCloseOk(.init()), .connectionCloseOk(.init())]
      }
    }
  }

  @Test func aTakenPortIsAnErrorOrTheNextIsUsed() async throws {
    try await withServer { server, _, _ in
      let taken = ServerConfiguration(port: server.port)
      await #expect(throws: ServerError.self) {
        _ = try await BrokerServer.start(taken, logger: Self.logger)
      }
      let next = try await BrokerServer.start(
        ServerConfiguration(port: server.port, triesNextPorts: true),
        logger: Self.logger
      )
      #expect(next.port > server.port)
      #expect(next.notice == "port \(server.port) is taken, so this is \(next.port)")
      await next.stop()
    }
  }

  @Test func aPublishedMessageIsInTheNextSnapshot() async throws {
    try await withServer { server, endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "publisher", group: group)
      let channel = try await connection.openChannel()
      _ = try await channel.declareQueue("q")
      try await channel.publish(Array("x".utf8), exchange: "", routingKey: "q")
      try await wait(for: "the message in a snapshot", deadline: .milliseconds(500)) {
        server.snapshots.take()?.queues.first?.ready == 1
      }
      await connection.close()
    }
  }

  @Test func anOperatorsCommandsAnswerInOneLine() async throws {
    try await withServer { server, endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "worker", group: group)
      let channel = try await connection.openChannel()
      _ = try await channel.declareQueue("q")
      let deliveries = try await channel.consume("q", tag: "worker-1")
      let publish = OperatorCommand.publish(
        virtualHost: "/",
        exchange: "",
        routingKey: "q",
        body: [1],
        count: 2
      )
      #expect(await server.perform(publish) == .success("published 2 messages"))
      let missing = OperatorCommand.publish(
        virtualHost: "/",
        exchange: "no",
        routingKey: "",
        body: [],
        count: 1
      )
      #expect(
        await server.perform(missing)
          == .failure(OperatorRefusal(message: "there is no exchange 'no'"))
      )
      let pause = OperatorCommand.pauseQueue(virtualHost: "/", name: "q", isPaused: true)
      #expect(await server.perform(pause) == .success("queue q is paused"))
      var consumer: UInt64?
      try await wait(for: "the consumer in a snapshot") {
        consumer = server.snapshots.take()?.consumers.first?.identifier
        return consumer != nil
      }
      let identifier = try #require(consumer)
      #expect(
        await server.perform(.closeConsumer(identifier: identifier))
          == .success("cut the connection of consumer worker-1")
      )
      #expect(await connection.waitUntilClosed() != nil)
      try await wait(for: "the messages back in the queue") {
        server.snapshots.take()?.queues.first?.ready == 2
      }
      #expect(
        await server.perform(.closeConsumer(identifier: identifier))
          == .failure(OperatorRefusal(message: "that consumer is gone"))
      )
      #expect(deliveries.consumerTag == "worker-1")
    }
  }

  @Test func stoppingTellsEveryClient320() async throws {
    let server = try await BrokerServer.start(
      ServerConfiguration(port: 0),
      logger: Self.logger
    )
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connection = try await AMQPConnection.open(
      ClientEndpoint(host: "127.0.0.1", port: server.port),
      name: "client",
      group: group
    )
    await server.stop()
    let reason = await connection.waitUntilClosed()
    #expect(reason.map { "\($0)" }?.contains("CONNECTION_FORCED") == true)
    try await group.shutdownGracefully()
  }

  /// A client that never reads is given a bounded amount and does not hold up the others.
  @Test func aClientThatDoesNotReadSlowsNobodyElse() async throws {
    try await withServer { server, endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "fast", group: group)
      let channel = try await connection.openChannel()
      _ = try await channel.declareQueue("slow")
      let deaf = try await DeafConsumer.connect(port: server.port, queue: "slow", group: group)
      let body = [UInt8](repeating: 7, count: 100_000)
      try await channel.confirmSelect()
      for _ in 0..<300 {
        try await channel.publishConfirmed(body, exchange: "", routingKey: "slow")
      }
      var sent: UInt64 = 0
      try await wait(for: "a picture of the deaf consumer") {
        guard let snapshot = server.snapshots.take() else { return false }
        sent = snapshot.connections.first { $0.name != "fast" }?.bytesSent ?? 0
        return snapshot.totals.enqueued == 300
      }
      #expect(sent < 20_000_000)
      try await deaf.close()
      try await wait(for: "the messages to be ready again") {
        server.snapshots.take()?.totals.ready == 300
      }
      await connection.close()
    }
  }
}

/// A client that consumes and then never reads from its socket.
private struct DeafConsumer {
  private let channel: any NIOCore.Channel

  static func connect(
    port: Int,
    queue: String,
    group: any EventLoopGroup
  ) async throws -> DeafConsumer {
    let channel = try await ClientBootstrap(group: group)
      .channelOption(.autoRead, value: false)
      .connect(host: "127.0.0.1", port: port)
      .get()
    var bytes = ByteBuffer(bytes: ProtocolHeader.bytes)
    bytes.writeMethod(
      ConnectionStartOk(mechanism: "PLAIN", response: Array("\0guest\0guest".utf8)),
      channel: 0
    )
    bytes.writeMethod(ConnectionTuneOk(channelMax: 1, frameMax: 0, heartbeat: 0), channel: 0)
    bytes.writeMethod(ConnectionOpen(), channel: 0)
    bytes.writeMethod(ChannelOpen(), channel: 1)
    bytes.writeMethod(BasicConsume(queue: queue, consumerTag: "deaf"), channel: 1)
    try await channel.writeAndFlush(bytes)
    return DeafConsumer(channel: channel)
  }

  func close() async throws {
    try await channel.close()
  }
}

/// A client that asks for a message and gives it back, many times in one write.
private struct GreedyAsker {
  private let channel: any NIOCore.Channel
  private let counter: Counter

  /// Counts what comes in.
  private final class Counter: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let bytes = Atomic<Int>(0)

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      bytes.add(unwrapInboundIn(data).readableBytes, ordering: .relaxed)
    }
  }

  var receivedBytes: Int { counter.bytes.load(ordering: .relaxed) }

  static func connect(port: Int, group: any EventLoopGroup) async throws -> GreedyAsker {
    let counter = Counter()
    let channel = try await ClientBootstrap(group: group)
      .channelInitializer { channel in channel.pipeline.addHandler(counter) }
      .connect(host: "127.0.0.1", port: port)
      .get()
    var bytes = ByteBuffer(bytes: ProtocolHeader.bytes)
    bytes.writeMethod(
      ConnectionStartOk(mechanism: "PLAIN", response: Array("\0guest\0guest".utf8)),
      channel: 0
    )
    bytes.writeMethod(ConnectionTuneOk(channelMax: 1, frameMax: 0, heartbeat: 0), channel: 0)
    bytes.writeMethod(ConnectionOpen(), channel: 0)
    bytes.writeMethod(ChannelOpen(), channel: 1)
    try await channel.writeAndFlush(bytes)
    return GreedyAsker(channel: channel, counter: counter)
  }

  func ask(queue: String, times: Int) async throws {
    var bytes = ByteBuffer()
    for tag in 1...UInt64(times) {
      bytes.writeMethod(BasicGet(queue: queue), channel: 1)
      bytes.writeMethod(BasicNack(deliveryTag: tag, requeue: true), channel: 1)
    }
    try await channel.writeAndFlush(bytes)
  }

  func close() async throws {
    try await channel.close()
  }
}
