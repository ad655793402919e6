import AMQP
import Broker
import Telemetry
import Testing

/// Class tx as RabbitMQ 3.10.8 does it; each case was asked of it.
@Suite struct TransactionTests {
  let broker = makeBroker()

  private func transactional() throws -> TestClient {
    let client = TestClient(broker)
    try client.declare("q")
    #expect(broker.selectTransactions(on: client.channel) == nil)
    return client
  }

  @Test func whatIsPublishedComesWithTheCommit() throws {
    let client = try transactional()
    client.publish("a", key: "q")
    #expect(broker.depth("q") == 0)
    #expect(broker.commit(client.channel) == nil)
    #expect(broker.depth("q") == 1)
    client.publish("b", key: "q")
    #expect(broker.rollBack(client.channel) == nil)
    #expect(broker.commit(client.channel) == nil)
    #expect(broker.depth("q") == 1)
    #expect(broker.totals.published == 1)
    broker.expectSound()
  }

  @Test func aMandatoryMessageComesBackAtTheCommit() throws {
    let client = try transactional()
    client.publish("x", key: "nowhere", isMandatory: true)
    #expect(try client.methods() == [])
    #expect(broker.commit(client.channel) == nil)
    #expect(try client.methods().map(\.identifier.name) == ["basic.return", "tx.commit-ok"])
  }

  @Test func aMissingExchangeIsFoundAtOnce() throws {
    let client = try transactional()
    #expect(client.publish("x", to: "none", key: "q")?.code == .notFound)
  }

  @Test func aQueueThatGoesBeforeTheCommitGetsNothing() throws {
    let client = try transactional()
    client.publish("x", key: "q", isMandatory: true)
    let count = try broker.deleteQueue(
      Name("q"),
      onlyIfUnused: false,
      onlyIfEmpty: false,
      for: client.connection
    ).get()
    #expect(count == 0)
    #expect(broker.commit(client.channel) == nil)
    #expect(broker.totals.returned == 1)
    broker.expectSound()
  }

  @Test func acknowledgementsWaitForTheCommitAndSoDoesCredit() throws {
    let publisher = TestClient(broker, name: "publisher")
    let client = try transactional()
    try client.consume("q", prefetch: 1)
    publisher.publish("a", key: "q")
    publisher.publish("b", key: "q")
    #expect(try client.texts() == ["a"])
    #expect(client.settle(1) == nil)
    #expect(client.settle(1) == Violation(.preconditionFailed, "unknown delivery tag 1"))
    #expect(try client.texts() == [])
    #expect(broker.totals.unacked == 1)
    broker.expectSound()
    #expect(broker.commit(client.channel) == nil)
    #expect(try client.texts() == ["b"])
    #expect(broker.totals.acknowledged == 1)
    broker.expectSound()
  }

  @Test func afterARollbackEachDeliveryCanBeSettledAgain() throws {
    let publisher = TestClient(broker, name: "publisher")
    let client = try transactional()
    try client.consume("q", prefetch: 5)
    for text in ["a", "b", "c", "d", "e"] { publisher.publish(text, key: "q") }
    #expect(try client.texts().count == 5)
    client.settle(2)
    client.settle(4, isMultiple: true)
    client.settle(5, as: .requeued)
    broker.expectSound()
    #expect(client.settle(0, isMultiple: true) == nil)
    #expect(broker.rollBack(client.channel) == nil)
    #expect(broker.totals.unacked == 5)
    #expect(try client.texts() == [])
    broker.expectSound()
    for tag: UInt64 in [3, 1, 5, 2, 4] { #expect(client.settle(tag) == nil) }
    #expect(broker.commit(client.channel) == nil)
    #expect(broker.totals.acknowledged == 5)
    #expect(broker.totals.imbalance == 0)
    broker.expectSound()
  }

  @Test func requeuedAndDiscardedOnesTakeEffectAtTheCommit() throws {
    let publisher = TestClient(broker, name: "publisher")
    let client = try transactional()
    for text in ["a", "b", "c"] { publisher.publish(text, key: "q") }
    for _ in 0..<3 { _ = try client.get("q") }
    client.settle(2, as: .requeued)
    client.settle(1, as: .requeued)
    client.settle(3, as: .discarded)
    #expect(broker.depth("q") == 0)
    #expect(broker.commit(client.channel) == nil)
    #expect(broker.totals.discarded == 1)
    #expect(try client.get("q", noAck: true) == Received(tag: 4, text: "a", isRedelivered: true))
    #expect(try client.get("q", noAck: true) == Received(tag: 5, text: "b", isRedelivered: true))
    broker.expectSound()
  }

  @Test func recoverLeavesWhatIsSettledToTheTransaction() throws {
    let publisher = TestClient(broker, name: "publisher")
    let client = try transactional()
    for text in ["a", "b"] { publisher.publish(text, key: "q") }
    for _ in 0..<2 { _ = try client.get("q") }
    client.settle(1)
    broker.recover(client.channel)
    #expect(broker.depth("q") == 1)
    #expect(broker.rollBack(client.channel) == nil)
    #expect(broker.totals.unacked == 1)
    #expect(client.settle(1) == nil)
    #expect(client.settle(2)?.code == .preconditionFailed)
    broker.expectSound()
  }

  @Test func aChannelThatClosesForgetsItsTransaction() throws {
    let publisher = TestClient(broker, name: "publisher")
    let client = try transactional()
    try client.consume("q")
    publisher.publish("a", key: "q")
    #expect(try client.texts() == ["a"])
    client.settle(1)
    client.publish("b", key: "q")
    broker.closeChannel(client.channel)
    broker.expectSound()
    #expect(
      try publisher.get("q", noAck: true) == Received(tag: 1, text: "a", isRedelivered: true)
    )
    #expect(broker.depth("q") == 0)
  }

  @Test func theTwoModesDoNotMix() throws {
    let client = TestClient(broker)
    let none = Violation(.preconditionFailed, "channel is not transactional")
    #expect(broker.commit(client.channel) == none)
    #expect(broker.rollBack(client.channel) == none)
    #expect(broker.selectTransactions(on: client.channel) == nil)
    #expect(broker.selectTransactions(on: client.channel) == nil)
    #expect(
      broker.selectConfirms(on: client.channel)
        == Violation(.preconditionFailed, "cannot switch from tx to confirm mode")
    )
    let other = TestClient(broker, name: "other")
    #expect(broker.selectConfirms(on: other.channel) == nil)
    #expect(
      broker.selectTransactions(on: other.channel)
        == Violation(.preconditionFailed, "cannot switch from confirm to tx mode")
    )
  }
}
