import Telemetry

/// The key of an exchange's bindings that is most like the last one that found none.
struct NearestBinding {
  /// For which key it was looked for.
  fileprivate let key: Name
  /// The bindings among which it was looked for are those of now while these are the same.
  fileprivate let lastBindingNumber: UInt64
  fileprivate let bindingCount: Int
  /// nil when none is near.
  let found: String?
}

extension Broker {
  /// Looks for the nearest key when another message found none, or bindings came or went.
  ///
  /// - Parameters:
  ///   - exchange: Whose keys are compared.
  ///   - budget: Keys that may still be compared for this snapshot; an exchange for which none is
  ///     left says nothing until the next.
  func findNearest(of exchange: Exchange, within budget: inout Int) {
    guard let key = exchange.lastUnroutableKey else { return }
    if let nearest = exchange.nearest, nearest.key == key,
      nearest.lastBindingNumber == exchange.lastBindingNumber,
      nearest.bindingCount == exchange.bindingCount
    {
      return
    }
    exchange.nearest = nil
    guard budget > 0 else { return }
    var nearest = NearestKey(
      to: key.bytes,
      arePatterns: exchange.router.hasPatterns,
      comparedLimit: budget
    )
    if exchange.router.matchesKeys {
      exchange.forEachKey { nearest.compare($0.bytes) }
    } else if exchange.name.bytes.isEmpty {
      for queue in snapshotOrder.queues where queue.host === exchange.host {
        nearest.compare(queue.name.bytes)
      }
    }
    budget -= nearest.comparedCount
    exchange.nearest = NearestBinding(
      key: key,
      lastBindingNumber: exchange.lastBindingNumber,
      bindingCount: exchange.bindingCount,
      found: nearest.found
    )
  }
}

extension Router {
  /// Whether a message's routing key is compared with those of bindings.
  fileprivate var matchesKeys: Bool {
    switch self {
    case .direct, .topic: true
    case .queueName, .fanout, .headers, .hash, .chance: false
    }
  }

  fileprivate var hasPatterns: Bool {
    if case .topic = self { true } else { false }
  }
}

extension Exchange {
  /// Visits the keys of the bindings, some more than once.
  fileprivate func forEachKey(_ body: (Name) -> Void) {
    for bindings in bindings.values {
      for binding in bindings { body(binding.key) }
    }
  }
}
