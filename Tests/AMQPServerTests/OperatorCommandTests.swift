import AMQP
import AMQPClient
import AMQPServer
import Broker
import Definitions
import Foundation
import Logging
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing

/// What a person at the dashboard asks of a server that clients use.
@Suite struct OperatorCommandTests {
  private func connect(
    _ server: BrokerServer,
    _ group: any EventLoopGroup
  ) async throws -> AMQPChannel {
    let endpoint = ClientEndpoint(host: "127.0.0.1", port: server.port)
    let connection = try await AMQPConnection.open(endpoint, name: "client", group: group)
    return try await connection.openChannel()
  }

  private func refusal(_ server: BrokerServer, _ command: OperatorCommand) async -> String? {
    guard case .failure(let refusal) = await server.perform(command) else { return nil }
    return refusal.message
  }

  /// Whether the next snapshot has all these events.
  private func says(_ server: BrokerServer, _ texts: String...) -> Bool {
    guard let events = server.snapshots.take()?.events.map(\.text) else { return false }
    return texts.allSatisfy(events.contains)
  }

  @Test func whatTheOperatorDeclaresClientsUse() async throws {
    try await withServer { server, group in
      let queue = QueueRequest(
        virtualHost: "/",
        name: "orders",
        arguments: [NamedText("x-max-length", "2"), NamedText("x-overflow", "reject-publish")]
      )
      #expect(await server.perform(.declareQueue(queue)) == .success("declared queue 'orders'"))
      #expect(
        await server.perform(.declareQueue(queue)) == .success("queue 'orders' is there already")
      )
      let exchange = ExchangeRequest(virtualHost: "/", name: "shop", type: "headers")
      #expect(
        await server.perform(.declareExchange(exchange)) == .success("declared exchange 'shop'")
      )
      let binding = BindingRequest(
        virtualHost: "/",
        source: "shop",
        destination: .queue("orders"),
        routingKey: "",
        arguments: [NamedText("kind", "7")]
      )
      #expect(
        await server.perform(.bind(binding)) == .success("bound 'orders' to 'shop' with ''")
      )
      let channel = try await connect(server, group)
      // As the client itself would declare it.
      _ = try await channel.declareQueue(
        "orders",
        durable: true,
        arguments: ["x-max-length": .signed32(2), "x-overflow": .text("reject-publish")]
      )
      try await channel.confirmSelect()
      try await channel.publishConfirmed(
        Array("x".utf8),
        exchange: "shop",
        routingKey: "",
        properties: BasicProperties(headers: ["kind": .signed32(7)])
      )
      let delivery = try #require(try await channel.get("orders", noAck: true))
      #expect(String(buffer: delivery.body) == "x")
      #expect(
        await server.perform(.unbind(binding)) == .success("unbound 'orders' from 'shop' with ''")
      )
      #expect(
        await refusal(server, .unbind(binding)) == "'orders' is not bound to 'shop' with ''"
      )
      try await wait(for: "the events") {
        says(
          server,
          "queue 'orders' declared (you)",
          "exchange 'shop' (headers) declared (you)",
          "'orders' bound to 'shop' with '' (you)",
          "'orders' unbound from 'shop' with '' (you)"
        )
      }
    }
  }

  @Test func aPublishedMessageHasItsPropertiesAndHeaders() async throws {
    try await withServer { server, group in
      let channel = try await connect(server, group)
      _ = try await channel.declareQueue("q")
      let message = OperatorMessage(
        virtualHost: "/",
        exchange: "",
        routingKey: "q",
        properties: [
          NamedText("content_type", "text/plain"), NamedText("content_encoding", "gzip"),
          NamedText("delivery_mode", "2"), NamedText("priority", "4"),
          NamedText("correlation_id", "c"), NamedText("reply_to", "r"),
          NamedText("expiration", "60000"), NamedText("message_id", "m"),
          NamedText("timestamp", "1700000000"), NamedText("type", "t"),
          NamedText("user_id", "ann"), NamedText("app_id", ""),
        ],
        headers: [
          NamedText("whole", "-12"), NamedText("decimal", "1.5"), NamedText("yes", "true"),
          NamedText("text", "x y"), NamedText("zeros", "007"),
        ],
        body: Array("hello".utf8),
        count: 2
      )
      #expect(
        await server.perform(.publishMessage(message)) == .success("published 2 messages")
      )
      let delivery = try #require(try await channel.get("q", noAck: true))
      let expected = BasicProperties(
        contentType: "text/plain",
        contentEncoding: "gzip",
        headers: [
          "whole": .signed64(-12), "decimal": .double(1.5), "yes": .boolean(true),
          "text": .text("x y"), "zeros": .text("007"),
        ],
        deliveryMode: 2,
        priority: 4,
        correlationID: "c",
        replyTo: "r",
        expiration: "60000",
        messageID: "m",
        timestamp: 1_700_000_000,
        type: "t",
        userID: "ann"
      )
      #expect(delivery.properties == expected)
      #expect(String(buffer: delivery.body) == "hello")
      var lost = message
      lost.routingKey = "nowhere"
      #expect(
        await server.perform(.publishMessage(lost))
          == .success("published 2 messages, 2 reached no queue")
      )
      try await wait(for: "the counts") {
        let snapshot = server.snapshots.take()
        return snapshot?.totals.published == 4 && snapshot?.totals.unroutable == 2
          && snapshot?.events.contains { $0.text == "published 2 messages to 'q' (you)" } == true
      }
    }
  }

  @Test(arguments: [
    ("delivery_mode", "3", "delivery_mode is 1 (transient) or 2 (persistent), not '3'"),
    ("priority", "256", "priority is a number from 0 to 255, not '256'"),
    ("timestamp", "now", "timestamp is seconds since 1970, not 'now'"),
    ("expiration", "soon", "expiration: 'soon': no_integer"),
    ("colour", "red", "there is no property 'colour'"),
    ("reply_to", "amq.rabbitmq.reply-to", "reply_to: nobody here waits for answers"),
    ("type", String(repeating: "x", count: 256), "type has at most 255 bytes"),
  ])
  func aBadPropertyIsRefusedByName(name: String, value: String, reason: String) async throws {
    try await withServer { server, _ in
      let message = OperatorMessage(
        virtualHost: "/",
        exchange: "",
        routingKey: "q",
        properties: [NamedText(name, value)]
      )
      #expect(await refusal(server, .publishMessage(message)) == reason)
    }
  }

  @Test func theBrokersRulesHoldForTheOperatorToo() async throws {
    try await withServer { server, group in
      let channel = try await connect(server, group)
      _ = try await channel.declareQueue("q")
      try await channel.declareExchange("e", type: "direct")
      let queue = QueueRequest(virtualHost: "/", name: "q")
      let binding = BindingRequest(
        virtualHost: "/",
        source: "",
        destination: .queue("q"),
        routingKey: "k"
      )
      var typed = queue
      typed.arguments = [NamedText("x-max-length", "many")]
      typed.name = "other"
      let expected: [(OperatorCommand, String)] = [
        (
          .declareQueue(queue),
          "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'true' but current is "
            + "'false'"
        ),
        (
          .declareQueue(typed),
          "invalid arg 'x-max-length' for queue 'other' in vhost '/': \"expected integer, got "
            + "longstr\""
        ),
        (
          .declareQueue(QueueRequest(virtualHost: "/", name: "amq.mine")),
          "queue name 'amq.mine' contains reserved prefix 'amq.*'"
        ),
        (.declareQueue(QueueRequest(virtualHost: "/", name: "")), "the queue has no name"),
        (
          .declareQueue(QueueRequest(virtualHost: "x", name: "q")),
          "there is no virtual host 'x'"
        ),
        (
          .declareExchange(ExchangeRequest(virtualHost: "/", name: "e", type: "topic")),
          "inequivalent arg 'type' for exchange 'e' in vhost '/': received 'topic' but current is "
            + "'direct'"
        ),
        (.bind(binding), "operation not permitted on the default exchange"),
        (
          .deleteExchange(virtualHost: "/", name: ""),
          "operation not permitted on the default exchange"
        ),
        (
          .deleteExchange(virtualHost: "/", name: "amq.topic"),
          "deletion of system exchange 'amq.topic' in vhost '/' not allowed"
        ),
        (.deleteExchange(virtualHost: "/", name: "x"), "there is no exchange 'x'"),
        (.deleteQueue(virtualHost: "/", name: "x"), "there is no queue 'x'"),
        (.purgeQueue(virtualHost: "/", name: "x"), "there is no queue 'x'"),
        (
          .moveMessages(virtualHost: "/", from: "q", to: "x", count: nil),
          "there is no queue 'x'"
        ),
        (
          .deleteMessage(virtualHost: "/", queue: "q", identifier: 1),
          "that message does not wait in queue 'q' any more"
        ),
      ]
      for (command, reason) in expected {
        #expect(await refusal(server, command) == reason)
      }
    }
  }

  @Test func anUnknownExchangeTypeIsRefusedWithThoseThatThereAre() async throws {
    try await withServer { server, _ in
      let request = ExchangeRequest(virtualHost: "/", name: "f", type: "star")
      let reason = await refusal(server, .declareExchange(request))
      #expect(reason?.hasPrefix("there is no exchange type 'star'; there are direct, ") == true)
    }
  }

  @Test func exclusiveQueuesOfOthersAreThePersonsToPurgeAndDelete() async throws {
    try await withServer { server, group in
      let channel = try await connect(server, group)
      _ = try await channel.declareQueue("mine", exclusive: true)
      let message = OperatorMessage(virtualHost: "/", exchange: "", routingKey: "mine", count: 3)
      _ = await server.perform(.publishMessage(message))
      #expect(
        await server.perform(.purgeQueue(virtualHost: "/", name: "mine"))
          == .success("purged 3 messages from 'mine'")
      )
      _ = await server.perform(.publishMessage(message))
      #expect(
        await server.perform(.deleteQueue(virtualHost: "/", name: "mine"))
          == .success("deleted queue 'mine' with 3 messages")
      )
      try await channel.declareExchange("e", type: "fanout")
      let binding = BindingRequest(
        virtualHost: "/",
        source: "e",
        destination: .exchange("amq.topic"),
        routingKey: ""
      )
      _ = await server.perform(.bind(binding))
      #expect(
        await server.perform(.deleteExchange(virtualHost: "/", name: "e"))
          == .success("deleted exchange 'e' with 1 binding")
      )
      try await wait(for: "the events") {
        says(
          server,
          "queue 'mine' purged of 3 messages (you)",
          "queue 'mine' deleted with 3 messages (you)",
          "exchange 'e' deleted (you)"
        )
      }
    }
  }

  @Test func aMoveOfManyMessagesLetsOthersHaveTheirTurns() async throws {
    try await withServer { server, group in
      let channel = try await connect(server, group)
      for queue in ["a", "b"] { _ = try await channel.declareQueue(queue) }
      let message = OperatorMessage(
        virtualHost: "/",
        exchange: "",
        routingKey: "a",
        count: 30_000
      )
      _ = await server.perform(.publishMessage(message))
      async let moved = server.perform(
        .moveMessages(virtualHost: "/", from: "a", to: "b", count: nil)
      )
      _ = try await channel.declareQueue("c")
      #expect(await moved == .success("moved 30000 messages from 'a' to 'b'"))
      #expect(try await channel.declareQueue("b", passive: true).messageCount == 30_000)
    }
  }

  /// As after a `kill -9`: the directory is opened again with what had reached it.
  @Test func whatTheOperatorDidIsThereAfterACrash() async throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "operator-\(UUID())")
    // A test that failed early has made none.
    defer { try? FileManager.default.removeItem(at: url) }
    let server = try await BrokerServer.start(
      ServerConfiguration(port: 0, snapshotInterval: .milliseconds(20), dataDirectory: url.path),
      logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
    )
    let arguments = [
      NamedText("x-dead-letter-exchange", ""), NamedText("x-dead-letter-routing-key", "dead"),
      NamedText("x-max-length", "1"),
    ]
    let commands: [OperatorCommand] = [
      .declareQueue(QueueRequest(virtualHost: "/", name: "dead")),
      .declareQueue(QueueRequest(virtualHost: "/", name: "q", arguments: arguments)),
      .declareExchange(ExchangeRequest(virtualHost: "/", name: "e", type: "topic")),
      .bind(
        BindingRequest(virtualHost: "/", source: "e", destination: .queue("q"), routingKey: "#")
      ),
      .declareQueue(QueueRequest(virtualHost: "/", name: "gone")),
      .deleteQueue(virtualHost: "/", name: "gone"),
      .publishMessage(
        OperatorMessage(
          virtualHost: "/",
          exchange: "e",
          routingKey: "k",
          properties: [NamedText("delivery_mode", "persistent")],
          body: Array("x".utf8),
          count: 3
        )
      ),
      .purgeQueue(virtualHost: "/", name: "q"),
    ]
    for command in commands { _ = try await server.perform(command).get() }
    let redrive = try await server.redrive(virtualHost: "/", queue: "dead", isDryRun: true).get()
    #expect(redrive.groups.map(\.exchange) == ["e"] && redrive.groups.map(\.count) == [2])
    // What is confirmed is on the disk, and with it all that came before.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try await connect(server, group)
    _ = try await channel.declareQueue("fence", durable: true)
    try await channel.confirmSelect()
    try await channel.publishConfirmed(
      [1],
      exchange: "",
      routingKey: "fence",
      properties: BasicProperties(deliveryMode: 2)
    )
    _ = try await server.crash().get()
    let again = try await server.redrive(virtualHost: "/", queue: "dead", isDryRun: true).get()
    #expect(again == redrive)
    let back = try await server.redrive(virtualHost: "/", queue: "dead", isDryRun: false).get()
    // One is all that the queue has room for.
    #expect(back.groups.map { $0.obstacle ?? "" }.sorted() == ["", "queue 'q' is full"])
    let seen = try await server.peek(virtualHost: "/", queue: "q", from: 0, count: 10).get()
    #expect(seen.map(\.routingKey) == ["k"] && seen.first?.deaths.first?.reason == "maxlen")
    let names = await server.definitions()?.queues.map(\.declaration.name.text).sorted()
    #expect(names == ["dead", "fence", "q"])
    await server.stop()
    try await group.shutdownGracefully()
  }
}
