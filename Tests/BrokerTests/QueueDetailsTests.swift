import AMQP
import Telemetry
import Testing

@testable import Broker

/// What a snapshot says of a queue's limits and of where its messages went.
@Suite struct QueueDetailsTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private func bounds(_ queue: String = "q") -> QueueBounds? { client.snapshot(queue)?.bounds }

  @Test func aPlainQueueHasNoBounds() throws {
    try client.declare("q")
    #expect(bounds() == QueueBounds())
  }

  @Test func boundsAreWhatTheArgumentsSay() throws {
    try client.declare(
      "q",
      [
        "x-max-length": .signed32(7), "x-max-length-bytes": .signed64(1_000),
        "x-overflow": .text("reject-publish-dlx"), "x-message-ttl": .signed32(250),
        "x-dead-letter-exchange": .text(""),
      ]
    )
    #expect(
      bounds()
        == QueueBounds(
          maximumLength: 7,
          maximumBytes: 1_000,
          overflow: .rejectPublishToDeadLetters,
          messageMilliseconds: 250,
          deadLetterExchange: ""
        )
    )
  }

  @Test func boundsFollowThePoliciesAndTheLimitByHand() throws {
    try client.declare("q", ["x-max-length": .signed32(7)])
    let policy = try Policy(
      name: "p",
      pattern: "^q",
      target: "queues",
      priority: 0,
      definition: [
        "max-length": .signed64(5), "overflow": .text("reject-publish"),
        "dead-letter-exchange": .text("dlx"), "message-ttl": .signed64(60_000),
      ],
      kind: .user
    )
    try broker.putPolicy(policy, in: "/").get()
    var expected = QueueBounds(
      maximumLength: 5,
      overflow: .rejectPublish,
      messageMilliseconds: 60_000,
      deadLetterExchange: "dlx"
    )
    #expect(bounds() == expected)
    try broker.setLimit(3, ofQueue: Name("q"), in: broker.host).get()
    expected.maximumLength = 3
    #expect(bounds() == expected)
    try broker.setLimit(nil, ofQueue: Name("q"), in: broker.host).get()
    try broker.deletePolicy("p", in: "/").get()
    #expect(bounds() == QueueBounds(maximumLength: 7))
  }

  @Test func deadLettersAreCountedByTheirReasons() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      ["x-max-length": .signed32(3), "x-dead-letter-exchange": .text("dlx")]
    )
    for number in 1...5 { client.publish("\(number)", to: "q") }
    client.reject(try client.get("q", noAck: false))
    _ = try client.drain("q")
    client.publish("late", to: "q", BasicProperties(expiration: "10"))
    try client.wait(milliseconds: 10)
    var expected = DeadLetterReasons()
    expected.maximumLength = 2
    expected.rejected = 1
    expected.expired = 1
    #expect(client.snapshot("q")?.deadLetters == expected)
    #expect(client.snapshot("q")?.deadLettered == 4)
  }

  @Test func whatComesBackOnceTooOftenIsADeadLetterOfTheDeliveryLimit() throws {
    try client.declareDeadLetters()
    try client.declare(
      "q",
      [
        "x-queue-type": .text("quorum"), "x-delivery-limit": .signed32(0),
        "x-dead-letter-exchange": .text("dlx"),
      ]
    )
    client.publish("x", to: "q")
    client.requeue(try client.get("q", noAck: false))
    var expected = DeadLetterReasons()
    expected.deliveryLimit = 1
    #expect(client.snapshot("q")?.deadLetters == expected)
  }

  @Test func whatHasNowhereToGoIsNoDeadLetter() throws {
    try client.declare("q", ["x-max-length": .signed32(1)])
    for number in 1...3 { client.publish("\(number)", to: "q") }
    client.reject(try client.get("q", noAck: false))
    #expect(client.snapshot("q")?.deadLetters == DeadLetterReasons())
    #expect(client.snapshot("q")?.dropped == 2)
  }
}
