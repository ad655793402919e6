import AMQP
import AMQPClient
import Testing

@testable import Compare

/// What brokers say of themselves, and what it means.
@Suite struct ServerIdentityTests {
  private func identity(
    _ product: String,
    _ version: String,
    platform: String = "Erlang/OTP 25"
  ) -> ServerIdentity {
    ServerIdentity([
      "product": .text(product), "version": .text(version), "platform": .text(platform),
      "cluster_name": .text("shop"),
      "capabilities": .table(["basic.nack": .boolean(true), "no": .boolean(false)]),
    ])
  }

  @Test func aRabbitMQIsOne() {
    let rabbit = identity("RabbitMQ", "3.10.8")
    #expect(rabbit.kind == .rabbitMQ && rabbit.title == "RabbitMQ 3.10.8")
    #expect(rabbit.capabilities == ["basic.nack"] && rabbit.cluster == "shop")
  }

  @Test func aSluiceIsNotTakenForTheRabbitMQThatItSaysToBe() {
    let ours = identity("RabbitMQ", "3.10.8", platform: "Sluice (Swift)")
    #expect(ours.kind == .sluice && ours.title == "Sluice, as RabbitMQ 3.10.8")
  }

  @Test func hostileNamesAreCutAndCleaned() {
    let hostile = identity("\u{1B}[2Jx|\n" + String(repeating: "y", count: 500), "\u{202E}1")
    #expect(hostile.product.count == 40 && hostile.product.hasPrefix("?[2Jx|?yy"))
    #expect(hostile.version == "?1" && hostile.kind == .other)
    #expect(ServerIdentity([:]).title == "says not")
  }

  @Test(arguments: [
    ("RabbitMQ", "3.10.8", QueueType.classic, "a batch is synced"),
    ("RabbitMQ", "3.13.0", .classic, "without fsync"),
    ("RabbitMQ", "4.1.0", .classic, "without fsync"),
    ("RabbitMQ", "what", .classic, "\"persisted to disk\""),
    ("RabbitMQ", "3.10.8", .quorum, "a majority"),
    ("LavinMQ", "2.8.1", .classic, "no fsync before 2.9.0"),
    ("LavinMQ", "2.10.0", .classic, "syncfs has returned"),
    ("SomethingMQ", "1.0", .classic, "not known"),
  ])
  func aConfirmMeansWhatTheVersionMakesOfIt(
    product: String,
    version: String,
    type: QueueType,
    words: String
  ) {
    #expect(ConfirmMeaning.text(identity(product, version), type).contains(words))
  }

  @Test func ourConfirmWaitsForTheDisk() {
    let ours = identity("RabbitMQ", "3.10.8", platform: "Sluice (Swift)")
    #expect(ConfirmMeaning.text(ours, .classic).contains("fdatasync"))
  }
}
