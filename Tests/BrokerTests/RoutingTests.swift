import AMQP
import Broker
import Telemetry
import Testing

@Suite struct RoutingTests {
  let broker = makeBroker()

  @Test func aDirectExchangeMatchesTheWholeKey() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "amq.direct", key: "a.b") == nil)
    client.publish("1", to: "amq.direct", key: "a.b")
    client.publish("2", to: "amq.direct", key: "a")
    #expect(broker.depth("q") == 1)
  }

  @Test func twoBindingsToOneQueueDeliverOneCopy() throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "amq.topic", key: "a.*") == nil)
    #expect(client.bind("q", to: "amq.topic", key: "#") == nil)
    client.publish("1", to: "amq.topic", key: "a.b")
    #expect(broker.depth("q") == 1)
  }

  @Test func unbindingOneOfTwoBindingsLeavesTheOther() throws {
    let client = TestClient(broker)
    try client.declare("q")
    for key in ["a.*", "*.b"] { #expect(client.bind("q", to: "amq.topic", key: key) == nil) }
    let unbound = broker.unbind(
      Name("q"),
      from: Name("amq.topic"),
      key: Name("a.*"),
      for: client.connection
    )
    #expect(unbound == nil)
    client.publish("1", to: "amq.topic", key: "a.b")
    client.publish("2", to: "amq.topic", key: "a.c")
    #expect(broker.depth("q") == 1)
  }

  /// Many `#` in one binding and a long key: each step is taken once, whatever the ways.
  @Test(.timeLimit(.minutes(1))) func manyHashesDoNotMultiply() throws {
    let client = TestClient(broker)
    try client.declare("q")
    let pattern = Array(repeating: "#", count: 128).joined(separator: ".")
    #expect(client.bind("q", to: "amq.topic", key: pattern) == nil)
    for number in 0..<20 {
      client.publish("x", to: "amq.topic", key: "\(number)" + String(repeating: ".", count: 120))
    }
    #expect(broker.depth("q") == 20)
  }

  @Test func unbindingWhatIsNotThereIsNoError() throws {
    let client = TestClient(broker)
    try client.declare("q")
    for (queue, exchange) in [("q", "none"), ("none", "amq.topic"), ("q", "amq.topic")] {
      let violation = broker.unbind(
        Name(queue),
        from: Name(exchange),
        key: Name("k"),
        for: client.connection
      )
      #expect(violation == nil, "\(queue) from \(exchange)")
    }
  }

  @Test func aBindingWithAnArgumentThatEqualsNothingCanBeTakenAway() throws {
    let client = TestClient(broker)
    try client.declare("q")
    for arguments: FieldTable in [
      ["x": .double(.nan), "y": .void], ["y": .void, "x": .double(.nan)],
    ] {
      let violation = broker.bind(
        Name("q"),
        to: Name("amq.fanout"),
        key: Name(""),
        arguments: arguments,
        for: client.connection
      )
      #expect(violation == nil)
    }
    #expect(broker.host.exchanges[Name("amq.fanout")].map(\.bindingCount) == 1)
    _ = broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.connection
    )
    client.publish("x", to: "amq.fanout", key: "")
    #expect(broker.totals.unroutable == 1)
  }

  @Test(arguments: [
    ("#", "", true), ("#", "a.b.c", true), ("*", "a", true), ("*", "a.b", false),
    ("*", "", false), ("*.#", "", false), ("#.*.#", "", false), ("a.#", "a", true),
    ("a.#", "a.b.c", true), ("a.#", "b", false),
    ("#.c", "c", true), ("#.c", "a.b.c", true), ("#.c", "a.c.b", false),
    ("a.*.c", "a.b.c", true), ("a.*.c", "a.c", false), ("a.#.c", "a.c", true),
    ("a.#.c", "a.x.y.c", true), ("#.#", "", true), ("*.#", "a", true), ("a..c", "a..c", true),
    ("a.*.c", "a..c", true), ("lazy.#", "quick.lazy", false),
  ])
  func aTopicPatternMatchesByTheBook(pattern: String, key: String, isMatch: Bool) throws {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "amq.topic", key: pattern) == nil)
    client.publish("x", to: "amq.topic", key: key)
    #expect(broker.depth("q") == (isMatch ? 1 : 0))
  }

  /// Every pattern of up to three words against every key of up to four, all bound at once.
  @Test func theTopicTrieAgreesWithAPlainMatcher() throws {
    let client = TestClient(broker)
    let patterns = combinations(of: ["a", "b", "*", "#"], upTo: 3)
    let keys = combinations(of: ["a", "b"], upTo: 4)
    for pattern in patterns {
      try client.declare(pattern)
      #expect(client.bind(pattern, to: "amq.topic", key: pattern) == nil)
    }
    for key in keys {
      let before = depths()
      client.publish("x", to: "amq.topic", key: key)
      let after = depths()
      for pattern in patterns {
        let grew = after[pattern] != before[pattern]
        let expected = matches(
          pattern.split(separator: ".").map(String.init),
          key.split(separator: ".").map(String.init)
        )
        #expect(grew == expected, "pattern \(pattern), key \(key)")
      }
    }
    broker.expectSound()
  }

  private func depths() -> [String: Int] {
    let queues = broker.snapshot(of: broker.identity).queues
    return Dictionary(uniqueKeysWithValues: queues.map { ($0.name, $0.ready) })
  }

  private func combinations(of words: [String], upTo length: Int) -> [String] {
    var all: [String] = []
    var longest = [""]
    for _ in 0..<length {
      longest = longest.flatMap { head in
        words.map { head.isEmpty ? $0 : "\(head).\($0)" }
      }
      all += longest
    }
    return all
  }

  private func matches(_ pattern: [String], _ key: [String]) -> Bool {
    guard let word = pattern.first else { return key.isEmpty }
    let rest = Array(pattern.dropFirst())
    if word == "#" {
      return (0...key.count).contains { matches(rest, Array(key.dropFirst($0))) }
    }
    guard let first = key.first, word == "*" || word == first else { return false }
    return matches(rest, Array(key.dropFirst()))
  }
}
