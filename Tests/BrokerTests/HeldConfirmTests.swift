import AMQP
import Broker
import Telemetry
import TestSupport
import Testing

/// Confirms and commits wait for the disk, and only those that must.
@Suite struct HeldConfirmTests {
  private func confirming(_ stored: StoredBroker) throws -> TestClient {
    let client = stored.client
    #expect(stored.broker.selectConfirms(on: client.channel) == nil)
    try client.declare("durable", isDurable: true)
    try client.declare("transient")
    try stored.turn()
    return client
  }

  private func acknowledgements(_ client: TestClient) throws -> [String] {
    try client.methods().map { method in
      switch method {
      case .basicAck(let ack): "ack \(ack.deliveryTag)\(ack.multiple ? " all" : "")"
      case .basicNack(let nack): "nack \(nack.deliveryTag)\(nack.multiple ? " all" : "")"
      default: method.identifier.name
      }
    }
  }

  @Test func aPersistentMessageIsConfirmedWhenTheDiskHasIt() throws {
    let stored = try StoredBroker()
    let client = try confirming(stored)
    for text in ["a", "b", "c"] { client.persist(text, key: "durable") }
    #expect(try acknowledgements(client) == [])
    try stored.turn()
    #expect(try acknowledgements(client) == ["ack 3 all"])
    client.persist("d", key: "durable")
    try stored.turn()
    #expect(try acknowledgements(client) == ["ack 4"])
    #expect(stored.broker.totals.confirmed == 4)
  }

  @Test func whatNeedsNoDiskIsConfirmedAtOnce() throws {
    let stored = try StoredBroker()
    let client = try confirming(stored)
    client.publish("1", key: "durable")
    client.persist("2", key: "transient")
    client.persist("3", key: "durable")
    client.publish("4", key: "durable")
    client.persist("5", key: "nowhere")
    client.persist("6", key: "durable")
    client.persist("7", key: "durable")
    client.publish("8", key: "transient")
    #expect(try acknowledgements(client) == ["ack 2 all", "ack 4", "ack 5", "ack 8"])
    client.publish("9", key: "transient")
    #expect(try acknowledgements(client) == ["ack 9"])
    try stored.turn()
    #expect(try acknowledgements(client) == ["ack 7 all"])
    client.publish("10", key: "transient")
    client.publish("11", key: "transient")
    #expect(try acknowledgements(client) == ["ack 11 all"])
    #expect(stored.broker.totals.confirmed == 11)
  }

  /// It may be delivered and acknowledged before the disk has it; the publisher still waits.
  @Test func aConfirmWaitsThoughTheMessageIsGone() throws {
    let stored = try StoredBroker()
    let client = try confirming(stored)
    let consumer = stored.client
    try consumer.consume("durable", noAck: true)
    client.persist("x", key: "durable")
    #expect(try consumer.texts() == ["x"])
    #expect(try acknowledgements(client) == [])
    try stored.turn()
    #expect(try acknowledgements(client) == ["ack 1"])
  }

  @Test func aCommitIsAnsweredWhenTheDiskHasIt() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("durable", isDurable: true)
    #expect(stored.broker.selectTransactions(on: client.channel) == nil)
    client.persist("x", key: "durable")
    #expect(stored.broker.commit(client.channel) == nil)
    #expect(try acknowledgements(client) == [])
    client.publish("y", key: "durable")
    try stored.turn()
    #expect(try acknowledgements(client) == ["tx.commit-ok"])
    #expect(stored.broker.commit(client.channel) == nil)
    #expect(try acknowledgements(client) == ["tx.commit-ok"])
  }

  @Test func aFailedDiskConfirmsNothingAndTakesNothing() throws {
    let stored = try StoredBroker()
    let client = try confirming(stored)
    client.persist("1", key: "durable")
    client.persist("2", key: "durable")
    _ = try client.frames()
    stored.broker.diskFailed(because: "fdatasync 1.log: Input/output error")
    #expect(try acknowledgements(client) == ["nack 2 all"])
    client.persist("3", key: "durable")
    client.publish("4", key: "durable")
    client.persist("5", key: "transient")
    #expect(try acknowledgements(client) == ["nack 3", "ack 5 all"])
    // Consumers go on.
    #expect(try client.get("durable", noAck: true)?.text == "1")
    let plain = stored.client
    let refusal = plain.persist("6", key: "durable")
    #expect(refusal?.code == .internalError)
    #expect(refusal?.text.contains("Input/output error") == true, "\(String(describing: refusal))")
    #expect(plain.publish("7", key: "durable") == nil)
    #expect(stored.broker.totals.confirmed == 2)
    stored.broker.expectSound()
  }

  @Test func aClosedChannelIsNotConfirmedTo() throws {
    let stored = try StoredBroker()
    let client = try confirming(stored)
    client.persist("x", key: "durable")
    _ = try client.frames()
    stored.broker.closeChannel(client.channel)
    try stored.turn()
    #expect(try client.methods() == [])
  }
}
