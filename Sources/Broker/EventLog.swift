import Telemetry

/// The newest events of the broker, in a ring.
struct EventLog {
  private var events: [BrokerEvent] = []
  private var oldest = 0
  private var lastSequence: UInt64 = 0
  private var takenSequence: UInt64 = 0

  mutating func record(
    _ severity: BrokerEvent.Severity,
    _ text: String,
    at wallTime: WallTime
  ) {
    lastSequence += 1
    let event = BrokerEvent(
      sequence: lastSequence,
      wallTime: wallTime,
      severity: severity,
      text: text
    )
    if events.count < BrokerSnapshot.eventsLimit {
      events.append(event)
    } else {
      events[oldest] = event
      oldest = (oldest + 1) % BrokerSnapshot.eventsLimit
    }
  }

  var hasNew: Bool { lastSequence > takenSequence }

  /// Those that are kept of what came since the last time, oldest first.
  mutating func takeNew() -> [BrokerEvent] {
    defer { takenSequence = lastSequence }
    return all.filter { $0.sequence > takenSequence }
  }

  /// All that are kept, oldest first.
  var all: [BrokerEvent] { Array(events[oldest...] + events[..<oldest]) }
}
