import AMQP
import AMQPClient
import NIOCore
import TestSupport
import Testing
import Trust

/// What the client does when the server is slow, wrong or gone.
@Suite(.timeLimit(.minutes(1))) struct ClientFaultTests {
  @Test func theClientSaysWhoItIs() async throws {
    try await ScriptedServer.run { peer in
      let (startOk, tuneOk, open) = try await peer.shakeHands(
        ConnectionTune(channelMax: 0, frameMax: 0, heartbeat: 60)
      )
      #expect(startOk.mechanism == "PLAIN")
      #expect(startOk.response == Array("\0me\0secret".utf8))
      let properties = startOk.clientProperties
      #expect(properties["connection_name"]?.text == "a name")
      #expect(properties["pid"]?.integer ?? 0 > 0)
      #expect(properties["extra"] == .boolean(true))
      guard case .table(let capabilities)? = properties["capabilities"] else {
        Issue.record("no capabilities in \(properties)")
        return
      }
      for name in [
        "basic.nack", "publisher_confirms", "consumer_cancel_notify", "connection.blocked",
      ] {
        #expect(capabilities[name] == .boolean(true))
      }
      #expect(tuneOk.channelMax == 2047)
      #expect(tuneOk.frameMax == 131_072)
      #expect(tuneOk.heartbeat == 7)
      #expect(open.virtualHost == "shop")
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      var endpoint = endpoint
      endpoint.user = "me"
      endpoint.password = "secret"
      endpoint.virtualHost = "shop"
      let connection = try await AMQPConnection.open(
        endpoint,
        name: "a name",
        properties: ["extra": .boolean(true)],
        heartbeatSeconds: 7,
        group: group
      )
      #expect(connection.name == "a name")
      #expect(connection.isOpen)
    }
  }

  @Test func anotherProtocolIsNotMistakenForOurs() async throws {
    try await ScriptedServer.run { peer in
      try await peer.readProtocolHeader()
      try await peer.send(Array("AMQP".utf8) + [0, 1, 0, 0])
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let code = try await codeThrown {
        _ = try await AMQPConnection.open(endpoint, name: "x", group: group)
      }
      #expect(code == .handshakeFailed)
    }
  }

  @Test func aSocketThatClosesInTheHandshakeIsARefusal() async throws {
    try await ScriptedServer.run { peer in
      try await peer.readProtocolHeader()
    } body: { endpoint, group in
      let code = try await codeThrown {
        _ = try await AMQPConnection.open(endpoint, name: "x", group: group)
      }
      #expect(code == .handshakeFailed)
    }
  }

  @Test func nacksAndMultipleAcksFindTheirPublishers() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.openChannel()
      _ = try await peer.expect(ConfirmSelect.self)
      try await peer.send(.method(channel: 1, .confirmSelectOk(ConfirmSelectOk())))
      var bodies: [UInt8] = []
      while bodies.count < 6 {
        if case .body(_, let body) = try await peer.next() { bodies += body.readableBytesView }
      }
      // Tags count publishes: say what happens to each by the body that came with it.
      let nacked = try #require(bodies.firstIndex(of: 4)).advanced(by: 1)
      try await peer.send(
        .method(channel: 1, .basicNack(BasicNack(deliveryTag: UInt64(nacked)))),
        .method(channel: 1, .basicAck(BasicAck(deliveryTag: 6, multiple: true)))
      )
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      let channel = try await connection.openChannel()
      try await channel.confirmSelect()
      let nacked = await withTaskGroup(of: UInt8?.self) { tasks in
        for number in UInt8(0)..<6 {
          tasks.addTask {
            do throws(ClientError) {
              try await channel.publishConfirmed([number], exchange: "e", routingKey: "k")
              return nil
            } catch {
              return error.code == .nacked ? number : 255
            }
          }
        }
        return await tasks.reduce(into: []) { $0 += $1.map { [$0] } ?? [] }
      }
      #expect(nacked == [4])
    }
  }

  @Test func aServerThatCutsTheSocketFailsEveryWaiter() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.openChannel()
      _ = try await peer.expect(ConfirmSelect.self)
      try await peer.send(.method(channel: 1, .confirmSelectOk(ConfirmSelectOk())))
      _ = try await peer.expect(BasicConsume.self)
      try await peer.send(
        .method(channel: 1, .basicConsumeOk(BasicConsumeOk(consumerTag: "tag")))
      )
      // The tasks may come in any order.
      var awaited = 2
      while awaited > 0 {
        guard case .method(_, let method) = try await peer.next() else { continue }
        if method.arguments is BasicPublish || method.arguments is QueueDeclare { awaited -= 1 }
      }
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      let channel = try await connection.openChannel()
      try await channel.confirmSelect()
      let stream = try await channel.consume("q")
      let publishing = Task {
        try await channel.publishConfirmed([1], exchange: "", routingKey: "q")
      }
      let declaring = Task { try await channel.declareQueue("q") }
      let queued = Task { try await channel.declareQueue("r") }
      var reader = stream.makeAsyncIterator()
      #expect(await reader.next() == nil)
      let lost = ClientError.Code.connectionClosed(nil)
      #expect(try await codeThrown { try await publishing.value } == lost)
      #expect(try await codeThrown { _ = try await declaring.value } == lost)
      #expect(try await codeThrown { _ = try await queued.value } == lost)
      #expect(await connection.waitUntilClosed()?.code == lost)
      #expect(!connection.isOpen)
      var returns = channel.returns.makeAsyncIterator()
      #expect(await returns.next() == nil)
    }
  }

  @Test func aConnectionThatTheServerClosesSaysWhy() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.send(
        .method(
          channel: 0,
          .connectionClose(
            ConnectionClose(
              replyCode: ReplyCode.connectionForced.rawValue,
              replyText: "CONNECTION_FORCED - shutting down"
            )
          )
        )
      )
      _ = try await peer.expect(ConnectionCloseOk.self)
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      let reason = await connection.waitUntilClosed()
      #expect(reason?.code == .connectionClosed(.connectionForced))
      #expect(reason?.message == "320 CONNECTION_FORCED - shutting down")
    }
  }

  @Test func brokenFramesEndTheConnectionWithTheirReplyCode() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.send([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 61, 0xAA])
      let close = try await peer.expect(ConnectionClose.self)
      #expect(close.replyCode == ReplyCode.frameError.rawValue)
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      #expect(await connection.waitUntilClosed()?.code == .protocolViolation)
    }
  }

  @Test(arguments: [
    Frame.method(channel: 5, .basicAck(BasicAck(deliveryTag: 1))),
    .method(channel: 1, .basicAck(BasicAck(deliveryTag: 1))),
    .method(
      channel: 1,
      .queueDeclareOk(QueueDeclareOk(queue: "", messageCount: 0, consumerCount: 0))
    ),
    .header(channel: 1, ContentHeader(bodyBytes: 0)),
    .body(channel: 1, ByteBuffer(bytes: [1])),
    .method(channel: 0, .connectionOpenOk(ConnectionOpenOk())),
  ])
  func framesOutOfPlaceEndTheConnection(_ frame: Frame) async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.openChannel()
      try await peer.send(frame)
      _ = try await peer.expect(ConnectionClose.self)
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      let channel = try await connection.openChannel()
      #expect(await connection.waitUntilClosed()?.code == .protocolViolation)
      let code = try await codeThrown { try await channel.declareQueue() }
      #expect(code == .protocolViolation)
    }
  }

  @Test func aSilentServerIsGivenUpAfterTwoHeartbeats() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands(ConnectionTune(channelMax: 1, frameMax: 4096, heartbeat: 1))
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      // On a busy machine the script may be too slow even for the last step of the handshake.
      let code = try await codeThrown {
        let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
        if let reason = await connection.waitUntilClosed() { throw reason }
      }
      #expect(code == .timedOut)
    }
  }

  @Test func anIdleClientSendsHeartbeats() async throws {
    let (seen, continuation) = AsyncStream<Frame>.makeStream()
    try await ScriptedServer.run { peer in
      defer { continuation.finish() }
      try await peer.shakeHands(ConnectionTune(channelMax: 1, frameMax: 4096, heartbeat: 2))
      continuation.yield(try await peer.nextOfAnyKind())
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      var frames = seen.makeAsyncIterator()
      #expect(await frames.next() == .heartbeat)
      #expect(await connection.waitUntilClosed() != nil)
    }
  }

  @Test func blockedPublishersWaitUntilTheServerHasRoom() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.openChannel()
      try await peer.send(
        .method(channel: 0, .connectionBlocked(ConnectionBlocked(reason: "disk")))
      )
      // An answered question shows that the client has seen the block before it publishes.
      _ = try await peer.expect(BasicQos.self)
      try await peer.send(.method(channel: 1, .basicQosOk(BasicQosOk())))
      _ = try await peer.expect(QueuePurge.self)
      try await peer.send(
        .method(channel: 1, .queuePurgeOk(QueuePurgeOk(messageCount: 0))),
        .method(channel: 0, .connectionUnblocked(ConnectionUnblocked()))
      )
      let publish = try await peer.expect(BasicPublish.self)
      #expect(publish.routingKey == "patient")
      try await peer.send(
        .method(channel: 0, .connectionClose(ConnectionClose(replyCode: 200, replyText: "")))
      )
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      let channel = try await connection.openChannel()
      try await channel.setPrefetch(count: 1)
      let impatient = Task {
        try await channel.publish([], exchange: "", routingKey: "impatient")
      }
      impatient.cancel()
      #expect(try await codeThrown { try await impatient.value } == .cancelled)
      async let published: Void = channel.publish([], exchange: "", routingKey: "patient")
      try await channel.purgeQueue("q")
      try await published
      _ = await connection.waitUntilClosed()
    }
  }

  @Test func aConnectionHasNoMoreChannelsThanTheServerAllows() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands(ConnectionTune(channelMax: 1, frameMax: 4096, heartbeat: 0))
      try await peer.openChannel()
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      let channel = try await connection.openChannel()
      let code = try await codeThrown { _ = try await connection.openChannel() }
      #expect(code == .limitReached)
      #expect(channel.number == 1)
    }
  }

  @Test func aServerThatNeverAnswersACloseIsNotWaitedForForever() async throws {
    try await ScriptedServer.run { peer in
      try await peer.shakeHands()
      try await peer.waitForTheEnd()
    } body: { endpoint, group in
      let connection = try await AMQPConnection.open(endpoint, name: "x", group: group)
      await connection.close()
      #expect(!connection.isOpen)
    }
  }

  private static let encrypted = ClientEndpoint(
    host: "::1",
    port: 5673,
    virtualHost: "v",
    trust: TrustSettings()
  )

  @Test(arguments: [
    ("amqp://host", ClientEndpoint(host: "host")),
    ("amqp://host/", ClientEndpoint(host: "host")),
    (
      "amqp://u:p@h:1/v",
      ClientEndpoint(host: "h", port: 1, user: "u", password: "p", virtualHost: "v")
    ),
    ("amqp://a%40b:%2F%3a@h/%2F", ClientEndpoint(host: "h", user: "a@b", password: "/:")),
    ("amqp://[::1]:5673", ClientEndpoint(host: "::1", port: 5673)),
    ("amqp://[::1]", ClientEndpoint(host: "::1")),
    ("amqps://host", ClientEndpoint(host: "host", port: 5671, trust: TrustSettings())),
    ("amqps://[::1]:5673/v", encrypted),
  ])
  func anAddressIsRead(_ url: String, _ endpoint: ClientEndpoint) throws {
    #expect(try ClientEndpoint(url: url) == endpoint)
  }

  @Test(arguments: [
    "", "amqp://", "amqps://", "http://host", "amqpss://host", "amqp://host:0", "amqp://host:65536",
    "amqp://host:port", "amqp://host/%2", "amqp://host/%zz", "amqp://host/%ff", "amqp://[::1",
    "amqp://[::1]x", "amqp://host/v?heartbeat=1", "amqp://user:secret@",
  ])
  func aMalformedAddressIsRefusedWithoutItsPassword(_ url: String) throws {
    do {
      _ = try ClientEndpoint(url: url)
      Issue.record("\(url) was taken for an address")
    } catch {
      #expect(error.code == .invalidArgument)
      #expect(!error.description.contains("secret"))
    }
  }
}
