import AMQP
import Broker
import Telemetry
import Testing

@Suite struct DelayedExchangeTests {
  let broker = makeBroker()

  private func makeDelayed(_ type: String = "direct") throws -> TestClient {
    let client = TestClient(broker)
    let arguments: FieldTable = ["x-delayed-type": .text(type)]
    #expect(client.declareExchange("later", .delayed, arguments: arguments) == nil)
    try client.declare("q")
    #expect(client.bind("q", to: "later", key: "k") == nil)
    return client
  }

  @Test func aMessageWaitsForItsDelayAndCarriesItNegated() throws {
    let client = try makeDelayed()
    client.publish("x", to: "later", key: "k", headers: ["a": .void, "x-delay": .signed32(500)])
    #expect(broker.nextDeadline == 1_500_000_000)
    #expect(broker.exchange("later")?.delayed == 1)
    broker.advance(milliseconds: 499)
    #expect(broker.depth("q") == 0)
    broker.expectSound()
    broker.advance(milliseconds: 500)
    #expect(broker.depth("q") == 1)
    #expect(broker.exchange("later")?.delayed == 0)
    #expect(broker.exchange("later")?.routed == 1)
    #expect(broker.exchange("later")?.published == 1)
    #expect(
      try client.takeProperties(of: "q")?.headers == ["a": .void, "x-delay": .signed32(-500)]
    )
    broker.expectSound()
  }

  @Test(
    arguments: [
      nil, .signed32(0), .signed32(-5), .void, .boolean(true), .text("soon"), .double(.infinity),
      .signed64(4_294_967_296),
    ] as [FieldValue?]
  )
  func withoutAPositiveDelayItGoesAtOnce(delay: FieldValue?) throws {
    let client = try makeDelayed()
    client.publish("x", to: "later", key: "k", headers: delay.map { ["x-delay": $0] } ?? [:])
    #expect(broker.depth("q") == 1)
    #expect(try client.takeProperties(of: "q")?.headers?["x-delay"] == delay)
    broker.expectSound()
  }

  @Test(arguments: [.text("20"), .double(20.9), .unsigned8(20), .signed64(20)] as [FieldValue])
  func aDelayMayBeOfSeveralTypes(delay: FieldValue) throws {
    let client = try makeDelayed()
    client.publish("x", to: "later", key: "k", headers: ["x-delay": delay])
    #expect(broker.nextDeadline == 1_020_000_000)
  }

  @Test func messagesComeInTheOrderOfTheirDeadlines() throws {
    let client = try makeDelayed()
    for delay: Int32 in [30, 10, 20, 10] {
      client.publish("\(delay)", to: "later", key: "k", headers: ["x-delay": .signed32(delay)])
    }
    broker.advance(milliseconds: 10)
    #expect(broker.depth("q") == 2)
    #expect(broker.nextDeadline == 1_020_000_000)
    broker.advance(milliseconds: 40)
    broker.expectSound()
    try client.consume("q", noAck: true)
    #expect(try client.texts() == ["10", "10", "20", "30"])
  }

  @Test func itIsRoutedWhenDueNotWhenPublished() throws {
    let client = try makeDelayed("topic")
    client.publish("x", to: "later", key: "new.b", headers: ["x-delay": .signed32(5)])
    try client.declare("new")
    #expect(client.bind("new", to: "later", key: "new.*") == nil)
    broker.advance(milliseconds: 5)
    #expect(broker.depth("new") == 1)
  }

  @Test func whatIsUnroutableWhenDueIsDroppedAndCounted() throws {
    let client = try makeDelayed()
    #expect(broker.selectConfirms(on: client.channel) == nil)
    client.publish(
      "x",
      to: "later",
      key: "none",
      headers: ["x-delay": .signed32(5)],
      isMandatory: true
    )
    // As the plugin: a message that is held back has no queue, so a mandatory one comes back.
    #expect(broker.totals.returned == 1)
    #expect(broker.totals.unroutable == 0)
    #expect(try client.methods().last == .basicAck(BasicAck(deliveryTag: 1)))
    broker.advance(milliseconds: 5)
    #expect(broker.totals.unroutable == 1)
    #expect(broker.exchange("later")?.unroutable == 1)
    #expect(broker.exchange("later")?.lastUnroutableKey == "none")
    broker.expectSound()
  }

  @Test func deletingTheExchangeThrowsAwayWhatItHolds() throws {
    let client = try makeDelayed()
    client.publish("x", to: "later", key: "k", headers: ["x-delay": .signed32(5)])
    #expect(broker.deleteExchange(Name("later"), onlyIfUnused: false, in: broker.host) == nil)
    #expect(broker.totals.delayedDiscarded == 1)
    broker.advance(milliseconds: 10)
    #expect(broker.depth("q") == 0)
    broker.expectSound()
  }

  @Test func anExchangeBeforeItPassesMessagesToIt() throws {
    let client = try makeDelayed()
    try client.declare("now")
    #expect(client.bind("now", to: "amq.fanout") == nil)
    #expect(client.bindExchange("later", to: "amq.fanout") == nil)
    client.publish("x", to: "amq.fanout", key: "k", headers: ["x-delay": .signed32(5)])
    #expect(broker.depth("now") == 1)
    #expect(broker.depth("q") == 0)
    #expect(broker.exchange("later")?.published == 1)
    broker.advance(milliseconds: 5)
    #expect(broker.depth("q") == 1)
    broker.expectSound()
  }

  @Test func aBlindCopyIsRoutedWhenDueAndStaysHidden() throws {
    let client = try makeDelayed()
    client.publish(
      "x",
      to: "later",
      key: "none",
      headers: ["x-delay": .signed32(5), "BCC": .array([.text("k")])]
    )
    broker.advance(milliseconds: 5)
    #expect(broker.depth("q") == 1)
    #expect(try client.takeProperties(of: "q")?.headers == ["x-delay": .signed32(-5)])
  }
}
