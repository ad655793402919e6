import AMQP
import Broker
import Foundation
import NIOCore
import Telemetry
import Testing

/// The broker against a naive one, under random commands: what clients see must agree.
///
/// `SEED=17 swift test --filter Simulation` replays one seed.
@Suite struct SimulationTests {
  private static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }.map { [$0] }
    ?? Array(1...200)

  @Test(arguments: seeds) func theBrokerAgreesWithANaiveOne(seed: UInt64) throws {
    var simulation = Simulation(seed: seed)
    try simulation.run(steps: 150)
  }
}

/// Two queues, a topic exchange, three clients that come and go.
struct Simulation {
  private let seed: UInt64
  private var random: SplitMix64
  private let broker = makeBroker()
  private var clients: [TestClient] = []
  private var models: [NaiveClient] = []
  private var queues: [String: NaiveQueue] = ["a": NaiveQueue(), "b": NaiveQueue()]
  private var published = 0
  private var log: [String] = []

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
  }

  mutating func run(steps: Int) throws {
    for number in 0..<3 { clients.append(TestClient(broker, name: "\(number)")) }
    models = Array(repeating: NaiveClient(), count: clients.count)
    for queue in ["a", "b"] {
      try clients[0].declare(queue)
      #expect(clients[0].bind(queue, to: "amq.topic", key: "\(queue).#") == nil)
      #expect(clients[0].bind(queue, to: "amq.topic", key: "all") == nil)
    }
    for _ in 0..<steps {
      try step(Int(random.next() % UInt64(clients.count)))
      try compare()
    }
  }

  private mutating func pick<Element>(_ items: [Element]) -> Element? {
    items.isEmpty ? nil : items[Int(random.next() % UInt64(items.count))]
  }

  private mutating func step(_ index: Int) throws {
    switch random.next() % 16 {
    case 0..<6: publish(index)
    case 6, 7: try consume(index)
    case 8: cancel(index)
    case 9, 10, 11: settleOne(index)
    case 12: settleMany(index)
    case 13: try get(index)
    case 14: purge(index)
    default: replace(index)
    }
  }

  private mutating func publish(_ index: Int) {
    published += 1
    let key = pick(["a.x", "b.y", "all", "none"]) ?? "all"
    log.append("client \(index) publishes \(published) to \(key)")
    clients[index].publish("\(published)", to: "amq.topic", key: key)
    for queue in ["a", "b"] where key == "all" || key.hasPrefix(queue) {
      queues[queue]?.enqueue("\(published)")
    }
  }

  private mutating func consume(_ index: Int) throws {
    let queue = pick(["a", "b"]) ?? "a"
    let tag = "\(queue)\(random.next() % 1_000_000)"
    let prefetch = Int(random.next() % 4)
    log.append("client \(index) consumes \(queue) as \(tag) with prefetch \(prefetch)")
    try clients[index].consume(queue, tag: tag, prefetch: UInt16(prefetch))
    models[index].prefetch[tag] = prefetch
    models[index].queueOf[tag] = queue
  }

  private mutating func cancel(_ index: Int) {
    guard let tag = pick(models[index].prefetch.keys.sorted()) else { return }
    log.append("client \(index) cancels \(tag)")
    broker.cancel(Name(tag), on: clients[index].channel)
    models[index].prefetch[tag] = nil
  }

  private mutating func settleOne(_ index: Int) {
    guard let tag = pick(models[index].held.keys.sorted()) else { return }
    let settlement = pick([Settlement.acknowledged, .requeued, .discarded]) ?? .acknowledged
    log.append("client \(index) settles \(tag) as \(settlement)")
    #expect(clients[index].settle(tag, as: settlement) == nil)
    settleModel([tag], as: settlement, of: index)
  }

  private mutating func settleMany(_ index: Int) {
    guard let tag = pick(models[index].held.keys.sorted()) else { return }
    let settlement = pick([Settlement.acknowledged, .requeued]) ?? .acknowledged
    log.append("client \(index) settles all up to \(tag) as \(settlement)")
    #expect(clients[index].settle(tag, isMultiple: true, as: settlement) == nil)
    settleModel(models[index].held.keys.filter { $0 <= tag }, as: settlement, of: index)
  }

  private mutating func settleModel(_ tags: [UInt64], as settlement: Settlement, of index: Int) {
    for tag in tags {
      guard let held = models[index].held.removeValue(forKey: tag) else { continue }
      if settlement == .requeued { queues[held.queue]?.requeue(held.item) }
    }
  }

  private mutating func get(_ index: Int) throws {
    let queue = pick(["a", "b"]) ?? "a"
    log.append("client \(index) gets from \(queue)")
    // What the turn before put off must not mix with the answer.
    let got = try clients[index].get(queue)
    let expected = queues[queue]?.take()
    #expect(got?.text == expected?.text, "\(story)")
    #expect(got?.isRedelivered == expected?.isRedelivered, "\(story)")
    if let got, let expected {
      models[index].held[got.tag] = NaiveClient.Held(queue: queue, item: expected)
    }
  }

  private mutating func purge(_ index: Int) {
    guard random.next() % 4 == 0 else { return }
    log.append("client \(index) purges a")
    // A refusal gives nil, which no purge of the model does.
    let count = try? broker.purgeQueue(Name("a"), for: clients[index].connection).get()
    #expect(count == queues["a"]?.purge(), "\(story)")
  }

  /// The client's connection dies and another takes its place.
  private mutating func replace(_ index: Int) {
    log.append("client \(index) dies")
    broker.closeConnection(clients[index].connection)
    settleModel(Array(models[index].held.keys), as: .requeued, of: index)
    clients[index] = TestClient(broker, name: "new \(index)")
    models[index] = NaiveClient()
  }

  private var story: String { "seed \(seed): " + log.suffix(12).joined(separator: "; ") }

  /// Takes what every client got and checks it against the model.
  private mutating func compare() throws {
    let lengths = queues.mapValues(\.ready.count)
    var got: [(client: Int, tag: UInt64, consumer: String, text: String, redelivered: Bool)] = []
    for index in clients.indices {
      var last: (tag: UInt64, consumer: String, redelivered: Bool)?
      for frame in try clients[index].frames() {
        if case .method(_, .basicDeliver(let deliver)) = frame {
          last = (deliver.deliveryTag, deliver.consumerTag, deliver.redelivered)
        } else if case .body(_, let body) = frame, let last {
          let text = String(decoding: body.readableBytesView, as: UTF8.self)
          got.append((index, last.tag, last.consumer, text, last.redelivered))
        }
      }
    }
    let counts = Dictionary(grouping: got) { models[$0.client].queueOf[$0.consumer] ?? "?" }
      .mapValues(\.count)
    var remaining = counts
    for delivery in got {
      let queue = models[delivery.client].queueOf[delivery.consumer] ?? "?"
      // Deliveries are the head of the queue, whichever consumer got which.
      let item = queues[queue]?.take(delivery.text, amongFirst: remaining[queue] ?? 0)
      remaining[queue, default: 0] -= 1
      #expect(item != nil, "\(queue) gave \(delivery.text) out of turn; \(story)")
      #expect(item?.isRedelivered == delivery.redelivered, "\(story)")
      #expect(models[delivery.client].hasCredit(delivery.consumer), "\(story)")
      if let item {
        models[delivery.client].held[delivery.tag] = NaiveClient.Held(
          queue: queue,
          item: item,
          consumer: delivery.consumer
        )
      }
    }
    checkRest(lengths: lengths, counts: counts)
  }

  private func checkRest(lengths: [String: Int], counts: [String: Int]) {
    for (name, queue) in queues {
      #expect(queue.ready.count == (lengths[name] ?? 0) - counts[name, default: 0], "\(story)")
      #expect(broker.depth(name) == queue.ready.count, "\(story)")
      let isSomeoneIdle = models.contains { model in
        model.prefetch.keys.contains { model.queueOf[$0] == name && model.hasCredit($0) }
      }
      #expect(queue.ready.isEmpty || !isSomeoneIdle, "\(name) is stuck; \(story)")
    }
    #expect(broker.brokenInvariants() == [], "\(story)")
  }
}
