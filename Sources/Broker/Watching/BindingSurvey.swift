import AMQP
import Telemetry

/// Bindings as a person sees them: made anew after a change only, as there may be thousands.
struct BindingList {
  typealias Sourced = (source: Exchange, binding: Binding)

  private var bindings: [Binding] = []
  private var snapshots: [BindingSnapshot] = []
  private var generation: UInt64?

  /// The bindings with what they matched until now; the routes were credited before.
  ///
  /// - Parameters:
  ///   - generation: Of the topology.
  ///   - find: Asked when that is another one than the last time.
  /// - Returns: In the order in which they were found.
  mutating func snapshots(_ generation: UInt64, find: () -> [Sourced]) -> [BindingSnapshot] {
    if self.generation != generation {
      self.generation = generation
      let found = find()
      bindings = found.map(\.binding)
      snapshots = found.map { $0.binding.snapshot(of: $0.source) }
    }
    for (index, binding) in bindings.enumerated() { snapshots[index].hits = binding.hits }
    return snapshots
  }
}

/// The survey of all bindings that snapshots share, and when the next one is due.
struct BindingSurveying {
  fileprivate var list = BindingList()
  fileprivate var newest: BindingSurvey?
  fileprivate var dueAt = Int64.min
}

extension Broker {
  /// All bindings, as they were in the last seconds; nil when there are too many.
  ///
  /// - Complexity: O(bindings) every ``BindingSurvey/seconds``, else O(1).
  func bindingSurvey() -> BindingSurvey? {
    guard now >= surveying.dueAt else { return surveying.newest }
    surveying.dueAt = now + Int64(BindingSurvey.seconds * 1_000_000_000)
    guard snapshotOrder.exchanges.reduce(0, { $0 + $1.bindingCount }) <= BindingSurvey.limit else {
      surveying.list = BindingList()
      surveying.newest = nil
      return nil
    }
    creditRoutes()
    let bindings = surveying.list.snapshots(topologyGeneration) { allBindings }
    surveying.newest = BindingSurvey(at: Instant(nanoseconds: now), bindings: bindings)
    return surveying.newest
  }

  /// Those of all exchanges, in the order of a snapshot.
  var allBindings: [BindingList.Sourced] {
    snapshotOrder.exchanges.flatMap { exchange in
      exchange.sortedBindings.map { (exchange, $0) }
    }
  }

  /// Counts with the bindings what went along routes that are in use.
  func creditRoutes() {
    for host in hosts.values { host.routes.forEach { $0.credit() } }
    for connection in connections.values {
      for channel in connection.channels.values { channel.lastRoute?.credit() }
    }
  }
}

extension Binding {
  fileprivate func snapshot(of source: Exchange) -> BindingSnapshot {
    let end: BindingSnapshot.Destination =
      switch destination {
      case .queue(let queue): .queue(queue.name.text)
      case .exchange(let exchange): .exchange(exchange.name.text)
      }
    return BindingSnapshot(
      virtualHost: source.host.name,
      source: source.name.text,
      destination: end,
      routingKey: key.text,
      arguments: arguments.shown,
      argumentPairs: arguments.entries.map { WatchedDetails.Fact($0.key, $0.value.shown) },
      hits: hits,
      createdAt: Instant(nanoseconds: createdAt)
    )
  }
}
