import AMQP
import Telemetry
import Testing

@testable import Broker

@Suite struct DeadLetterTests {
  private let client = QueueClient()
  private let toDLX: FieldTable = ["x-dead-letter-exchange": .text("dlx")]

  private func headers(_ table: FieldTable) -> BasicProperties {
    var properties = BasicProperties()
    properties.headers = table
    return properties
  }

  @Test func aRejectedMessageGoesToTheDeadLetterExchangeWithItsHistory() throws {
    try client.declareDeadLetters()
    try client.declare("q", toDLX)
    var properties = headers(["h": .signed32(1), "CC": .array([.text("zz")]), "BCC": .array([])])
    properties.expiration = "60000"
    properties.priority = 3
    client.publish("x", to: "q", properties)
    client.reject(try client.get("q", noAck: false))
    let item = try #require(try client.get("dead"))
    #expect(item.exchange == "dlx" && item.key == "q" && !item.isRedelivered)
    #expect(item.properties.expiration == nil)
    #expect(item.properties.priority == 3)
    let table = item.properties.headers
    #expect(table?["CC"] == .array([.text("zz")]))
    #expect(table?["BCC"] == nil)
    #expect(table?["x-first-death-exchange"] == .text(""))
    #expect(table?["x-first-death-queue"] == .text("q"))
    #expect(table?["x-first-death-reason"] == .text("rejected"))
    #expect(
      item.deaths == [
        [
          "count": .signed64(1), "reason": .text("rejected"), "queue": .text("q"),
          "time": .timestamp(1_700_000_000), "exchange": .text(""),
          "routing-keys": .array([.text("q"), .text("zz")]),
          "original-expiration": .text("60000"),
        ]
      ]
    )
    #expect(client.snapshot("q")?.deadLettered == 1)
    #expect(client.snapshot("q")?.discarded == 0)
  }

  @Test func aDeadLetterRoutingKeyReplacesTheKeyAndTheCopies() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      [
        "x-dead-letter-exchange": .text("dlx"), "x-dead-letter-routing-key": .text("rk"),
      ]
    )
    client.publish("x", to: "q", headers(["CC": .array([.text("zz")])]))
    client.reject(try client.get("q", noAck: false))
    let item = try #require(try client.get("dead"))
    #expect(item.key == "rk")
    #expect(item.properties.headers?["CC"] == nil)
    #expect(item.deaths.first?["routing-keys"] == .array([.text("q"), .text("zz")]))
  }

  @Test func anExpiredMessageIsADeadLetter() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      [
        "x-dead-letter-exchange": .text("dlx"), "x-message-ttl": .signed32(10),
      ]
    )
    client.publish("x", to: "q")
    try client.wait(milliseconds: 10)
    #expect(try client.get("dead")?.reasons == ["expired"])
    #expect(client.broker.totals.expired == 0)
  }

  @Test func theSameDeathAgainIsCounted() throws {
    try client.declare(
      "a",
      [
        "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("b"),
      ]
    )
    try client.declare(
      "b",
      [
        "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("a"),
        "x-message-ttl": .signed32(10),
      ]
    )
    client.publish("x", to: "a")
    for round in 1...3 {
      client.reject(try client.get("a", noAck: false))
      _ = client.broker.finishTurn()
      try client.wait(milliseconds: 10)
      let item = try #require(try client.get("a", noAck: false))
      #expect(item.reasons == ["expired", "rejected"])
      #expect(
        item.deaths.map { $0["count"] } == [.signed64(Int64(round)), .signed64(Int64(round))]
      )
      client.requeue(item)
    }
  }

  @Test func aHeaderThatIsNoHistoryIsReplaced() throws {
    try client.declareDeadLetters()
    try client.declare("q", toDLX)
    client.publish("junk", to: "q", headers(["x-death": .text("junk")]))
    let forged: FieldTable = [
      "queue": .text("q"), "reason": .text("rejected"), "count": .signed32(5),
    ]
    client.publish("forged", to: "q", headers(["x-death": .array([.table(forged)])]))
    for _ in 0..<2 { client.reject(try client.get("q", noAck: false)) }
    let junk = try #require(try client.get("dead"))
    #expect(junk.reasons == ["rejected"])
    #expect(junk.properties.headers?["x-first-death-reason"] == nil)
    #expect(
      try client.get("dead")?.deaths == [
        ["count": .signed64(6), "queue": .text("q"), "reason": .text("rejected")]
      ]
    )
  }

  @Test func aCircleWithoutRejectionEnds() throws {
    for (name, next) in [("a", "b"), ("b", "a")] {
      try client.declare(
        name,
        [
          "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text(next),
          "x-message-ttl": .signed32(0),
        ]
      )
    }
    client.publish("x", to: "a")
    try client.wait(milliseconds: 1)
    _ = try client.items()
    #expect(client.broker.totals.ready == 0)
    #expect(client.broker.totals.deadLettered == 2)
  }

  /// RabbitMQ 3.10.8 lets it go round for ever.
  @Test func aRejectionLongAgoDoesNotKeepACircleGoing() throws {
    try client.declare(
      "start",
      ["x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("a")]
    )
    for (name, next) in [("a", "b"), ("b", "a")] {
      try client.declare(
        name,
        [
          "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text(next),
          "x-message-ttl": .signed32(0),
        ]
      )
    }
    client.publish("x", to: "start")
    client.reject(try client.get("start", noAck: false))
    try client.wait(milliseconds: 1)
    _ = try client.items()
    #expect(client.broker.totals.ready == 0)
    // The rejection, and twice through both queues.
    #expect(client.broker.totals.deadLettered == 5)
  }

  @Test func aRejectedMessageMayComeBackToItsQueue() throws {
    try client.declare("q", ["x-dead-letter-exchange": .text("")])
    client.publish("x", to: "q")
    client.reject(try client.get("q", noAck: false))
    #expect(try client.get("q")?.reasons == ["rejected"])
  }

  @Test func withoutItsExchangeADeadLetterIsDropped() throws {
    try client.declare("q", ["x-dead-letter-exchange": .text("none")])
    client.publish("x", to: "q")
    client.reject(try client.get("q", noAck: false))
    #expect(try client.get("q") == nil)
    #expect(client.broker.totals.discarded == 1)
  }

  @Test func purgeAndDeleteMakeNoDeadLetters() throws {
    try client.declareDeadLetters()
    try client.declare("q", toDLX)
    client.publish("x", to: "q")
    _ = client.broker.purgeQueue(Name("q"), for: client.client.connection)
    client.publish("x", to: "q")
    _ = client.broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.client.connection
    )
    #expect(try client.get("dead") == nil)
    #expect(client.broker.totals.discarded == 2)
  }

  @Test func aDeadLetterGoesThroughAChainOfFullQueuesInOneTurn() throws {
    let length = 60
    for number in 0..<length {
      try client.declare(
        "q\(number)",
        [
          "x-dead-letter-exchange": .text(""),
          "x-dead-letter-routing-key": .text("q\(number + 1)"), "x-max-length": .signed32(0),
        ]
      )
    }
    try client.declare("q\(length)")
    client.publish("x", to: "q0")
    let item = try #require(try client.get("q\(length)"))
    #expect(item.deaths.count == length)
  }
}
