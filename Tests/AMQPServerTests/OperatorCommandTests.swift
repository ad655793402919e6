import AMQP
import AMQPClient
import AMQPServer
import NIOCore
import Telemetry
import TestSupport
import Testing

/// What a person at the dashboard asks of a server that clients use.
@Suite struct OperatorCommandTests {
  private func refusal(_ server: BrokerServer, _ command: OperatorCommand) async -> String? {
    guard case .failure(let refusal) = await server.perform(command) else { return nil }
    return refusal.message
  }

  @Test func whatTheOperatorDeclaresClientsUse() async throws {
    try await withServer { server, group in
      let queue = QueueRequest(
        virtualHost: "/",
        name: "orders",
        arguments: [
          WatchedDetails.Fact("x-max-length", "2"),
          WatchedDetails.Fact("x-overflow", "reject-publish"),
        ]
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
        arguments: [WatchedDetails.Fact("kind", "7")]
      )
      #expect(
        await server.perform(.bind(binding)) == .success("bound 'orders' to 'shop' with ''")
      )
      let channel = try await openChannel(of: server, group)
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
      let channel = try await openChannel(of: server, group)
      _ = try await channel.declareQueue("q")
      let message = OperatorMessage(
        virtualHost: "/",
        exchange: "",
        routingKey: "q",
        properties: [
          WatchedDetails.Fact("content_type", "text/plain"),
          WatchedDetails.Fact("content_encoding", "gzip"),
          WatchedDetails.Fact("delivery_mode", "2"), WatchedDetails.Fact("priority", "4"),
          WatchedDetails.Fact("correlation_id", "c"), WatchedDetails.Fact("reply_to", "r"),
          WatchedDetails.Fact("expiration", "60000"), WatchedDetails.Fact("message_id", "m"),
          WatchedDetails.Fact("timestamp", "1700000000"), WatchedDetails.Fact("type", "t"),
          WatchedDetails.Fact("user_id", "ann"), WatchedDetails.Fact("app_id", ""),
        ],
        headers: [
          WatchedDetails.Fact("whole", "-12"), WatchedDetails.Fact("decimal", "1.5"),
          WatchedDetails.Fact("yes", "true"),
          WatchedDetails.Fact("text", "x y"), WatchedDetails.Fact("zeros", "007"),
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
        properties: [WatchedDetails.Fact(name, value)]
      )
      #expect(await refusal(server, .publishMessage(message)) == reason)
    }
  }

  @Test func theBrokersRulesHoldForTheOperatorToo() async throws {
    try await withServer { server, group in
      let channel = try await openChannel(of: server, group)
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
      typed.arguments = [WatchedDetails.Fact("x-max-length", "many")]
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
      let channel = try await openChannel(of: server, group)
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
}
