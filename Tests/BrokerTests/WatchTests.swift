import AMQP
import Telemetry
import Testing

@testable import Broker

/// What a snapshot says of the one thing that a person looks at closely.
@Suite struct WatchTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private func details(_ watch: Watch, isTapping: Bool = false) -> WatchedDetails? {
    broker.watch(watch, isTapping: isTapping)
    return broker.snapshot(of: broker.identity).details
  }

  private var details: WatchedDetails? { broker.snapshot(of: broker.identity).details }

  private func declare(_ exchange: String, _ type: ExchangeType, _ arguments: FieldTable = [:]) {
    let declaration = ExchangeDeclaration(name: Name(exchange), type: type, arguments: arguments)
    #expect(broker.declareExchange(declaration, in: broker.host) == nil)
  }

  private func bind(
    _ queue: String,
    to exchange: String,
    key: String,
    _ arguments: FieldTable = [:]
  ) {
    let violation = broker.bind(
      Name(queue),
      to: Name(exchange),
      key: Name(key),
      arguments: arguments,
      for: client.client.connection
    )
    #expect(violation == nil)
  }

  private func hits(of exchange: String) -> [String: UInt64] {
    let bindings = details(.exchange(virtualHost: "/", name: exchange))?.bindings ?? []
    let own = bindings.filter { $0.source == exchange }
    return Dictionary(
      own.map { ("\($0.destination.name) \($0.routingKey)", $0.hits ?? .max) },
      uniquingKeysWith: +
    )
  }

  @Test func nothingIsToldOfNothingOrOfWhatIsGone() throws {
    #expect(details == nil)
    #expect(details(.queue(virtualHost: "/", name: "q")) == nil)
    try client.declare("q")
    #expect(details?.watch == .queue(virtualHost: "/", name: "q"))
    _ = try broker.deleteByOperator(queue: Name("q"), in: broker.host).get()
    #expect(details == nil)
    #expect(details(.consumer(identifier: 99)) == nil)
    #expect(details(.connection(identifier: 99)) == nil)
    #expect(details(.exchange(virtualHost: "x", name: "q")) == nil)
  }

  @Test func everyTypeOfExchangeCountsWhatEachBindingMatched() throws {
    for queue in ["a", "b"] { try client.declare(queue) }
    declare("direct", .direct)
    declare("fanout", .fanout)
    declare("topic", .topic)
    declare("headers", .headers)
    declare("hash", .consistentHash)
    bind("a", to: "direct", key: "k")
    bind("b", to: "direct", key: "l")
    bind("a", to: "fanout", key: "1")
    bind("a", to: "fanout", key: "2")
    bind("a", to: "topic", key: "x.#")
    bind("b", to: "topic", key: "*.y")
    bind("a", to: "headers", key: "", ["n": .signed32(1)])
    bind("a", to: "hash", key: "1")
    let publisher = client.client
    for _ in 1...3 { publisher.publish("m", to: "direct", key: "k") }
    publisher.publish("m", to: "direct", key: "l")
    publisher.publish("m", to: "direct", key: "none")
    for _ in 1...2 { publisher.publish("m", to: "fanout", key: "any") }
    for key in ["x.y", "x.z", "z.y", "z"] { publisher.publish("m", to: "topic", key: key) }
    for number in [1, 1, 2] as [Int32] {
      let message = QueueClient.makeMessage(
        "m",
        exchange: "headers",
        key: "",
        BasicProperties(headers: ["n": .signed32(number)]),
        at: broker.now
      )
      #expect(broker.publish(message, on: publisher.channel, isMandatory: false) == nil)
    }
    publisher.publish("m", to: "hash", key: "7")
    #expect(hits(of: "direct") == ["a k": 3, "b l": 1])
    #expect(hits(of: "fanout") == ["a 1": 2, "a 2": 2])
    #expect(hits(of: "topic") == ["a x.#": 2, "b *.y": 2])
    #expect(hits(of: "headers") == ["a ": 2])
    #expect(hits(of: "hash") == ["a 1": 1])
    // Another look counts nothing twice, and new messages go on.
    publisher.publish("m", to: "direct", key: "k")
    #expect(hits(of: "direct") == ["a k": 4, "b l": 1])
    #expect(hits(of: "direct") == ["a k": 4, "b l": 1])
  }

  @Test func hitsOutliveChangesOfTheTopologyAndGoThroughExchanges() throws {
    try client.declare("q")
    declare("in", .topic)
    declare("out", .fanout)
    let violation = broker.bindExchange(
      Name("out"),
      to: Name("in"),
      key: Name("a.*"),
      in: broker.host
    )
    #expect(violation == nil)
    bind("q", to: "out", key: "")
    let publisher = client.client
    for number in 1...5 {
      publisher.publish("m", to: "in", key: "a.\(number)")
      publisher.publish("m", to: "in", key: "b")
      declare("other\(number)", .direct)
    }
    #expect(hits(of: "in") == ["out a.*": 5])
    #expect(hits(of: "out") == ["q ": 5])
    // Dead letters match bindings too.
    try client.declare("dying", ["x-dead-letter-exchange": .text("in")])
    client.publish("m", to: "dying")
    client.reject(try client.get("dying", noAck: false))
    #expect(hits(of: "in") == ["out a.*": 5])
    let binding = try #require(
      details(.queue(virtualHost: "/", name: "q"))?.bindings.first
    )
    #expect(binding.source == "out" && binding.destination == .queue("q"))
    #expect(binding.createdAt == Instant(nanoseconds: broker.now))
    let all = details(.topology)?.bindings.map { "\($0.source)>\($0.destination.name)" }
    #expect(all == ["in>out", "out>q"])
  }

  @Test func publishersAreCountedByExchange() throws {
    try client.declare("q")
    declare("e", .fanout)
    declare("h", .headers)
    bind("q", to: "e", key: "")
    let one = TestClient(broker, name: "one")
    let two = TestClient(broker, name: "two")
    for _ in 1...3 { one.publish("m", to: "e", key: "") }
    // No route of these two is kept, so the last one is not of the exchange that was counted last.
    one.publish("m", to: "h", key: "")
    one.publish("m", to: "e", key: "")
    one.publish("m", key: "nowhere")
    one.publish("m", to: "e", key: "")
    two.publish("m", to: "h", key: "")
    let counts = { (watch: Watch) in
      self.details(watch)?.publishers.map { "\($0.connectionName) \($0.exchange) \($0.published)" }
    }
    #expect(counts(.exchange(virtualHost: "/", name: "e")) == ["one e 5"])
    #expect(counts(.exchange(virtualHost: "/", name: "h")) == ["one h 1", "two h 1"])
    #expect(counts(.topology) == ["one  1", "one e 5", "one h 1", "two h 1"])
    #expect(counts(.queue(virtualHost: "/", name: "q")) == ["one e 5"])
    let identifier = one.connection.identifier
    #expect(counts(.connection(identifier: identifier)) == ["one  1", "one e 5", "one h 1"])
    #expect(details?.channels.map(\.published) == [7])
    broker.closeChannel(one.channel)
    #expect(counts(.connection(identifier: identifier)) == ["one  1", "one e 5", "one h 1"])
    let connection = broker.snapshot(of: broker.identity).connections.first {
      $0.identifier == identifier
    }
    #expect(connection?.published == 7)
  }

  @Test func aConsumerShowsWhatItHoldsAndHowLongItTakes() throws {
    try client.declare("q")
    let reader = TestClient(broker, name: "reader")
    try reader.consume("q", tag: "t", prefetch: 3, arguments: ["x-priority": .signed8(2)])
    for number in 1...5 { client.publish("\(number)", to: "q") }
    #expect(try reader.texts() == ["1", "2", "3"])
    let deliveredAt = broker.now
    let identifier = try #require(broker.snapshot(of: broker.identity).consumers.first).identifier
    try client.wait(milliseconds: 200)
    reader.settle(2)
    #expect(try reader.texts() == ["4"])
    let seen = try #require(details(.consumer(identifier: identifier)))
    #expect(seen.held.map(\.deliveryTag) == [1, 3, 4])
    #expect(seen.held.map { String(decoding: $0.message.body, as: UTF8.self) } == ["1", "3", "4"])
    #expect(seen.held[0].deliveredAt.nanoseconds == deliveredAt)
    #expect(seen.held[2].deliveredAt.nanoseconds == deliveredAt + 200_000_000)
    for fact in [
      ("prefetch", "3"), ("priority", "2"), ("x-priority", "2"), ("peer", "127.0.0.1:1"),
    ] {
      #expect(seen.facts.contains(.init(fact.0, fact.1)), "\(fact)")
    }
    #expect(seen.channels.map(\.unacked) == [3])
    let consumer = try #require(broker.snapshot(of: broker.identity).consumers.first)
    let serviceTime = try #require(consumer.serviceTime)
    #expect(serviceTime.sampleCount == 1)
    #expect((180...220).contains(serviceTime.p50Milliseconds))
  }

  @Test func queueAndExchangeFactsSayWhatApplies() throws {
    try client.declare(
      "q",
      [
        "x-max-length": .signed32(10), "x-dead-letter-exchange": .text(""),
        "x-single-active-consumer": .boolean(true),
      ]
    )
    client.publish("abc", to: "q")
    declare("e", .topic, ["alternate-exchange": .text("amq.fanout")])
    var facts = try #require(details(.queue(virtualHost: "/", name: "q"))).facts
    for fact in [
      ("type", "classic"), ("durable", "no"), ("x-max-length", "10"), ("at most", "10 messages"),
      ("when full", "drop-head"), ("dead letters to", "the default exchange"),
      ("single active consumer", "none yet"), ("in memory", "1 messages, 3 bytes"),
    ] {
      #expect(facts.contains(.init(fact.0, fact.1)), "\(fact)")
    }
    facts = try #require(details(.exchange(virtualHost: "/", name: "e"))).facts
    for fact in [("type", "topic"), ("internal", "no"), ("alternate exchange", "amq.fanout")] {
      #expect(facts.contains(.init(fact.0, fact.1)), "\(fact)")
    }
  }
}

