import AMQP
import Telemetry
import Testing

@testable import Broker

@Suite struct LengthLimitTests {
  private let client = QueueClient()

  private func publish(_ texts: [String]) {
    for text in texts { client.publish(text, to: "q") }
  }

  /// The tags that the broker refused and the last that it took, as it confirmed them.
  private func confirmed() throws -> (refused: [UInt64], last: UInt64?) {
    var refused: [UInt64] = []
    var last: UInt64?
    for method in try client.client.methods() {
      if case .basicNack(let nack) = method { refused.append(nack.deliveryTag) }
      if case .basicAck(let ack) = method { last = ack.deliveryTag }
    }
    return (refused, last)
  }

  @Test func aFullQueueDropsItsHead() throws {
    try client.declare("q", ["x-max-length": .signed32(2)])
    publish(["a", "b", "c", "d"])
    #expect(try client.drain("q").map(\.text) == ["c", "d"])
    #expect(client.snapshot("q")?.dropped == 2)
  }

  @Test func whatIsDroppedIsADeadLetter() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      ["x-max-length": .signed32(1), "x-dead-letter-exchange": .text("dlx")]
    )
    publish(["a", "b"])
    let dead = try client.drain("dead")
    #expect(dead.map(\.text) == ["a"])
    #expect(dead.map(\.reasons) == [["maxlen"]])
    #expect(client.snapshot("q")?.dropped == 0)
    #expect(client.snapshot("q")?.deadLettered == 1)
  }

  @Test func theBytesOfReadyBodiesAreLimited() throws {
    try client.declare("q", ["x-max-length-bytes": .signed32(10)])
    publish(["12345", "678901", "a body far too long for it", "yy"])
    #expect(try client.drain("q").map(\.text) == ["yy"])
    #expect(client.snapshot("q")?.dropped == 3)
  }

  @Test func heldMessagesDoNotCountUntilTheyComeBack() throws {
    try client.declare("q", ["x-max-length": .signed32(2)])
    publish(["a", "b"])
    let held = [try client.get("q", noAck: false), try client.get("q", noAck: false)]
    publish(["c", "d"])
    #expect(client.snapshot("q")?.dropped == 0)
    client.client.settle(held[1]?.tag ?? 0, isMultiple: true, as: .requeued)
    #expect(try client.drain("q").map(\.text) == ["c", "d"])
    #expect(client.snapshot("q")?.dropped == 2)
  }

  @Test func aRejectingQueueNacksWhatItRefuses() throws {
    #expect(client.broker.selectConfirms(on: client.client.channel) == nil)
    try client.declare(
      "q",
      ["x-max-length": .signed32(1), "x-overflow": .text("reject-publish")]
    )
    publish(["a", "b", "c"])
    #expect(try confirmed() == (refused: [2, 3], last: 1))
    #expect(client.snapshot("q")?.refused == 2)
    #expect(client.snapshot("q")?.enqueued == 1)
    #expect(try client.drain("q").map(\.text) == ["a"])
    client.broker.expectSound()
  }

  @Test func aLimitByHandRefusesAndThrowsNothingAway() throws {
    #expect(client.broker.selectConfirms(on: client.client.channel) == nil)
    try client.declare("q")
    publish(["a", "b", "c"])
    let host = client.broker.host
    #expect(throws: Never.self) {
      try client.broker.setLimit(2, ofQueue: Name("q"), in: host).get()
    }
    #expect(client.snapshot("q")?.ready == 3)
    publish(["d"])
    #expect(try confirmed() == (refused: [4], last: 3))
    #expect(try client.get("q")?.text == "a")
    #expect(try client.get("q")?.text == "b")
    publish(["e", "f"])
    #expect(try confirmed() == (refused: [6], last: 5))
    #expect(client.snapshot("q")?.refused == 2)
    #expect(client.snapshot("q")?.dropped == 0)
    #expect(throws: Never.self) {
      try client.broker.setLimit(nil, ofQueue: Name("q"), in: host).get()
    }
    publish(["g", "h"])
    #expect(try client.drain("q").map(\.text) == ["c", "e", "g", "h"])
    client.broker.expectSound()
  }

  @Test func theQueuesOwnLimitCountsWhileItIsLowerAndIsBackAfterwards() throws {
    try client.declare("q", ["x-max-length": .signed32(2)])
    let host = client.broker.host
    _ = client.broker.setLimit(10, ofQueue: Name("q"), in: host)
    publish(["a", "b", "c"])
    #expect(client.snapshot("q")?.refused == 1)
    _ = client.broker.setLimit(1, ofQueue: Name("q"), in: host)
    #expect(client.snapshot("q")?.ready == 2)
    _ = client.broker.setLimit(nil, ofQueue: Name("q"), in: host)
    publish(["d"])
    #expect(try client.drain("q").map(\.text) == ["b", "d"])
    #expect(client.snapshot("q")?.dropped == 1)
  }

  @Test func aLimitByHandStaysWhenPoliciesChange() throws {
    try client.declare("q")
    let host = client.broker.host
    _ = client.broker.setLimit(1, ofQueue: Name("q"), in: host)
    let policy = try Policy(name: "p", pattern: "q", definition: ["max-length": .signed32(5)])
    _ = client.broker.putPolicy(policy, in: host.name)
    publish(["a", "b"])
    #expect(client.snapshot("q")?.refused == 1)
    _ = client.broker.setLimit(nil, ofQueue: Name("q"), in: host)
    publish(["c", "d", "e", "f", "g"])
    #expect(try client.drain("q").map(\.text) == ["c", "d", "e", "f", "g"])
  }

  @Test func aLimitByHandIsForAQueueThatIsThereAndNotBelowNothing() throws {
    try client.declare("q")
    let host = client.broker.host
    let missing = client.broker.setLimit(1, ofQueue: Name("x"), in: host)
    #expect(throws: OperationRefusal("there is no queue 'x'", code: .notFound)) {
      try missing.get()
    }
    let negative = client.broker.setLimit(-1, ofQueue: Name("q"), in: host)
    #expect(throws: OperationRefusal("a limit of -1 messages is below 0")) { try negative.get() }
    _ = client.broker.setLimit(0, ofQueue: Name("q"), in: host)
    publish(["a"])
    #expect(client.snapshot("q")?.refused == 1)
  }

  @Test func aRejectingQueueTakesWhatStillFits() throws {
    #expect(client.broker.selectConfirms(on: client.client.channel) == nil)
    try client.declare(
      "q",
      ["x-max-length-bytes": .signed32(10), "x-overflow": .text("reject-publish")]
    )
    publish(["12345", "678901", "a body far too long for it", "yy"])
    #expect(try confirmed().refused == [2, 3])
    #expect(try client.drain("q").map(\.text) == ["12345", "yy"])
  }

  /// Even for a consumer that waits, as in RabbitMQ.
  @Test func aQueueOfNoLengthThatRejectsTakesNothing() throws {
    #expect(client.broker.selectConfirms(on: client.client.channel) == nil)
    try client.declare(
      "q",
      ["x-max-length": .signed32(0), "x-overflow": .text("reject-publish")]
    )
    try client.client.consume("q")
    publish(["a"])
    #expect(try confirmed() == (refused: [1], last: nil))
  }

  @Test func aQueueOfNoLengthHandsOnToAConsumerThatWaits() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      ["x-max-length": .signed32(0), "x-dead-letter-exchange": .text("dlx")]
    )
    try client.client.consume("q")
    publish(["a"])
    let item = try client.items().first
    #expect(item?.text == "a")
    client.requeue(item)
    #expect(try client.items().isEmpty)
    #expect(try client.get("dead")?.reasons == ["maxlen"])
  }

  @Test func whatIsRefusedCanBeADeadLetterToo() throws {
    #expect(client.broker.selectConfirms(on: client.client.channel) == nil)
    try client.declareDeadLetters()
    try client.declare(
      "q",
      [
        "x-max-length": .signed32(1), "x-overflow": .text("reject-publish-dlx"),
        "x-dead-letter-exchange": .text("dlx"),
      ]
    )
    publish(["a", "b"])
    #expect(try confirmed() == (refused: [2], last: 1))
    let dead = try client.get("dead")
    #expect(dead?.text == "b")
    #expect(dead?.reasons == ["maxlen"])
    #expect(client.snapshot("q")?.deadLettered == 0)
    #expect(client.snapshot("q")?.refused == 1)
  }

  @Test func aPolicyShortensAQueueAtOnce() throws {
    try client.declareDeadLetters()
    try client.declare("q", ["x-max-length": .signed32(3)])
    publish(["a", "b", "c"])
    let queue = try #require(client.queue("q"))
    queue.policy.definition = ["max-length": .signed32(1), "dead-letter-exchange": .text("dlx")]
    client.broker.policyChanged(of: queue)
    _ = client.broker.finishTurn()
    #expect(try client.drain("dead").map(\.text) == ["a", "b"])
    queue.policy.definition = [:]
    client.broker.policyChanged(of: queue)
    publish(["d", "e"])
    #expect(try client.drain("q").map(\.text) == ["c", "d", "e"])
  }

  @Test func theOperatorsPolicyLowersALimit() throws {
    try client.declare("q", ["x-max-length": .signed32(2), "x-overflow": .text("drop-head")])
    let queue = try #require(client.queue("q"))
    queue.policy.definition = ["max-length": .signed32(5)]
    queue.policy.operatorDefinition = ["max-length": .signed32(1)]
    client.broker.policyChanged(of: queue)
    publish(["a", "b"])
    #expect(try client.drain("q").map(\.text) == ["b"])
  }
}
