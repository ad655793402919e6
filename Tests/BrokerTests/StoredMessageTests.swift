import AMQP
import Broker
import Store
import Telemetry
import TestSupport
import Testing

/// What is left of a broker after its process died.
@Suite struct StoredMessageTests {
  private func drain(_ stored: StoredBroker, _ queue: String = "q") throws -> [String] {
    let client = stored.client
    try client.consume(queue, noAck: true)
    return try client.texts()
  }

  @Test func whatIsPersistentInADurableQueueComesBackInOrder() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true)
    try client.declare("transient")
    for number in 1...300 {
      client.persist("\(number)", key: "q")
      client.publish("gone", key: "q")
      client.persist("gone", key: "transient")
      if number % 7 == 0 { try stored.turn() }
    }
    try stored.turn()
    try stored.restart()
    #expect(stored.broker.depth("transient") == nil)
    let reader = stored.client
    try reader.consume("q", noAck: true)
    let received = try reader.deliveries()
    #expect(received.map(\.text) == (1...300).map { "\($0)" })
    // Nobody knows whether it was delivered before.
    #expect(received.allSatisfy { $0.isRedelivered })
    #expect(stored.broker.totals.recovered == 300)
    stored.broker.expectSound()
    try stored.turn()
    try stored.restart()
    #expect(stored.broker.depth("q") == 0)
  }

  @Test func whatWasSettledDoesNotComeBack() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true)
    for text in ["acknowledged", "rejected", "held", "fetched", "waiting"] {
      client.persist(text, key: "q")
    }
    try client.consume("q", tag: "c", prefetch: 3)
    #expect(try client.texts() == ["acknowledged", "rejected", "held"])
    client.broker.cancel(Name("c"), on: client.channel)
    client.settle(1)
    client.settle(2, as: .discarded)
    #expect(try client.get("q", noAck: true)?.text == "fetched")
    try stored.turn()
    try stored.restart()
    #expect(try drain(stored) == ["held", "waiting"])
  }

  @Test func purgedAndDeletedQueuesStayEmpty() throws {
    let stored = try StoredBroker()
    let client = stored.client
    for queue in ["purged", "deleted", "again"] {
      try client.declare(queue, isDurable: true)
      client.persist("old", key: queue)
    }
    try stored.turn()
    _ = stored.broker.purgeQueue(Name("purged"), for: client.connection)
    for queue in ["deleted", "again"] {
      _ = stored.broker.deleteQueue(
        Name(queue),
        onlyIfUnused: false,
        onlyIfEmpty: false,
        for: client.connection
      )
    }
    try client.declare("again", isDurable: true)
    client.persist("new", key: "again")
    try stored.turn()
    try stored.restart()
    #expect(stored.broker.depth("purged") == 0)
    #expect(stored.broker.depth("deleted") == nil)
    #expect(try drain(stored, "again") == ["new"])
  }

  @Test func oneMessageInManyQueuesIsKeptOnceAndSettledInEach() throws {
    let stored = try StoredBroker()
    let client = stored.client
    let fanout = ExchangeDeclaration(name: Name("f"), type: .fanout, isDurable: true)
    #expect(stored.broker.declareExchange(fanout, in: stored.broker.host) == nil)
    for queue in ["a", "b", "c"] {
      try client.declare(queue, isDurable: queue != "c")
      #expect(client.bind(queue, to: "f") == nil)
    }
    client.persist("x", to: "f", key: "")
    #expect(try client.get("a", noAck: true)?.text == "x")
    #expect(try client.get("c", noAck: true)?.text == "x")
    try stored.turn()
    try stored.restart()
    #expect(stored.broker.depth("a") == 0)
    #expect(stored.client.persist("y", to: "f", key: "") == nil)
    #expect(stored.broker.depth("a") == 1)
    #expect(try drain(stored, "b") == ["x", "y"])
  }

  @Test func howOftenAMessageCameBackIsKept() throws {
    let stored = try StoredBroker()
    var client = stored.client
    let arguments: FieldTable = [
      "x-queue-type": .text("quorum"), "x-delivery-limit": .signed64(3),
    ]
    try client.declare("q", isDurable: true, arguments: arguments)
    client.persist("x", key: "q")
    for _ in 1...3 {
      #expect(try client.get("q")?.text == "x")
      client.settle(0, isMultiple: true, as: .requeued)
      try stored.turn()
      try stored.restart()
      client = stored.client
    }
    #expect(try client.get("q")?.text == "x")
    client.settle(0, isMultiple: true, as: .requeued)
    #expect(stored.broker.depth("q") == 0)
    #expect(stored.broker.totals.dropped == 1)
  }

  @Test func timeGoesOnWhileTheBrokerIsAway() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("own", isDurable: true)
    try client.declare("all", isDurable: true, arguments: ["x-message-ttl": .signed64(1_000)])
    client.persist("short", key: "own", expiration: "500")
    client.persist("long", key: "own", expiration: "5000")
    client.persist("x", key: "all")
    try stored.turn()
    stored.wait(milliseconds: 700)
    try stored.restart()
    #expect(stored.broker.depth("all") == 1)
    #expect(try drain(stored, "own") == ["long"])
    try stored.turn()
    stored.wait(milliseconds: 301)
    try stored.restart()
    #expect(stored.broker.depth("all") == 0)
    #expect(stored.broker.totals.expired == 1)
  }

  /// A wall clock that goes back must not keep messages for ever, nor lose them.
  @Test func aClockThatJumpsBackEndsNoMessage() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true, arguments: ["x-message-ttl": .signed64(60_000)])
    client.persist("x", key: "q")
    try stored.turn()
    stored.wait(milliseconds: -3_600_000)
    try stored.restart()
    #expect(try drain(stored) == ["x"])
  }

  @Test func prioritiesAreKept() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true, arguments: ["x-max-priority": .signed64(5)])
    for (text, priority) in [("low", UInt8(1)), ("high", 5), ("middle", 3), ("high 2", 9)] {
      client.persist(text, key: "q", priority: priority)
    }
    try stored.turn()
    try stored.restart()
    #expect(try drain(stored) == ["high", "high 2", "middle", "low"])
    stored.broker.expectSound()
  }

  @Test func aDeadLetterIsInItsNewQueueBeforeItLeavesTheOld() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("dead", isDurable: true)
    let arguments: FieldTable = [
      "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("dead"),
    ]
    try client.declare("q", isDurable: true, arguments: arguments)
    client.persist("x", key: "q")
    #expect(try client.get("q")?.text == "x")
    try stored.turn()
    client.settle(1, as: .discarded)
    var random = SplitMix(seed: 1)
    // The disk does less and less of the batch that moves it.
    for operation in (1...6).reversed() {
      stored.stopDisk(at: operation)
      do { try stored.turn() } catch {}
      try stored.restart(using: &random)
      let (old, new) = (stored.broker.depth("q") ?? 0, stored.broker.depth("dead") ?? 0)
      #expect(old + new >= 1, "lost at operation \(operation)")
      let again = stored.client
      if let held = try again.get("q") {
        #expect(held.text == "x")
        again.settle(held.tag, as: .discarded)
      }
    }
  }

  @Test func whatAnExchangeHoldsBackIsHeldBackAgain() throws {
    let stored = try StoredBroker()
    let client = stored.client
    let delayed = ExchangeDeclaration(
      name: Name("later"),
      type: .delayed,
      isDurable: true,
      arguments: ["x-delayed-type": .text("direct")]
    )
    #expect(stored.broker.declareExchange(delayed, in: stored.broker.host) == nil)
    #expect(stored.broker.selectConfirms(on: client.channel) == nil)
    try client.declare("q", isDurable: true)
    #expect(client.bind("q", to: "later", key: "k") == nil)
    client.persist("x", to: "later", key: "k", headers: ["x-delay": .signed32(1_000)])
    #expect(try client.methods() == [])
    try stored.turn()
    #expect(try client.methods() == [.basicAck(BasicAck(deliveryTag: 1, multiple: false))])
    stored.wait(milliseconds: 400)
    try stored.restart()
    #expect(stored.broker.totals.heldBack == 1)
    #expect(stored.broker.depth("q") == 0)
    stored.broker.expectSound()
    let due = try #require(stored.broker.nextDeadline)
    #expect(abs(due - stored.broker.now - 600_000_000) < 2_000_000)
    stored.broker.advance(
      to: Instant(nanoseconds: due),
      wallTime: WallTime(milliseconds: stored.milliseconds + 600)
    )
    stored.broker.fireTimers()
    #expect(stored.broker.depth("q") == 1)
    try stored.turn()
    stored.broker.expectSound()
    try stored.restart()
    #expect(stored.broker.totals.heldBack == 0)
    #expect(try drain(stored) == ["x"])
    try stored.turn()
    try stored.restart()
    #expect(stored.disk.bytes.keys.filter { $0.hasSuffix(".log") } == [])
  }

  @Test func whatCannotBeReadBackIsSaidAndNotMadeUp() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true)
    for number in 1...3 { client.persist("message \(number)", key: "q") }
    try stored.turn()
    // What a later group says was durable is known to have been.
    client.persist("message 4", key: "q")
    try stored.turn()
    let file = "0000000001.log"
    let bytes = try #require(stored.disk.bytes[file])
    let text = Array("message 2".utf8)
    let place = try #require(
      bytes.indices.first { bytes[$0...].prefix(text.count).elementsEqual(text) }
    )
    stored.change { $0.flip(file, at: place) }
    try stored.restart()
    #expect(stored.faults.count == 1 && stored.faults[0].isLoss, "\(stored.faults)")
    #expect(try drain(stored) == ["message 1", "message 3", "message 4"])
    stored.broker.expectSound()
  }

  @Test func messagesOfQueuesThatNobodyKnowsAreSalvaged() throws {
    let stored = try StoredBroker()
    let client = stored.client
    try client.declare("q", isDurable: true)
    client.persist("x", key: "q")
    try stored.turn()
    try stored.restart(losingTopology: true)
    #expect(try drain(stored, "sluice.salvaged.1") == ["x"])
  }
}
