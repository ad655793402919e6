import AMQP
import Broker
import Telemetry
import TestSupport
import Testing

/// Long queues wait on the disk, and nobody can tell from what comes out.
@Suite struct PagingTests {
  /// A broker that keeps 32 KiB of waiting messages in memory, about 300.
  private func small() throws -> StoredBroker {
    try StoredBroker(segmentBytes: 64 << 10, memoryBytes: 32 << 10)
  }

  /// Looks at memory until nothing is moved any more.
  private func settle(_ stored: StoredBroker) throws {
    for _ in 1...50 {
      stored.wait(milliseconds: 25)
      try stored.turn()
    }
  }

  @Test(arguments: [true, false])
  func aLongQueueLeavesMemoryAndComesOutInOrder(isPersistent: Bool) throws {
    let stored = try small()
    let client = stored.client
    try client.declare("q", isDurable: true)
    for number in 1...5_000 {
      if isPersistent {
        client.persist("\(number)", key: "q")
      } else {
        client.publish("\(number)", key: "q")
      }
    }
    try settle(stored)
    let paged = stored.broker.pagedCount
    #expect(paged > 3_000, "\(paged) are on the disk")
    #expect(stored.broker.depth("q") == 5_000)
    stored.broker.expectSound()
    client.publish("last", key: "q")
    let reader = stored.client
    try reader.consume("q", prefetch: 100)
    var expected = (1...5_000).map { "\($0)" } + ["last"]
    while !expected.isEmpty {
      let texts = try reader.texts()
      try #require(texts == Array(expected.prefix(100)))
      expected.removeFirst(texts.count)
      reader.settle(0, isMultiple: true)
      try stored.turn()
    }
    stored.broker.expectSound()
    #expect(stored.broker.totals.dropped == 0)
    // Nothing of it stays on the disk but the open segment.
    try stored.turn()
    let segments = stored.disk.bytes.keys.filter { $0.hasSuffix(".log") }
    #expect(segments.count <= 1, "\(segments)")
  }

  @Test func whatComesBackGoesBeforeWhatIsOnTheDisk() throws {
    let stored = try small()
    let client = stored.client
    try client.declare("q", isDurable: true)
    let reader = stored.client
    for number in 1...4_000 { client.publish("\(number)", key: "q") }
    try reader.consume("q", tag: "c", prefetch: 50)
    #expect(try reader.texts().count == 50)
    try settle(stored)
    #expect(stored.broker.pagedCount > 1_000)
    stored.broker.cancel(Name("c"), on: reader.channel)
    reader.settle(0, isMultiple: true, as: .requeued)
    stored.broker.expectSound()
    let second = stored.client
    try second.consume("q", noAck: true)
    var texts: [String] = []
    while texts.count < 4_000 { texts += try second.texts() }
    #expect(texts == (1...4_000).map { "\($0)" })
    stored.broker.expectSound()
  }

  /// A quorum queue without a limit puts what is refused behind everything, and what a dead client
  /// held before everything.
  @Test func whatAQuorumQueueGetsBackFindsItsPlace() throws {
    let stored = try small()
    let client = stored.client
    try client.declare("q", isDurable: true, arguments: ["x-queue-type": .text("quorum")])
    for number in 1...3_000 { client.persist("\(number)", key: "q") }
    try settle(stored)
    #expect(stored.broker.pagedCount > 1_000)
    let reader = stored.client
    #expect(try reader.get("q")?.text == "1")
    #expect(try reader.get("q")?.text == "2")
    reader.settle(1, as: .requeued)
    stored.broker.expectSound()
    stored.broker.closeConnection(reader.connection)
    stored.broker.expectSound()
    let second = stored.client
    try second.consume("q", noAck: true)
    var texts: [String] = []
    while texts.count < 3_000 { texts += try second.texts() }
    #expect(texts == (2...3_000).map { "\($0)" } + ["1"])
    stored.broker.expectSound()
  }

