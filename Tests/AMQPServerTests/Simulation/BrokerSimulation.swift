import AMQP
import Broker
import Telemetry
import Testing

@testable import AMQPServer

/// Random commands of a few clients, given to the real broker over the wire and to the naive one.
final class BrokerSimulation {
  let seed: UInt64
  var random: SplitMix64
  let broker: Broker
  let naive = NaiveBroker()
  var clients: [SimulatedClient] = []
  /// What each queue is declared with, also when it is deleted and comes back.
  var arguments: [String: NaiveArguments] = [:]
  /// What the clients must see in this step besides deliveries.
  var expected: [Int: [Observation]] = [:]
  var published = 0
  var joined = 0
  private var log: [String] = []
  private var weights: [(command: SimulationCommand, weight: UInt64)] = []
  private var now: Int64 = 1_000_000_000
  private(set) var problems: [String] = []

  init(seed: UInt64) throws {
    self.seed = seed
    random = SplitMix64(seed: seed)
    var names = 0
    broker = Broker(seed: seed) {
      names += 1
      return "name-\(names)"
    }
    setTime(now)
    // A swarm: each seed leaves some commands out and makes much of others.
    weights = SimulationCommand.allCases.map {
      ($0, below(4) == 0 ? 0 : $0.weight * (1 + below(4)))
    }
    try declareAll()
  }

  /// A number from 0 up to, but not including, a limit.
  func below(_ limit: UInt64) -> UInt64 { random.next() % limit }

  func isChosen(oneIn count: UInt64) -> Bool { below(count) == 0 }

  func pick<Element>(_ items: [Element]) -> Element? {
    items.isEmpty ? nil : items[Int(below(UInt64(items.count)))]
  }

  func say(_ text: String) { log.append(text) }

  /// The last commands, for whoever must find out what went wrong.
  var story: String {
    "SEED=\(seed)\n"
      + arguments.sorted { $0.key < $1.key }
      .map { "  \($0.key): \($0.value.table.entries.map { "\($0.key)=\($0.value)" })" }
      .joined(separator: "\n") + "\n  " + log.suffix(15).joined(separator: "\n  ")
  }

  /// Runs until something is wrong.
  func run(steps: Int) throws {
    for _ in 0..<steps {
      try step()
      guard problems.isEmpty else { return }
    }
  }

  private func step() throws {
    try pass(nanoseconds: 1_000_003)
    let total = weights.reduce(0) { $0 + $1.weight }
    var ticket = below(max(1, total))
    for (command, weight) in weights {
      guard ticket >= weight else {
        try perform(command)
        break
      }
      ticket -= weight
    }
    try settleAndCompare()
  }

  /// Lets time pass, from one deadline to the next.
  func pass(nanoseconds: Int64) throws {
    let end = now + nanoseconds
    var count = 0
    while let deadline = [broker.nextDeadline, naive.nextDeadline].compactMap({ $0 }).min(),
      deadline <= end
    {
      count += 1
      if count > 1_000 { return fail("a timer that is due never ends") }
      setTime(max(now, deadline))
      broker.fireTimers()
      naive.queues.forEach(naive.tidy)
      try settleAndCompare()
      // What is over has left; anything else would go round for ever.
      guard problems.isEmpty else { return }
    }
    setTime(end)
  }

  private func setTime(_ instant: Int64) {
    now = instant
    naive.now = instant
    broker.advance(
      to: Instant(nanoseconds: instant),
      wallTime: WallTime(milliseconds: 1_700_000_000_000 + instant / 1_000_000)
    )
  }

  func fail(_ problem: String) { problems.append(problem) }

  // MARK: What came out

  private func settleAndCompare() throws {
    naive.settleDown()
    var deliveries: [(client: Int, Observation.Delivery)] = []
    // Once more, because what one client's output holds may let go more for another.
    for _ in 0..<2 {
      for (index, client) in clients.enumerated() {
        for observation in try client.observe() {
          if case .delivered(let delivery) = observation, delivery.consumer != nil {
            deliveries.append((index, delivery))
          } else {
            expect(observation, of: index)
          }
        }
      }
    }
    for (index, missing) in expected where !missing.isEmpty {
      fail("client \(index) did not see \(missing)")
    }
    expected = [:]
    match(deliveries)
    compareState()
  }

  private func expect(_ observation: Observation, of index: Int) {
    guard let place = expected[index]?.firstIndex(of: observation) else {
      fail("client \(index) saw \(observation), expected \(expected[index] ?? [])")
      return
    }
    expected[index]?.remove(at: place)
  }

  /// Gives what the naive broker handed out to the consumers that the real one chose.
  private func match(_ deliveries: [(client: Int, Observation.Delivery)]) {
    var rest = deliveries
    for queue in naive.queues + naive.ghosts {
      for item in queue.handed {
        let place = rest.firstIndex { index, delivery in
          delivery.text == item.message.text
            && clients[index].consumers[delivery.consumer ?? ""] === queue
        }
        guard let place else {
          fail("\(queue.name) did not deliver \(item.message.text)")
          continue
        }
        let (index, delivery) = rest.remove(at: place)
        accept(delivery, item, from: queue, by: index)
      }
      queue.handed = []
    }
    for (index, delivery) in rest { fail("client \(index) was sent \(delivery) out of turn") }
  }

  private func accept(
    _ delivery: Observation.Delivery,
    _ item: NaiveQueue.Item,
    from queue: NaiveQueue,
    by index: Int
  ) {
    let id = "\(index)/\(delivery.consumer ?? "")"
    if let objection = queue.objection(to: id) {
      fail("\(queue.name) sent \(item.message.text) to \(id): \(objection)")
    }
    compare(delivery, with: item)
    guard let place = queue.consumers.firstIndex(where: { $0.id == id }) else { return }
    if queue.consumers[place].isAutomatic {
      naive.count { $0.acknowledged += 1 }
      return
    }
    queue.consumers[place].held += 1
    queue.unacked += 1
    clients[index].held[delivery.tag] = NaiveHeld(item: item, queue: queue, consumer: id)
  }

  func compare(_ delivery: Observation.Delivery, with item: NaiveQueue.Item) {
    if delivery.isRedelivered != item.isRedelivered {
      fail("\(item.message.text) is marked redelivered: \(delivery.isRedelivered)")
    }
    if delivery.deaths != item.message.deaths {
      fail("\(item.message.text) died \(delivery.deaths), expected \(item.message.deaths)")
    }
  }

  private func compareState() {
    naive.ghosts.removeAll { $0.unacked == 0 }
    problems += broker.brokenInvariants()
    let totals = broker.totals
    let real = NaiveBroker.Ledger(
      published: Int(totals.published),
      returned: Int(totals.returned),
      unroutable: Int(totals.unroutable),
      enqueued: Int(totals.enqueued),
      acknowledged: Int(totals.acknowledged),
      discarded: Int(totals.discarded),
      expired: Int(totals.expired),
      deadLettered: Int(totals.deadLettered),
      dropped: Int(totals.dropped),
      refused: Int(totals.refused),
      ready: Int(totals.ready),
      unacked: Int(totals.unacked)
    )
    if real != naive.ledger { fail("the ledger is \(real), expected \(naive.ledger)") }
    if !naive.ledger.isBalanced { fail("the naive ledger is not balanced") }
  }
}

extension NaiveBroker {
  /// When the next message at the head of a queue is over.
  var nextDeadline: Int64? {
    queues.compactMap { queue in queue.ready.first.flatMap { deadline(of: $0, in: queue) } }.min()
  }
}
