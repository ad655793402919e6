import Diagnosis
import Telemetry

/// The tables of a report: the queues with the most to do, and where every message is.
enum IncidentLedger {
  /// Writes the chapters.
  ///
  /// - Parameters:
  ///   - log: What happened.
  ///   - begin: The first snapshot.
  ///   - end: The last picture.
  /// - Returns: Their lines, an empty one first.
  static func lines(_ log: IncidentLog, _ begin: BrokerSnapshot, _ end: Picture) -> [String] {
    guard let broker = end.broker else { return [] }
    return queues(log, end) + ledger(log, begin, broker) + scenario(end.lab)
  }

  private static func queues(_ log: IncidentLog, _ end: Picture) -> [String] {
    var lines = ["", "## Queues", ""]
    if log.queues.isEmpty { return lines + ["There was none."] }
    lines += Markdown.head(
      ["queue", "ready", "most ready", "unacked", "in/s", "ack/s", "consumers", "state"]
    )
    lines += log.topQueues.map { queue in
      let isThere = queue.endAt == end.broker?.at
      return Markdown.row([
        Markdown.text(queue.end.identity.shownName),
        isThere ? Format.count(queue.end.ready) : Format.none,
        Format.count(queue.peak),
        isThere ? Format.count(queue.end.unacked) : Format.none,
        Format.rate(queue.rate(\.enqueued)),
        Format.rate(queue.rate(\.acknowledged)),
        isThere ? Format.count(queue.end.consumerCount) : Format.none,
        isThere ? end.queueState(of: queue.end).word : "gone",
      ])
    }
    let more = log.queues.count - log.topQueues.count
    if more > 0 { lines += ["", "\(Format.count(more)) more had fewer messages."] }
    return lines
  }

  // MARK: The broker's ledger

  private static func ledger(
    _ log: IncidentLog,
    _ begin: BrokerSnapshot,
    _ end: BrokerSnapshot
  ) -> [String] {
    var lines = ["", "## Ledger", ""]
    guard end.totals.isLedgerKept else {
      return lines + ["This broker does not count all that the ledger needs."]
    }
    lines.append(equation(end.totals))
    if begin.identity.startedAt == end.identity.startedAt {
      func rise(_ sum: KeyPath<BrokerTotals, UInt64>) -> String {
        Format.count(end.totals[keyPath: sum] &- begin.totals[keyPath: sum])
      }
      lines += [
        "",
        "In the window \(rise(\.enqueued)) came in, \(rise(\.acknowledged)) were acknowledged, "
          + "\(rise(\.deadLettered)) went to a dead letter exchange, \(rise(\.expired)) expired, "
          + "\(rise(\.dropped)) were dropped, \(rise(\.discarded)) discarded.",
      ]
    }
    let queues = log.topQueues.filter { $0.endAt == end.at }
    if queues.isEmpty { return lines }
    lines.append("")
    lines += Markdown.head(
      [
        "queue", "enqueued", "= acked", "+ dead-lettered", "+ expired", "+ dropped", "+ discarded",
        "+ moved", "+ ready", "+ unacked", "remainder",
      ]
    )
    lines += queues.map { row($0.end) }
    return lines
  }

  /// `12 enqueued = 10 acknowledged + ... + 2 ready + 0 unacked; remainder 0`.
  private static func equation(_ totals: BrokerTotals) -> String {
    let words =
      totals.imbalance == 0
      ? "remainder 0: every copy is accounted for"
      : "**remainder \(Format.count(Int(totals.imbalance)))**"
    return "\(LedgerEquation.text(totals.entries, isWhole: true)); \(words)."
  }

  private static func row(_ queue: QueueSnapshot) -> String {
    let sums: [UInt64] = [
      queue.enqueued, queue.acknowledged, queue.deadLettered, queue.expired, queue.dropped,
      queue.discarded, queue.moved,
    ]
    let remainder = Format.count(Int(queue.remainder))
    return Markdown.row(
      [Markdown.text(queue.identity.shownName)] + sums.map { Format.count($0) }
        + [Format.count(queue.ready), Format.count(queue.unacked)]
        + [queue.remainder == 0 ? remainder : "**\(remainder)**"]
    )
  }

  // MARK: The scenario's

  private static func scenario(_ lab: LabSnapshot?) -> [String] {
    guard let lab, !lab.queues.isEmpty else { return [] }
    var lines = ["", "## The scenario's ledger", ""]
    lines += Markdown.head(
      [
        "queue", "published", "= acked", "+ waiting", "+ dead", "+ lost", "remainder", "again",
        "twice",
      ]
    )
    lines += lab.queues.map { account in
      let parts = [account.acknowledged, account.waiting, account.dead, account.lost]
      let remainder = account.published - parts.reduce(0, +)
      return Markdown.row(
        [Markdown.text(account.name), Format.count(account.published)]
          + parts.map { Format.count($0) }
          + [remainder == 0 ? "0" : "**\(Format.count(remainder))**"]
          + [Format.count(account.repeated), Format.count(account.doubled)]
      )
    }
    return lines
  }
}
