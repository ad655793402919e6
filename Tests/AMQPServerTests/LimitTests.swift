import AMQP
import AMQPServer
import NIOCore
import Telemetry
import TestSupport
import Testing

/// The named limits, on a real port with raw sockets.
@Suite struct LimitTests {
  @Test func aClientThatTricklesItsHandshakeIsCut() async throws {
    var limits = ServerLimits()
    limits.handshakeMilliseconds = 2_000
    try await withServer(limits: limits) { server, group in
      let steady = try await RawClient.connect(port: server.port, group: group)
      try await steady.open()
      let begun = ContinuousClock.now
      let loris = try await RawClient.connect(port: server.port, group: group)
      var rest = ProtocolHeader.bytes[...]
      try await wait(for: "the end of the trickle", interval: .milliseconds(300)) {
        // Losing a byte to a closed socket is what is waited for.
        if let byte = rest.popFirst() { try? await loris.send(ByteBuffer(bytes: [byte])) }
        return loris.isClosed
      }
      #expect(ContinuousClock.now - begun >= .milliseconds(1_990))
      try await steady.send(QueueDeclare(queue: "q"))
      try await wait(for: "an answer to who was in time") {
        steady.methods.contains { if case .queueDeclareOk = $0 { true } else { false } }
      }
    }
  }

  @Test func beyondConnectionMaxAClientWaitsUntilAnotherLeaves() async throws {
    var limits = ServerLimits()
    limits.connectionCount = 2
    try await withServer(limits: limits) { server, group in
      let first = try await RawClient.connect(port: server.port, group: group)
      let second = try await RawClient.connect(port: server.port, group: group)
      for client in [first, second] {
        try await client.open()
        try await wait(for: "an open channel") { client.methodCount == 4 }
      }
      let third = try await RawClient.connect(port: server.port, group: group)
      try await third.open()
      // Two round trips of another client: the server had its time to answer.
      for name in ["a", "b"] {
        try await first.send(QueueDeclare(queue: name))
        try await wait(for: "an answer") {
          first.methods.last
            == .queueDeclareOk(
              QueueDeclareOk(queue: name, messageCount: 0, consumerCount: 0)
            )
        }
      }
      #expect(third.methods.isEmpty)
      #expect(!third.isClosed)
      try await second.close()
      try await wait(for: "the third to be served") { third.methodCount == 4 }
    }
  }

  @Test func channelMaxAndQueueMaxAnswerAsRabbitMQ() async throws {
    var limits = ServerLimits()
    limits.queueCount = 1
    limits.messageBytes = 10
    try await withServer(limits: limits) { server, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open()
      try await client.send(QueueDeclare(queue: "one"))
      try await client.send(QueueDeclare(queue: "two"))
      try await wait(for: "a close") { client.methodCount == 6 }
      let text =
        "PRECONDITION_FAILED - cannot declare queue 'two': queue limit in vhost '/' (1) is reached"
      guard case .channelClose(let close) = client.methods[5] else {
        Issue.record("expected a close, got \(client.methods[5])")
        return
      }
      #expect(close.replyCode == 406)
      #expect(close.replyText == text)
      var bytes = ByteBuffer()
      bytes.writeMethod(ChannelCloseOk(), channel: 1)
      for number in UInt16(2)...11 { bytes.writeMethod(ChannelOpen(), channel: number) }
      try await client.send(bytes)
      try await wait(for: "the end of the connection") {
        client.methods.contains { if case .connectionClose = $0 { true } else { false } }
      }
      guard case .connectionClose(let end) = try #require(client.methods.last) else { return }
      #expect(end.replyCode == 530)
      #expect(
        end.replyText
          == "NOT_ALLOWED - number of channels opened (9) has reached the negotiated channel_max (9)"
      )
    }
  }

  @Test func aBodyBeyondTheLimitClosesTheChannel() async throws {
    var limits = ServerLimits()
    limits.messageBytes = 10
    try await withServer(limits: limits) { server, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open()
      try await client.publish([UInt8](repeating: 0, count: 11), key: "q")
      try await wait(for: "a close") { client.methodCount == 5 }
      guard case .channelClose(let close) = client.methods[4] else { return }
      #expect(
        close.replyText
          == "PRECONDITION_FAILED - message size 11 is larger than configured max size 10"
      )
    }
  }

  /// It is neither cut for the heartbeats that are not read, nor forgotten when it leaves.
  @Test func aBlockedConnectionLivesOnAndItsEndIsNoticed() async throws {
    try await withServer { server, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      // Long enough for a busy machine to publish within it.
      try await client.open(heartbeat: 3)
      _ = await server.perform(.setAlarm(.memory, isOn: true))
      try await client.publish([1], key: "q")
      // Five, two an interval: longer than two intervals without a byte from it.
      try await wait(for: "heartbeats", deadline: .seconds(60)) {
        client.heartbeats >= 5 || client.isClosed
      }
      #expect(!client.isClosed)
      #expect(
        client.methods.contains(.connectionBlocked(ConnectionBlocked(reason: "low on memory")))
      )
      try await client.close()
      try await wait(for: "the end of the connection to be seen") {
        server.snapshots.take()?.connections.isEmpty == true
      }
    }
  }

  @Test func aPublisherGoesOnWhenTheAlarmIsOver() async throws {
    var limits = ServerLimits()
    limits.memory = .bytes(1)
    try await withServer(limits: limits) { server, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open()
      try await client.send(QueueDeclare(queue: "q"))
      try await client.publish([1, 2], key: "q")
      try await wait(for: "the block, for the server measures more than a byte") {
        client.methods.last == .connectionBlocked(ConnectionBlocked(reason: "low on memory"))
      }
    }
    try await withServer { server, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open()
      try await client.send(QueueDeclare(queue: "q"))
      _ = await server.perform(.setAlarm(.disk, isOn: true))
      for _ in 0..<100 { try await client.publish([1, 2], key: "q") }
      try await wait(for: "the block") {
        client.methods.last == .connectionBlocked(ConnectionBlocked(reason: "low on disk"))
      }
      _ = await server.perform(.setAlarm(.disk, isOn: false))
      try await wait(for: "the messages") {
        server.snapshots.take()?.queues.first?.ready == 100
      }
      #expect(client.methods.last == .connectionUnblocked(ConnectionUnblocked()))
    }
  }

  @Test func aSilentPeerIsCutAfterTwoHeartbeats() async throws {
    try await withServer { server, group in
      let begun = ContinuousClock.now
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open(heartbeat: 1)
      try await wait(for: "the cut") { client.isClosed }
      #expect(client.heartbeats >= 2)
      #expect(ContinuousClock.now - begun >= .milliseconds(1_900))
    }
  }
}
