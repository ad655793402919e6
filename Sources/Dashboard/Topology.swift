import Canvas
import Telemetry

/// A line of the topology: who publishes, through which binding it goes, where it waits, and who
/// consumes.
struct TopologyLine: Sendable, Hashable {
  /// What Enter opens.
  var thing: Subject
  /// How deep it hangs: 0 is an exchange.
  var depth: Int
  var content: Content

  /// What the line says; rates are messages a second, nil where they are not known.
  enum Content: Sendable, Hashable {
    case publisher(name: String, rate: Double?)
    case exchange(name: String, type: String, rate: Double?, dropped: UInt64)
    case binding(key: String, rate: Double?, isNeverHit: Bool, leadsTo: String, isExchange: Bool)
    case queue(name: String, ready: Int, share: Double, state: QueueState)
    case consumer(name: String, rate: Double?, state: ConsumerState)
    case noBinding
    case noConsumer
  }

  /// Returns the lines for one thing, or for all exchanges and the queues that no binding leads to.
  ///
  /// - Complexity: O(bindings + queues + consumers), at most ``Limits/topologyLines`` lines.
  static func lines(of subject: Subject, in picture: Picture) -> [TopologyLine] {
    guard let broker = picture.broker, broker.details?.watch == .topology else { return [] }
    var map = TopologyMap(broker, picture)
    return map.lines(of: subject)
  }
}

/// Everything that hangs together, made ready for walking along it.
private struct TopologyMap {
  private let broker: BrokerSnapshot
  private let picture: Picture
  private var bindings: [ExchangeIdentity: [Int]] = [:]
  private var publishers: [ExchangeIdentity: [Int]] = [:]
  private var queues: [QueueIdentity: Int] = [:]
  private var consumers: [QueueIdentity: [Int]] = [:]
  private var bound: Set<QueueIdentity> = []
  private var lines: [TopologyLine] = []
  private var mostReady = 1

  init(_ broker: BrokerSnapshot, _ picture: Picture) {
    self.broker = broker
    self.picture = picture
    let details = broker.details
    for (index, binding) in (details?.bindings ?? []).enumerated() {
      let source = ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source)
      bindings[source, default: []].append(index)
      if case .queue(let name) = binding.destination, !binding.source.isEmpty {
        bound.insert(QueueIdentity(virtualHost: binding.virtualHost, name: name))
      }
    }
    for (index, publisher) in (details?.publishers ?? []).enumerated() {
      let exchange = ExchangeIdentity(virtualHost: publisher.virtualHost, name: publisher.exchange)
      publishers[exchange, default: []].append(index)
    }
    for (index, queue) in broker.queues.enumerated() {
      queues[queue.identity] = index
      mostReady = max(mostReady, queue.ready)
    }
    for (index, row) in picture.consumerRows.enumerated() {
      guard case .consumer(let place) = row.subject else { continue }
      let consumer = broker.consumers[place]
      let queue = QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
      consumers[queue, default: []].append(index)
    }
  }

  mutating func lines(of subject: Subject) -> [TopologyLine] {
    let exchanges = picture.exchangeOrder.map { broker.exchanges[$0] }
    switch subject {
    case .exchange(let identity):
      for exchange in exchanges where exchange.identity == identity { add(exchange, wanted: nil) }
    case .queue(let identity):
      let sources = sources(of: identity)
      for exchange in exchanges where sources.contains(exchange.identity) {
        add(exchange, wanted: identity)
      }
      if sources.isEmpty { add(identity, depth: 0) }
    case .everything, .consumer, .connection:
      for exchange in exchanges where isWorthShowing(exchange) { add(exchange, wanted: nil) }
      for queue in broker.queues where !bound.contains(queue.identity) {
        add(queue.identity, depth: 0)
      }
    }
    return lines
  }

  /// The predeclared exchanges that nobody uses would fill the screen with nothing.
  private func isWorthShowing(_ exchange: ExchangeSnapshot) -> Bool {
    if exchange.name.isEmpty { return publishers[exchange.identity] != nil }
    return !exchange.isPredeclared || exchange.published > 0 || bindings[exchange.identity] != nil
  }

  private func sources(of queue: QueueIdentity) -> Set<ExchangeIdentity> {
    var found: Set<ExchangeIdentity> = []
    for binding in broker.details?.bindings ?? [] where binding.virtualHost == queue.virtualHost {
      if binding.destination == .queue(queue.name), !binding.source.isEmpty {
        found.insert(ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source))
      }
    }
    return found
  }

  private mutating func append(_ thing: Subject, _ depth: Int, _ content: TopologyLine.Content) {
    guard lines.count < Limits.topologyLines else { return }
    lines.append(TopologyLine(thing: thing, depth: depth, content: content))
  }

  private mutating func add(_ exchange: ExchangeSnapshot, wanted: QueueIdentity?) {
    let identity = exchange.identity
    for index in publishers[identity] ?? [] {
      guard let row = PublisherRow(at: index, in: picture) else { continue }
      append(
        .connection(row.publisher.connectionIdentifier),
        1,
        .publisher(name: row.publisher.connectionName, rate: row.rate)
      )
    }
    append(
      .exchange(identity),
      0,
      .exchange(
        name: identity.shownName,
        type: exchange.type,
        rate: picture.arrivalRate(of: identity),
        dropped: exchange.unroutable
      )
    )
    var count = 0
    for index in bindings[identity] ?? [] where !identity.name.isEmpty {
      guard let row = BindingRow(at: index, in: picture) else { continue }
      let queue = QueueIdentity(
        virtualHost: identity.virtualHost,
        name: row.binding.destination.name
      )
      if let wanted, row.binding.destination != .queue(wanted.name) { continue }
      count += 1
      add(row, queue)
    }
    if count == 0, !identity.name.isEmpty { append(.exchange(identity), 1, .noBinding) }
  }

  private mutating func add(_ row: BindingRow, _ queue: QueueIdentity) {
    let binding = row.binding
    let isQueue: Bool
    let thing: Subject
    switch binding.destination {
    case .queue:
      isQueue = true
      thing = .queue(queue)
    case .exchange(let name):
      isQueue = false
      thing = .exchange(ExchangeIdentity(virtualHost: binding.virtualHost, name: name))
    }
    append(
      thing,
      1,
      .binding(
        key: binding.routingKey + (binding.arguments.isEmpty ? "" : " {\(binding.arguments)}"),
        rate: row.hitRate,
        isNeverHit: binding.hits == 0,
        leadsTo: binding.destination.name,
        isExchange: !isQueue
      )
    )
    if isQueue { add(queue, depth: 2) }
  }

  private mutating func add(_ identity: QueueIdentity, depth: Int) {
    guard let index = queues[identity], let row = QueueRow(at: index, in: picture) else { return }
    append(
      .queue(identity),
      depth,
      .queue(
        name: identity.shownName,
        ready: row.queue.ready,
        share: Double(row.queue.ready) / Double(mostReady),
        state: row.state
      )
    )
    let all = consumers[identity] ?? []
    for place in all {
      guard let consumer = ConsumerTableRow(at: place, in: picture),
        let identifier = consumer.identifier
      else { continue }
      append(
        .consumer(identifier),
        depth + 1,
        .consumer(name: consumer.name, rate: consumer.rate, state: consumer.state)
      )
    }
    if all.isEmpty { append(.queue(identity), depth + 1, .noConsumer) }
  }
}
