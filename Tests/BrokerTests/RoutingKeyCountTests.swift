import AMQP
import Broker
import Telemetry
import Testing

/// The routing keys of the messages that come to the exchange that a person looks at.
@Suite struct RoutingKeyCountTests {
  private let broker = makeBroker()
  private let client: TestClient

  init() throws {
    client = TestClient(broker)
    for queue in ["q", "r"] { try client.declare(queue) }
  }

  private func watch(_ exchange: String, isTapping: Bool = false) {
    broker.watch(.exchange(virtualHost: "/", name: exchange), isTapping: isTapping)
  }

  private var details: WatchedDetails? { broker.snapshot(of: broker.identity).details }

  private var counts: [String]? {
    details.map { $0.routingKeys.map { "\($0.routingKey) \($0.count)" } }
  }

  private func publish(_ count: Int = 1, to exchange: String, _ key: String) {
    for _ in 0..<count { client.publish("m", to: exchange, key: key) }
  }

  @Test(arguments: [ExchangeType.direct, .fanout, .topic, .headers, .consistentHash])
  func theMostFrequentKeysComeFirstAndThenByName(type: ExchangeType) {
    client.declareExchange("e", type)
    #expect(client.bind("q", to: "e", key: "1") == nil)
    publish(9, to: "e", "before")
    watch("e")
    #expect(counts == [])
    for key in ["c", "b", "1"] { publish(2, to: "e", key) }
    publish(3, to: "e", "a")
    publish(to: "e", "")
    publish(to: "", "q")
    #expect(counts == ["a 3", "1 2", "b 2", "c 2", " 1"])
    #expect(details?.otherRoutingKeys == 0)
    // Another look counts nothing twice, and new messages go on.
    publish(2, to: "e", "c")
    #expect(counts == ["c 4", "a 3", "1 2", "b 2", " 1"])
  }

  @Test func keysBeyondTheLimitAreCountedTogether() {
    client.declareExchange("e", .fanout)
    watch("e")
    let limit = WatchedDetails.routingKeysLimit
    for number in 1...limit + 10 { publish(to: "e", "\(number)") }
    publish(5, to: "e", "\(limit + 1)")
    publish(5, to: "e", "\(limit)")
    #expect(counts?.count == limit)
    #expect(counts?.first == "\(limit) 6")
    #expect(details?.routingKeys.contains { $0.routingKey == "\(limit + 1)" } == false)
    #expect(details?.otherRoutingKeys == 15)
  }

  @Test func anotherLookBeginsAnewAndATapDoesNot() {
    client.declareExchange("e", .direct)
    client.declareExchange("f", .direct)
    watch("e")
    publish(2, to: "e", "k")
    publish(to: "f", "l")
    watch("e", isTapping: true)
    publish(to: "e", "k")
    #expect(counts == ["k 3"])
    #expect(details?.tapped.count == 1)
    watch("f")
    #expect(counts == [])
    publish(to: "e", "k")
    publish(to: "f", "m")
    #expect(counts == ["m 1"])
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: false)
    #expect(counts == [])
    publish(to: "f", "m")
    watch("f")
    #expect(counts == [])
  }

  @Test func whatChangesAroundItDoesNotDisturbIt() {
    client.declareExchange("e", .direct)
    watch("e")
    for number in 1...4 {
      publish(to: "e", "k")
      // Routes are made anew after this.
      client.declareExchange("other\(number)", .direct)
    }
    #expect(client.bind("q", to: "e", key: "k") == nil)
    publish(to: "e", "k")
    #expect(counts == ["k 5"])
    #expect(broker.depth("q") == 1)
    #expect(broker.deleteExchange(Name("e"), onlyIfUnused: false, in: broker.host) == nil)
    #expect(counts == nil)
    client.declareExchange("e", .direct)
    #expect(counts == [])
    publish(to: "e", "k")
    #expect(counts == ["k 1"])
    broker.expectSound()
  }

  @Test func messagesComeThroughBindingsAndAsAlternatesToo() {
    client.declareExchange("in", .topic, arguments: ["alternate-exchange": .text("rest")])
    client.declareExchange("out", .fanout)
    client.declareExchange("rest", .fanout)
    client.bindExchange("out", to: "in", key: "a.*")
    #expect(client.bind("q", to: "out") == nil)
    watch("out")
    publish(3, to: "in", "a.b")
    publish(to: "in", "b")
    publish(to: "out", "direct")
    #expect(counts == ["a.b 3", "direct 1"])
    watch("rest")
    publish(to: "in", "a.b")
    publish(2, to: "in", "b")
    #expect(counts == ["b 2"])
  }

  @Test func theDefaultExchangeCountsTheNamesOfQueues() {
    watch("")
    publish(2, to: "", "q")
    publish(to: "", "r")
    publish(3, to: "", "nowhere")
    #expect(counts == ["nowhere 3", "q 2", "r 1"])
  }

  @Test func deadLettersCountAndSoDoesOneKeyOfAMessageWithCopies() throws {
    let client = QueueClient(broker)
    client.client.declareExchange("dlx", .fanout)
    try client.declare(
      "dying",
      ["x-dead-letter-exchange": .text("dlx"), "x-dead-letter-routing-key": .text("dead")]
    )
    watch("dlx")
    client.publish("m", to: "dying")
    client.reject(try client.get("dying", noAck: false))
    _ = broker.finishTurn()
    let message = QueueClient.makeMessage(
      "m",
      exchange: "dlx",
      key: "one",
      BasicProperties(headers: ["CC": .array([.text("two"), .text("three")])]),
      at: broker.now
    )
    #expect(broker.publish(message, on: client.client.channel, isMandatory: false) == nil)
    #expect(counts == ["dead 1", "one 1"])
  }

  @Test func whatADelayedExchangeHoldsBackCountsWhenItComes() {
    client.declareExchange("later", .delayed, arguments: ["x-delayed-type": .text("fanout")])
    client.declareExchange("next", .fanout)
    client.bindExchange("next", to: "later")
    #expect(client.bind("q", to: "next") == nil)
    watch("later")
    client.publish("x", to: "later", key: "k", headers: ["x-delay": .signed32(500)])
    #expect(counts == ["k 1"])
    broker.advance(milliseconds: 500)
    #expect(broker.depth("q") == 1)
    #expect(counts == ["k 1"])
    watch("next")
    client.publish("x", to: "later", key: "l", headers: ["x-delay": .signed32(500)])
    #expect(counts == [])
    broker.advance(milliseconds: 1_000)
    #expect(broker.depth("q") == 2)
    #expect(counts == ["l 1"])
  }
}
