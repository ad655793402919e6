package import Telemetry

extension LongTerm {
  /// What a connection waits for, and since when.
  package struct Wait: Sendable, Hashable {
    /// Since when nothing is read from it because it published while something was low.
    package var blockedSince: Instant?
    /// Since when the broker does not read from it because it is behind.
    package var flowControlledSince: Instant?
    /// Since when it waits for confirms and got none.
    package var unconfirmedSince: Instant?
    /// What it published and needs not wait for any more, a sum.
    package var settled: UInt64
  }

  mutating func recordWaits(_ snapshot: BrokerSnapshot) {
    var kept: [UInt64: Wait] = [:]
    for index in snapshot.connections.indices {
      let isBlocked = snapshot.connections[index].isBlocked
      let isFlowControlled = snapshot.connections[index].isFlowControlled
      let unconfirmed = snapshot.connections[index].unconfirmed
      guard isBlocked || isFlowControlled || unconfirmed > 0, kept.count < Self.limit else {
        continue
      }
      let identifier = snapshot.connections[index].identifier
      let known = waits[identifier]
      let settled = snapshot.connections[index].published &- UInt64(max(0, unconfirmed))
      // A confirm came since the snapshot before: it waits anew.
      let isStill = known?.settled == settled
      kept[identifier] = Wait(
        blockedSince: isBlocked ? known?.blockedSince ?? snapshot.at : nil,
        flowControlledSince: isFlowControlled ? known?.flowControlledSince ?? snapshot.at : nil,
        unconfirmedSince: unconfirmed > 0
          ? (isStill ? known?.unconfirmedSince : nil) ?? snapshot.at : nil,
        settled: settled
      )
    }
    waits = kept
  }
}
