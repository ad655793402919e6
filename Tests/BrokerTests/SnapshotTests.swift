import AMQP
import Telemetry
import TestSupport
import Testing

@testable import Broker

/// What a snapshot says of consumers, connections, exchanges and bindings.
@Suite struct SnapshotTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }
  private var snapshot: BrokerSnapshot { broker.snapshot(of: broker.identity) }

  @Test func aConsumerIsBusyWhileItHoldsAnything() throws {
    try client.declare("q")
    let reader = TestClient(broker, name: "reader")
    try reader.consume("q", prefetch: 2)
    let busy = { self.broker.snapshot(of: self.broker.identity).consumers.map(\.busyNanoseconds) }
    try client.wait(milliseconds: 50)
    #expect(busy() == [0])
    for number in 1...2 { client.publish("\(number)", to: "q") }
    #expect(try reader.texts() == ["1", "2"])
    try client.wait(milliseconds: 100)
    #expect(busy() == [100_000_000])
    reader.settle(1)
    try client.wait(milliseconds: 20)
    reader.settle(2)
    try client.wait(milliseconds: 1_000)
    #expect(busy() == [120_000_000])
    client.publish("3", to: "q")
    try client.wait(milliseconds: 7)
    #expect(busy() == [127_000_000])
    reader.settle(3, as: .requeued)
    try client.wait(milliseconds: 1)
    #expect(busy() == [127_000_000], "it is given back at the end of the turn only")
  }

  @Test func nobodyKnowsHowBusyAConsumerIsThatAcknowledgesAutomatically() throws {
    try client.declare("q")
    let reader = TestClient(broker, name: "reader")
    try reader.consume("q", noAck: true)
    client.publish("1", to: "q")
    try client.wait(milliseconds: 10)
    #expect(broker.snapshot(of: broker.identity).consumers.map(\.busyNanoseconds) == [nil])
  }

  @Test func connectionsAndChannelsThatWereOpenedAreCounted() {
    let before = broker.totals
    let other = TestClient(broker, name: "other")
    _ = broker.openChannel(2, on: other.connection)
    broker.closeConnection(other.connection)
    _ = TestClient(broker, name: "again")
    #expect(broker.totals.connectionsOpened == before.connectionsOpened + 2)
    #expect(broker.totals.channelsOpened == before.channelsOpened + 3)
  }

  @Test func confirmsThatWaitForTheDiskAreCountedOverAllChannels() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true)
    try stored.turn()
    let other = stored.broker.openChannel(2, on: client.connection)
    for channel in [client.channel, other] {
      #expect(stored.broker.selectConfirms(on: channel) == nil)
    }
    client.persist("1", key: "q")
    for text in ["2", "3"] {
      let message = QueueClient.makeMessage(
        text,
        key: "q",
        BasicProperties(deliveryMode: 2),
        at: stored.broker.now
      )
      #expect(stored.broker.publish(message, on: other, isMandatory: false) == nil)
    }
    client.publish("transient", key: "q")
    _ = stored.broker.finishTurn()
    let unconfirmed = {
      stored.broker.snapshot(of: stored.broker.identity).connections.map(\.unconfirmed)
    }
    #expect(unconfirmed() == [3])
    try stored.turn()
    #expect(unconfirmed() == [0])
  }

  @Test func aPublisherThatWaitsForTheDiskIsNotBlockedButHeldUp() {
    let (connection, broker) = (client.client.connection, broker)
    let states = { self.snapshot.connections.map { [$0.isBlocked, $0.isFlowControlled] } }
    #expect(states() == [[false, false]])
    broker.setStoreFlooded(true)
    #expect(states() == [[false, false]], "it did not publish")
    broker.block(connection)
    #expect(states() == [[false, true]])
    broker.raise(.disk, by: .measurement, because: "9 MB free")
    #expect(states() == [[true, false]], "now a resource is low")
    broker.setStoreFlooded(false)
    #expect(states() == [[true, false]])
    broker.clear(.disk, by: .measurement)
    #expect(states() == [[false, false]])
  }
}

