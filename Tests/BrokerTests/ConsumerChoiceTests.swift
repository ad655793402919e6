import AMQP
import Broker
import Telemetry
import Testing

/// Who gets the next message: priorities and the single active consumer.
@Suite struct ConsumerChoiceTests {
  let broker = makeBroker()
  static let singleActive: FieldTable = ["x-single-active-consumer": .boolean(true)]

  private func client(_ name: String) -> TestClient { TestClient(broker, name: name) }

  @Test func higherPrioritiesGetMessagesFirstAndTakeTurnsAmongThemselves() throws {
    let low = client("low")
    let middle = client("middle")
    let high = [client("high 1"), client("high 2")]
    try low.declare("q")
    try low.consume("q", prefetch: 2, arguments: ["x-priority": .signed32(-1)])
    try middle.consume("q", prefetch: 2)
    for one in high { try one.consume("q", prefetch: 2, arguments: ["x-priority": .signed64(5)]) }
    for number in 0..<9 { low.publish("\(number)", key: "q") }
    #expect(try high.map { try $0.texts() } == [["0", "2"], ["1", "3"]])
    #expect(try middle.texts() == ["4", "5"])
    #expect(try low.texts() == ["6", "7"])
    high[1].settle(1)
    #expect(try high[1].texts() == ["8"])
    broker.expectSound()
    let priorities = broker.snapshot(of: broker.identity).consumers.map(\.priority)
    #expect(priorities == [-1, 0, 5, 5])
  }

  @Test func whenTheHighestLeaveTheRestTakeTurnsAgain() throws {
    let clients = (0..<3).map { client("\($0)") }
    try clients[0].declare("q")
    try clients[0].consume("q")
    try clients[1].consume("q", tag: "high", arguments: ["x-priority": .signed32(1)])
    try clients[2].consume("q")
    broker.cancel(Name("high"), on: clients[1].channel)
    for number in 0..<4 { clients[0].publish("\(number)", key: "q") }
    #expect(try clients[0].texts() == ["0", "2"])
    #expect(try clients[2].texts() == ["1", "3"])
    broker.expectSound()
  }

  private static let badArguments: [(String, FieldValue, String)] = [
    ("x-priority", .text("x"), #": "expected integer, got longstr""#),
    ("x-priority", .boolean(true), #": "expected integer, got bool""#),
    ("x-priority", .double(1), #": "expected integer, got double""#),
    ("x-priority", .timestamp(1), #": "expected integer, got timestamp""#),
    ("x-priority", .table([:]), #": "expected integer, got table""#),
    ("x-cancel-on-ha-failover", .text("yes"), ": {unacceptable_type,longstr}"),
    ("x-stream-offset", .text("first"), " of queue type rabbit_classic_queue"),
  ]

  @Test(arguments: badArguments.indices) func aBadArgumentIs406(index: Int) throws {
    let (argument, value, end) = Self.badArguments[index]
    let client = client("client")
    try client.declare("q")
    let request = ConsumeRequest(queue: Name("q"), tag: Name("t"), arguments: [argument: value])
    #expect(
      broker.consume(request, on: client.channel)
        == .failure(
          Violation(
            .preconditionFailed,
            "invalid arg '\(argument)' for queue 'q' in vhost '/'\(end)"
          )
        )
    )
  }

  @Test func argumentsThatMeanNothingHereAreTaken() throws {
    let client = client("client")
    try client.declare("q")
    #expect(throws: Never.self) {
      try client.consume("q", arguments: ["x-cancel-on-ha-failover": .boolean(true)])
      try client.consume("q", arguments: ["x-whatever": .void])
    }
  }

  @Test func aQuorumQueueKnowsFewerArguments() throws {
    let client = client("client")
    try client.declare("q", isDurable: true, arguments: ["x-queue-type": .text("quorum")])
    for argument in ["x-stream-offset", "x-cancel-on-ha-failover"] {
      let request = ConsumeRequest(
        queue: Name("q"),
        tag: Name("t"),
        arguments: [argument: .boolean(true)]
      )
      let text =
        "invalid arg '\(argument)' for queue 'q' in vhost '/' of queue type rabbit_quorum_queue"
      #expect(
        broker.consume(request, on: client.channel)
          == .failure(Violation(.preconditionFailed, text))
      )
    }
    broker.setPrefetch(3, isGlobal: true, on: client.channel)
    let request = ConsumeRequest(queue: Name("q"), tag: Name("t"))
    #expect(
      broker.consume(request, on: client.channel)
        == .failure(
          Violation(.notImplemented, "queue 'q' in vhost '/' does not support global qos")
        )
    )
  }

  @Test func theFirstConsumerIsActiveAndTheHighestOfTheOthersFollows() throws {
    let client = client("client")
    try client.declare("q", arguments: Self.singleActive)
    try client.consume("q", tag: "first")
    try client.consume("q", tag: "second")
    try client.consume("q", tag: "high", arguments: ["x-priority": .signed32(10)])
    for number in 0..<2 { client.publish("\(number)", key: "q") }
    #expect(try receivers(client) == ["first", "first"])
    #expect(activeTags() == ["first"])
    // What the first holds stays with it; the next need not wait for that.
    broker.cancel(Name("first"), on: client.channel)
    client.publish("2", key: "q")
    #expect(try receivers(client) == ["high"])
    #expect(activeTags() == ["high"])
    #expect(client.settle(1) == nil)
    broker.expectSound()
  }

  @Test func inAQuorumQueueTheOldestFollows() throws {
    let client = client("client")
    let arguments: FieldTable = [
      "x-single-active-consumer": .boolean(true), "x-queue-type": .text("quorum"),
    ]
    try client.declare("q", isDurable: true, arguments: arguments)
    for (tag, priority) in [("a", 0), ("b", 0), ("high", 10)] {
      try client.consume("q", tag: tag, arguments: ["x-priority": .signed32(Int32(priority))])
    }
    broker.cancel(Name("a"), on: client.channel)
    client.publish("x", key: "q")
    #expect(try receivers(client) == ["b"])
    let refusal = broker.get(
      from: Name("q"),
      isAutomaticallyAcknowledged: true,
      on: client.channel
    )
    #expect(
      refusal
        == Violation(
          .resourceLocked,
          "cannot obtain access to locked queue 'q' in vhost '/'. basic.get operations are not "
            + "supported by quorum queues with single active consumer"
        )
    )
    broker.expectSound()
  }

