import AMQP
import Telemetry
import Testing

@testable import Broker

/// What RabbitMQ 3.10.8 does with a quorum queue of one node.
@Suite struct QuorumQueueTests {
  private let client = QueueClient()

  private func declare(limit: Int32? = nil, _ more: FieldTable = [:]) throws {
    var arguments = more
    arguments["x-queue-type"] = .text("quorum")
    if let limit { arguments["x-delivery-limit"] = .signed32(limit) }
    try client.declare("q", arguments)
    for number in 0..<5 { client.publish("\(number)", to: "q") }
  }

  private func hold(_ count: Int, by other: QueueClient? = nil) throws -> [QueueClient.Item] {
    try (0..<count).compactMap { _ in try (other ?? client).get("q", noAck: false) }
  }

  private func count(_ item: QueueClient.Item?) -> Int64? {
    item?.properties.headers?["x-delivery-count"]?.integer
  }

  @Test func aRefusedMessageGoesLastWithoutALimit() throws {
    try declare()
    let held = try hold(3)
    client.requeue(held[1])
    client.requeue(held[0])
    let rest = try client.drain("q")
    #expect(rest.map(\.text) == ["3", "4", "1", "0"])
    #expect(rest.map(count) == [0, 0, 1, 1])
    #expect(rest.map(\.isRedelivered) == [false, false, true, true])
  }

  @Test func aRefusedMessageGoesFirstWithALimitInTheOrderOfRefusal() throws {
    try declare(limit: 20)
    let held = try hold(3)
    client.requeue(held[1])
    client.requeue(held[0])
    #expect(try client.drain("q").map(\.text) == ["1", "0", "3", "4"])
  }

  @Test func whatALostChannelHeldGoesFirst() throws {
    try declare()
    let (first, second) = (QueueClient(client.broker), QueueClient(client.broker))
    #expect(try hold(2, by: first).map(\.text) == ["0", "1"])
    #expect(try hold(2, by: second).map(\.text) == ["2", "3"])
    client.broker.closeChannel(second.client.channel)
    client.broker.closeConnection(first.client.connection)
    let rest = try client.drain("q")
    #expect(rest.map(\.text) == ["2", "3", "0", "1", "4"])
    #expect(rest.map(count) == [1, 1, 1, 1, 0])
  }

  @Test(arguments: [
    (nil as Int32?, ["3", "4", "0", "1", "2"]), (Int32(20), ["0", "1", "2", "3", "4"]),
  ])
  func recoverIsARefusal(limit: Int32?, order: [String]) throws {
    try declare(limit: limit)
    _ = try hold(3)
    client.broker.recover(client.client.channel)
    #expect(try client.drain("q").map(\.text) == order)
  }

  @Test func overTheLimitAMessageIsADeadLetter() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      [
        "x-queue-type": .text("quorum"), "x-delivery-limit": .signed32(2),
        "x-dead-letter-exchange": .text("dlx"),
      ]
    )
    client.publish("x", to: "q")
    for expected in 0...2 {
      let item = try client.get("q", noAck: false)
      #expect(count(item) == Int64(expected))
      client.requeue(item)
    }
    #expect(try client.get("q") == nil)
    let dead = try client.get("dead")
    #expect(dead?.reasons == ["delivery_limit"])
    #expect(count(dead) == nil)
  }

  @Test func withoutADeadLetterExchangeItIsDropped() throws {
    try declare(limit: 0)
    client.requeue(try client.get("q", noAck: false))
    #expect(client.snapshot("q")?.dropped == 1)
    #expect(client.broker.depth("q") == 4)
    client.broker.expectSound()
  }

  @Test func aConsumerSeesTheCountOnlyOnceAMessageCameBack() throws {
    try declare(limit: 20)
    try client.client.consume("q", prefetch: 1)
    let first = try client.items().first
    #expect(count(first) == nil)
    client.requeue(first)
    let second = try client.items().first
    #expect(second?.text == "0")
    #expect(second?.isRedelivered == true)
    #expect(count(second) == 1)
  }

  @Test func cancelLeavesMessagesWithTheChannel() throws {
    try declare()
    let tag = try client.client.consume("q", prefetch: 3)
    #expect(try client.items().count == 3)
    client.broker.cancel(Name(tag), on: client.client.channel)
    #expect(client.broker.depth("q") == 2)
  }

  @Test func itRefusesOnlyBeyondItsLimit() throws {
    #expect(client.broker.selectConfirms(on: client.client.channel) == nil)
    try declare(["x-max-length": .signed32(2), "x-overflow": .text("reject-publish")])
    _ = try client.items()
    #expect(client.snapshot("q")?.refused == 2)
    #expect(client.broker.depth("q") == 3)
  }

  private func declare(_ more: FieldTable) throws { try declare(limit: nil, more) }

  @Test func ofThreeOverflowsItKnowsTwo() throws {
    try declare(["x-max-length": .signed32(1), "x-overflow": .text("reject-publish-dlx")])
    #expect(client.snapshot("q")?.refused == 0)
    #expect(try client.drain("q").map(\.text) == ["4"])
  }

  @Test func aManyTimesReturnedMessageStopsCountingAtTheMost() {
    let message = makeMessage("x", exchange: "", key: "k")
    let entry = ReadyEntry(message: message, place: 7, deliveryCount: 1 << 20)
    #expect(entry.place == 7)
    #expect(entry.deliveryCount == ReadyEntry.deliveryCountLimit)
    #expect(entry.isRedelivered)
    message.release()
  }
}