/// Which key of a binding a dropped message was probably meant for.
@Suite struct NearestBindingTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private func exchange(_ name: String) -> ExchangeSnapshot? {
    broker.snapshot(of: broker.identity).exchanges.first { $0.name == name }
  }

  private func nearest(_ name: String) -> String? { exchange(name)?.nearestBindingKey }

  private func publish(_ key: String, to exchange: String) {
    client.client.publish("m", to: exchange, key: key)
  }

  init() throws { try client.declare("q") }

  @Test func aMistypedKeyIsRecognised() {
    #expect(client.client.declareExchange("e", .direct) == nil)
    for key in ["order.created", "order.cancelled"] {
      #expect(client.client.bind("q", to: "e", key: key) == nil)
    }
    #expect(nearest("e") == nil)
    publish("order.created", to: "e")
    #expect(nearest("e") == nil, "it was not dropped")
    publish("order.create", to: "e")
    #expect(exchange("e")?.lastUnroutableKey == "order.create")
    #expect(nearest("e") == "order.created")
    publish("order.canceled", to: "e")
    #expect(nearest("e") == "order.cancelled")
    publish("payment", to: "e")
    #expect(nearest("e") == nil)
  }

  @Test func aTopicExchangeComparesWithWhatItsPatternsMatch() {
    #expect(client.client.bind("q", to: "amq.topic", key: "order.*.eu") == nil)
    publish("orders.created.eu", to: "amq.topic")
    #expect(nearest("amq.topic") == "order.*.eu")
  }

  @Test func theDefaultExchangeComparesWithTheQueuesOfItsHost() throws {
    try client.declare("payments")
    publish("payment", to: "")
    #expect(nearest("") == "payments")
    publish("invoices", to: "")
    #expect(nearest("") == nil)
  }

  @Test func whereKeysAreNotComparedNoneIsNear() {
    #expect(client.client.declareExchange("hash", .consistentHash) == nil)
    #expect(client.client.declareExchange("head", .headers) == nil)
    let arguments: FieldTable = ["x-match": .text("all"), "n": .signed32(1)]
    #expect(client.client.bind("q", to: "head", key: "key1", arguments: arguments) == nil)
    publish("key2", to: "head")
    publish("11", to: "hash")
    #expect(exchange("head")?.lastUnroutableKey == "key2")
    #expect(nearest("head") == nil)
    #expect(nearest("hash") == nil)
  }

  @Test func itFollowsTheBindings() {
    #expect(client.client.declareExchange("e", .direct) == nil)
    publish("order.create", to: "e")
    #expect(nearest("e") == nil)
    #expect(client.client.bind("q", to: "e", key: "order.created") == nil)
    #expect(nearest("e") == "order.created")
    #expect(client.client.unbind("q", from: "e", key: "order.created") == nil)
    #expect(nearest("e") == nil)
  }

  @Test func oneSnapshotComparesNoMoreThanSoManyKeys() {
    for name in ["a", "b"] { #expect(client.client.declareExchange(name, .direct) == nil) }
    for number in 0..<NearestKey.comparedKeys {
      #expect(client.client.bind("q", to: "a", key: "key\(number + 10_000)") == nil)
    }
    #expect(client.client.bind("q", to: "b", key: "order.created") == nil)
    publish("key1", to: "a")
    publish("key99999", to: "a")
    publish("order.create", to: "b")
    let first = broker.snapshot(of: broker.identity).exchanges
    #expect(first.first { $0.name == "a" }?.nearestBindingKey != nil)
    #expect(first.first { $0.name == "b" }?.nearestBindingKey == nil)
    #expect(nearest("b") == "order.created", "the next snapshot has time for it")
  }
}

/// All bindings, looked at now and then.
@Suite struct BindingSurveyTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }
  private var survey: BindingSurvey? { broker.snapshot(of: broker.identity).bindingSurvey }

  @Test func allBindingsAreSurveyedEveryTenSeconds() throws {
    try client.declare("q")
    #expect(client.client.declareExchange("e", .fanout) == nil)
    #expect(client.client.bindExchange("e", to: "amq.topic", key: "a.#") == nil)
    let madeAt = Instant(nanoseconds: broker.now)
    #expect(client.client.bind("q", to: "e") == nil)
    client.client.publish("m", to: "amq.topic", key: "a.b")
    let first = try #require(survey)
    #expect(first.at == madeAt)
    #expect(first.bindings.map { "\($0.source)>\($0.destination.name)" } == ["amq.topic>e", "e>q"])
    #expect(first.bindings.map(\.hits) == [1, 1])
    #expect(first.bindings.map(\.createdAt) == [madeAt, madeAt])
    try client.wait(milliseconds: 9_999)
    client.client.publish("m", to: "amq.topic", key: "a.b")
    #expect(client.client.bind("q", to: "amq.direct", key: "k") == nil)
    #expect(survey == first)
    try client.wait(milliseconds: 1)
    let second = try #require(survey)
    #expect(second.at == Instant(nanoseconds: broker.now))
    #expect(second.bindings.map(\.hits) == [0, 2, 2])
    #expect(second.bindings.map(\.source) == ["amq.direct", "amq.topic", "e"])
    #expect(first.bindings.map(\.hits) == [1, 1], "what was given away stays as it was")
  }

  @Test func tooManyBindingsAreNotSurveyed() throws {
    try client.declare("q")
    for number in 1...BindingSurvey.limit {
      #expect(client.client.bind("q", to: "amq.direct", key: "\(number)") == nil)
    }
    #expect(survey?.bindings.count == BindingSurvey.limit)
    #expect(client.client.bind("q", to: "amq.direct", key: "more") == nil)
    try client.wait(milliseconds: 10_000)
    #expect(survey == nil)
    #expect(client.client.unbind("q", from: "amq.direct", key: "more") == nil)
    #expect(survey == nil, "it is looked for again at its time")
    try client.wait(milliseconds: 10_000)
    #expect(survey?.bindings.count == BindingSurvey.limit)
  }
}
