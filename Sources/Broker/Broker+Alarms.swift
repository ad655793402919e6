import AMQP
package import Telemetry

/// Who says that a resource is low; an alarm is on while anybody says so.
package enum AlarmSource: Sendable, Hashable, CaseIterable {
  /// What the server measured.
  case measurement
  /// The person at the dashboard.
  case person
  /// The message store, when the disk takes nothing.
  case store
}

/// The alarms that are on, and who raised each.
struct Alarms {
  private var sources: [ResourceAlarm: Set<AlarmSource>] = [:]
  /// Asked for every message that comes in.
  private(set) var areOn = false

  /// In the order of their importance.
  var current: [ResourceAlarm] { sources.keys.sorted() }

  /// Returns whether the alarm is on for that source alone, or for others too.
  func isOn(_ alarm: ResourceAlarm, for source: AlarmSource) -> Bool {
    sources[alarm]?.contains(source) == true
  }

  func isOn(_ alarm: ResourceAlarm) -> Bool { sources[alarm] != nil }

  mutating func raise(_ alarm: ResourceAlarm, by source: AlarmSource) {
    sources[alarm, default: []].insert(source)
    areOn = true
  }

  mutating func clear(_ alarm: ResourceAlarm, by source: AlarmSource) {
    sources[alarm]?.remove(source)
    if sources[alarm]?.isEmpty == true { sources[alarm] = nil }
    areOn = !sources.isEmpty
  }

  /// As `connection.blocked` gives the reason in RabbitMQ.
  var reason: String { "low on " + current.map(\.rawValue).joined(separator: " & ") }
}

/// Resource alarms (RabbitMQ, "Memory and Disk Alarms"): publishers wait, consumers never do.
extension Broker {
  /// Whether any resource is low.
  @inline(__always)
  package var hasAlarms: Bool { alarms.areOn || isStoreFlooded }

  /// Lets publishers wait, without a word, until the disk has caught up.
  package func setStoreFlooded(_ isFlooded: Bool) {
    isStoreFlooded = isFlooded
    if !isFlooded, !alarms.areOn { unblockAll() }
  }

  /// Raises an alarm; connections are blocked from their next message on.
  ///
  /// `reason` is what was seen, for the timeline: `812 MB used, the limit is 800 MB`.
  package func raise(_ alarm: ResourceAlarm, by source: AlarmSource, because reason: String) {
    let wasOn = alarms.isOn(alarm)
    alarms.raise(alarm, by: source)
    guard !wasOn else { return }
    record(.critical, "\(alarm.rawValue) alarm: \(reason); publishers wait")
  }

  /// Ends an alarm as far as one source is concerned; the last one lets publishers go on.
  ///
  /// - Returns: Whether the alarm is off now.
  @discardableResult
  package func clear(_ alarm: ResourceAlarm, by source: AlarmSource) -> Bool {
    guard alarms.isOn(alarm, for: source) else { return !alarms.isOn(alarm) }
    alarms.clear(alarm, by: source)
    guard !alarms.isOn(alarm) else { return false }
    record(
      .information,
      "\(alarm.rawValue) alarm cleared" + (alarms.areOn ? "" : "; publishers go on")
    )
    if !hasAlarms { unblockAll() }
    return true
  }

  /// Notes that a connection publishes while a resource is low: nothing more is read from it until
  /// the alarms are over, and it is told so if it can understand.
  @inline(never)
  package func block(_ connection: Connection) {
    guard hasAlarms, !connection.isBlocked, !connection.isClosing else { return }
    connection.isBlocked = true
    guard alarms.areOn, connection.identity.supportsConnectionBlocked else { return }
    connection.isToldBlocked = true
    connection.output.writeMethod(ConnectionBlocked(reason: alarms.reason), channel: 0)
    markDirty(connection)
  }

  private func unblockAll() {
    for connection in connections.values where connection.isBlocked {
      connection.isBlocked = false
      if connection.isToldBlocked {
        connection.isToldBlocked = false
        connection.output.writeMethod(ConnectionUnblocked(), channel: 0)
        markDirty(connection)
      }
      connection.transport?.resumeReading()
    }
  }

  /// Raises or clears an alarm by hand.
  ///
  /// - Returns: One line for the person.
  package func setAlarm(_ alarm: ResourceAlarm, isOn: Bool) -> String {
    if isOn {
      raise(alarm, by: .person, because: "raised by hand (you)")
      return "the \(alarm.rawValue) alarm is on"
    }
    return clear(alarm, by: .person)
      ? "the \(alarm.rawValue) alarm is off"
      : "the \(alarm.rawValue) alarm stays on: the server still measures too little"
  }
}

extension Broker {
  /// Goes up with everything that passes through: what does not change it is a quiet time.
  package var passedCount: UInt64 {
    var sum = sums.published &+ UInt64(connections.count)
    for host in hosts.values {
      for queue in host.queues.values { sum &+= queue.delivered &+ 1 }
    }
    return sum
  }
}
