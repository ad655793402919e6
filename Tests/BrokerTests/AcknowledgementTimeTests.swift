import AMQP
import Broker
import Telemetry
import TestSupport
import Testing

/// How long messages take from coming into a queue to their acknowledgement.
@Suite struct AcknowledgementTimeTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private func time(_ queue: String) -> ServiceTime? {
    client.snapshot(queue)?.timeToAcknowledgement
  }

  /// A number in milliseconds and those that a histogram may say for it.
  private func about(_ milliseconds: Double) -> ClosedRange<Double> {
    milliseconds * 0.93...milliseconds * 1.07
  }

  private func acknowledge(_ item: QueueClient.Item?) throws {
    #expect(client.client.settle(try #require(item).tag) == nil)
  }

  @Test func aMessageCountsFromComingInToItsAcknowledgement() throws {
    try client.declare("q")
    client.publish("1", to: "q")
    try client.wait(milliseconds: 100)
    let reader = TestClient(broker, name: "reader")
    try reader.consume("q", tag: "t", prefetch: 10)
    #expect(try reader.texts() == ["1"])
    try client.wait(milliseconds: 300)
    #expect(time("q") == nil)
    reader.settle(1)
    let found = try #require(time("q"))
    #expect(found.sampleCount == 1)
    #expect(about(400).contains(found.p50Milliseconds), "\(found)")
    #expect(about(400).contains(found.p95Milliseconds), "\(found)")
    let served = broker.snapshot(of: broker.identity).consumers.first?.serviceTime
    #expect(about(300).contains(try #require(served).p50Milliseconds))
  }

  @Test func anAutomaticAcknowledgementCountsAtTheDelivery() throws {
    try client.declare("q")
    for number in 1...2 { client.publish("\(number)", to: "q") }
    try client.wait(milliseconds: 50)
    #expect(try client.get("q", noAck: true)?.text == "1")
    #expect(time("q")?.sampleCount == 1)
    let reader = TestClient(broker, name: "reader")
    try reader.consume("q", noAck: true)
    #expect(try reader.texts() == ["2"])
    let found = try #require(time("q"))
    #expect(found.sampleCount == 2)
    #expect(about(50).contains(found.p50Milliseconds), "\(found)")
    // One that nothing waited for is there too.
    client.publish("3", to: "q")
    #expect(time("q")?.sampleCount == 3)
  }

  @Test func manyAtOnceCountOneByOne() throws {
    try client.declare("q")
    let reader = TestClient(broker, name: "reader")
    try reader.consume("q", prefetch: 100)
    for number in 1...20 {
      client.publish("\(number)", to: "q")
      if number == 2 { try client.wait(milliseconds: 1_000) }
    }
    try client.wait(milliseconds: 10)
    reader.settle(0, isMultiple: true)
    let found = try #require(time("q"))
    #expect(found.sampleCount == 20)
    #expect(about(10).contains(found.p50Milliseconds), "\(found)")
    #expect(about(1_010).contains(found.p95Milliseconds), "\(found)")
  }

  @Test func whatCameBackCountsFromWhenItFirstCameIn() throws {
    try client.declare("q")
    client.publish("1", to: "q")
    try client.wait(milliseconds: 100)
    client.requeue(try client.get("q", noAck: false))
    #expect(time("q") == nil)
    try client.wait(milliseconds: 100)
    try acknowledge(try client.get("q", noAck: false))
    let found = try #require(time("q"))
    #expect(found.sampleCount == 1)
    #expect(about(200).contains(found.p50Milliseconds), "\(found)")
  }

  @Test func whatIsNotAcknowledgedDoesNotCount() throws {
    try client.declare("q", ["x-max-length": .signed32(2)])
    for number in 1...3 { client.publish("\(number)", to: "q") }
    client.reject(try client.get("q", noAck: false))
    client.publish("late", to: "q", BasicProperties(expiration: "0"))
    _ = try broker.purgeByOperator(queue: Name("q"), in: broker.host).get()
    #expect(client.snapshot("q")?.enqueued == 4)
    #expect(time("q") == nil)
  }

  @Test func aDeadLetterAndAMovedMessageAreNewWhereTheyCome() throws {
    try client.declareDeadLetters()
    try client.declare("q", ["x-dead-letter-exchange": .text("dlx")])
    client.publish("1", to: "q")
    try client.wait(milliseconds: 5_000)
    client.reject(try client.get("q", noAck: false))
    _ = broker.finishTurn()
    try client.wait(milliseconds: 30)
    try acknowledge(try client.get("dead", noAck: false))
    var found = try #require(time("dead"))
    #expect(about(30).contains(found.p50Milliseconds), "\(found)")
    try client.declare("to")
    client.publish("2", to: "q")
    try client.wait(milliseconds: 5_000)
    let move = broker.beginMove(from: Name("q"), to: Name("to"), count: nil, in: broker.host)
    #expect(broker.advance(try move.get()) == .success("moved 1 message from 'q' to 'to'"))
    try client.wait(milliseconds: 30)
    try acknowledge(try client.get("to", noAck: false))
    found = try #require(time("to"))
    #expect(about(30).contains(found.p50Milliseconds), "\(found)")
    #expect(time("q") == nil)
  }

  @Test func aCommitAndAReleaseBeginTheTime() throws {
    try client.declare("q")
    let publisher = TestClient(broker, name: "publisher")
    #expect(broker.selectTransactions(on: publisher.channel) == nil)
    publisher.publish("1", key: "q")
    try client.wait(milliseconds: 2_000)
    #expect(broker.commit(publisher.channel) == nil)
    try client.wait(milliseconds: 40)
    try acknowledge(try client.get("q", noAck: false))
    var found = try #require(time("q"))
    #expect(about(40).contains(found.p50Milliseconds), "\(found)")
    try client.declare("r")
    client.client.declareExchange("later", .delayed, arguments: ["x-delayed-type": .text("fanout")])
    #expect(client.client.bind("r", to: "later") == nil)
    let message = QueueClient.makeMessage(
      "2",
      exchange: "later",
      key: "",
      BasicProperties(headers: ["x-delay": .signed32(2_000)]),
      at: broker.now
    )
    #expect(broker.publish(message, on: client.client.channel, isMandatory: false) == nil)
    try client.wait(milliseconds: 2_040)
    try acknowledge(try client.get("r", noAck: false))
    found = try #require(time("r"))
    #expect(about(40).contains(found.p50Milliseconds), "\(found)")
  }

  @Test func whatWasLongAgoIsForgotten() throws {
    try client.declare("q")
    client.publish("1", to: "q")
    try acknowledge(try client.get("q", noAck: false))
    #expect(time("q")?.sampleCount == 1)
    try client.wait(milliseconds: 31_000)
    #expect(time("q") == nil)
  }

  @Test func aRestartIsPartOfTheTime() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true)
    client.persist("1", key: "q")
    try stored.turn()
    stored.wait(milliseconds: 3_000)
    try stored.restart()
    let reader = stored.client
    #expect(try reader.get("q", noAck: true)?.text == "1")
    let snapshot = stored.broker.snapshot(of: stored.broker.identity)
    let found = try #require(snapshot.queues.first?.timeToAcknowledgement)
    #expect(found.sampleCount == 1)
    #expect(about(3_000).contains(found.p50Milliseconds), "\(found)")
  }

  @Test func theTimeOnTheDiskIsPartOfTheTime() throws {
    let stored = try StoredBroker(segmentBytes: 64 << 10, memoryBytes: 32 << 10)
    let client = QueueClient(stored.broker)
    try client.declare("q")
    for number in 1...3_000 { client.publish("\(number)", to: "q") }
    for _ in 1...50 {
      stored.wait(milliseconds: 25)
      try stored.turn()
    }
    #expect(stored.broker.pagedCount > 1_000)
    stored.wait(milliseconds: 3_000)
    try client.client.consume("q", noAck: true)
    while client.snapshot("q")?.ready != 0 {
      try #require(try !client.items().isEmpty)
      try stored.turn()
    }
    let found = try #require(client.snapshot("q")?.timeToAcknowledgement)
    #expect(found.sampleCount == 3_000)
    #expect(found.p50Milliseconds > 3_900)
    #expect(found.p95Milliseconds < 6_500)
  }
}
