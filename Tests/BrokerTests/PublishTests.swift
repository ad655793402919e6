import AMQP
import Broker
import Telemetry
import Testing

@Suite struct PublishTests {
  let broker = makeBroker()

  @Test func confirmsOfOneTurnGoOutAsOneAck() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(broker.selectConfirms(on: client.channel) == nil)
    for _ in 0..<3 { client.publish("x", key: "q") }
    #expect(try client.methods() == [.basicAck(BasicAck(deliveryTag: 3, multiple: true))])
    client.publish("x", key: "q")
    #expect(try client.methods() == [.basicAck(BasicAck(deliveryTag: 4, multiple: false))])
    #expect(try client.methods().isEmpty)
    #expect(broker.totals.confirmed == 4)
  }

  @Test func aChannelThatClosesConfirmsFirst() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(broker.selectConfirms(on: client.channel) == nil)
    for _ in 0..<3 { client.publish("x", key: "q") }
    broker.closeChannel(client.channel)
    #expect(try client.methods() == [.basicAck(BasicAck(deliveryTag: 3, multiple: true))])
    #expect(broker.totals.confirmed == 3)
  }

  @Test func anUnroutableMandatoryMessageComesBackBeforeItsConfirm() throws {
    let client = TestClient(broker)
    #expect(broker.selectConfirms(on: client.channel) == nil)
    client.publish("lost", key: "nowhere", isMandatory: true)
    let frames = try client.frames()
    #expect(frames.count == 4)
    guard case .method(1, .basicReturn(let returned)) = frames[0] else {
      Issue.record("expected basic.return, got \(frames[0])")
      return
    }
    #expect(returned.replyCode == 312)
    #expect(returned.replyText == "NO_ROUTE")
    #expect(returned.routingKey == "nowhere")
    #expect(frames[3] == .method(channel: 1, .basicAck(BasicAck(deliveryTag: 1))))
    #expect(broker.totals.returned == 1)
  }

  /// As RabbitMQ orders them, and as php-amqp's tests expect.
  @Test func whatCameBeforeAReturnIsConfirmedBeforeIt() throws {
    let client = TestClient(broker)
    #expect(broker.selectConfirms(on: client.channel) == nil)
    client.publish("dropped", key: "nowhere")
    client.publish("back", key: "nowhere", isMandatory: true)
    let methods = try client.methods()
    #expect(methods.first == .basicAck(BasicAck(deliveryTag: 1)))
    #expect(methods.last == .basicAck(BasicAck(deliveryTag: 2)))
    #expect(methods.count == 3)
  }

  @Test func anUnroutableMessageIsCountedWithItsKey() throws {
    let client = TestClient(broker)
    client.publish("x", to: "amq.topic", key: "pay.ok")
    let exchange = try #require(
      broker.snapshot(of: broker.identity).exchanges.first { $0.name == "amq.topic" }
    )
    #expect(exchange.unroutable == 1)
    #expect(exchange.lastUnroutableKey == "pay.ok")
    #expect(broker.totals.unroutable == 1)
  }

  @Test func publishingToAnExchangeThatIsNotThereIsRefused() {
    let client = TestClient(broker)
    #expect(
      client.publish("x", to: "none", key: "k")
        == Violation(.notFound, "no exchange 'none' in vhost '/'")
    )
  }

  @Test func publishingToAnInternalExchangeIsRefused() {
    let client = TestClient(broker)
    let declaration = ExchangeDeclaration(name: Name("in"), type: .fanout, isInternal: true)
    #expect(broker.declareExchange(declaration, in: broker.host) == nil)
    #expect(client.publish("x", to: "in", key: "k")?.code == .accessRefused)
  }

  @Test func aRouteIsForgottenWhenTheTopologyChanges() throws {
    let client = TestClient(broker)
    try client.declare("a")
    #expect(client.bind("a", to: "amq.fanout") == nil)
    client.publish("1", to: "amq.fanout", key: "k")
    try client.declare("b")
    #expect(client.bind("b", to: "amq.fanout") == nil)
    client.publish("2", to: "amq.fanout", key: "k")
    #expect(broker.depth("a") == 2)
    #expect(broker.depth("b") == 1)
    _ = try broker.deleteQueue(
      Name("a"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.connection
    ).get()
    client.publish("3", to: "amq.fanout", key: "k")
    #expect(broker.depth("b") == 2)
    #expect(broker.totals.imbalance == 0)
  }

  @Test func exchangeAndKeyThatShareTheirBytesAreTwoRoutes() throws {
    let client = TestClient(broker)
    for name in ["a", "ab"] {
      #expect(
        broker.declareExchange(
          ExchangeDeclaration(name: Name(name), type: .direct),
          in: broker.host
        ) == nil
      )
    }
    try client.declare("one")
    try client.declare("two")
    #expect(client.bind("one", to: "a", key: "bc") == nil)
    #expect(client.bind("two", to: "ab", key: "c") == nil)
    client.publish("x", to: "a", key: "bc")
    client.publish("y", to: "ab", key: "c")
    #expect(broker.depth("one") == 1)
    #expect(broker.depth("two") == 1)
  }

  @Test func anOperatorPublishesAndLearnsWhatWasRouted() throws {
    let client = TestClient(broker)
    try client.declare("q")
    let publish = { (exchange: String, key: String, count: Int) in
      self.broker.publishByOperator(
        OperatorContent(body: [1, 2]),
        toExchange: Name(exchange),
        in: self.broker.host,
        routingKey: Name(key),
        count: count
      )
    }
    #expect(try publish("", "q", 3).get().routed == 3)
    let lost = try publish("", "no", 2).get()
    #expect(lost.routed == 0 && lost.unroutable == 2)
    #expect(throws: OperationRefusal.self) { try publish("no", "", 1).get() }
    #expect(throws: OperationRefusal.self) { try publish("", "q", 0).get() }
    #expect(broker.depth("q") == 3)
  }
}
