import Canvas
import Diagnosis
import Telemetry

/// The message ledger of a queue, and of all: what came in is what went and what is there.
extension Painter {
  /// The ledger of the queue that the screen is about; empty on other screens, and where not all of
  /// it is counted.
  var queueLedger: [Span] {
    guard case .queue(let identity) = model.screen, let broker = picture.broker,
      broker.totals.isLedgerKept, let place = broker.place(of: identity)
    else { return [] }
    let queue = broker.queues[place]
    return ledger(queue.entries, remainder: queue.remainder)
  }

  /// The ledger of all queues that there are and were, on their screen.
  var brokerLedger: [Span] {
    guard model.screen == .queues, let totals = picture.broker?.totals, totals.isLedgerKept else {
      return []
    }
    return ledger(totals.entries, remainder: totals.imbalance)
  }

  /// `ledger 195 enqueued = 190 acknowledged + 5 ready + 0 unacked  remainder 0`.
  private func ledger(_ entries: [(name: String, count: UInt64)], remainder: Int64) -> [Span] {
    let isSound = remainder == 0
    return [
      Span("ledger ", .muted), Span(LedgerEquation.text(entries, isWhole: false) + "  "),
      Span("remainder ", .muted),
      Span(Format.count(Int(remainder)), isSound ? .stateOK : .alertCritical),
    ]
  }
}