  @Test func aFanOutIsPagedForEachOfItsQueues() throws {
    let stored = try small()
    let client = stored.client
    let fanout = ExchangeDeclaration(name: Name("f"), type: .fanout, isDurable: true)
    #expect(stored.broker.declareExchange(fanout, in: stored.broker.host) == nil)
    for queue in ["durable", "transient"] {
      try client.declare(queue, isDurable: queue == "durable")
      #expect(client.bind(queue, to: "f") == nil)
    }
    for number in 1...3_000 { client.persist("\(number)", to: "f", key: "") }
    try settle(stored)
    #expect(stored.broker.pagedCount > 3_000)
    let expected = (1...3_000).map { "\($0)" }
    for queue in ["durable", "transient"] {
      let reader = stored.client
      try reader.consume(queue, prefetch: 0)
      #expect(try reader.texts() == expected, "\(queue)")
      reader.settle(0, isMultiple: true)
    }
    stored.broker.expectSound()
    try stored.turn()
    try stored.restart()
    #expect(stored.broker.depth("durable") == 0)
  }

  @Test func purgingAndDeletingAPagedQueueLeavesNothing() throws {
    for isDeleted in [true, false] {
      let stored = try small()
      let client = stored.client
      try client.declare("q", isDurable: true)
      for number in 1...3_000 {
        if number % 2 == 0 { client.persist("x", key: "q") } else { client.publish("x", key: "q") }
      }
      try settle(stored)
      #expect(stored.broker.pagedCount > 1_000)
      let connection = client.connection
      if isDeleted {
        _ = stored.broker.deleteQueue(
          Name("q"),
          onlyIfUnused: false,
          onlyIfEmpty: false,
          for: connection
        )
      } else {
        #expect(stored.broker.purgeQueue(Name("q"), for: connection) == .success(3_000))
      }
      stored.broker.expectSound()
      try stored.turn()
      try stored.turn()
      try stored.restart()
      #expect(stored.broker.depth("q") == (isDeleted ? nil : 0))
      #expect(stored.disk.bytes.keys.filter { $0.hasSuffix(".log") } == [])
    }
  }

  @Test func aPagedMessageThatIsBrokenIsDroppedAndSaid() throws {
    let stored = try small()
    let client = stored.client
    try client.declare("q", isDurable: true)
    for number in 1...3_000 { client.publish("text \(number)", key: "q") }
    try settle(stored)
    stored.change { disk in
      for (file, bytes) in disk.bytes where file.hasSuffix(".log") {
        let text = Array("text 2000".utf8)
        if let place = bytes.firstRange(of: text)?.lowerBound { disk.flip(file, at: place) }
      }
    }
    let reader = stored.client
    try reader.consume("q", noAck: true)
    var texts: [String] = []
    while texts.count < 2_999 { texts += try reader.texts() }
    #expect(texts == (1...3_000).filter { $0 != 2_000 }.map { "text \($0)" })
    #expect(stored.broker.totals.dropped == 1)
    let events = stored.broker.takeNewEvents().filter { $0.severity == .critical }
    #expect(events.count == 1 && events[0].text.contains(".log at "), "\(events)")
    stored.broker.expectSound()
  }

  @Test func prioritiesAndLimitsHoldForWhatIsOnTheDisk() throws {
    let stored = try small()
    let client = stored.client
    let arguments: FieldTable = [
      "x-max-priority": .signed64(2), "x-max-length": .signed64(6_000),
    ]
    try client.declare("q", isDurable: true, arguments: arguments)
    for number in 1...3_000 { client.persist("low \(number)", key: "q", priority: 0) }
    for number in 1...3_000 { client.persist("high \(number)", key: "q", priority: 2) }
    try settle(stored)
    #expect(stored.broker.pagedCount > 3_000)
    client.persist("low last", key: "q", priority: 0)
    stored.broker.expectSound()
    try stored.turn()
    try stored.restart()
    let reader = stored.client
    try reader.consume("q", noAck: true)
    var texts: [String] = []
    while texts.count < 6_000 { texts += try reader.texts() }
    let expected =
      (2...3_000).map { "high \($0)" } + (1...3_000).map { "low \($0)" } + ["low last"]
    #expect(texts == expected)
    stored.broker.expectSound()
  }
}
