import AMQP
import Broker
import Store
import Telemetry
import TestSupport
import Testing

/// What a person at the dashboard does with messages that wait.
@Suite(.computing) struct OperatorMessageTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  /// A broker that keeps 32 KiB of waiting messages in memory, about 300.
  private func small() throws -> StoredBroker {
    try StoredBroker(segmentBytes: 64 << 10, memoryBytes: 32 << 10)
  }

  private func settle(_ stored: StoredBroker) throws {
    for _ in 1...50 {
      stored.wait(milliseconds: 25)
      try stored.turn()
    }
  }

  private func move(
    _ broker: Broker,
    _ source: String,
    _ destination: String,
    _ count: Int? = nil,
    betweenTurns: () throws -> Void = {}
  ) throws -> Result<String, OperationRefusal> {
    let move = try broker.beginMove(
      from: Name(source),
      to: Name(destination),
      count: count,
      in: broker.host
    ).get()
    while true {
      if let result = broker.advance(move) { return result }
      broker.expectSound()
      try betweenTurns()
    }
  }

  private func peek(_ broker: Broker, _ queue: String, from: Int = 0) throws -> [MessageSnapshot] {
    try broker.peek(queue: Name(queue), in: broker.host, from: from, count: 100).get()
  }

  private func texts(_ messages: [MessageSnapshot]) -> [String] {
    messages.map { String(decoding: $0.body, as: UTF8.self) }
  }

  @Test func movedMessagesKeepTheirOrderAndStandBehindThoseThatWereThere() throws {
    for queue in ["a", "b"] { try client.declare(queue) }
    client.publish("first", to: "b")
    for number in 1...5 { client.publish("\(number)", to: "a") }
    #expect(try move(broker, "a", "b", 3) == .success("moved 3 messages from 'a' to 'b'"))
    broker.expectSound()
    #expect(try client.drain("b").map(\.text) == ["first", "1", "2", "3"])
    #expect(try client.drain("a").map(\.text) == ["4", "5"])
    #expect(client.snapshot("a")?.moved == 3)
    let event = broker.snapshot(of: broker.identity).events.last { $0.text.contains("moved") }
    #expect(event?.text == "3 messages moved from 'a' to 'b'")
    #expect(broker.totals.imbalance == 0)
  }

  @Test func whatConsumersHoldIsNotMoved() throws {
    for queue in ["a", "b"] { try client.declare(queue) }
    for number in 1...3 { client.publish("\(number)", to: "a") }
    let held = try client.get("a", noAck: false)
    #expect(try move(broker, "a", "b") == .success("moved 2 messages from 'a' to 'b'"))
    client.requeue(held)
    #expect(try client.drain("a").map(\.text) == ["1"])
    #expect(try client.drain("b").map(\.text) == ["2", "3"])
  }

  @Test(arguments: ["drop-head", "reject-publish"])
  func aFullDestinationStopsTheMoveAndNothingIsLost(overflow: String) throws {
    try client.declare("a")
    try client.declare("b", ["x-max-length": .signed32(2), "x-overflow": .text(overflow)])
    for number in 1...5 { client.publish("\(number)", to: "a") }
    let refusal = OperationRefusal("moved 2 of 5 messages: queue 'b' is full")
    #expect(try move(broker, "a", "b") == .failure(refusal))
    broker.expectSound()
    #expect(try client.drain("b").map(\.text) == ["1", "2"])
    #expect(try client.drain("a").map(\.text) == ["3", "4", "5"])
  }

  @Test func aQueueThatIsMissingOrTheSameIsRefused() throws {
    try client.declare("a")
    for (destination, reason) in [
      ("a", "'a' is the queue that they are in"), ("x", "there is no queue 'x'"),
    ] {
      let result = broker.beginMove(
        from: Name("a"),
        to: Name(destination),
        count: nil,
        in: broker.host
      )
      guard case .failure(let refusal) = result else {
        Issue.record("moved to \(destination)")
        continue
      }
      #expect(refusal.message == reason)
    }
  }

  @Test func aLongMoveTakesTurnsAndEndsWithItsQueue() throws {
    for queue in ["a", "b"] { try client.declare(queue) }
    for number in 1...20_000 { client.publish("\(number)", to: "a") }
    var turns = 0
    let result = try move(broker, "a", "b") {
      turns += 1
      if turns == 2 { _ = try broker.deleteByOperator(queue: Name("a"), in: broker.host).get() }
    }
    guard case .failure(let refusal) = result else {
      Issue.record("it went on without its queue")
      return
    }
    #expect(refusal.message.hasSuffix("of 20000 messages: queue 'a' is gone"))
    broker.expectSound()
    #expect(broker.totals.imbalance == 0)
    let moved = try #require(broker.depth("b"))
    #expect(moved > 0 && moved < 20_000)
  }

  @Test func aMoveSurvivesACrashAtAnyMomentWithoutLosingAMessage() throws {
    for operation in 1...12 {
      let stored = try StoredBroker()
      let publisher = stored.client
      for queue in ["a", "b"] { try publisher.declare(queue, isDurable: true) }
      for number in 1...40 { publisher.persist("\(number)", key: "a") }
      try stored.turn()
      stored.stopDisk(at: operation)
      _ = try move(stored.broker, "a", "b")
      // The disk stops somewhere in what the move wrote, or after it.
      do { try stored.turn() } catch is StoreError {}
      var random = SplitMix(seed: UInt64(operation))
      try stored.restart(using: &random)
      let reader = stored.client
      var found: Set<String> = []
      for queue in ["a", "b"] {
        while let item = try reader.get(queue, noAck: true) { found.insert(item.text) }
      }
      #expect(found == Set((1...40).map { "\($0)" }), "stopped at \(operation)")
    }
  }

  @Test func aLookChangesNothingAndSeesTheWholeQueue() throws {
    let stored = try small()
    let publisher = stored.client
    try publisher.declare("q", isDurable: true)
    for number in 0..<3_000 { publisher.publish("\(number)", key: "q") }
    try settle(stored)
    try #require(stored.broker.pagedCount > 1_000)
    for number in 3_000..<3_010 { publisher.publish("\(number)", key: "q") }
    let before = stored.broker.totals
    for position in [0, 1, 1_000, 1_024, 2_950, 3_005, 3_010] {
      let seen = try peek(stored.broker, "q", from: position)
      let expected = (position..<min(position + 100, 3_010)).map { "\($0)" }
      try #require(texts(seen) == expected)
      #expect(seen.map(\.position) == Array(position..<(position + expected.count)))
      #expect(seen.allSatisfy { !$0.isRedelivered })
    }
    #expect(stored.broker.totals == before)
    stored.broker.expectSound()
    let reader = stored.client
    #expect(try reader.get("q")?.isRedelivered == false)
  }

  @Test func aLookShowsPropertiesHeadersAndDeaths() throws {
    try client.declareDeadLetters()
    try client.declare("q", ["x-dead-letter-exchange": .text("dlx")])
    var properties = BasicProperties(
      contentType: "text/plain",
      headers: ["n": .signed32(7), "t": .table(["a": .array([.boolean(true), .void])])],
      deliveryMode: 2,
      priority: 3
    )
    properties.timestamp = 1_700_000_001
    client.publish(String(repeating: "x", count: 5_000), to: "q", properties)
    client.reject(try client.get("q", noAck: false))
    _ = broker.finishTurn()
    let message = try #require(try peek(broker, "dead").first)
    #expect(message.exchange == "dlx" && message.routingKey == "q" && message.isPersistent)
    #expect(
      message.properties == [
        .init("content_type", "text/plain"), .init("delivery_mode", "2"), .init("priority", "3"),
        .init("timestamp", "1700000001"),
      ]
    )
    #expect(message.headers.prefix(2) == [.init("n", "7"), .init("t", "{a=[true, ]}")])
    #expect(
      message.deaths == [
        .init(reason: "rejected", queue: "q", exchange: "", routingKeys: ["q"], count: 1)
      ]
    )
    #expect(message.bodyBytes == 5_000 && message.body.count == MessageSnapshot.bodyLimit)
  }

  /// Against an array: anywhere in memory, on the disk, and in every priority.
  @Test(arguments: [0, 3] as [UInt8])
  func oneMessageIsDeletedOrParkedFromAnywhere(highestPriority: UInt8) throws {
    let stored = try small()
    let publisher = stored.client
    let arguments: FieldTable = highestPriority > 0 ? ["x-max-priority": .signed32(3)] : [:]
    try publisher.declare("q", isDurable: true, arguments: arguments)
    try publisher.declare("parked", isDurable: true)
    var random = SplitMix(seed: 11)
    var levels = [[String]](repeating: [], count: Int(highestPriority) + 1)
    for number in 0..<(highestPriority > 0 ? 6_000 : 3_000) {
      let priority = UInt8(random.next() % UInt64(highestPriority + 1))
      publisher.persist("\(number)", key: "q", priority: priority)
      levels[Int(priority)].append("\(number)")
    }
    try settle(stored)
    try #require(stored.broker.pagedCount > 500)
    var expected = levels.reversed().flatMap { $0 }
    var parked: [String] = []
    for step in 0..<60 {
      let position = Int(random.next() % UInt64(expected.count))
      let message = try #require(try peek(stored.broker, "q", from: position).first)
      try #require(texts([message]) == [expected[position]])
      let host = stored.broker.host
      let text = expected.remove(at: position)
      if step % 2 == 0 {
        try stored.broker.deleteMessage(message.identifier, queue: Name("q"), in: host).get()
      } else {
        try stored.broker.parkMessage(
          message.identifier,
          queue: Name("q"),
          to: Name("parked"),
          in: host
        ).get()
        parked.append(text)
      }
      let again = stored.broker.deleteMessage(message.identifier, queue: Name("q"), in: host)
      #expect(throws: OperationRefusal.self) { try again.get() }
      stored.broker.expectSound()
      try stored.turn()
    }
    #expect(stored.broker.totals.imbalance == 0)
    #expect(stored.broker.totals.moved == 30 && stored.broker.totals.discarded == 30)
    // And after a restart, so that the log knows it too.
    try stored.restart()
    let reader = stored.client
    var left: [String] = []
    while let item = try reader.get("q", noAck: true) { left.append(item.text) }
    #expect(left == expected)
    var set: [String] = []
    while let item = try reader.get("parked", noAck: true) { set.append(item.text) }
    #expect(set == parked)
  }

  @Test func aParkedMessageStaysWhereItIsWhenTheOtherQueueIsFull() throws {
    try client.declare("q")
    try client.declare("full", ["x-max-length": .signed32(0)])
    client.publish("x", to: "q")
    let message = try #require(try peek(broker, "q").first)
    let result = broker.parkMessage(
      message.identifier,
      queue: Name("q"),
      to: Name("full"),
      in: broker.host
    )
    guard case .failure(let refusal) = result else {
      Issue.record("parked")
      return
    }
    #expect(refusal.message == "queue 'full' is full")
    #expect(try client.drain("q").map(\.text) == ["x"])
  }
}
