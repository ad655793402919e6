import AMQP
import NIOCore
import Telemetry
import Testing

@testable import Broker

/// Which message of a queue came back most often.
@Suite struct ReturnedMessageTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private func found(_ queue: String = "q") -> ReturnedMessage? {
    client.snapshot(queue)?.mostReturned
  }

  private func hold() throws -> QueueClient.Item {
    try #require(try client.get("q", noAck: false))
  }

  /// Fetches the first message and gives it back.
  private func returnFirst(_ times: Int = 1) throws {
    for _ in 1...times { client.requeue(try hold()) }
  }

  @Test func aMessageThatComesBackAgainAndAgainIsNamed() throws {
    try client.declare("q")
    for name in ["a", "b"] {
      client.publish(name, to: "q", BasicProperties(messageID: "id-\(name)"))
    }
    #expect(found() == nil)
    try client.wait(milliseconds: 10)
    let first = broker.now
    try returnFirst()
    try client.wait(milliseconds: 500)
    try returnFirst(4)
    let message = try #require(found())
    #expect(message.count == 5)
    #expect(message.messageIdentifier == "id-a")
    #expect(message.routingKey == "q")
    #expect(message.since == Instant(nanoseconds: first))
    #expect(message.consumerIdentifier == nil)
    let waiting = try broker.peek(queue: Name("q"), in: broker.host, from: 0, count: 2).get()
    #expect(waiting.map(\.identifier).first == message.identifier)
    // While a consumer has it, it is still the one.
    let held = try hold()
    #expect(found() == message)
    client.client.settle(held.tag)
    #expect(found() == nil)
  }

  @Test func theConsumerThatGaveItBackLastIsNamed() throws {
    try client.declare("q")
    client.publish("a", to: "q")
    let (one, two) = (TestClient(broker, name: "one"), TestClient(broker, name: "two"))
    try one.consume("q", prefetch: 1)
    #expect(try one.texts() == ["a"])
    try two.consume("q", prefetch: 1)
    let identifiers = broker.snapshot(of: broker.identity).consumers.map(\.identifier)
    broker.closeConnection(one.connection)
    #expect(found()?.consumerIdentifier == identifiers.first)
    #expect(try two.texts() == ["a"])
    two.settle(1, as: .requeued)
    #expect(found()?.consumerIdentifier == identifiers.last)
    #expect(found()?.count == 2)
  }

  @Test func aCancelledConsumerThatGivesItsLastMessageBackIsNamed() throws {
    try client.declare("q")
    for text in ["a", "b"] { client.publish(text, to: "q") }
    let tag = try client.client.consume("q", prefetch: 2)
    #expect(try client.items().count == 2)
    let identifier = broker.snapshot(of: broker.identity).consumers.first?.identifier
    broker.cancel(Name(tag), on: client.client.channel)
    client.client.settle(2, as: .requeued)
    client.client.settle(1, as: .requeued)
    #expect(found()?.consumerIdentifier == identifier)
  }

  @Test func whoComesBackMoreOftenTakesItsPlace() throws {
    try client.declare("q")
    for text in ["a", "b"] { client.publish(text, to: "q", BasicProperties(messageID: text)) }
    let a = try hold()
    let b = try hold()
    client.requeue(a)
    client.requeue(b)
    #expect(found()?.messageIdentifier == "a", "as often is not more often")
    _ = try hold()
    try client.wait(milliseconds: 20)
    try returnFirst()
    let message = try #require(found())
    #expect(message.messageIdentifier == "b")
    #expect(message.count == 2)
    #expect(message.since == Instant(nanoseconds: broker.now))
  }

  @Test func oneThatIsLeftTakesThePlaceOfOneThatIsGone() throws {
    try client.declare("q")
    for text in ["a", "b"] { client.publish(text, to: "q", BasicProperties(messageID: text)) }
    let a = try hold()
    let b = try hold()
    for item in [a, b] { client.requeue(item) }
    client.client.settle(try hold().tag)
    #expect(found() == nil)
    try returnFirst()
    #expect(found()?.messageIdentifier == "b")
    #expect(found()?.count == 2)
  }

  @Test func itIsForgottenHoweverItLeaves() throws {
    try client.declareDeadLetters()
    let ways: [(String, (QueueClient) throws -> Void)] = [
      ("rejected", { $0.reject(try $0.get("q", noAck: false)) }),
      ("fetched", { _ = try $0.get("q") }),
      ("expired", { try $0.wait(milliseconds: 60_000) }),
      ("pushed out", { for _ in 1...2 { $0.publish("more", to: "q") } }),
      ("purged", { _ = try $0.broker.purgeByOperator(queue: Name("q"), in: $0.broker.host).get() }),
      (
        "deleted",
        { client in
          let first = try client.broker.peek(
            queue: Name("q"),
            in: client.broker.host,
            from: 0,
            count: 1
          ).get().first
          try client.broker.deleteMessage(
            first?.identifier ?? 0,
            queue: Name("q"),
            in: client.broker.host
          ).get()
        }
      ),
      (
        "moved",
        { client in
          let move = client.broker.beginMove(
            from: Name("q"),
            to: Name("dead"),
            count: nil,
            in: client.broker.host
          )
          _ = client.broker.advance(try move.get())
        }
      ),
      (
        "delivered for good",
        { client in
          try TestClient(client.broker).consume("q", noAck: true)
          _ = client.broker.finishTurn()
        }
      ),
    ]
    for (way, leave) in ways {
      try client.declare(
        "q",
        [
          "x-max-length": .signed32(2), "x-message-ttl": .signed32(60_000),
          "x-dead-letter-exchange": .text("dlx"),
        ]
      )
      client.publish("x", to: "q")
      try returnFirst()
      #expect(found()?.count == 1, "\(way)")
      try leave(client)
      #expect(found() == nil, "\(way)")
      broker.expectSound()
      _ = try broker.deleteByOperator(queue: Name("q"), in: broker.host).get()
    }
  }

  @Test func aQuorumQueueGivesAReturnedMessageAnotherPlaceAndItIsStillTheOne() throws {
    try client.declare(
      "q",
      ["x-queue-type": .text("quorum"), "x-delivery-limit": .signed32(3)]
    )
    client.publish("x", to: "q", BasicProperties(messageID: "x"))
    let first = broker.now
    try returnFirst()
    try client.wait(milliseconds: 5)
    try returnFirst(2)
    #expect(found()?.count == 3)
    #expect(found()?.since == Instant(nanoseconds: first))
    let waiting = try broker.peek(queue: Name("q"), in: broker.host, from: 0, count: 1).get()
    #expect(waiting.map(\.identifier).first == found()?.identifier)
    try returnFirst()
    #expect(found() == nil, "it came back once too often")
    #expect(client.snapshot("q")?.dropped == 1)
  }

  /// Only a quorum queue says how often a message came back.
  @Test func aClassicQueueCountsWithoutTellingItsConsumers() throws {
    try client.declare("q", ["x-max-length": .signed32(5)])
    client.publish("x", to: "q")
    try returnFirst(3)
    let fetched = try hold()
    #expect(fetched.properties.headers == nil)
    client.requeue(fetched)
    try client.client.consume("q", prefetch: 1)
    let delivered = try #require(try client.items().first)
    #expect(delivered.isRedelivered && delivered.properties.headers == nil)
    #expect(found()?.count == 4)
  }

  @Test func itIsFoundBeyondWhatAPlaceHasRoomFor() throws {
    try client.declare("q")
    client.publish("x", to: "q")
    let most = ReadyEntry.deliveryCountLimit
    for _ in 0..<most + 3 {
      #expect(broker.get(from: Name("q"), isAutomaticallyAcknowledged: false, on: channel) == nil)
      client.client.settle(0, isMultiple: true, as: .requeued)
      client.client.connection.output.clear()
    }
    #expect(found()?.count == most + 3)
    broker.expectSound()
  }

  private var channel: Broker.ClientChannel { client.client.channel }

  @Test func aRollBackLeavesItWhereItIs() throws {
    try client.declare("q")
    client.publish("x", to: "q")
    try returnFirst()
    let other = QueueClient(broker)
    #expect(broker.selectTransactions(on: other.client.channel) == nil)
    let held = try #require(try other.get("q", noAck: false))
    other.client.settle(held.tag)
    #expect(found()?.count == 1)
    #expect(broker.rollBack(other.client.channel) == nil)
    other.client.settle(held.tag, as: .requeued)
    #expect(broker.commit(other.client.channel) == nil)
    #expect(found()?.count == 2)
    broker.expectSound()
  }
}
