import Telemetry

/// Much more comes in than was usual.
enum SurgeRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices {
      guard let since = window.queues[index].surgeSince,
        window.now.seconds(since: since) >= Limits.steadySeconds,
        let arrivals = window.rate(\.enqueued, ofQueue: index, over: Limits.steadySeconds)
      else { continue }
      findings.append(finding(of: arrivals, since: since, at: index, in: window))
    }
    return findings
  }

  private static func finding(
    of arrivals: Double,
    since: Instant,
    at index: Int,
    in window: Window
  ) -> Finding {
    let usual = window.queues[index].arrivalsBeforeSurge
    var evidence = [
      "Usual were \(Format.rate(usual))/s, the mean of the minutes before."
    ]
    if let gone = window.rate(\.gone, ofQueue: index, over: Limits.steadySeconds) {
      evidence.append("\(Format.rate(gone))/s leave.")
    }
    if let busy = window.utilisation(ofQueue: index) {
      evidence.append("Its consumers are busy \(Phrase.percent(busy)) of the time.")
    }
    // Where almost nothing came in, a factor says nothing.
    let times = usual >= 1 ? ", \(Format.rate(arrivals / usual)) times as much as before" : ""
    return Finding(
      rule: .surge,
      subject: .queue(window.newest.queues[index].identity),
      triage: .load,
      text: "\(Format.rate(arrivals))/s come in\(times)",
      since: since,
      uncertaintySeconds: max(1, window.refreshSeconds),
      evidence: evidence,
      advice: [Finding.Advice(action: "add", "add a consumer before it has to wait")]
    )
  }
}
