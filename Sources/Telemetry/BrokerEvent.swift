/// Something that changed, as one line for a person.
package struct BrokerEvent: Sendable, Hashable {
  package var sequence: UInt64
  package var wallTime: WallTime
  package var severity: Severity
  /// Plain words; names from the network in it are not yet made safe for a terminal.
  package var text: String

  /// How much an event matters to a person on call.
  package enum Severity: Sendable, Hashable, CaseIterable {
    case information
    case warning
    case critical
  }

  package init(sequence: UInt64, wallTime: WallTime, severity: Severity, text: String) {
    self.sequence = sequence
    self.wallTime = wallTime
    self.severity = severity
    self.text = text
  }
}
