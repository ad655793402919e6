import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

/// Four queues, four exchanges and three clients that come and go, in both brokers.
struct Simulation {
  let features: Features
  private let seed: UInt64
  private var random: SplitMix64
  private var weights: [(command: Command, weight: UInt64)] = []
  let broker = makeBroker()
  let model: NaiveBroker
  var clients: [TestClient] = []
  var published = 0
  private var log: [String] = []

  static let queueNames = ["a", "b", "c", "d"]
  static let exchangeNames = ["direct", "fanout", "topic", "spare"]
  static let keys = ["a", "b.x", "c.x.y", "none"]

  init(seed: UInt64) throws {
    self.seed = seed
    random = SplitMix64(seed: seed)
    features = Features(rawValue: random.next() & random.next() | random.next() & random.next())
    model = NaiveBroker(now: broker.now)
    for number in 0..<3 {
      clients.append(TestClient(broker, name: "\(number)"))
      model.clients.append(NaiveClient())
      model.noteNewClient()
    }
    for command in Command.allCases where command.feature.map(features.contains) ?? true {
      weights.append((command, command.weight + random.next() % (command.weight + 1)))
    }
    for name in Self.exchangeNames { declareExchange(name) }
    for name in Self.queueNames { try declare(name) }
    for index in clients.indices { chooseMode(index) }
  }

  /// The last commands, for one who looks for the fault.
  var story: String {
    "SEED=\(seed)\nqueues: "
      + model.queues.values.sorted { $0.number < $1.number }
      .map { "\($0.name) \($0.settings)" }.joined(separator: "\n  ")
      + "\n" + log.suffix(12).joined(separator: "\n")
  }

  mutating func note(_ text: String) { log.append(text) }

  mutating func chance(_ feature: Features, oneIn count: UInt64 = 2) -> Bool {
    random.next() % count == 0 && features.contains(feature)
  }

  mutating func number(below bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

  mutating func pick<Element>(_ items: [Element]) -> Element? {
    items.isEmpty ? nil : items[number(below: items.count)]
  }

  // MARK: Steps

  /// Does one command in both brokers.
  ///
  /// - Returns: What they do not agree on.
  mutating func step() throws -> [String] {
    for index in clients.indices { model.clients[index].beginTurn() }
    // Each command has its own instant, so that no two messages end at the same.
    moveClock(by: 1)
    let client = number(below: clients.count)
    try perform(chooseCommand(), client)
    return try finishTurn()
  }

  private mutating func chooseCommand() -> Command {
    var left = random.next() % weights.reduce(0) { $0 + $1.weight }
    for (command, weight) in weights {
      if left < weight { return command }
      left -= weight
    }
    return .publish
  }

  private func finishTurn() throws -> [String] {
    model.finishTurn()
    // All turns end before the first client is looked at: a turn may write to any of them.
    _ = broker.finishTurn()
    let events = try clients.indices.map { index in
      let confirmed = model.clients[index].lastSequence
      let before = confirmed - UInt64(model.clients[index].confirms.count)
      return ClientEvents(try clients[index].frames(), lastSequence: before)
    }
    var comparison = Comparison(model)
    comparison.check(events, broker)
    return comparison.faults
  }

  func moveClock(by nanoseconds: Int64) {
    model.now += nanoseconds
    broker.advance(
      to: Instant(nanoseconds: model.now),
      wallTime: WallTime(milliseconds: 1_700_000_000_000 + model.now / 1_000_000)
    )
  }

  /// Lets time go by; stops at each instant at which a message is over.
  mutating func wait() throws {
    let end = model.now + Int64(number(below: 30)) * 1_000_000
    note("time goes to \(end)")
    while let deadline = [model.nextDeadline, broker.nextDeadline].compactMap({ $0 }).min(),
      deadline <= end
    {
      moveClock(by: max(deadline - model.now, 0))
      broker.fireTimers()
      let faults = try finishTurn()
      guard faults.isEmpty else {
        Issue.record("at \(model.now): \(faults.joined(separator: "\n"))\n\(story)")
        break
      }
    }
    moveClock(by: max(end - model.now, 0))
  }
}
