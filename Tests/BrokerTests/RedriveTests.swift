import AMQP
import Broker
import Store
import Telemetry
import TestSupport
import Testing

/// Dead letters go back to where they died.
@Suite(.computing) struct RedriveTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private func redrive(
    _ broker: Broker,
    _ queue: String = "dead",
    isDryRun: Bool = false
  ) throws -> Redrive {
    let redrive = try broker.beginRedrive(of: Name(queue), in: broker.host, isDryRun: isDryRun)
      .get()
    while true {
      if let result = broker.advance(redrive) { return try result.get() }
      broker.expectSound()
    }
  }

  /// A topic exchange `shop` bound to `orders`, whose dead letters go to `dead`.
  private func declareShop() throws {
    try client.declareDeadLetters()
    let shop = ExchangeDeclaration(name: Name("shop"), type: .topic)
    #expect(broker.declareExchange(shop, in: broker.host) == nil)
    try client.declare("orders", ["x-dead-letter-exchange": .text("dlx")])
    #expect(client.client.bind("orders", to: "shop", key: "order.#") == nil)
  }

  private func reject(_ count: Int, of queue: String) throws {
    for _ in 1...count { client.reject(try client.get(queue, noAck: false)) }
    _ = broker.finishTurn()
  }

  private func publish(_ text: String, key: String) {
    client.client.publish(text, to: "shop", key: key)
  }

  @Test func theyGoBackInOrderWithPropertiesAndHistory() throws {
    try declareShop()
    for number in 1...3 { publish("\(number)", key: "order.new") }
    publish("4", key: "order.paid")
    try reject(4, of: "orders")
    let expected = [
      Redrive.Group(
        reason: "rejected",
        queue: "orders",
        exchange: "shop",
        routingKey: "order.new",
        count: 3
      ),
      Redrive.Group(
        reason: "rejected",
        queue: "orders",
        exchange: "shop",
        routingKey: "order.paid",
        count: 1
      ),
    ]
    let dry = try redrive(broker, isDryRun: true)
    #expect(dry == Redrive(groups: expected, withoutOrigin: 0, isDryRun: true))
    #expect(broker.depth("dead") == 4 && broker.depth("orders") == 0)
    let wet = try redrive(broker)
    #expect(wet == Redrive(groups: expected, withoutOrigin: 0, isDryRun: false))
    broker.expectSound()
    let items = try client.drain("orders")
    #expect(items.map(\.text) == ["1", "2", "3", "4"])
    #expect(items.map(\.key) == ["order.new", "order.new", "order.new", "order.paid"])
    #expect(items.allSatisfy { $0.exchange == "shop" && $0.reasons == ["rejected"] })
    #expect(broker.depth("dead") == 0)
    #expect(broker.totals.moved == 4 && broker.totals.imbalance == 0)
  }

  @Test func aSecondDeathIsCountedOnTheOldHistory() throws {
    try declareShop()
    publish("x", key: "order.new")
    for _ in 1...3 {
      try reject(1, of: "orders")
      _ = try redrive(broker)
    }
    try reject(1, of: "orders")
    let item = try #require(try client.get("dead"))
    #expect(item.deaths.count == 1 && item.deaths[0]["count"] == .signed64(4))
  }

  @Test func fromTheDefaultExchangeTheyGoToTheirQueue() throws {
    try declareShop()
    client.publish("x", to: "orders")
    try reject(1, of: "orders")
    let result = try redrive(broker)
    #expect(result.groups.map(\.exchange) == [""])
    #expect(result.groups.map(\.routingKey) == ["orders"])
    #expect(try client.drain("orders").map(\.text) == ["x"])
  }

  @Test func whatHasNoWayBackStaysInItsPlace() throws {
    try declareShop()
    client.publish("never died", to: "dead")
    publish("gone", key: "order.new")
    client.publish("goes", to: "orders")
    try reject(2, of: "orders")
    client.publish("never died either", to: "dead")
    #expect(broker.deleteExchange(Name("shop"), onlyIfUnused: false, in: broker.host) == nil)
    for isDryRun in [true, false] {
      let result = try redrive(broker, isDryRun: isDryRun)
      #expect(result.withoutOrigin == 2)
      let obstacles = result.groups.map { $0.obstacle ?? "" }.sorted()
      #expect(obstacles == ["", "exchange 'shop' is gone"])
    }
    #expect(try client.drain("dead").map(\.text) == ["never died", "gone", "never died either"])
    #expect(try client.drain("orders").map(\.text) == ["goes"])
  }

  @Test func nothingIsLostForWantOfABindingOrOfRoom() throws {
    try declareShop()
    publish("1", key: "order.new")
    try reject(1, of: "orders")
    let unbound = client.broker.unbind(
      Name("orders"),
      from: Name("shop"),
      key: Name("order.#"),
      for: client.client.connection
    )
    #expect(unbound == nil)
    #expect(try redrive(broker).groups.map(\.obstacle) == ["no queue is bound for it"])
    try client.declare("small", ["x-max-length": .signed32(1)])
    #expect(client.client.bind("small", to: "shop", key: "#") == nil)
    client.publish("there", to: "small")
    #expect(try redrive(broker).groups.map(\.obstacle) == ["queue 'small' is full"])
    #expect(client.client.bind("dead", to: "shop", key: "#") == nil)
    let circle = try redrive(broker, isDryRun: true).groups.map(\.obstacle)
    #expect(circle == ["it would come back to this queue"])
    #expect(try client.drain("dead").map(\.text) == ["1"])
    #expect(try client.drain("small").map(\.text) == ["there"])
  }

  @Test func aLongQueueOnTheDiskGoesBackOverManyTurnsAndACrash() throws {
    let stored = try StoredBroker(segmentBytes: 64 << 10, memoryBytes: 32 << 10)
    let publisher = stored.client
    try publisher.declare("dead", isDurable: true)
    try publisher.declare(
      "q",
      isDurable: true,
      arguments: [
        "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("dead"),
      ]
    )
    let count = 6_000
    for number in 0..<count {
      publisher.persist("\(number)", key: number % 100 == 7 ? "dead" : "q")
    }
    let reader = stored.client
    for _ in 0..<(count - count / 100) {
      #expect(
        stored.broker.get(from: Name("q"), isAutomaticallyAcknowledged: false, on: reader.channel)
          == nil
      )
    }
    _ = try reader.frames()
    reader.settle(0, isMultiple: true, as: .discarded)
    for _ in 1...60 {
      stored.wait(milliseconds: 25)
      try stored.turn()
    }
    try #require(stored.broker.depth("dead") == count)
    try #require(stored.broker.pagedCount > 2_000)
    let dry = try redrive(stored.broker, isDryRun: true)
    #expect(dry.groups.map(\.count) == [count - count / 100])
    let result = try redrive(stored.broker)
    #expect(result.groups == dry.groups && result.withoutOrigin == count / 100)
    stored.broker.expectSound()
    try stored.turn()
    try stored.restart()
    stored.broker.expectSound()
    #expect(stored.broker.depth("dead") == count / 100)
    let after = stored.client
    var texts: [Int] = []
    while let item = try after.get("q", noAck: true) { texts.append(Int(item.text) ?? -1) }
    #expect(texts == (0..<count).filter { $0 % 100 != 7 })
    texts = []
    while let item = try after.get("dead", noAck: true) { texts.append(Int(item.text) ?? -1) }
    #expect(texts == (0..<count).filter { $0 % 100 == 7 })
  }
}
