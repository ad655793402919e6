import AMQP
import Telemetry
import Testing

@testable import Broker

@Suite struct ExpiryTests {
  private let client = QueueClient()

  private func expiring(_ milliseconds: String) -> BasicProperties {
    var properties = BasicProperties()
    properties.expiration = milliseconds
    return properties
  }

  @Test func aMessageLeavesWhenItsQueuesTimeIsOver() throws {
    try client.declare("q", ["x-message-ttl": .signed32(100)])
    client.publish("x", to: "q")
    try client.wait(milliseconds: 99)
    #expect(client.broker.depth("q") == 1)
    try client.wait(milliseconds: 1)
    #expect(client.broker.depth("q") == 0)
    #expect(client.broker.totals.expired == 1)
    client.broker.expectSound()
  }

  @Test func theLessOfTwoTimesCounts() throws {
    try client.declare("q", ["x-message-ttl": .signed32(100)])
    client.publish("short", to: "q", expiring("50"))
    client.publish("long", to: "q", expiring("500"))
    try client.wait(milliseconds: 50)
    #expect(client.broker.depth("q") == 1)
    try client.wait(milliseconds: 50)
    #expect(client.broker.depth("q") == 0)
  }

  @Test func aMessageBehindOneThatStaysWaits() throws {
    try client.declare("q")
    client.publish("stays", to: "q")
    client.publish("goes", to: "q", expiring("50"))
    try client.wait(milliseconds: 100)
    #expect(client.broker.depth("q") == 2)
    #expect(try client.get("q")?.text == "stays")
    #expect(try client.get("q") == nil)
    #expect(client.snapshot("q")?.expired == 1)
  }

  @Test func noTimeMeansNowOrNever() throws {
    try client.declare("q", ["x-message-ttl": .signed32(0)])
    client.publish("lost", to: "q")
    #expect(client.broker.depth("q") == 0)
    try client.client.consume("q", tag: "c")
    client.publish("caught", to: "q")
    let item = try #require(try client.items().first)
    #expect(item.text == "caught")
    client.requeue(item)
    #expect(try client.items().isEmpty)
    #expect(client.snapshot("q")?.expired == 2)
  }

  @Test func aRequeuedMessageKeepsTheEndOfItsTime() throws {
    try client.declare("q")
    client.publish("x", to: "q", expiring("100"))
    let first = try client.get("q", noAck: false)
    try client.wait(milliseconds: 60)
    client.requeue(first)
    #expect(client.broker.depth("q") == 1)
    let second = try client.get("q", noAck: false)
    #expect(second?.isRedelivered == true)
    try client.wait(milliseconds: 60)
    client.requeue(second)
    #expect(client.broker.depth("q") == 0)
    client.broker.expectSound()
  }

  @Test func aPlainQueueIsPlainAgainWhenWhatExpiresIsGone() throws {
    try client.declare("q")
    client.publish("x", to: "q", expiring("100"))
    #expect(client.queue("q")?.needsCare == true)
    #expect(try client.get("q")?.text == "x")
    #expect(try client.get("q") == nil)
    #expect(client.queue("q")?.needsCare == false)
  }

  @Test func theExpirationIsFoundBehindAllOtherProperties() throws {
    var properties = expiring("1234")
    properties.contentType = "text/plain"
    properties.contentEncoding = "utf-8"
    properties.headers = ["a": .text("b")]
    properties.deliveryMode = 2
    properties.priority = 7
    properties.correlationID = "c"
    properties.replyTo = "r"
    properties.messageID = "m"
    let message = QueueClient.makeMessage("x", key: "q", properties, at: 1)
    #expect(message.expirationMilliseconds == 1_234)
    message.release()
  }

  @Test func anUnusedQueueIsDeleted() throws {
    try client.declare("q", ["x-expires": .signed32(100)])
    client.publish("x", to: "q")
    try client.wait(milliseconds: 99)
    #expect(client.queue("q") != nil)
    try client.wait(milliseconds: 1)
    #expect(client.queue("q") == nil)
    client.broker.expectSound()
  }

  @Test(arguments: ["declare", "look", "get"]) func useKeepsAQueue(what: String) throws {
    try client.declare("q", ["x-expires": .signed32(100)])
    try client.wait(milliseconds: 60)
    switch what {
    case "declare": try client.declare("q", ["x-expires": .signed32(100)])
    case "look": _ = try client.broker.checkQueue(Name("q"), on: client.client.channel).get()
    default: #expect(try client.get("q") == nil)
    }
    try client.wait(milliseconds: 60)
    #expect(client.queue("q") != nil)
    try client.wait(milliseconds: 60)
    #expect(client.queue("q") == nil)
  }

  @Test(arguments: ["publish", "purge", "bind"]) func thatIsNoUse(what: String) throws {
    try client.declare("q", ["x-expires": .signed32(100)])
    try client.wait(milliseconds: 60)
    switch what {
    case "publish": client.publish("x", to: "q")
    case "purge": _ = client.broker.purgeQueue(Name("q"), for: client.client.connection)
    default: #expect(client.client.bind("q", to: "amq.fanout") == nil)
    }
    try client.wait(milliseconds: 60)
    #expect(client.queue("q") == nil)
  }

  @Test func aConsumerKeepsAQueueAndItsTimeBeginsWhenItLeaves() throws {
    try client.declare("q", ["x-expires": .signed32(100)])
    let tag = try client.client.consume("q")
    try client.wait(milliseconds: 500)
    #expect(client.queue("q") != nil)
    client.broker.cancel(Name(tag), on: client.client.channel)
    try client.wait(milliseconds: 99)
    #expect(client.queue("q") != nil)
    try client.wait(milliseconds: 1)
    #expect(client.queue("q") == nil)
  }

  @Test func aPolicyGivesATimeToWhatComesAfterIt() throws {
    try client.declare("q")
    client.publish("old", to: "q")
    let queue = try #require(client.queue("q"))
    queue.policy.definition = ["message-ttl": .signed32(100)]
    client.broker.policyChanged(of: queue)
    client.publish("new", to: "q")
    try client.wait(milliseconds: 200)
    #expect(client.broker.depth("q") == 2)
    #expect(try client.get("q")?.text == "old")
    #expect(try client.get("q") == nil)
  }

  @Test func aPolicyMakesAQueueExpire() throws {
    try client.declare("q")
    let queue = try #require(client.queue("q"))
    try client.wait(milliseconds: 500)
    queue.policy.definition = ["expires": .signed32(1_000)]
    client.broker.policyChanged(of: queue)
    try client.wait(milliseconds: 499)
    #expect(client.queue("q") != nil)
    try client.wait(milliseconds: 1)
    #expect(client.queue("q") == nil)
  }
}
