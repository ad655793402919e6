import AMQP
import Broker
import Telemetry
import Testing

/// What a person at the dashboard does to clients.
@Suite struct OperatorClientTests {
  let broker = makeBroker()

  /// What the server's side of a connection was asked to do.
  final class RecordingTransport: Transport {
    private(set) var closings: [String] = []

    func flush() {}
    func cut() { closings.append("cut") }
    func resumeReading() { closings.append("reads on") }
    func close(for violation: Violation) {
      closings.append("\(violation.code.rawValue) \(violation.text)")
    }
    func close(channel number: UInt16, for violation: Violation) {
      closings.append("channel \(number): \(violation.code.rawValue) \(violation.text)")
    }
  }

  private func identifier(of name: String) throws -> UInt64 {
    try #require(
      broker.snapshot(of: broker.identity).consumers.first { $0.connectionName == name }
    ).identifier
  }

  private var lastEvent: String? { broker.snapshot(of: broker.identity).events.last?.text }

  @Test func aCancelledConsumerIsToldAndKeepsWhatItHolds() throws {
    let client = TestClient(broker, name: "client")
    let other = TestClient(broker, name: "other")
    try client.declare("q")
    try client.consume("q", tag: "t")
    client.publish("x", key: "q")
    #expect(try client.texts() == ["x"])
    let consumer = try broker.cancel(consumer: identifier(of: "client")).get()
    #expect(consumer.tag.text == "t")
    #expect(try client.methods() == [.basicCancel(BasicCancel(consumerTag: "t", noWait: true))])
    client.publish("y", key: "q")
    #expect(try client.texts() == [])
    #expect(client.settle(1) == nil)
    try other.consume("q")
    #expect(try other.texts() == ["y"])
    broker.expectSound()
    #expect(throws: OperationRefusal.self) { try broker.cancel(consumer: 999).get() }
  }

  @Test func aClientThatTakesNoNoticesGetsNone() throws {
    let client = TestClient(broker, name: "client", wantsCancelNotice: false)
    try client.declare("q", isAutoDelete: true)
    try client.consume("q", tag: "t")
    _ = try client.methods()
    _ = try broker.cancel(consumer: identifier(of: "client")).get()
    #expect(try client.methods() == [])
    // It was the last one of an auto-delete queue.
    #expect(broker.depth("q") == nil)
  }

  @Test func aPrefetchCountChangesAtOnceUpAndDown() throws {
    let client = TestClient(broker, name: "client")
    try client.declare("q")
    try client.consume("q", prefetch: 1)
    for number in 0..<6 { client.publish("\(number)", key: "q") }
    #expect(try client.texts() == ["0"])
    let identifier = try identifier(of: "client")
    _ = try broker.setPrefetch(3, consumer: identifier).get()
    #expect(try client.texts() == ["1", "2"])
    _ = try broker.setPrefetch(2, consumer: identifier).get()
    client.settle(1)
    #expect(try client.texts() == [])
    client.settle(2)
    #expect(try client.texts() == ["3"])
    _ = try broker.setPrefetch(0, consumer: identifier).get()
    #expect(try client.texts() == ["4", "5"])
    #expect(broker.snapshot(of: broker.identity).consumers.first?.prefetchCount == 0)
    #expect(lastEvent?.hasPrefix("prefetch count of consumer") == true)
    broker.expectSound()
  }

  @Test func oneWithAutomaticAcknowledgementHasNoPrefetchCount() throws {
    let client = TestClient(broker, name: "client")
    try client.declare("q")
    try client.consume("q", noAck: true)
    #expect(throws: OperationRefusal.self) {
      try broker.setPrefetch(1, consumer: identifier(of: "client")).get()
    }
  }

  @Test func connectionsAndChannelsCloseWithAReason() throws {
    let client = TestClient(broker, name: "client")
    let transport = RecordingTransport()
    client.connection.transport = transport
    let identifier = client.connection.identifier
    #expect(try broker.close(connection: identifier, reason: "upgrade").get() == "client")
    #expect(try broker.close(connection: identifier, reason: "").get() == "client")
    #expect(lastEvent == "connection 'client' closed (you)")
    #expect(
      try broker.close(channel: 1, ofConnection: identifier, reason: "stuck").get() == "client"
    )
    #expect(
      transport.closings == ["320 upgrade", "320 closed by the operator", "channel 1: 406 stuck"]
    )
    #expect(throws: OperationRefusal.self) {
      try broker.close(channel: 2, ofConnection: identifier, reason: "").get()
    }
    #expect(throws: OperationRefusal.self) { try broker.close(connection: 99, reason: "").get() }
  }

  /// The pause holds back what the broker would send of itself; who fetches has asked for it.
  @Test func aPausedQueueAnswersBasicGet() throws {
    let client = TestClient(broker, name: "client")
    try client.declare("q")
    _ = try broker.setPaused(true, queue: Name("q"), in: broker.host).get()
    client.publish("x", key: "q")
    #expect(try client.get("q", noAck: true)?.text == "x")
  }

  @Test func aPauseDoesNotOutliveItsQueueOrConsumer() throws {
    let client = TestClient(broker, name: "client")
    try client.declare("q")
    try client.consume("q", tag: "t")
    _ = try broker.setPaused(true, queue: Name("q"), in: broker.host).get()
    _ = try broker.setPaused(true, consumer: identifier(of: "client")).get()
    _ = try broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.connection
    ).get()
    try client.declare("q")
    try client.consume("q", tag: "t")
    client.publish("x", key: "q")
    #expect(try client.texts() == ["x"])
  }

  /// A pause wins over priorities and the active consumer, and leaves them as they were.
  @Test(arguments: [["x-single-active-consumer": .boolean(true)], [:]] as [FieldTable])
  func aPauseHoldsBackEveryKindOfQueue(arguments: FieldTable) throws {
    let client = TestClient(broker, name: "client")
    try client.declare("q", arguments: arguments)
    try client.consume("q", tag: "low", prefetch: 1)
    try client.consume("q", tag: "high", prefetch: 1, arguments: ["x-priority": .signed8(1)])
    _ = try broker.setPaused(true, queue: Name("q"), in: broker.host).get()
    client.publish("x", key: "q")
    #expect(try client.methods().map(\.identifier.name) == [])
    _ = try broker.setPaused(false, queue: Name("q"), in: broker.host).get()
    let expected = arguments.entries.isEmpty ? "high" : "low"
    let tags = try client.methods().compactMap {
      if case .basicDeliver(let deliver) = $0 { deliver.consumerTag } else { nil }
    }
    #expect(tags == [expected])
    broker.expectSound()
  }
}
