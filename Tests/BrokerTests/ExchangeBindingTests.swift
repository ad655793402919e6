import AMQP
import Broker
import Telemetry
import Testing

@Suite struct ExchangeBindingTests {
  let broker = makeBroker()

  @Test func aMessageGoesThroughSeveralExchangesToEachQueueOnce() throws {
    let client = TestClient(broker)
    client.declareExchange("a", .topic)
    client.declareExchange("b", .fanout)
    client.declareExchange("c", .direct)
    try client.declareQueues("one", "two", "three")
    client.bindExchange("b", to: "a", key: "x.#")
    client.bindExchange("c", to: "b")
    #expect(client.bind("one", to: "a", key: "x.y") == nil)
    #expect(client.bind("one", to: "b") == nil)
    #expect(client.bind("two", to: "c", key: "x.y") == nil)
    #expect(client.bind("three", to: "c", key: "other") == nil)
    for _ in 0..<2 { client.publish("m", to: "a", key: "x.y") }
    #expect(["one", "two", "three"].map { broker.depth($0) } == [2, 2, 0])
    #expect(broker.exchange("a").map { [$0.published, $0.routed, $0.unroutable] } == [2, 4, 0])
    #expect(broker.exchange("b").map { [$0.published, $0.routed, $0.unroutable] } == [2, 0, 0])
    #expect(broker.exchange("c").map { [$0.published, $0.routed, $0.unroutable] } == [2, 2, 0])
    #expect(broker.totals.published == 2)
    broker.expectSound()
  }

  @Test func circlesEnd() throws {
    let client = TestClient(broker)
    for name in ["a", "b"] { client.declareExchange(name, .fanout) }
    client.bindExchange("b", to: "a")
    client.bindExchange("a", to: "b")
    client.bindExchange("a", to: "a", key: "self")
    try client.declare("q")
    #expect(client.bind("q", to: "b") == nil)
    client.publish("m", to: "a", key: "k")
    #expect(broker.depth("q") == 1)
    #expect(client.unbindExchange("b", from: "a") == nil)
    client.publish("m", to: "a", key: "k")
    #expect(broker.depth("q") == 1)
    #expect(broker.exchange("a")?.unroutable == 1)
    broker.expectSound()
  }

  @Test func deletingADestinationTakesAutoDeleteSourcesWithIt() throws {
    let client = TestClient(broker)
    client.declareExchange("first", .fanout, isAutoDelete: true)
    client.declareExchange("second", .fanout, isAutoDelete: true)
    client.declareExchange("kept", .fanout)
    client.declareExchange("last", .fanout)
    client.bindExchange("second", to: "first")
    client.bindExchange("last", to: "second")
    client.bindExchange("last", to: "kept")
    #expect(broker.deleteExchange(Name("last"), onlyIfUnused: true, in: broker.host) == nil)
    #expect(!broker.hasExchange("first") && !broker.hasExchange("second"))
    #expect(broker.exchange("kept")?.bindingCount == 0)
    broker.expectSound()
  }

  @Test func deletingASourceKeepsItsDestinations() throws {
    let client = TestClient(broker)
    client.declareExchange("source", .fanout)
    client.declareExchange("target", .fanout, isAutoDelete: true)
    client.bindExchange("target", to: "source")
    #expect(
      broker.deleteExchange(Name("source"), onlyIfUnused: true, in: broker.host)
        == Violation(.preconditionFailed, "exchange 'source' in vhost '/' in use")
    )
    #expect(broker.deleteExchange(Name("source"), onlyIfUnused: false, in: broker.host) == nil)
    #expect(broker.hasExchange("target"))
    broker.expectSound()
  }

  /// A long chain of auto-delete exchanges goes without a recursion as deep.
  @Test func aLongChainOfAutoDeleteExchangesGoesAtOnce() throws {
    let client = TestClient(broker)
    client.declareExchange("0", .fanout, isAutoDelete: true)
    for number in 1...20_000 {
      client.declareExchange("\(number)", .fanout, isAutoDelete: true)
      client.bindExchange("\(number)", to: "\(number - 1)")
    }
    try client.declare("q")
    #expect(client.bind("q", to: "20000") == nil)
    client.publish("m", to: "0", key: "k")
    #expect(broker.depth("q") == 1)
    client.delete("q")
    #expect((0...20_000).allSatisfy { !broker.hasExchange("\($0)") })
  }

  @Test func bindingTwiceIsOneBindingAndUnbindingWhatIsNotThereIsNoError() throws {
    let client = TestClient(broker)
    client.declareExchange("a", .fanout)
    client.bindExchange("amq.direct", to: "a", key: "k")
    client.bindExchange("amq.direct", to: "a", key: "k")
    #expect(broker.exchange("a")?.bindingCount == 1)
    #expect(client.unbindExchange("amq.direct", from: "a", key: "other") == nil)
    #expect(client.unbindExchange("none", from: "a") == nil)
    #expect(client.unbindExchange("a", from: "none") == nil)
    #expect(client.unbindExchange("amq.direct", from: "a", key: "k") == nil)
    #expect(broker.exchange("a")?.bindingCount == 0)
  }

  @Test func bindingsCanBeListed() throws {
    let client = TestClient(broker)
    client.declareExchange("a", .headers)
    try client.declare("q")
    client.bind("q", to: "a", key: "k", arguments: ["b": .void, "a": .signed32(1)])
    client.bindExchange("amq.fanout", to: "a", key: "f")
    let exchange = try #require(broker.host.exchanges[Name("a")])
    #expect(
      exchange.bindingDescriptions == [
        BindingDescription(
          source: Name("a"),
          destinationKind: .queue,
          destination: Name("q"),
          routingKey: Name("k"),
          arguments: ["a": .signed32(1), "b": .void]
        ),
        BindingDescription(
          source: Name("a"),
          destinationKind: .exchange,
          destination: Name("amq.fanout"),
          routingKey: Name("f"),
          arguments: [:]
        ),
      ]
    )
  }

  @Test func anAutoDeleteExchangeThatWasNeverBoundStays() throws {
    let client = TestClient(broker)
    client.declareExchange("a", .fanout, isAutoDelete: true)
    try client.declare("q")
    client.delete("q")
    #expect(broker.hasExchange("a"))
  }

  @Test func exchangesThatRabbitMQPredeclaresAreThere() {
    let types = ["amq.headers": "headers", "amq.match": "headers", "amq.rabbitmq.trace": "topic"]
    for (name, type) in types {
      #expect(broker.exchange(name)?.type == type)
      #expect(broker.exchange(name)?.isPredeclared == true)
    }
  }
}
