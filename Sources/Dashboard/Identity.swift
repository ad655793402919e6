package import Telemetry

/// A table or list that can have the keys.
package enum Panel: String, Hashable, Sendable, CaseIterable {
  case queues
  case consumers
  case lab
  case events
  case exchanges
  case connections
  case bindings
  case messages
  case held
  case channels
  case publishers
  case topology
  /// The processes of the scenario, on the lab's screen.
  case services
  /// What customers saw of each way of calling, on the lab's screen.
  case ways
  /// Where every message of the scenario is.
  case ledger
  /// The guided part of the scenario.
  case lesson
  /// What is broken on purpose.
  case faults
  /// What is wrong.
  case verdict
  /// The nodes of a broker that is watched from outside.
  case nodes
}

/// Which thing a row shows, so that the cursor stays on it while rows come and go.
package enum RowIdentity: Hashable, Sendable {
  case queue(QueueIdentity)
  case exchange(ExchangeIdentity)
  case consumer(identifier: UInt64)
  /// A consumer of the lab by its service: it is the same row before and after a restart.
  case serviceConsumer(service: String, ordinal: Int)
  case service(name: String)
  /// A queue of the lab's ledger.
  case account(queue: String)
  case fault(identifier: Int)
  case event(sequence: UInt64)
  /// Something that is wrong, by its word and what it is about.
  case problem(word: String, subject: String)
  case connection(identifier: UInt64)
  case channel(connection: UInt64, number: UInt16)
  case binding(BindingIdentity)
  case publisher(connection: UInt64, exchange: ExchangeIdentity)
  case message(identifier: UInt64)
  case held(deliveryTag: UInt64)
  /// A line of the topology, by its place.
  case line(Int)
}

/// What tells a binding from every other.
package struct BindingIdentity: Hashable, Sendable {
  package var virtualHost: String
  package var source: String
  package var destination: BindingSnapshot.Destination
  package var routingKey: String
  /// As ``BindingSnapshot/arguments``.
  package var arguments: String
  /// The same one by one.
  package var argumentPairs: [WatchedDetails.Fact]
}

extension BindingSnapshot {
  var identity: BindingIdentity {
    BindingIdentity(
      virtualHost: virtualHost,
      source: source,
      destination: destination,
      routingKey: routingKey,
      arguments: arguments,
      argumentPairs: argumentPairs
    )
  }
}

extension Array {
  /// Returns where an element is, looking first where it was last.
  ///
  /// - Complexity: O(distance from `hint`).
  func index(near hint: Int, where matches: (Element) -> Bool) -> Int? {
    if isEmpty { return nil }
    var low = Swift.min(Swift.max(0, hint), count - 1)
    var high = low + 1
    while low >= 0 || high < count {
      if low >= 0 {
        if matches(self[low]) { return low }
        low -= 1
      }
      if high < count {
        if matches(self[high]) { return high }
        high += 1
      }
    }
    return nil
  }
}