  @Test func whatWaitsGoesToTheNextWhenAClientDies() throws {
    let dying = client("dying")
    let next = client("next")
    try next.declare("q", arguments: Self.singleActive)
    try dying.consume("q", prefetch: 1)
    try next.consume("q")
    for number in 0..<3 { next.publish("\(number)", key: "q") }
    #expect(try dying.texts() == ["0"])
    #expect(try next.texts() == [])
    broker.closeConnection(dying.connection)
    #expect(try next.texts() == ["0", "1", "2"])
    broker.expectSound()
  }

  @Test func anExclusiveConsumerIsAlone() throws {
    let client = client("client")
    try client.declare("q")
    try client.declare("single", arguments: Self.singleActive)
    try client.declare("quorum", isDurable: true, arguments: ["x-queue-type": .text("quorum")])
    let refusal = { (queue: String, isExclusive: Bool) -> Violation? in
      let request = ConsumeRequest(queue: Name(queue), tag: Name(""), isExclusive: isExclusive)
      if case .failure(let violation) = broker.consume(request, on: client.channel) {
        return violation
      }
      return nil
    }
    let inUse = { (queue: String) in
      Violation(.accessRefused, "queue '\(queue)' in vhost '/' in exclusive use")
    }
    #expect(refusal("q", true) == nil)
    #expect(refusal("q", false) == inUse("q"))
    #expect(refusal("single", true) == inUse("single"))
    #expect(refusal("single", false) == nil)
    #expect(refusal("quorum", true) == nil)
    #expect(refusal("quorum", false) == nil)
    #expect(broker.snapshot(of: broker.identity).consumers.map(\.isExclusive).contains(true))
  }

  @Test func aTagIsUsedOnceOnAChannel() throws {
    let client = client("client")
    try client.declare("q")
    try client.consume("q", tag: "t")
    #expect(
      broker.consume(ConsumeRequest(queue: Name("q"), tag: Name("t")), on: client.channel)
        == .failure(Violation(.notAllowed, "attempt to reuse consumer tag 't'"))
    )
    #expect(try client.consume("q").hasPrefix("amq.ctag-"))
    broker.cancel(Name("unknown"), on: client.channel)
    broker.cancel(Name("t"), on: client.channel)
    #expect(try client.consume("q", tag: "t") == "t")
  }

  private func receivers(_ client: TestClient) throws -> [String] {
    try client.methods().compactMap {
      if case .basicDeliver(let deliver) = $0 { deliver.consumerTag } else { nil }
    }
  }

  private func activeTags() -> [String] {
    broker.snapshot(of: broker.identity).consumers.filter(\.isActive).map(\.tag)
  }
}