/// Copies of messages beside their consumers.
@Suite struct TapTests {
  private let client = QueueClient()
  private var broker: Broker { client.broker }

  private var tapped: [String] {
    let details = broker.snapshot(of: broker.identity).details
    return (details?.tapped ?? []).map { String(decoding: $0.body, as: UTF8.self) }
  }

  private var tapFact: String? {
    broker.snapshot(of: broker.identity).details?.facts.first { $0.name == "tap" }?.value
  }

  @Test func aTappedQueueShowsWhatEntersItAndItsConsumersGetAll() throws {
    try client.declare("q")
    try client.declare("other")
    client.publish("before", to: "q")
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: true)
    for number in 1...3 { client.publish("\(number)", to: "q") }
    client.publish("elsewhere", to: "other")
    #expect(tapped == ["1", "2", "3"])
    #expect(try client.drain("q").map(\.text) == ["before", "1", "2", "3"])
    // What is gone from the queue is still to be seen.
    #expect(tapped == ["1", "2", "3"])
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: false)
    client.publish("4", to: "q")
    #expect(tapped == [])
    broker.expectSound()
  }

  @Test func aTappedExchangeShowsWhatItGetsRoutableOrNot() throws {
    try client.declare("q")
    let declaration = ExchangeDeclaration(name: Name("e"), type: .direct)
    #expect(broker.declareExchange(declaration, in: broker.host) == nil)
    #expect(client.client.bind("q", to: "e", key: "k") == nil)
    client.client.publish("0", to: "e", key: "k")
    broker.watch(.exchange(virtualHost: "/", name: "e"), isTapping: true)
    client.client.publish("1", to: "e", key: "k")
    client.client.publish("2", to: "e", key: "none")
    client.publish("3", to: "q")
    #expect(tapped == ["1", "2"])
    #expect(try client.drain("q").map(\.text) == ["0", "1", "3"])
  }

  @Test func theNewestAreKeptAndTheOthersCounted() throws {
    try client.declare("q")
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: true)
    for number in 1...250 { client.publish("\(number)", to: "q") }
    #expect(tapped == (151...250).map { "\($0)" })
    #expect(tapFact == "250 seen, 150 not kept")
  }

  @Test func longBodiesAreCutAndCopiedNoFasterThanABudgetAllows() throws {
    try client.declare("q")
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: true)
    let long = String(repeating: "x", count: 10_000)
    for _ in 1...300 { client.publish(long, to: "q") }
    let messages = try #require(broker.snapshot(of: broker.identity).details).tapped
    #expect(messages.count == 100)
    #expect(messages.allSatisfy { $0.body.count == 4_096 && $0.bodyBytes == 10_000 })
    // The hundredth of those that were kept is not the last that came.
    #expect(messages.last?.identifier ?? .max < 200)
    try client.wait(milliseconds: 101)
    client.publish(long, to: "q")
    #expect(broker.snapshot(of: broker.identity).details?.tapped.last?.identifier == 301)
    #expect(try client.get("q")?.text == long)
  }

  @Test func whatAFullQueueRefusesIsNotShown() throws {
    try client.declare(
      "q",
      ["x-max-length": .signed32(1), "x-overflow": .text("reject-publish")]
    )
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: true)
    for number in 1...3 { client.publish("\(number)", to: "q") }
    #expect(tapped == ["1"])
  }

  @Test func aQueueThatIsDeclaredAgainIsTappedAgain() throws {
    try client.declare("q")
    broker.watch(.queue(virtualHost: "/", name: "q"), isTapping: true)
    _ = try broker.deleteByOperator(queue: Name("q"), in: broker.host).get()
    #expect(tapped == [])
    try client.declare("q")
    #expect(tapped == [])
    client.publish("new", to: "q")
    #expect(tapped == ["new"])
  }

  @Test func deadLettersAndMovedMessagesAreSeenToo() throws {
    try client.declareDeadLetters()
    try client.declare("q", ["x-dead-letter-exchange": .text("dlx")])
    broker.watch(.queue(virtualHost: "/", name: "dead"), isTapping: true)
    client.publish("1", to: "q")
    client.reject(try client.get("q", noAck: false))
    client.publish("2", to: "q")
    _ = broker.finishTurn()
    let move = try broker.beginMove(
      from: Name("q"),
      to: Name("dead"),
      count: nil,
      in: broker.host
    ).get()
    #expect(broker.advance(move) == .success("moved 1 message from 'q' to 'dead'"))
    #expect(tapped == ["1", "2"])
  }
}

