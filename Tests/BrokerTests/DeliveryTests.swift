import AMQP
import Broker
import Telemetry
import Testing

@Suite struct DeliveryTests {
  let broker = makeBroker()

  @Test func aMessageGoesToAWaitingConsumerAndIsSettledByItsAck() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q")
    client.publish("hello", key: "q")
    #expect(try client.deliveries() == [Received(tag: 1, text: "hello", isRedelivered: false)])
    #expect(broker.totals.unacked == 1)
    #expect(client.settle(1) == nil)
    #expect(broker.totals.unacked == 0)
    #expect(broker.totals.acknowledged == 1)
    broker.expectSound()
  }

  @Test func consumersOfAQueueTakeTurns() throws {
    let clients = (0..<3).map { TestClient(broker, name: "c\($0)") }
    try clients[0].declare("q")
    for client in clients { try client.consume("q") }
    for number in 0..<6 { clients[0].publish("\(number)", key: "q") }
    #expect(try clients.map { try $0.texts() } == [["0", "3"], ["1", "4"], ["2", "5"]])
  }

  @Test func aConsumerHoldsAtMostItsPrefetch() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", prefetch: 2)
    for number in 0..<5 { client.publish("\(number)", key: "q") }
    #expect(try client.texts() == ["0", "1"])
    client.settle(1)
    #expect(try client.texts() == ["2"])
    client.settle(3, isMultiple: true)
    #expect(try client.texts() == ["3", "4"])
    broker.expectSound()
  }

  @Test func aGlobalPrefetchIsSharedByTheConsumersOfTheChannel() throws {
    let client = TestClient(broker)
    try client.declare("a")
    try client.declare("b")
    broker.setPrefetch(2, isGlobal: true, on: client.channel)
    try client.consume("a")
    try client.consume("b")
    for number in 0..<2 {
      client.publish("a\(number)", key: "a")
      client.publish("b\(number)", key: "b")
    }
    #expect(try client.texts() == ["a0", "b0"])
    client.settle(1)
    #expect(try client.deliveries().count == 1)
    client.settle(0, isMultiple: true)
    #expect(try client.deliveries().count == 1)
    broker.expectSound()
  }

  @Test func automaticAcknowledgementSettlesAtOnceAndIgnoresPrefetch() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", prefetch: 1, noAck: true)
    for number in 0..<3 { client.publish("\(number)", key: "q") }
    #expect(try client.deliveries().map(\.tag) == [1, 2, 3])
    #expect(broker.totals.acknowledged == 3)
    #expect(client.settle(1) == Violation(.preconditionFailed, "unknown delivery tag 1"))
  }

  @Test func aMessageKeepsItsPlaceWhenItIsRequeued() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", tag: "t", prefetch: 4)
    for number in 0..<6 { client.publish("\(number)", key: "q") }
    #expect(try client.texts() == ["0", "1", "2", "3"])
    broker.cancel(Name("t"), on: client.channel)
    client.settle(3, as: .requeued)
    client.settle(1, as: .requeued)
    #expect(try client.get("q") == Received(tag: 5, text: "0", isRedelivered: true))
    #expect(try client.get("q") == Received(tag: 6, text: "2", isRedelivered: true))
    #expect(try client.get("q") == Received(tag: 7, text: "4", isRedelivered: false))
    client.settle(0, isMultiple: true, as: .requeued)
    for text in ["0", "1", "2", "3", "4"] {
      #expect(try client.get("q", noAck: true)?.text == text)
    }
    broker.expectSound()
  }

  @Test func aChannelThatClosesGivesItsMessagesBackInOrder() throws {
    let lost = TestClient(broker, name: "lost")
    let other = TestClient(broker, name: "other")
    try lost.declare("q")
    try lost.consume("q", prefetch: 3)
    for number in 0..<5 { lost.publish("\(number)", key: "q") }
    _ = try lost.frames()
    lost.settle(2)
    broker.closeConnection(lost.connection)
    broker.expectSound()
    try other.consume("q")
    let got = try other.deliveries()
    #expect(got.map(\.text) == ["0", "2", "3", "4"])
    #expect(got.map(\.isRedelivered) == [true, true, false, false])
  }

  @Test func messagesOfTwoDeadConsumersMeetInTheirOldOrder() throws {
    let clients = [TestClient(broker, name: "a"), TestClient(broker, name: "b")]
    let reader = TestClient(broker, name: "reader")
    try reader.declare("q")
    for client in clients { try client.consume("q") }
    for number in 0..<1_000 { reader.publish("\(number)", key: "q") }
    for client in clients { _ = try client.frames() }
    for client in clients { broker.closeConnection(client.connection) }
    broker.expectSound()
    try reader.consume("q")
    #expect(try reader.texts() == (0..<1_000).map(String.init))
  }

  /// One delivery stays open while thousands come and go: it can still be settled at the end.
  @Test func anOldOpenDeliveryOutlivesManyOthers() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", prefetch: 10)
    client.publish("old", key: "q")
    #expect(try client.deliveries().map(\.tag) == [1])
    for number in UInt64(2)...5_000 {
      client.publish("\(number)", key: "q")
      #expect(try client.deliveries().map(\.tag) == [number])
      #expect(client.settle(number) == nil)
    }
    #expect(client.settle(2_500)?.code == .preconditionFailed)
    #expect(client.settle(1) == nil)
    #expect(broker.totals.unacked == 0)
    broker.expectSound()
  }

  @Test func rejectedWithoutRequeueIsDiscarded() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q")
    client.publish("x", key: "q")
    client.settle(1, as: .discarded)
    #expect(broker.totals.discarded == 1)
    #expect(broker.totals.imbalance == 0)
    #expect(broker.depth("q") == 0)
  }

  @Test func recoverSendsAgainWhatTheChannelHolds() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q", prefetch: 2)
    for text in ["a", "b", "c"] { client.publish(text, key: "q") }
    #expect(try client.texts() == ["a", "b"])
    broker.recover(client.channel)
    #expect(
      try client.deliveries() == [
        Received(tag: 3, text: "a", isRedelivered: true),
        Received(tag: 4, text: "b", isRedelivered: true),
      ]
    )
    #expect(client.settle(1)?.code == .preconditionFailed)
    broker.expectSound()
  }

  @Test(arguments: [0, 1, 4_087, 4_088, 4_089, 20_000])
  func aBodyIsCutIntoFramesThatTheClientTakes(bytes: Int) throws {
    let client = TestClient(broker, maximumFrameBytes: Limits.minimumFrameBytes)
    try client.declare("q")
    try client.consume("q")
    let text = String(repeating: "x", count: bytes)
    client.publish(text, key: "q")
    #expect(try client.texts() == [text])
  }

  @Test func aCongestedConnectionGetsNothingMoreUntilItIsResumed() throws {
    let client = TestClient(broker)
    let publisher = TestClient(broker, name: "publisher")
    try client.declare("q")
    try client.consume("q", noAck: true)
    let text = String(repeating: "x", count: 100_000)
    for _ in 0..<30 { publisher.publish(text, key: "q") }
    let first = try client.deliveries().count
    #expect(first > 0 && first < 30)
    #expect(try client.deliveries().isEmpty)
    broker.resume(client.connection)
    #expect(try client.deliveries().count > 0)
    broker.expectSound()
  }

  @Test func aTagIsSettledOnceOnly() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q")
    client.publish("x", key: "q")
    #expect(client.settle(1) == nil)
    #expect(client.settle(1) == Violation(.preconditionFailed, "unknown delivery tag 1"))
    #expect(client.settle(2, isMultiple: true)?.code == .preconditionFailed)
    #expect(client.settle(0, isMultiple: true) == nil)
  }

  @Test func pausingHoldsMessagesBackAndResumingLetsThemGo() throws {
    let client = TestClient(broker)
    try client.declare("q")
    try client.consume("q")
    #expect(throws: Never.self) {
      try broker.setPaused(true, queue: Name("q"), in: broker.host).get()
    }
    client.publish("x", key: "q")
    #expect(try client.texts() == [])
    #expect(throws: Never.self) {
      try broker.setPaused(false, queue: Name("q"), in: broker.host).get()
    }
    #expect(try client.texts() == ["x"])
  }

  @Test func onePausedConsumerLeavesTheWorkToTheOthers() throws {
    let paused = TestClient(broker, name: "paused")
    let other = TestClient(broker, name: "other")
    try paused.declare("q")
    try paused.consume("q")
    try other.consume("q")
    let identifier = try #require(
      broker.snapshot(of: broker.identity).consumers.first { $0.connectionName == "paused" }
    ).identifier
    _ = try broker.setPaused(true, consumer: identifier).get()
    for number in 0..<4 { other.publish("\(number)", key: "q") }
    #expect(try paused.texts() == [])
    #expect(try other.texts() == ["0", "1", "2", "3"])
    #expect(throws: OperationRefusal.self) {
      try broker.setPaused(true, consumer: 999_999).get()
    }
  }
}
