import AMQP
import AMQPClient
import NIOCore
import NIOPosix
import TestSupport
import Testing

extension EndToEndTests {
  /// What a person does at the dashboard, with a client at the other side of the broker.
  @Suite(.enabled(if: Tool.tmux.isUsable, "tmux is not installed"))
  struct DashboardTests {
    /// The dashboard without traffic that a test would have to look past, and a client.
    private struct Bench {
      let tmux: Tmux
      let endpoint: ClientEndpoint
      let group: MultiThreadedEventLoopGroup
      let connection: AMQPConnection
      let channel: AMQPChannel

      static func open() async throws -> Bench {
        let port = try FreePort.next()
        let tmux = try await Tmux.sluice(port: port, ["--load", "0"])
        try await tmux.waitForScreen("running scenario") { $0.contains("● running") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let endpoint = ClientEndpoint(host: "127.0.0.1", port: port)
        let connection = try await AMQPConnection.open(endpoint, name: "tester", group: group)
        return Bench(
          tmux: tmux,
          endpoint: endpoint,
          group: group,
          connection: connection,
          channel: try await connection.openChannel()
        )
      }

      func close() async throws {
        await connection.close()
        try await group.shutdownGracefully()
        try await tmux.press("Q")
        #expect(try await tmux.waitForExit(deadline: .seconds(30)) == 0)
      }

      /// Goes to the screen of queues, with the cursor on one.
      func choose(_ queue: String) async throws {
        try await tmux.press("2")
        try await tmux.waitForScreen("queues") { $0.contains("┤queues") && $0.contains(queue) }
        try await tmux.type("/\(queue)")
        try await tmux.press("Enter")
        try await tmux.waitForScreen("cursor on \(queue)") { screen in
          screen.contains("/\(queue)├") && screen.contains("›\(queue)")
        }
      }

      /// Waits until the client's queue has so many messages ready.
      func waitForMessages(_ count: UInt32, in queue: String) async throws {
        try await wait(for: "\(count) messages in \(queue)", seen: { "" }) {
          try await channel.declareQueue(queue, passive: true).messageCount == count
        }
      }
    }

    @Test func aQueueIsMadeBoundAndPublishedToByForms() async throws {
      let bench = try await Bench.open()
      let tmux = bench.tmux
      try await tmux.press("2", "c")
      try await tmux.waitForScreen("form") { $0.contains("┤create a queue├") }
      try await tmux.type("by-hand")
      try await tmux.press("Enter")
      try await tmux.waitForScreen("new queue") { $0.contains(" by-hand ") }
      // A client may use it as it was declared, and not otherwise.
      _ = try await bench.channel.declareQueue("by-hand", durable: true)

      try await tmux.press("3", "g", "B")
      try await tmux.waitForScreen("form") { $0.contains("┤bind├") }
      try await tmux.type("by-hand")
      try await tmux.press("Tab")
      try await tmux.type("hand.#")
      try await tmux.press("Enter")
      try await tmux.waitForScreen("binding") { !$0.contains("┤bind├") }

      try await tmux.press("n")
      try await tmux.waitForScreen("form") { $0.contains("┤publish a message├") }
      try await tmux.press("C-u")
      try await tmux.type("grüße")
      try await tmux.press("BTab")
      try await tmux.type("attempt=3, late=true")
      try await tmux.press("BTab")
      try await tmux.type("content_type=text/plain, message_id=m1")
      try await tmux.press("BTab", "BTab", "C-u")
      try await tmux.type("hand.written")
      try await tmux.press("Enter")
      try await bench.waitForMessages(1, in: "by-hand")
      let delivery = try #require(try await bench.channel.get("by-hand", noAck: true))
      #expect(delivery.exchange == "payments")
      #expect(delivery.routingKey == "hand.written")
      #expect(String(buffer: delivery.body) == "grüße")
      #expect(delivery.properties.contentType == "text/plain")
      #expect(delivery.properties.messageID == "m1")
      try await bench.close()
    }