/// Percentiles of what consumers take.
@Suite struct ServiceTimeTests {
  private static let second: Int64 = 1_000_000_000

  @Test(arguments: [0.02, 0.1, 1, 7, 33, 250, 4_000, 60_000, 3_600_000])
  func aPercentileIsAtMostATenthOff(milliseconds: Double) throws {
    var times = ServiceTimes()
    times.record(Int64(milliseconds * 1_000_000), at: Self.second)
    let summary = times.summary(at: Self.second)
    let found = try #require(summary).p50Milliseconds
    // Nothing below a turn of the loop is told apart.
    #expect(abs(found - milliseconds) <= max(milliseconds * 0.1, 0.0082), "\(found)")
  }

  @Test func theMedianAndTheSlowestTwentiethAreToldApart() throws {
    var times = ServiceTimes()
    for _ in 1...94 { times.record(10 * 1_000_000, at: Self.second) }
    for _ in 1...6 { times.record(900 * 1_000_000, at: Self.second) }
    let found = times.summary(at: Self.second)
    let summary = try #require(found)
    #expect((9...11).contains(summary.p50Milliseconds))
    #expect((810...990).contains(summary.p95Milliseconds))
    #expect(summary.sampleCount == 100)
  }

  @Test func whatIsOldIsForgotten() {
    var times = ServiceTimes()
    let samples = { (times: borrowing ServiceTimes, second: Int64) in
      times.summary(at: second * Self.second)?.sampleCount
    }
    var count = samples(times, 0)
    #expect(count == nil)
    times.record(1_000_000, at: Self.second)
    times.record(1_000_000, at: 17 * Self.second)
    count = samples(times, 17)
    #expect(count == 2)
    times.record(1_000_000, at: 33 * Self.second)
    count = samples(times, 33)
    #expect(count == 2)
    count = samples(times, 70)
    #expect(count == nil)
    times.record(1_000_000, at: 100 * Self.second)
    count = samples(times, 100)
    #expect(count == 1)
  }

  @Test func negativeAndEndlessTimesAreCountedSomewhere() {
    var times = ServiceTimes()
    times.record(-5, at: 1)
    times.record(.max, at: 1)
    let count = times.summary(at: 1)?.sampleCount
    #expect(count == 2)
  }
}
