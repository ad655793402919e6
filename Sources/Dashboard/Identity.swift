import Telemetry

/// A table or list that can have the keys; the order is that of Tab.
package enum Panel: Hashable, Sendable, CaseIterable {
  case queues
  case consumers
  case lab
  case events
  case exchanges
}

/// Which thing a row shows, so that the cursor stays on it while rows come and go.
package enum RowIdentity: Hashable, Sendable {
  case queue(QueueIdentity)
  case exchange(virtualHost: String, name: String)
  case consumer(identifier: UInt64)
  /// A consumer of the lab by its service: it is the same row before and after a restart.
  case serviceConsumer(service: String, ordinal: Int)
  case service(name: String)
  case event(sequence: UInt64)
}

/// What names a queue.
package struct QueueIdentity: Hashable, Sendable, Comparable {
  package var virtualHost: String
  package var name: String

  package init(virtualHost: String, name: String) {
    self.virtualHost = virtualHost
    self.name = name
  }

  package static func < (left: QueueIdentity, right: QueueIdentity) -> Bool {
    left.virtualHost == right.virtualHost
      ? left.name < right.name : left.virtualHost < right.virtualHost
  }
}

extension QueueSnapshot {
  var identity: QueueIdentity { QueueIdentity(virtualHost: virtualHost, name: name) }
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
