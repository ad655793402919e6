import Telemetry

/// A queue falls from its peak: when nothing will wait any more.
enum DrainingRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.newest.queues[index].ready > 0 {
      guard let drain = window.drain(ofQueue: index) else { continue }
      findings.append(finding(of: drain, at: index, in: window))
    }
    return findings
  }

  private static func finding(of drain: Drain, at index: Int, in window: Window) -> Finding {
    let queue = window.newest.queues[index]
    let ready = Format.count(queue.ready)
    var evidence = [
      "In \(Format.rate(drain.arrivals))/s, out \(Format.rate(drain.gone))/s.",
      "At its peak, \(Format.span(window.now.seconds(since: drain.peak.at))) ago, it had "
        + "\(Format.count(drain.peak.depth)).",
    ]
    if let words = window.whatIf(ofQueue: index, arrivals: drain.arrivals, gone: drain.gone) {
      evidence.append(words)
    }
    return Finding(
      rule: .draining,
      subject: .queue(queue.identity),
      triage: .load,
      text: "\(ready) wait, empty in \(Format.span(drain.emptySeconds))",
      since: drain.peak.at,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: evidence,
      advice: [Finding.Advice(action: "add", "add a consumer, if that is too late")]
    )
  }
}
