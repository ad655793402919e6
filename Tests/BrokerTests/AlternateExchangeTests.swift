import AMQP
import Telemetry
import Testing

@testable import Broker

@Suite struct AlternateExchangeTests {
  let broker = makeBroker()

  private func makeChain(_ client: TestClient, _ names: String...) {
    for (name, next) in zip(names, names.dropFirst() + [""]) {
      let arguments: FieldTable = next.isEmpty ? [:] : ["alternate-exchange": .text(next)]
      client.declareExchange(name, .direct, arguments: arguments)
    }
  }

  @Test func whatAnExchangeCannotRouteGoesToItsAlternate() throws {
    let client = TestClient(broker)
    makeChain(client, "a", "b", "c")
    try client.declareQueues("near", "far")
    #expect(client.bind("near", to: "a", key: "near") == nil)
    #expect(client.bind("far", to: "c", key: "far") == nil)
    #expect(client.bind("far", to: "c", key: "near") == nil)
    client.publish("1", to: "a", key: "near", isMandatory: true)
    client.publish("2", to: "a", key: "far", isMandatory: true)
    #expect(broker.depth("near") == 1)
    #expect(try client.get("far", noAck: true)?.text == "2")
    #expect(broker.totals.returned == 0 && broker.totals.unroutable == 0)
    #expect(broker.exchange("c").map { [$0.published, $0.routed] } == [1, 1])
    client.publish("3", to: "a", key: "nowhere", isMandatory: true)
    #expect(broker.totals.returned == 1)
    #expect(broker.exchange("a")?.unroutable == 1)
    #expect(broker.exchange("c")?.unroutable == 0)
    broker.expectSound()
  }

  @Test func aCircleOfAlternatesEnds() {
    let client = TestClient(broker)
    client.declareExchange("a", .direct, arguments: ["alternate-exchange": .text("b")])
    client.declareExchange("b", .direct, arguments: ["alternate-exchange": .text("a")])
    client.publish("x", to: "a", key: "k", isMandatory: true)
    #expect(broker.totals.returned == 1)
  }

  /// As RabbitMQ: a binding to an exchange that routes nowhere is a match all the same.
  @Test func aBoundExchangeThatRoutesNowhereKeepsTheAlternateOut() throws {
    let client = TestClient(broker)
    makeChain(client, "a", "b")
    try client.declare("q")
    #expect(client.bind("q", to: "b", key: "k") == nil)
    client.bindExchange("amq.fanout", to: "a", key: "k")
    client.publish("x", to: "a", key: "k")
    #expect(broker.depth("q") == 0)
    #expect(broker.totals.unroutable == 1)
  }

  @Test func theDefaultExchangeAsAlternateRoutesNothing() throws {
    let client = TestClient(broker)
    try client.declare("q")
    client.declareExchange("a", .direct, arguments: ["alternate-exchange": .text("")])
    client.publish("x", to: "a", key: "q")
    #expect(broker.depth("q") == 0)
  }

  @Test func anAlternateMayBeInternalAndMayComeLater() throws {
    let client = TestClient(broker)
    makeChain(client, "a")
    client.declareExchange("b", .direct, arguments: ["alternate-exchange": .text("late")])
    client.publish("1", to: "b", key: "k")
    client.declareExchange("late", .fanout, isInternal: true)
    try client.declare("q")
    #expect(client.bind("q", to: "late") == nil)
    client.publish("2", to: "b", key: "k")
    #expect(try client.get("q", noAck: true)?.text == "2")
  }

  @Test func aPolicyNamesAnAlternateUnlessTheArgumentDoes() throws {
    let client = TestClient(broker)
    client.declareExchange("byPolicy", .direct)
    client.declareExchange("both", .direct, arguments: ["alternate-exchange": .text("amq.fanout")])
    try client.declareQueues("fan", "match")
    #expect(client.bind("fan", to: "amq.fanout") == nil)
    #expect(client.bind("match", to: "amq.match") == nil)
    client.publish("0", to: "byPolicy", key: "k")
    for name in ["byPolicy", "both"] {
      let exchange = try #require(broker.host.exchanges[Name(name)])
      exchange.policy.definition = ["alternate-exchange": .text("amq.match")]
      broker.policyChanged(of: exchange)
      client.publish(name, to: name, key: "k")
    }
    #expect(try client.get("fan", noAck: true)?.text == "both")
    #expect(try client.get("match", noAck: true)?.text == "byPolicy")
    #expect(broker.totals.unroutable == 1)
  }
}