    @Test func messagesAreLookedAtAndStayWhereTheyAre() async throws {
      let bench = try await Bench.open()
      _ = try await bench.channel.declareQueue("looked-at")
      for number in 1...3 {
        let body = Array("{\"order\":\(number)}".utf8)
        try await bench.channel.publish(body, exchange: "", routingKey: "looked-at")
      }
      try await bench.waitForMessages(3, in: "looked-at")
      try await bench.choose("looked-at")
      try await bench.tmux.press("m")
      try await bench.tmux.waitForScreen("messages") { $0.contains("{\"order\":2}") }
      try await bench.tmux.press("j", "Enter")
      let screen = try await bench.tmux.waitForScreen("message") { $0.contains("┤message 2├") }
      #expect(screen.contains("\"order\": 2"))
      try await bench.tmux.press("Escape")
      try await bench.tmux.waitForScreen("queue") { !$0.contains("┤message 2├") }
      let first = try #require(try await bench.channel.get("looked-at"))
      #expect(!first.redelivered)
      #expect(String(buffer: first.body) == "{\"order\":1}")
      try await bench.close()
    }

    @Test func aLargeQueueIsPurgedOnlyByItsName() async throws {
      let bench = try await Bench.open()
      _ = try await bench.channel.declareQueue("large")
      for _ in 0..<150 {
        try await bench.channel.publish([1], exchange: "", routingKey: "large")
      }
      try await bench.waitForMessages(150, in: "large")
      try await bench.choose("large")
      // The screen is up to a refresh behind the broker.
      try await bench.tmux.waitForScreen("150 on the screen") { $0.contains(" 150 ") }
      try await bench.tmux.press("P")
      try await bench.tmux.waitForScreen("question") {
        $0.contains("150 ready messages, and those")
      }
      try await bench.tmux.press("y", "Enter")
      try await bench.tmux.waitForScreen("refusal") { $0.contains("type the name as it is") }
      try await bench.waitForMessages(150, in: "large")
      try await bench.tmux.press("C-u")
      try await bench.tmux.type("large")
      try await bench.tmux.press("Enter")
      try await bench.waitForMessages(0, in: "large")
      try await bench.close()
    }

    @Test func oneMessageInTheMiddleIsParked() async throws {
      let bench = try await Bench.open()
      _ = try await bench.channel.declareQueue("orders")
      _ = try await bench.channel.declareQueue("parked")
      for number in 1...3 {
        try await bench.channel.publish([UInt8(number)], exchange: "", routingKey: "orders")
      }
      try await bench.waitForMessages(3, in: "orders")
      try await bench.choose("orders")
      try await bench.tmux.press("m")
      try await bench.tmux.waitForScreen("messages") { $0.contains("hex 02") }
      try await bench.tmux.press("j", "M")
      try await bench.tmux.waitForScreen("form") { $0.contains("┤park one message of orders├") }
      try await bench.tmux.press("Enter")
      try await bench.waitForMessages(1, in: "parked")
      try await bench.waitForMessages(2, in: "orders")
      let parked = try #require(try await bench.channel.get("parked", noAck: true))
      #expect(Array(buffer: parked.body) == [2])
      try await bench.close()
    }

    @Test func deadLettersGoBackAfterADryRun() async throws {
      let bench = try await Bench.open()
      _ = try await bench.channel.declareQueue("dead")
      _ = try await bench.channel.declareQueue(
        "work",
        arguments: [
          "x-dead-letter-exchange": .string([]),
          "x-dead-letter-routing-key": .string(Array("dead".utf8)),
        ]
      )
      for number in 1...4 {
        try await bench.channel.publish([UInt8(number)], exchange: "", routingKey: "work")
      }
      for _ in 1...4 {
        let delivery = try #require(try await bench.channel.get("work"))
        try await bench.channel.reject(delivery.deliveryTag, requeue: false)
      }
      try await bench.waitForMessages(4, in: "dead")
      try await bench.choose("dead")
      try await bench.tmux.waitForScreen("4 on the screen") { screen in
        screen.split(separator: "\n").contains { $0.contains("›dead") && $0.contains(" 4 ") }
      }
      try await bench.tmux.press("V")
      try await bench.tmux.waitForScreen("dry run") { screen in
        screen.contains("┤redrive dead: now 4 messages├") && screen.contains("4 rejected in work")
      }
      try await bench.waitForMessages(4, in: "dead")
      try await bench.tmux.press("y")
      try await bench.waitForMessages(4, in: "work")
      try await bench.waitForMessages(0, in: "dead")
      try await bench.close()
    }

