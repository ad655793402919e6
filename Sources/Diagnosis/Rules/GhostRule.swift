import Telemetry

/// A consumer is counted that nobody can find.
///
/// Counts and lists may be of two instants, so that a finding needs the same of two snapshots, and
/// of a broker elsewhere of some more.
enum GhostRule {
  static func findings(in window: Window) -> [Finding] {
    miscounted(in: window) + orphaned(in: window)
  }

  private static func miscounted(in window: Window) -> [Finding] {
    let miscounts = window.longTerm.miscounts
    guard !miscounts.isEmpty, let sought = window.longTerm.ghostsSoughtAt else { return [] }
    var findings: [Finding] = []
    for (identity, miscount) in miscounts.sorted(by: { $0.key < $1.key })
    where miscount.since < sought && isOldEnough(miscount.since, in: window) {
      let counted = Format.count(miscount.counted)
      let consumers = miscount.counted == 1 ? "consumer" : "consumers"
      findings.append(
        Finding(
          rule: .ghost,
          subject: .queue(identity),
          triage: .broker,
          text: "counts \(counted) \(consumers), \(Format.count(miscount.listed)) can be found",
          since: miscount.since,
          uncertaintySeconds: max(Limits.ghostsSeconds, window.refreshSeconds),
          evidence: evidence(of: miscount, in: window),
          advice: advice
        )
      )
    }
    return findings
  }

  private static func isOldEnough(_ since: Instant, in window: Window) -> Bool {
    window.newest.totals.isLedgerKept
      || window.now.seconds(since: since) >= Limits.elsewhereSeconds
  }

  private static func evidence(of miscount: LongTerm.Miscount, in window: Window) -> [String] {
    let unknown = miscount.counted - miscount.listed
    let seconds = Format.span(window.now.seconds(since: miscount.since))
    return [
      unknown > 0
        ? "\(Format.count(unknown)) of those that the queue counts are on no list, for \(seconds)."
        : "\(Format.count(-unknown)) on the list are not counted by the queue, for \(seconds).",
      "What a ghost was sent stays unacknowledged, and it takes its turn as if it were there.",
    ]
  }

  private static func orphaned(in window: Window) -> [Finding] {
    let orphans = window.longTerm.orphans
    guard !orphans.isEmpty, let sought = window.longTerm.ghostsSoughtAt else { return [] }
    var findings: [Finding] = []
    for index in window.newest.consumers.indices {
      let identifier = window.newest.consumers[index].identifier
      guard let since = orphans[identifier], since < sought, isOldEnough(since, in: window) else {
        continue
      }
      let consumer = window.newest.consumers[index]
      let queue = QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
      var evidence = ["Its connection \(consumer.connectionName) is on no list."]
      if consumer.held > 0 {
        evidence.append("It holds \(Format.count(consumer.held)) unacknowledged.")
      }
      findings.append(
        Finding(
          rule: .ghost,
          subject: .consumer(identifier: identifier, queue: queue),
          triage: .broker,
          text: "consumer \(consumer.tag) is listed, its connection is gone",
          since: since,
          uncertaintySeconds: max(Limits.ghostsSeconds, window.refreshSeconds),
          evidence: evidence,
          advice: advice
        )
      )
    }
    return findings
  }

  private static let advice = [
    Finding.Advice(action: "cancel", "cancel the consumer, or close its connection"),
    Finding.Advice("restart the clients; if the ghost stays, the broker's node that has the queue"),
  ]
}
