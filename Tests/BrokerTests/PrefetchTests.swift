import AMQP
import Broker
import Telemetry
import Testing

/// `basic.qos` as RabbitMQ 3.10.8 answers it.
@Suite struct PrefetchTests {
  let broker = makeBroker()

  private func filled() throws -> TestClient {
    let client = TestClient(broker)
    try client.declare("q")
    for number in 0..<6 { client.publish("\(number)", key: "q") }
    return client
  }

  @Test func aCountForConsumersEndsTheOneOfTheChannel() throws {
    let client = try filled()
    broker.setPrefetch(2, isGlobal: true, on: client.channel)
    try client.consume("q", tag: "a")
    #expect(try client.texts() == ["0", "1"])
    broker.setPrefetch(3, isGlobal: false, on: client.channel)
    #expect(try client.texts() == ["2", "3", "4", "5"])
  }

  @Test func aGlobalCountTakesEffectAtOnce() throws {
    let client = try filled()
    broker.setPrefetch(1, isGlobal: true, on: client.channel)
    try client.consume("q")
    #expect(try client.texts() == ["0"])
    broker.setPrefetch(3, isGlobal: true, on: client.channel)
    #expect(try client.texts() == ["1", "2"])
    broker.setPrefetch(0, isGlobal: true, on: client.channel)
    #expect(try client.texts() == ["3", "4", "5"])
    broker.expectSound()
  }

  @Test func aCountForConsumersIsForThoseThatCome() throws {
    let client = try filled()
    try client.consume("q", tag: "a", prefetch: 1)
    broker.setPrefetch(2, isGlobal: false, on: client.channel)
    #expect(try client.texts() == ["0"])
    #expect(broker.snapshot(of: broker.identity).consumers.map(\.prefetchCount) == [1])
  }

  /// It needs no credit of its own, but a channel that is full is full for it too.
  @Test func aFullChannelHoldsBackAutomaticAcknowledgementToo() throws {
    let client = try filled()
    broker.setPrefetch(2, isGlobal: true, on: client.channel)
    try client.consume("q", tag: "a")
    #expect(try client.texts() == ["0", "1"])
    try client.consume("q", tag: "b", noAck: true)
    #expect(try client.texts() == [])
    client.settle(1)
    #expect(try client.texts().contains("2"))
    broker.expectSound()
  }

  @Test func whatIsFetchedCountsForNoLimit() throws {
    let client = try filled()
    broker.setPrefetch(2, isGlobal: true, on: client.channel)
    #expect(try client.get("q")?.text == "0")
    #expect(try client.get("q")?.text == "1")
    try client.consume("q")
    #expect(try client.texts() == ["2", "3"])
  }

  /// What an acknowledgement made room for comes before the end of the consumer, in one read too.
  @Test func acknowledgingAndCancellingInOneTurnStillBringsTheNextMessage() throws {
    let client = TestClient(broker)
    try client.declare("turn")
    for text in ["1", "2", "3"] { client.publish(text, key: "turn") }
    try client.consume("turn", tag: "t", prefetch: 2)
    #expect(try client.deliveries().map(\.text) == ["1", "2"])
    #expect(client.settle(1, as: .acknowledged) == nil)
    broker.cancel(Name("t"), on: client.channel)
    #expect(try client.deliveries().map(\.text) == ["3"])
    broker.expectSound()
  }
}
