import AMQP
import Broker
import Testing

/// How much the engine does in one turn.
@Suite struct TurnTests {
  @Test func aTurnHandsOutABoundedPartOfABacklogAndKeepsItsOrder() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try client.declare("q")
    for index in 0..<20_000 { client.publish("\(index)", key: "q") }
    try client.consume("q", noAck: true)
    var texts = try client.texts()
    #expect(!texts.isEmpty && texts.count <= 8_192)
    #expect(broker.hasWorkLeft)
    client.publish("20000", key: "q")
    broker.expectSound()
    var turns = 0
    while broker.hasWorkLeft, turns < 10 {
      texts += try client.texts()
      turns += 1
      broker.expectSound()
    }
    #expect(texts == (0...20_000).map { "\($0)" })
    #expect(!broker.hasWorkLeft)
  }

  @Test func queuesShareATurn() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    for name in ["a", "b"] {
      try client.declare(name)
      for _ in 0..<10_000 { client.publish(name, key: name) }
      try client.consume(name, noAck: true)
    }
    let first = try client.texts()
    #expect(Set(first) == ["a"])
    #expect(Set(try client.texts()) == ["b"])
    var rest = try client.texts()
    while broker.hasWorkLeft { rest += try client.texts() }
    #expect(rest.count + 2 * first.count == 20_000)
  }

  @Test func aVirtualHostTakesNoMoreQueuesThanItMay() throws {
    let broker = makeBroker()
    broker.queueCountLimit = 1
    let client = TestClient(broker)
    try client.declare("one")
    try client.declare("one")
    let refused = broker.declareQueue(QueueDeclaration(name: Name("two")), on: client.channel)
    #expect(
      refused.failure?.text
        == "cannot declare queue 'two': queue limit in vhost '/' (1) is reached"
    )
    #expect(
      broker.deleteQueue(
        Name("one"),
        onlyIfUnused: false,
        onlyIfEmpty: false,
        for: client.connection
      ) == .success(0)
    )
    try client.declare("two")
  }
}

extension Result {
  fileprivate var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}
