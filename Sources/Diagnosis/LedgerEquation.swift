import Telemetry

/// A ledger in words: what came in is what went and what is there.
package enum LedgerEquation {
  /// Named even when there are none.
  private static let alwaysNamed: Set = ["acknowledged", "ready", "unacked"]

  /// Writes it down: `195 enqueued = 190 acknowledged + 5 ready + 0 unacked`.
  ///
  /// - Parameters:
  ///   - entries: What came in first, as ``QueueSnapshot/entries``.
  ///   - isWhole: Whether every entry is named; else only those that are there.
  /// - Returns: One line.
  package static func text(
    _ entries: [(name: String, count: UInt64)],
    isWhole: Bool
  ) -> String {
    let terms = entries.enumerated().filter { place, entry in
      isWhole || place == 0 || entry.count > 0 || alwaysNamed.contains(entry.name)
    }.map { "\(Format.count($0.element.count)) \($0.element.name)" }
    return "\(terms.first ?? "") = \(terms.dropFirst().joined(separator: " + "))"
  }
}