    @Test func messagesThatPassAreSeenBesideTheConsumers() async throws {
      let bench = try await Bench.open()
      _ = try await bench.channel.declareQueue("tapped")
      let deliveries = try await bench.channel.consume("tapped", noAck: true)
      try await bench.choose("tapped")
      try await bench.tmux.press("T")
      try await bench.tmux.waitForScreen("tap") { $0.contains("waiting for a message to pass") }
      try await bench.channel.publish(
        Array("passing by".utf8),
        exchange: "",
        routingKey: "tapped"
      )
      var iterator = deliveries.makeAsyncIterator()
      let delivery = try #require(await iterator.next())
      #expect(String(buffer: delivery.body) == "passing by")
      try await bench.tmux.waitForScreen("message") { $0.contains("passing by") }
      try await bench.close()
    }

    @Test func aConnectionIsClosedWithTheReasonThatWasGiven() async throws {
      let bench = try await Bench.open()
      let other = try await AMQPConnection.open(
        bench.endpoint,
        name: "victim",
        group: bench.group
      )
      try await bench.tmux.press("5")
      try await bench.tmux.waitForScreen("connection") { $0.contains("victim") }
      try await bench.tmux.type("/victim")
      try await bench.tmux.press("Enter", "X")
      try await bench.tmux.waitForScreen("form") { $0.contains("┤close connection victim├") }
      try await bench.tmux.type("moving house")
      try await bench.tmux.press("Enter")
      let reason = try #require(await other.waitUntilClosed())
      #expect("\(reason)".contains("moving house"), "\(reason)")
      try await bench.close()
    }

    @Test func theMouseSortsSelectsOpensAndPresses() async throws {
      let bench = try await Bench.open()
      let tmux = bench.tmux
      try await tmux.press("2")
      var screen = try await tmux.waitForScreen("queues alone") { screen in
        screen.contains("│›") && !screen.contains("what is wrong├")
      }
      try await tmux.click(on: "ready  unack", in: screen)
      screen = try await tmux.waitForScreen("sorted") { $0.contains("ready▾") }
      try await tmux.click(on: "points ", in: screen)
      screen = try await tmux.waitForScreen("selection") { $0.contains("│›points") }
      try await tmux.click(on: "3 Exchanges", in: screen)
      screen = try await tmux.waitForScreen("exchanges") { $0.contains("last dropped key") }
      try await tmux.click(on: "payments ", in: screen)
      try await tmux.click(on: "payments ", in: screen)
      screen = try await tmux.waitForScreen("exchange") { $0.contains(" exchange payments ") }
      try await tmux.click(on: "? help", in: screen)
      try await tmux.waitForScreen("help") { $0.contains("keys of the exchange") }
      try await bench.close()
    }

    @Test func theTopologyShowsWhatHangsTogether() async throws {
      let bench = try await Bench.open()
      try await bench.tmux.press("v")
      try await bench.tmux.waitForScreen("topology") { screen in
        screen.contains("payments (topic)") && screen.contains("payment.succeeded")
          && screen.contains("└─ notification")
      }
      try await bench.tmux.press("Enter")
      try await bench.tmux.waitForScreen("first line opened") { !$0.contains("┤topology") }
      try await bench.close()
    }

    @Test func aThemeIsPickedWithAPreview() async throws {
      let bench = try await Bench.open()
      try await bench.tmux.press("t")
      try await bench.tmux.waitForScreen("picker") { $0.contains("┤theme├") && $0.contains("nord") }
      try await bench.tmux.press("G")
      try await bench.tmux.press("Enter")
      try await bench.tmux.waitForScreen("choice") { $0.contains("● theme ") }
      try await bench.close()
    }
  }
}

extension Tmux {
  /// Clicks on a text that is on the screen, as a terminal reports it (SGR 1006).
  func click(on text: String, in screen: String) async throws {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false)
    guard let row = lines.firstIndex(where: { $0.contains(text) }),
      let range = lines[row].firstRange(of: text)
    else { throw DeadlineMissed(description: "\(text) is not on the screen:\n\(screen)") }
    let column = lines[row][..<range.lowerBound].unicodeScalars.count + 2
    try await type("\u{1B}[<0;\(column);\(row + 1)M\u{1B}[<0;\(column);\(row + 1)m")
  }
}
