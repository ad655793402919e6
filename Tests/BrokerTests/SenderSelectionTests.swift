import AMQP
import Telemetry
import Testing

@testable import Broker

@Suite struct SenderSelectionTests {
  let broker = makeBroker()

  private func texts(_ names: String...) -> FieldValue { .array(names.map { .text($0) }) }

  @Test func copiesGoThroughTheDefaultExchangeAndBlindOnesAreHidden() throws {
    let client = TestClient(broker)
    try client.declareQueues("a", "b", "c")
    let headers: FieldTable = ["CC": texts("b"), "BCC": texts("c", "b", "none"), "x": .void]
    client.publish("m", to: "", key: "a", headers: headers)
    #expect(["a", "b", "c"].map { broker.depth($0) } == [1, 1, 1])
    for queue in ["a", "c"] {
      #expect(try client.takeProperties(of: queue)?.headers == ["CC": texts("b"), "x": .void])
    }
    broker.expectSound()
  }

  @Test(arguments: [ExchangeType.direct, .topic]) func copiesAreRoutedByKey(
    type: ExchangeType
  ) throws {
    let client = TestClient(broker)
    client.declareExchange("e", type)
    try client.declareQueues("a", "b", "c")
    for queue in ["a", "b", "c"] { #expect(client.bind(queue, to: "e", key: queue) == nil) }
    for _ in 0..<2 { client.publish("m", to: "e", key: "a", headers: ["CC": texts("b", "a")]) }
    client.publish("m", to: "e", key: "none", headers: ["BCC": texts("c")])
    #expect(["a", "b", "c"].map { broker.depth($0) } == [2, 2, 1])
    #expect(try client.takeProperties(of: "c")?.headers == [:])
  }

  @Test func typesThatReadNoKeyAreUnmoved() throws {
    let client = TestClient(broker)
    client.declareExchange("hash", .consistentHash)
    try client.declareQueues("a", "b")
    #expect(client.bind("a", to: "amq.fanout") == nil)
    for queue in ["a", "b"] { #expect(client.bind(queue, to: "hash", key: "1") == nil) }
    client.publish("m", to: "amq.fanout", key: "k", headers: ["CC": texts("b")])
    #expect(broker.depth("a") == 1)
    client.publish("m", to: "hash", key: "k", headers: ["CC": texts("b", "c", "d")])
    #expect((broker.depth("a") ?? 0) + (broker.depth("b") ?? 0) == 2)
  }

  /// The route of a plain message must not be taken for one with copies, nor the other way round.
  @Test func copiesAndPlainMessagesOfOneKeyDoNotMix() throws {
    let client = TestClient(broker)
    try client.declareQueues("a", "b")
    for _ in 0..<2 {
      client.publish("plain", key: "a")
      client.publish("both", to: "", key: "a", headers: ["CC": texts("b")])
    }
    #expect(broker.depth("a") == 4)
    #expect(broker.depth("b") == 2)
  }

  @Test func whatIsNoTextInTheArrayIsPassedOver() throws {
    let client = TestClient(broker)
    try client.declareQueues("a", "b")
    let keys: FieldValue = .array([.signed32(5), .text("b"), .void])
    #expect(client.publish("m", to: "", key: "a", headers: ["CC": keys]) == nil)
    #expect(broker.depth("b") == 1)
  }

  @Test(
    arguments: [
      (.text("a"), "longstr"), (.signed32(5), "signedint"), (.void, "void"),
      (.table([:]), "table"), (.boolean(true), "bool"), (.bytes([1]), "binary"),
      (.signed64(1), "long"), (.decimal(scale: 1, value: 2), "decimal"),
    ] as [(FieldValue, String)]
  )
  func aHeaderThatIsNoArrayIsRefused(value: FieldValue, type: String) throws {
    let client = TestClient(broker)
    for header in ["CC", "BCC"] {
      #expect(
        client.publish("m", to: "amq.fanout", key: "k", headers: [header: value])
          == Violation(
            .preconditionFailed,
            "invalid message: {unacceptable_type_in_header,\"\(header)\",\(type)}"
          )
      )
    }
    #expect(
      client.publish("m", to: "none", key: "k", headers: ["CC": .void])?.code == .notFound
    )
    broker.expectSound()
  }

  @Test func aMessageOfTheBrokersOwnFollowsItsCopiesToo() throws {
    let client = TestClient(broker)
    try client.declareQueues("a", "b")
    let exchange = try #require(broker.host.exchanges[Name("")])
    let properties = BasicProperties(headers: ["CC": texts("b")])
    let message = makeMessage("m", exchange: "", key: "a", properties: properties)
    #expect(
      broker.destinations(of: message, through: exchange).queues.map(\.name) == [
        Name("a"), Name("b"),
      ]
    )
    #expect(broker.republish(message, through: exchange) == 2)
    #expect(broker.depth("b") == 1)
    let lost = makeMessage("m", exchange: "", key: "none", properties: BasicProperties())
    #expect(broker.republish(lost, through: exchange) == 0)
    #expect(broker.exchange("")?.unroutable == 1)
    #expect(broker.totals.published == 0)
    broker.expectSound()
  }

  @Test func anInternalExchangeStaysClosedToClientsAfterTheBrokerUsedIt() throws {
    let client = TestClient(broker)
    client.declareExchange("in", .fanout, isInternal: true)
    try client.declare("q")
    #expect(client.bind("q", to: "in") == nil)
    let exchange = try #require(broker.host.exchanges[Name("in")])
    #expect(broker.republish(makeMessage("m", exchange: "in", key: "k"), through: exchange) == 1)
    #expect(client.publish("m", to: "in", key: "k")?.code == .accessRefused)
  }
}
