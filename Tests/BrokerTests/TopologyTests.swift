import AMQP
import Broker
import Telemetry
import Testing

@Suite struct TopologyTests {
  let broker = makeBroker()

  @Test func declaringAgainWithTheSamePropertiesIsNoError() throws {
    let client = TestClient(broker)
    try client.declare("q")
    client.publish("x", key: "q")
    #expect(try client.declare("q").messageCount == 1)
    let exchange = ExchangeDeclaration(name: Name("e"), type: .topic, isDurable: true)
    #expect(broker.declareExchange(exchange, in: broker.host) == nil)
    #expect(broker.declareExchange(exchange, in: broker.host) == nil)
  }

  @Test func declaringAgainWithOtherPropertiesIsRefused() throws {
    let client = TestClient(broker)
    try client.declare("q")
    let durable = QueueDeclaration(name: Name("q"), isDurable: true)
    let result = broker.declareQueue(durable, on: client.channel)
    #expect(
      result
        == .failure(
          Violation(
            .preconditionFailed,
            "inequivalent arg 'durable' for queue 'q' in vhost '/': received 'true' but current "
              + "is 'false'"
          )
        )
    )
    let fanout = ExchangeDeclaration(name: Name("amq.direct"), type: .fanout, isDurable: true)
    #expect(broker.declareExchange(fanout, in: broker.host)?.code == .preconditionFailed)
  }

  @Test func aQuorumQueueIsDurableAndStaysOfItsType() throws {
    let client = TestClient(broker)
    let quorum: FieldTable = ["x-queue-type": .text("quorum")]
    let transient = QueueDeclaration(name: Name("q"), arguments: quorum)
    #expect(
      broker.declareQueue(transient, on: client.channel)
        == .failure(
          Violation(
            .preconditionFailed,
            "invalid property 'non-durable' for queue 'q' in vhost '/'"
          )
        )
    )
    let durable = QueueDeclaration(name: Name("q"), isDurable: true, arguments: quorum)
    #expect(throws: Never.self) { try broker.declareQueue(durable, on: client.channel).get() }
    let classic = QueueDeclaration(name: Name("q"), isDurable: true)
    #expect(throws: Violation.self) { try broker.declareQueue(classic, on: client.channel).get() }
  }

  @Test(arguments: ["amq.mine", "amq."]) func reservedNamesAreRefused(name: String) {
    let client = TestClient(broker)
    #expect(
      broker.declareExchange(ExchangeDeclaration(name: Name(name), type: .direct), in: broker.host)?
        .code
        == .accessRefused
    )
    let queue = broker.declareQueue(QueueDeclaration(name: Name(name)), on: client.channel)
    #expect(throws: Violation.self) { try queue.get() }
  }

  @Test func theDefaultExchangeCannotBeChanged() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "", key: "k")?.code == .accessRefused)
    #expect(
      broker.deleteExchange(Name(""), onlyIfUnused: false, in: broker.host)?.code == .accessRefused
    )
  }

  @Test func anExclusiveQueueIsItsConnectionsOwnAndGoesWithIt() throws {
    let owner = TestClient(broker, name: "owner")
    let other = TestClient(broker, name: "other")
    try owner.declare("mine", isExclusive: true)
    let declared = broker.declareQueue(
      QueueDeclaration(name: Name("mine"), isExclusive: true),
      on: other.channel
    )
    #expect(throws: Violation.self) { try declared.get() }
    #expect(throws: Violation.self) { try other.consume("mine") }
    broker.closeConnection(owner.connection)
    #expect(broker.host.queues.isEmpty)
    broker.expectSound()
  }

  @Test func anAutoDeleteQueueGoesWithItsLastConsumer() throws {
    let client = TestClient(broker)
    try client.declare("q", isAutoDelete: true)
    try client.consume("q", tag: "one")
    try client.consume("q", tag: "two")
    broker.cancel(Name("one"), on: client.channel)
    #expect(broker.host.queues.count == 1)
    broker.cancel(Name("two"), on: client.channel)
    #expect(broker.host.queues.isEmpty)
  }

  @Test func anAutoDeleteExchangeGoesWithItsLastBinding() throws {
    let client = TestClient(broker)
    let declaration = ExchangeDeclaration(name: Name("e"), type: .fanout, isAutoDelete: true)
    #expect(broker.declareExchange(declaration, in: broker.host) == nil)
    try client.declare("q")
    #expect(client.bind("q", to: "e") == nil)
    #expect(broker.unbind(Name("q"), from: Name("e"), key: Name(""), for: client.connection) == nil)
    #expect(broker.host.exchanges[Name("e")] == nil)
  }

  @Test func deletingAQueueCancelsItsConsumersAndKeepsTheLedger() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", tag: "t", prefetch: 1)
    for text in ["held", "waiting"] { client.publish(text, key: "q") }
    _ = try client.frames()
    let count = try broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.connection
    ).get()
    #expect(count == 1)
    #expect(
      try client.methods() == [.basicCancel(BasicCancel(consumerTag: "t", noWait: true))]
    )
    broker.expectSound()
    #expect(client.settle(1) == nil)
    #expect(broker.totals.acknowledged == 1)
    #expect(broker.totals.discarded == 1)
    broker.expectSound()
  }

  @Test func aClientThatDoesNotKnowCancelNoticesGetsNone() throws {
    let client = TestClient(broker, wantsCancelNotice: false)
    try client.declare("q")
    try client.consume("q")
    _ = broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.connection
    )
    #expect(try client.methods().isEmpty)
  }

  @Test func deletingOnConditionRefusesWhenItIsNotMet() throws {
    let client = TestClient(broker)
    try client.declare("q")
    client.publish("x", key: "q")
    let ifEmpty = broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: true,
      for: client.connection
    )
    #expect(throws: Violation.self) { try ifEmpty.get() }
    try client.consume("q")
    let ifUnused = broker.deleteQueue(
      Name("q"),
      onlyIfUnused: true,
      onlyIfEmpty: false,
      for: client.connection
    )
    #expect(throws: Violation.self) { try ifUnused.get() }
    #expect(client.bind("q", to: "amq.direct", key: "k") == nil)
    #expect(broker.deleteExchange(Name("absent"), onlyIfUnused: true, in: broker.host) == nil)
  }

  @Test func purgingThrowsAwayWhatIsReadyOnly() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", prefetch: 1)
    for text in ["held", "a", "b"] { client.publish(text, key: "q") }
    #expect(try broker.purgeQueue(Name("q"), for: client.connection).get() == 2)
    #expect(broker.totals.unacked == 1)
    broker.expectSound()
  }

  @Test func aConsumerTagIsUniqueOnItsChannel() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", tag: "t")
    #expect(throws: Violation(.notAllowed, "attempt to reuse consumer tag 't'")) {
      try client.consume("q", tag: "t")
    }
  }

  @Test func anExclusiveConsumerIsAlone() throws {
    let client = TestClient(broker)
    try client.declare("q")
    let request = ConsumeRequest(queue: Name("q"), tag: Name("only"), isExclusive: true)
    _ = try broker.consume(request, on: client.channel).get()
    #expect(throws: Violation.self) { try client.consume("q") }
  }

  @Test func serverNamedQueuesHaveNamesOfTheirOwn() throws {
    let client = TestClient(broker)
    let names = try (0..<3).map { _ in try client.declare("").name.text }
    #expect(Set(names).count == 3)
    #expect(names.allSatisfy { $0.hasPrefix("amq.gen-") })
  }

  @Test func eventsSayWhatChanged() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", tag: "t")
    broker.cancel(Name("t"), on: client.channel)
    let texts = broker.snapshot(of: broker.identity).events.map(\.text)
    #expect(
      texts == ["queue 'q' declared", "consumer 't' joined q", "consumer 't' left q: it cancelled"]
    )
  }

  @Test func aConsumerThatLeavesSaysWhy() throws {
    func departure(_ end: (TestClient) throws -> Void) throws -> String? {
      let client = TestClient(broker)
      try client.declare("q")
      try client.consume("q", tag: "t")
      try end(client)
      let events = broker.snapshot(of: broker.identity).events.map(\.text)
      return events.last { $0.hasPrefix("consumer 't' left q: ") }
        .map { String($0.dropFirst("consumer 't' left q: ".count)) }
    }
    #expect(try departure { broker.closeChannel($0.channel) } == "its channel closed")
    #expect(
      try departure { broker.closeConnection($0.channel.connection) } == "its connection closed"
    )
    #expect(
      try departure { broker.closeConnection($0.channel.connection, because: .connectionLost) }
        == "its connection was lost"
    )
    #expect(
      try departure { $0.delete("q") } == "cancelled by the broker"
    )
  }

  @Test func theEventLogKeepsTheNewest() {
    for number in 1...300 { broker.record(.information, "\(number)") }
    let events = broker.snapshot(of: broker.identity).events
    #expect(events.count == 256)
    #expect(events.first?.text == "45")
    #expect(events.last?.sequence == 300)
  }
}
