import AMQP
import AMQPClient
import Broker
import Definitions
import Foundation
import Logging
import NIOCore
import NIOPosix
import Telemetry
import TestSupport
import Testing

@testable import AMQPServer

/// Messages that a person moves, looks at and sends back, on a server that clients use.
@Suite struct OperatorTaskTests {
  @Test func aMoveOfManyMessagesLetsOthersHaveTheirTurns() async throws {
    try await withServer { server, group in
      let channel = try await openChannel(of: server, group)
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
      try await wait(for: "the event") {
        says(server, "30000 messages moved from 'a' to 'b' (you)")
      }
    }
  }

  @Test func whatIsNotDoneWhenTheBrokerStopsIsRefused() {
    var tasks = OperatorTasks()
    var refusals: [String] = []
    let done = tasks.begin { refusals.append("done: \($0.message)") }
    let going = tasks.begin { refusals.append("going: \($0.message)") }
    tasks.end(done)
    #expect(!tasks.isGoingOn(done) && tasks.isGoingOn(going))
    tasks.abandonAll(because: "the broker has stopped")
    #expect(refusals == ["going: the broker has stopped"])
    #expect(!tasks.isGoingOn(going))
    tasks.abandonAll(because: "again")
    #expect(refusals.count == 1)
  }

  @Test func oneMessageThatWasLookedAtIsDeletedOrParked() async throws {
    try await withServer { server, group in
      let channel = try await openChannel(of: server, group)
      for queue in ["q", "parked"] { _ = try await channel.declareQueue(queue) }
      for text in ["1", "2", "3"] {
        try await channel.publish(Array(text.utf8), exchange: "", routingKey: "q")
      }
      var seen: [MessageSnapshot] = []
      try await wait(for: "the messages") {
        seen = try await server.peek(virtualHost: "/", queue: "q", from: 0, count: 10).get()
        return seen.count == 3
      }
      let identifiers = seen.map(\.identifier)
      #expect(
        await server.perform(
          .deleteMessage(virtualHost: "/", queue: "q", identifier: identifiers[1])
        ) == .success("deleted 1 message of 'q'")
      )
      #expect(
        await server.perform(
          .parkMessage(virtualHost: "/", queue: "q", identifier: identifiers[2], to: "parked")
        ) == .success("parked 1 message of 'q' in 'parked'")
      )
      for (queue, text) in [("q", "1"), ("parked", "3")] {
        let delivery = try #require(try await channel.get(queue, noAck: true))
        #expect(String(buffer: delivery.body) == text && !delivery.redelivered)
        #expect(try await channel.get(queue, noAck: true) == nil)
      }
      try await wait(for: "the events") {
        says(
          server,
          "1 message of queue 'q' deleted (you)",
          "1 message of queue 'q' parked in 'parked' (you)"
        )
      }
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
      WatchedDetails.Fact("x-dead-letter-exchange", ""),
      WatchedDetails.Fact("x-dead-letter-routing-key", "dead"),
      WatchedDetails.Fact("x-max-length", "1"),
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
          properties: [WatchedDetails.Fact("delivery_mode", "persistent")],
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
    let channel = try await openChannel(of: server, group)
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
