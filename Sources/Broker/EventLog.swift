import Telemetry

/// The newest events of the broker, in a ring.
struct EventLog {
  private var events: [BrokerEvent] = []
  private var oldest = 0
  private var lastSequence: UInt64 = 0

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

  /// All that are kept, oldest first.
  var all: [BrokerEvent] { Array(events[oldest...] + events[..<oldest]) }
}
