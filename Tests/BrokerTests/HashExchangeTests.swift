import AMQP
import Broker
import Telemetry
import Testing

@Suite struct HashExchangeTests {
  let broker = makeBroker()

  /// Publishes keys and says which queue each went to.
  private func places(of keys: Range<Int>, in queues: [String], _ client: TestClient) -> [String] {
    keys.map { key in
      let before = queues.map { broker.depth($0) ?? 0 }
      client.publish("x", to: "hash", key: "key \(key)")
      let after = queues.map { broker.depth($0) ?? 0 }
      #expect(after.reduce(0, +) == before.reduce(0, +) + 1, "one queue gets it")
      return queues.indices.first { after[$0] > before[$0] }.map { queues[$0] } ?? ""
    }
  }

  private func makeHash(_ queues: [String], weight: String = "10") throws -> TestClient {
    let client = TestClient(broker)
    #expect(client.declareExchange("hash", .consistentHash) == nil)
    for queue in queues {
      try client.declare(queue)
      #expect(client.bind(queue, to: "hash", key: weight) == nil)
    }
    return client
  }

  @Test func aKeyAlwaysGoesToTheSameQueueAndKeysSpreadEvenly() throws {
    let queues = ["a", "b", "c", "d"]
    let client = try makeHash(queues)
    let first = places(of: 0..<2_000, in: queues, client)
    #expect(places(of: 0..<2_000, in: queues, client) == first)
    for queue in queues {
      // Four standard deviations about a quarter: chance would not go there.
      let count = first.count { $0 == queue }
      #expect((423...577).contains(count), "\(queue) got \(count)")
    }
  }

  @Test func aNewQueueTakesItsShareAndNothingElseMoves() throws {
    let client = try makeHash(["a", "b", "c"])
    let before = places(of: 0..<900, in: ["a", "b", "c"], client)
    try client.declare("new")
    #expect(client.bind("new", to: "hash", key: "10") == nil)
    let after = places(of: 0..<900, in: ["a", "b", "c", "new"], client)
    let moved = zip(before, after).filter { $0 != $1 }
    #expect(moved.allSatisfy { $0.1 == "new" })
    #expect((172...278).contains(moved.count), "\(moved.count) moved")
    client.delete("new")
    #expect(places(of: 0..<900, in: ["a", "b", "c"], client) == before)
    broker.expectSound()
  }

  @Test func aWeightIsAShare() throws {
    let client = try makeHash(["a"], weight: "1")
    try client.declare("b")
    #expect(client.bind("b", to: "hash", key: "3") == nil)
    let count = places(of: 0..<2_000, in: ["a", "b"], client).count { $0 == "b" }
    #expect((1_423...1_577).contains(count), "\(count)")
  }

  @Test func onlyTheFirstBindingOfAQueueCounts() throws {
    let client = try makeHash(["a", "b"], weight: "1")
    #expect(client.bind("b", to: "hash", key: "1000") == nil)
    let count = places(of: 0..<1_000, in: ["a", "b"], client).count { $0 == "b" }
    #expect((437...563).contains(count), "\(count)")
  }

  @Test(arguments: ["hash-header", "hash-property"])
  func aHeaderOrPropertyIsHashedInPlaceOfTheKey(argument: String) throws {
    let client = TestClient(broker)
    let value: FieldValue = .text(argument == "hash-header" ? "h" : "message_id")
    #expect(client.declareExchange("hash", .consistentHash, arguments: [argument: value]) == nil)
    let queues = ["a", "b", "c"]
    for queue in queues {
      try client.declare(queue)
      #expect(client.bind(queue, to: "hash", key: "5") == nil)
    }
    for number in 0..<60 { client.publish("x", to: "hash", key: "k\(number)") }
    #expect(queues.filter { broker.depth($0) == 60 }.count == 1, "without it all go one way")
    for number in 0..<300 {
      let properties = BasicProperties(
        headers: ["h": .signed32(Int32(number))],
        messageID: "\(number)"
      )
      client.publish("x", to: "hash", key: "same", properties: properties)
    }
    #expect(queues.allSatisfy { (broker.depth($0) ?? 0) > 60 })
  }

  @Test func aTimestampCanBeHashed() throws {
    let client = TestClient(broker)
    let arguments: FieldTable = ["hash-property": .text("timestamp")]
    #expect(client.declareExchange("hash", .consistentHash, arguments: arguments) == nil)
    for queue in ["a", "b"] {
      try client.declare(queue)
      #expect(client.bind(queue, to: "hash", key: "5") == nil)
    }
    for number in 0..<100 {
      let properties = BasicProperties(timestamp: UInt64(number))
      client.publish("x", to: "hash", key: "same", properties: properties)
    }
    #expect(broker.depth("a") != 0 && broker.depth("b") != 0)
  }

  @Test func aRandomExchangeChoosesAmongBindings() throws {
    let client = TestClient(broker)
    #expect(client.declareExchange("chance", .random) == nil)
    try client.declareQueues("a", "b")
    for (queue, key) in [("a", "1"), ("b", "1"), ("b", "2")] {
      #expect(client.bind(queue, to: "chance", key: key) == nil)
    }
    for _ in 0..<900 { client.publish("x", to: "chance", key: "same") }
    let count = broker.depth("a") ?? 0
    #expect((244...356).contains(count), "a third, not \(count)")
    #expect(broker.depth("b") == 900 - count)
    client.delete("b")
    for _ in 0..<100 { client.publish("x", to: "chance", key: "same") }
    #expect(broker.depth("a") == count + 100)
    client.delete("a")
    client.publish("x", to: "chance", key: "same")
    #expect(broker.totals.unroutable == 1)
    broker.expectSound()
  }
}
