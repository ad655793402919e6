import Synchronization

/// A place for one value between two threads: the newest replaces what was not yet taken.
///
/// A slow reader loses old values, never the newest; the writer never waits for it.
package final class Mailbox<Value: Sendable>: Sendable {
  private let place = Mutex<Value?>(nil)

  package init() {}

  /// Puts a value in, over one that was not taken.
  package func put(_ value: Value) {
    place.withLock { $0 = value }
  }

  /// Takes the value out; nil when there is none since the last time.
  package func take() -> Value? {
    place.withLock { place in
      defer { place = nil }
      return place
    }
  }
}
