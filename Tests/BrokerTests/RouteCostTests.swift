import AMQP
import Telemetry
import Testing

@testable import Broker

/// What routing costs, counted in steps and not in time.
@Suite struct RouteCostTests {
  let broker = makeBroker()

  /// 100 000 bindings in a trie: each step costs the words of one key, whatever else is bound.
  @Test func aTopicTrieOfManyBindingsIsAsCheapAsOneOfFew() throws {
    let client = TestClient(broker)
    try client.declare("q")
    let queue = try #require(broker.host.queues[Name("q")])
    let trie = TopicTrie()
    let bindings = (0..<100_000).map { number in
      Binding(
        to: .queue(queue),
        key: Name("region\(number % 100).shop\(number / 100).\(number % 3 == 0 ? "*" : "paid")"),
        arguments: [:]
      )
    }
    for binding in bindings { trie.insert(binding) }
    #expect(trie.steps == 300_000)
    var found = 0
    for number in 0..<1_000 {
      trie.forEachMatch(of: Name("region\(number % 100).shop\(number).paid")) { _ in found += 1 }
    }
    #expect(found == 1_000)
    #expect(trie.steps <= 300_000 + 1_000 * 5)
    let before = trie.steps
    for binding in bindings { trie.remove(binding) }
    #expect(trie.steps == before + 300_000)
    trie.forEachMatch(of: Name("region1.shop1.paid")) { _ in found += 1 }
    #expect(found == 1_000)
    #expect(trie.steps == before + 300_001, "nothing is left but the root")
  }

  @Test(.timeLimit(.minutes(1))) func aQueueWithManyBindingsGoesInLinearTime() throws {
    let client = TestClient(broker)
    for (name, type) in [
      ("d", ExchangeType.direct), ("f", .fanout), ("t", .topic), ("h", .headers),
      ("c", .consistentHash), ("r", .random),
    ] {
      client.declareExchange(name, type)
    }
    try client.declareQueues("q", "other")
    for name in ["d", "f", "t", "h", "c", "r"] {
      for number in 1...10_000 {
        #expect(client.bind("q", to: name, key: "\(number)") == nil)
      }
      #expect(client.bind("other", to: name, key: "1") == nil)
    }
    client.delete("q")
    for name in ["d", "f", "t", "h", "c", "r"] {
      #expect(broker.exchange(name)?.bindingCount == 1)
      client.publish("m", to: name, key: "1")
    }
    #expect(broker.depth("other") == 6)
    broker.expectSound()
  }

  @Test func declaringQueuesLeavesRoutesAsTheyAre() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "amq.fanout") == nil)
    client.publish("1", to: "amq.fanout", key: "k")
    let route = try #require(client.channel.lastRoute)
    for number in 0..<1_000 {
      try client.declare("\(number)")
      client.publish("2", to: "amq.fanout", key: "k")
      #expect(client.channel.lastRoute === route)
    }
    #expect(broker.depth("q") == 1_001)
  }

  @Test func aQueueDeclaredAfterItsMessageWasDroppedGetsTheNext() throws {
    let client = TestClient(broker)
    client.publish("1", key: "q")
    try client.declare("q")
    client.publish("2", key: "q")
    #expect(broker.depth("q") == 1)
  }

  @Test func theRouteCacheGrowsToALimitAndForgets() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "amq.topic", key: "#") == nil)
    for number in 0..<20_000 { client.publish("m", to: "amq.topic", key: "\(number % 5_000)") }
    #expect(broker.depth("q") == 20_000)
    let message = makeMessage("m", exchange: "amq.topic", key: "4999")
    let generation = broker.topologyGeneration
    #expect(broker.host.routes.route(of: message, generation: generation) != nil)
    client.delete("q")
    #expect(broker.host.routes.route(of: message, generation: generation) == nil)
    message.release()
  }
}
