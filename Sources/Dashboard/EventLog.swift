import Telemetry

/// The newest events, oldest first, at most ``Limits/events``.
struct EventLog: Sendable {
  private(set) var events: [BrokerEvent] = []
  private var newestSequence: UInt64?

  /// Takes the events of a snapshot that were not seen before.
  ///
  /// - Complexity: O(new events), amortised.
  mutating func add(_ snapshotEvents: [BrokerEvent]) {
    guard let last = snapshotEvents.last, last.sequence != newestSequence else { return }
    if let seen = newestSequence {
      events.append(contentsOf: snapshotEvents.drop { $0.sequence <= seen })
    } else {
      events = snapshotEvents
    }
    newestSequence = last.sequence
    if events.count > Limits.events { events.removeFirst(events.count - Limits.events) }
  }

  /// Forgets everything: another broker counts its events from the start.
  mutating func reset() {
    events.removeAll()
    newestSequence = nil
  }
}
