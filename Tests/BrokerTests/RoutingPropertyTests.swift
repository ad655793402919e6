import AMQP
import Foundation
import Telemetry
import TestSupport
import Testing

@testable import Broker

/// Random topologies against a router that is written as the documents read.
///
/// `SEED=17 swift test --filter RoutingProperty` replays one seed.
@Suite(.computing) struct RoutingPropertyTests {
  private static let seeds: [UInt64] =
    ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) }.map { [$0] }
    ?? Array(1...200)

  @Test(arguments: seeds) func everyMessageGoesWhereTheNaiveRouterSays(seed: UInt64) throws {
    var world = RoutingWorld(seed: seed)
    try world.run(steps: 120)
  }
}

/// Exchanges, queues and bindings, in the broker and as plain lists.
private struct RoutingWorld {
  private let seed: UInt64
  private var random: SplitMix64
  private let broker = makeBroker()
  private let client: TestClient
  private var model = NaiveRouter()
  private var log: [String] = []

  init(seed: UInt64) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    client = TestClient(broker)
  }

  mutating func run(steps: Int) throws {
    for _ in 0..<steps {
      switch random.next() % 12 {
      case 0: declareExchange()
      case 1: try declareQueue()
      case 2, 3: bindQueue()
      case 4: bindExchange()
      case 5: unbind()
      case 6 where random.next() % 4 == 0: delete()
      default: publish()
      }
      #expect(broker.brokenInvariants() == [], "\(story)")
      let names = Set(broker.host.exchanges.values.filter { !$0.isPredeclared }.map(\.name.text))
      #expect(names == Set(model.exchanges.keys), "\(story)")
    }
  }

  private var story: String { "seed \(seed): " + log.suffix(20).joined(separator: "; ") }

  private mutating func pick<Element>(_ items: [Element]) -> Element? {
    items.isEmpty ? nil : items[Int(random.next() % UInt64(items.count))]
  }

  private mutating func declareExchange() {
    let name = "e\(random.next() % 6)"
    guard model.exchanges[name] == nil else { return }
    let types: [ExchangeType] = [.direct, .fanout, .topic, .headers, .random, .consistentHash]
    let type = pick(types) ?? .direct
    let alternate = random.next() % 3 == 0 ? "e\(random.next() % 6)" : nil
    let isAutoDelete = random.next() % 3 == 0
    log.append("\(type) \(name) alternate \(alternate ?? "-")\(isAutoDelete ? " auto" : "")")
    client.declareExchange(
      name,
      type,
      isAutoDelete: isAutoDelete,
      arguments: alternate.map { ["alternate-exchange": .text($0)] } ?? [:]
    )
    model.exchanges[name] = NaiveRouter.Exchange(
      type: type,
      alternate: alternate,
      isAutoDelete: isAutoDelete
    )
  }

  private mutating func declareQueue() throws {
    let name = "q\(random.next() % 6)"
    log.append("queue \(name)")
    try client.declare(name)
    model.queues.insert(name)
  }

  private mutating func makeBinding(to destination: NaiveRouter.Destination) -> NaiveRouter.Binding?
  {
    guard let source = pick(model.exchanges.keys.sorted()), let exchange = model.exchanges[source]
    else { return nil }
    let keys = ["a", "b", "a.b", "a.*", "#", "*.b", "#.b"]
    let key = exchange.type == .consistentHash ? "\(1 + random.next() % 3)" : pick(keys) ?? ""
    let mode = pick(["all", "any"]) ?? "all"
    let arguments: FieldTable =
      exchange.type == .headers
      ? ["x-match": .text(mode), "h": .signed32(Int32(random.next() % 3)), "i": .signed32(1)] : [:]
    return NaiveRouter.Binding(
      source: source,
      destination: destination,
      key: key,
      arguments: arguments
    )
  }

  private mutating func bindQueue() {
    guard
      let queue = pick(model.queues.sorted()), let binding = makeBinding(to: .queue(queue))
    else { return }
    log.append("\(binding)")
    client.bind(queue, to: binding.source, key: binding.key, arguments: binding.arguments)
    if !model.bindings.contains(binding) { model.bindings.append(binding) }
  }

  private mutating func bindExchange() {
    guard
      let target = pick(model.exchanges.keys.sorted()),
      let binding = makeBinding(to: .exchange(target))
    else { return }
    log.append("\(binding)")
    client.bindExchange(target, to: binding.source, key: binding.key, arguments: binding.arguments)
    if !model.bindings.contains(binding) { model.bindings.append(binding) }
  }

  private mutating func unbind() {
    guard let binding = pick(model.bindings) else { return }
    log.append("un-\(binding)")
    let violation: Violation?
    switch binding.destination {
    case .queue(let queue):
      violation = broker.unbind(
        Name(queue),
        from: Name(binding.source),
        key: Name(binding.key),
        arguments: binding.arguments,
        for: client.connection
      )
    case .exchange(let exchange):
      violation = broker.unbindExchange(
        Name(exchange),
        from: Name(binding.source),
        key: Name(binding.key),
        arguments: binding.arguments,
        in: broker.host
      )
    }
    #expect(violation == nil)
    model.remove { $0 == binding }
  }

  private mutating func delete() {
    if random.next() % 2 == 0, let queue = pick(model.queues.sorted()) {
      log.append("delete \(queue)")
      client.delete(queue)
      model.queues.remove(queue)
      model.remove { $0.destination == .queue(queue) }
    } else if let exchange = pick(model.exchanges.keys.sorted()) {
      log.append("delete \(exchange)")
      let violation = broker.deleteExchange(Name(exchange), onlyIfUnused: false, in: broker.host)
      #expect(violation == nil)
      model.delete(exchange)
    }
  }

  private mutating func publish() {
    guard let exchange = pick(model.exchanges.keys.sorted() + [""]) else { return }
    let keys = ["a", "b", "a.b", "c", "q1", "q2"]
    let key = pick(keys) ?? "a"
    let copy = random.next() % 3 == 0 ? pick(keys) : nil
    var headers: FieldTable = ["h": .signed32(Int32(random.next() % 3))]
    if random.next() % 2 == 0 { headers["i"] = .signed32(Int32(random.next() % 2)) }
    if let copy { headers["CC"] = .array([.text(copy)]) }
    log.append("publish \(key) \(copy ?? "") \(headers) to \(exchange)")
    let depths = model.queues.sorted().map { ($0, broker.depth($0) ?? 0) }
    let before = broker.totals
    client.publish("m", to: exchange, key: key, headers: headers, isMandatory: true)
    let reached = Set(depths.filter { (broker.depth($0.0) ?? 0) == $0.1 + 1 }.map(\.0))
    let outcomes = model.outcomes(
      of: NaiveRouter.Message(keys: [key] + (copy.map { [$0] } ?? []), headers: headers),
      through: exchange
    )
    #expect(outcomes.contains(reached), "\(reached) is none of \(outcomes); \(story)")
    let after = broker.totals
    #expect(after.published == before.published + 1)
    #expect(after.enqueued == before.enqueued + UInt64(reached.count), "\(story)")
    #expect(after.returned == before.returned + (reached.isEmpty ? 1 : 0), "\(story)")
  }
}
