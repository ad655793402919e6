import AMQP
import AMQPClient
import AMQPServer
import NIOCore
import Telemetry
import TestSupport
import Testing

/// What a server tells of the one thing that a person looks at, with a real client.
@Suite struct WatchServerTests {
  @Test func aWatchedConnectionTellsWhatItsClientSaid() async throws {
    try await withServer { server, group in
      let endpoint = ClientEndpoint(host: "127.0.0.1", port: server.port)
      let connection = try await AMQPConnection.open(endpoint, name: "watched", group: group)
      let channel = try await connection.openChannel()
      _ = try await channel.declareQueue("q")
      try await channel.confirmSelect()
      try await channel.publishConfirmed(Array("x".utf8), exchange: "", routingKey: "q")
      var identifier: UInt64?
      try await wait(for: "the connection") {
        identifier =
          server.snapshots.take()?.connections.first { $0.name == "watched" && $0.published == 1 }?
          .identifier
        return identifier != nil
      }
      let watch = Watch.connection(identifier: try #require(identifier))
      server.watch(watch, isTapping: false)
      var details: WatchedDetails?
      try await wait(for: "the details") {
        details = server.snapshots.take()?.details ?? details
        return details != nil
      }
      let facts = try #require(details).facts
      for fact in [
        ("name", "watched"), ("user", "guest"), ("virtual host", "/"), ("protocol", "AMQP 0-9-1"),
        ("TLS", "no"), ("frame max", "131072 bytes"), ("channel max", "2047"),
        ("capabilities.publisher_confirms", "true"), ("connection_name", "watched"),
      ] {
        #expect(facts.contains(.init(fact.0, fact.1)), "\(fact) in \(facts)")
      }
      #expect(details?.watch == watch)
      #expect(details?.channels.map(\.number) == [1])
      #expect(details?.channels.map(\.isConfirming) == [true])
      #expect(details?.channels.map(\.unconfirmed) == [0])
      await connection.close()
      try await wait(for: "nothing to tell") {
        guard let snapshot = server.snapshots.take() else { return false }
        return snapshot.details == nil
      }
    }
  }

  @Test func aTapSeesWhatAClientPublishesWhileItsConsumerGetsIt() async throws {
    try await withServer { server, group in
      let endpoint = ClientEndpoint(host: "127.0.0.1", port: server.port)
      let connection = try await AMQPConnection.open(endpoint, name: "client", group: group)
      let channel = try await connection.openChannel()
      _ = try await channel.declareQueue("q")
      server.watch(.queue(virtualHost: "/", name: "q"), isTapping: true)
      try await wait(for: "the tap") { server.snapshots.take()?.details != nil }
      try await channel.publish(
        Array("hello".utf8),
        exchange: "",
        routingKey: "q",
        properties: BasicProperties(contentType: "text/plain")
      )
      #expect(try await channel.get("q", noAck: true) != nil)
      try await wait(for: "the copy") {
        let message = server.snapshots.take()?.details?.tapped.first
        return message?.body == Array("hello".utf8)
          && message?.properties == [.init("content_type", "text/plain")]
      }
    }
  }

  @Test func aWatchedExchangeTellsTheKeysAndAQueueHowLongItTakesToAcknowledge() async throws {
    try await withServer { server, group in
      let channel = try await openChannel(of: server, group)
      _ = try await channel.declareQueue("q")
      try await channel.bindQueue("q", exchange: "amq.topic", routingKey: "a.*")
      server.watch(.exchange(virtualHost: "/", name: "amq.topic"), isTapping: false)
      try await wait(for: "the details") { server.snapshots.take()?.details != nil }
      for key in ["a.x", "a.y", "b", "a.y"] {
        try await channel.publish(Array("m".utf8), exchange: "amq.topic", routingKey: key)
      }
      for _ in 1...2 { #expect(try await channel.get("q", noAck: true) != nil) }
      let last = try #require(try await channel.get("q"))
      try await channel.acknowledge(last.deliveryTag)
      var seen: BrokerSnapshot?
      try await wait(for: "the last acknowledgement") {
        seen = server.snapshots.take() ?? seen
        return seen?.queues.first?.timeToAcknowledgement?.sampleCount == 3
      }
      let keys = seen?.details?.routingKeys.map { "\($0.routingKey) \($0.count)" }
      #expect(keys == ["a.y 2", "a.x 1", "b 1"])
      let time = try #require(seen?.queues.first?.timeToAcknowledgement)
      #expect(time.p50Milliseconds >= 0 && time.p50Milliseconds <= time.p95Milliseconds)
    }
  }
}

/// What a server tells of its connections, with real clients.
@Suite struct ConnectionSnapshotTests {
  @Test func aConnectionTellsWhoItsClientIsAndWhenItWasHeard() async throws {
    try await withServer { server, group in
      let client = try await RawClient.connect(port: server.port, group: group)
      try await client.open(heartbeat: 33)
      var first: ConnectionSnapshot?
      try await wait(for: "the connection") {
        first = server.snapshots.take()?.connections.first
        return first?.channelCount == 1
      }
      let opened = try #require(first)
      #expect(opened.heartbeatSeconds == 33)
      #expect(opened.clientProduct == "")
      let heard = try #require(opened.lastReceivedAt)
      #expect(heard >= opened.connectedAt)
      // Nothing comes, and the instant stays as it is.
      var quiet: BrokerSnapshot?
      try await wait(for: "a later snapshot") {
        quiet = server.snapshots.take() ?? quiet
        return quiet.map { $0.at.seconds(since: heard) > 0.1 } ?? false
      }
      #expect(quiet?.connections.first?.lastReceivedAt == heard)
      var heartbeat = ByteBuffer()
      heartbeat.writeHeartbeat()
      try await client.send(heartbeat)
      try await wait(for: "the heartbeat") {
        guard let again = server.snapshots.take()?.connections.first?.lastReceivedAt else {
          return false
        }
        return again > heard
      }
    }
  }

  @Test func ourOwnClientIsKnownByItsName() async throws {
    try await withServer { server, group in
      let channel = try await openChannel(of: server, group)
      _ = try await channel.declareQueue("q")
      try await wait(for: "the connection") {
        server.snapshots.take()?.connections.first?.clientProduct.isEmpty == false
      }
      let totals = try await seen(server).totals
      #expect(totals.connectionsOpened == 1)
      #expect(totals.channelsOpened == 1)
    }
  }

  private func seen(_ server: BrokerServer) async throws -> BrokerSnapshot {
    var snapshot: BrokerSnapshot?
    try await wait(for: "a snapshot") {
      snapshot = server.snapshots.take()
      return snapshot != nil
    }
    return try #require(snapshot)
  }
}
