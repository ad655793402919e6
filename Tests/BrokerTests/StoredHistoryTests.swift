import AMQP
import Broker
import Store
import TestSupport
import Testing

/// The power goes at the first operation of the disk, the second, and so on through a history of a
/// broker: what its clients were told is true of what they find.
@Suite(.computing) struct StoredHistoryTests {
  @Test(arguments: [1, 2, 3])
  func whatWasConfirmedIsThereAfterAnyCut(seed: UInt64) async throws {
    var undisturbed = try History(seed: seed)
    try undisturbed.run()
    let count = undisturbed.stored.disk.operationCount
    try #require(count > 100)
    for operation in 1...count {
      // Tests beside this one have few threads.
      await Task.yield()
      var history = try History(seed: seed)
      history.stored.stopDisk(at: operation)
      // The disk stops in the middle, which is what this is for.
      try? history.run()
      var random = SplitMix(seed: seed &+ UInt64(operation) &* 31)
      try history.stored.restart(using: &random)
      #expect(try history.findings() == [], "cut at operation \(operation)")
      try history.stored.restart()
      #expect(try history.findings() == [], "again after the cut at \(operation)")
    }
  }
}

extension StoredHistoryTests {
  /// The disk says no at one operation and from then on; the broker goes on without it, and the
  /// process is started again on the same disk.
  @Test(arguments: [4, 5])
  func whatWasConfirmedIsThereAfterAnErrorAnywhere(seed: UInt64) async throws {
    var undisturbed = try History(seed: seed)
    try undisturbed.run()
    for operation in 1...undisturbed.stored.disk.operationCount {
      await Task.yield()
      var history = try History(seed: seed)
      history.stored.stopDisk(at: operation)
      history.goesOnAfterErrors = true
      try history.run()
      #expect(history.confirmedAfterError == 0, "error at operation \(operation)")
      try history.stored.restart()
      #expect(try history.findings() == [], "error at operation \(operation)")
    }
  }
}

/// What one publisher and one consumer did, and what they were told.
private struct History {
  let stored: StoredBroker
  private var random: SplitMix
  private var publisher: TestClient
  private var published = 0
  private var confirmed: Set<Int> = []
  private var acknowledged: Set<Int> = []
  var goesOnAfterErrors = false
  private var hasFailed = false
  private(set) var confirmedAfterError = 0

  init(seed: UInt64) throws {
    random = SplitMix(seed: seed)
    // A history has some segments.
    stored = try StoredBroker(segmentBytes: 1_024)
    publisher = stored.client
  }

  mutating func run() throws {
    #expect(stored.broker.selectConfirms(on: publisher.channel) == nil)
    try publisher.declare("dead", isDurable: true)
    let arguments: FieldTable = [
      "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("dead"),
    ]
    try publisher.declare("q", isDurable: true, arguments: arguments)
    try turn()
    let consumer = stored.client
    for _ in 1...150 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: publish()
      case 4..<7: try consume(with: consumer)
      default: try turn()
      }
    }
    try turn()
  }

  private mutating func publish() {
    published += 1
    let padding = String(repeating: ".", count: Int.random(in: 0...80, using: &random))
    publisher.persist("\(published) \(padding)", key: "q")
  }

  private mutating func turn() throws {
    let wasFailed = hasFailed
    do {
      try stored.turn()
    } catch {
      guard goesOnAfterErrors else { throw error }
      hasFailed = true
    }
    let before = confirmed.count
    defer { if wasFailed { confirmedAfterError += confirmed.count - before } }
    for case .basicAck(let ack) in try publisher.methods() {
      let first = ack.multiple ? 1 : ack.deliveryTag
      confirmed.formUnion((first...ack.deliveryTag).map(Int.init))
    }
  }

  private mutating func consume(with consumer: TestClient) throws {
    guard let message = try consumer.get("q") else { return }
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      acknowledged.insert(Self.number(message.text))
      consumer.settle(message.tag)
    case 1: consumer.settle(message.tag, as: .discarded)
    default: consumer.settle(message.tag, as: .requeued)
    }
  }

  private static func number(_ text: String) -> Int {
    Int(text.prefix { $0.isNumber }) ?? 0
  }

  /// What clients find that is not as they were told.
  func findings() throws -> [String] {
    var findings = stored.faults.filter(\.isLoss).map { "fault: \($0)" }
    findings += stored.broker.brokenInvariants()
    guard stored.broker.depth("q") != nil else {
      return confirmed.isEmpty ? findings : findings + ["the queue is gone"]
    }
    let waiting = try content(of: "q")
    let dead = try content(of: "dead")
    if waiting != waiting.sorted() || Set(waiting).count != waiting.count {
      findings.append("out of order: \(waiting)")
    }
    let found = Set(waiting).union(dead)
    let lost = confirmed.subtracting(acknowledged).subtracting(found)
    if !lost.isEmpty { findings.append("lost: \(lost.sorted())") }
    let invented = found.filter { !(1...max(1, published)).contains($0) }
    if !invented.isEmpty { findings.append("invented: \(invented)") }
    return findings
  }

  private func content(of queue: String) throws -> [Int] {
    let client = stored.client
    var numbers: [Int] = []
    while let message = try client.get(queue) { numbers.append(Self.number(message.text)) }
    stored.broker.closeConnection(client.connection)
    return numbers
  }
}
