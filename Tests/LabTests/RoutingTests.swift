import Testing

@testable import Lab

struct RoutingTests {
  private func reached(_ scenario: Scenario, exchange: String, key: String) -> [String] {
    Routing(scenario).services(exchange: exchange, key: key).map(\.name)
  }

  private func scenario(type: String, keys: [String: String]) -> Scenario {
    var scenario = Scenario.small(
      keys.sorted { $0.key < $1.key }.map { name, key in
        .consumer(name) { queue in
          queue.bindings = [QueuePlan.Binding(exchange: "payments", key: key)]
        }
      }
    )
    scenario.exchanges = [ExchangePlan(name: "payments", type: type)]
    return scenario
  }

  @Test(arguments: [
    ("payment.succeeded", "payment.succeeded", true), ("payment.*", "payment.succeeded", true),
    ("payment.*", "payment", false), ("payment.*", "payment.a.b", false), ("#", "", true),
    ("#", "a.b.c", true), ("payment.#", "payment", true), ("payment.#", "payment.a.b", true),
    ("#.b", "a.b", true), ("#.b", "b", true), ("#.b", "b.c", false), ("*.b.#", "a.b.c.d", true),
    ("#.a.#", "x.a.y", true), ("#.a.#", "x.y", false), ("*", "", true), ("a.*.b", "a..b", true),
    ("", "", true), ("", "a", false), ("*.*", "a", false), ("#.#", "", true),
  ])
  func aTopicMatchesWordByWord(pattern: String, key: String, isMatch: Bool) {
    #expect(Routing.matches(key, pattern, type: "topic") == isMatch)
  }

  @Test func aDirectExchangeAsksForTheSameKey() {
    let scenario = scenario(type: "direct", keys: ["a": "x", "b": "y", "c": "x.*"])
    #expect(reached(scenario, exchange: "payments", key: "x") == ["a"])
    #expect(reached(scenario, exchange: "payments", key: "x.y").isEmpty)
    #expect(reached(scenario, exchange: "payments", key: "x.*") == ["c"])
  }

  @Test(arguments: ["fanout", "headers"])
  func aFanOutAsksForNoKey(type: String) {
    let scenario = scenario(type: type, keys: ["a": "x", "b": ""])
    #expect(reached(scenario, exchange: "payments", key: "whatever") == ["a", "b"])
    #expect(reached(scenario, exchange: "orders", key: "whatever").isEmpty)
  }

  @Test func theDefaultExchangeKnowsQueuesByTheirNames() {
    let scenario = Scenario.small([
      .consumer("trade"), .consumer("friends") { $0.copies = 3 }, .called("user"),
    ])
    #expect(reached(scenario, exchange: "", key: "trade") == ["trade"])
    #expect(reached(scenario, exchange: "", key: "trade.1").isEmpty)
    #expect(reached(scenario, exchange: "", key: "friends.2") == ["friends"])
    #expect(reached(scenario, exchange: "", key: "user").isEmpty)
  }

  @Test func aServiceWithSeveralBindingsIsReachedOnce() {
    let scenario = Scenario.small([
      .consumer("trade") { queue in
        queue.bindings = ["payment.*", "#", "payment.succeeded"].map {
          QueuePlan.Binding(exchange: "payments", key: $0)
        }
      }
    ])
    #expect(reached(scenario, exchange: "payments", key: "payment.succeeded") == ["trade"])
  }

  @Test(arguments: 1...20)
  func theReaderAndTheLedgerRouteAlike(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    func key(_ words: [String]) -> String {
      (0..<Int.random(in: 0...4, using: &random))
        .map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: ".")
    }
    for type in ["topic", "direct", "fanout", "headers"] {
      var keys: [String: String] = [:]
      for name in ["a", "b", "c"] { keys[name] = key(["x", "y", "*", "#"]) }
      let scenario = scenario(type: type, keys: keys)
      let routes = ScenarioRoutes(scenario)
      for _ in 0..<100 {
        let event = PublishPlan(exchange: "payments", key: key(["x", "y"]))
        #expect(
          routes.services(reachedBy: event)
            == reached(scenario, exchange: event.exchange, key: event.key)
        )
      }
    }
  }
}
