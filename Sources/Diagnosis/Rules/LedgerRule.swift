package import Telemetry

/// The broker's sums do not add up: a fault of the broker itself.
enum LedgerRule {
  static func findings(in window: Window) -> [Finding] {
    let totals = window.newest.totals
    guard totals.isLedgerKept else { return [] }
    var queues: [(queue: QueueIdentity, remainder: Int64, sums: String)] = []
    var count = 0
    for index in window.newest.queues.indices {
      let remainder = window.newest.queues[index].remainder
      if remainder == 0 { continue }
      count += 1
      if queues.count >= Limits.examples { continue }
      let queue = window.newest.queues[index]
      queues.append((queue.identity, remainder, equation(queue.entries, remainder)))
    }
    if totals.imbalance != 0 {
      var evidence = [equation(totals.entries, totals.imbalance)]
      evidence += queues.map { "Queue \($0.queue.shownName) alone: \(words(for: $0.remainder))." }
      if count > queues.count { evidence.append("So are \(count - queues.count) more queues.") }
      if count == 0 { evidence.append("The sums of each queue that is there add up.") }
      return [finding(.broker, totals.imbalance, evidence)]
    }
    return queues.map { finding(.queue($0.queue), $0.remainder, [$0.sums]) }
  }

  private static func finding(
    _ subject: Subject,
    _ remainder: Int64,
    _ evidence: [String]
  ) -> Finding {
    Finding(
      rule: .ledger,
      subject: subject,
      triage: .broker,
      text: "the sums do not add up: \(words(for: remainder)); a fault of the broker",
      evidence: evidence,
      advice: [
        Finding.Advice("keep the data directory and the log, and report it: this must not happen"),
        Finding.Advice("compare what was published with what arrived before you trust a number"),
      ]
    )
  }

  private static func words(for remainder: Int64) -> String {
    let count = Format.count(remainder.magnitude)
    let messages = remainder.magnitude == 1 ? "message" : "messages"
    return remainder > 0 ? "\(count) \(messages) missing" : "\(count) \(messages) too many"
  }

  private static func equation(
    _ entries: [(name: String, count: UInt64)],
    _ remainder: Int64
  ) -> String {
    let said = entries.enumerated().filter { $0.offset == 0 || $0.element.count > 0 }
    let terms = said.map { "\(Format.count($0.element.count)) \($0.element.name)" }
    let rest = terms.dropFirst().joined(separator: " + ")
    return "\(terms.first ?? "") - (\(rest.isEmpty ? "0" : rest)) is not 0."
  }
}

extension QueueSnapshot {
  /// What the queue's own ledger leaves over; 0 in a sound broker.
  package var remainder: Int64 {
    let gone = acknowledged &+ discarded &+ expired &+ deadLettered &+ dropped &+ moved
    let here = UInt64(max(0, ready)) &+ UInt64(max(0, unacked))
    return Int64(truncatingIfNeeded: enqueued &- gone &- here)
  }

  /// The ledger's entries, what came in first.
  package var entries: [(name: String, count: UInt64)] {
    [
      ("enqueued", enqueued), ("acknowledged", acknowledged), ("discarded", discarded),
      ("expired", expired), ("dead-lettered", deadLettered), ("dropped", dropped),
      ("moved", moved), ("ready", UInt64(max(0, ready))), ("unacked", UInt64(max(0, unacked))),
    ]
  }
}

extension BrokerTotals {
  /// The ledger's entries, what came in first.
  package var entries: [(name: String, count: UInt64)] {
    [
      ("enqueued", enqueued), ("acknowledged", acknowledged), ("discarded", discarded),
      ("expired", expired), ("dead-lettered", deadLettered), ("dropped", dropped),
      ("moved", moved), ("ready", ready), ("unacked", unacked),
    ]
  }
}
