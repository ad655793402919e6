import Telemetry

/// More comes in than leaves, for long enough and surely.
enum BacklogRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.queues[index].isGrowing {
      guard !window.isHeldBack(queue: index), let growth = window.growth(ofQueue: index) else {
        continue
      }
      findings.append(finding(of: growth, at: index, in: window))
    }
    return findings
  }

  private static func finding(
    of growth: Growth,
    at index: Int,
    in window: Window
  ) -> Finding {
    let queue = window.newest.queues[index]
    let pace = "grows by \(Format.rate(growth.perSecond))/s: never empty at this pace"
    // Consumers without a prefetch limit take all that comes.
    let isWaiting = queue.ready >= queue.unacked
    let what =
      isWaiting ? "\(Format.count(queue.ready)) wait" : "\(Format.count(queue.unacked)) are held"
    return Finding(
      rule: .backlog,
      subject: .queue(queue.identity),
      triage: triage(of: growth, at: index, in: window),
      text: "\(what), \(pace)",
      since: growth.since,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: evidence(of: growth, at: index, in: window),
      advice: advice(at: index, in: window)
    )
  }

  /// LOAD when more comes in than was usual before, else whoever should take it.
  static func triage(of growth: Growth, at index: Int, in window: Window) -> Finding.Triage {
    let usual = window.queues[index].before?.arrivals
    return usual.map { growth.arrivals >= $0 * risen } ?? false ? .load : .consumer
  }

  /// So many times as much as was usual is more.
  static let risen = 1.5

  static func evidence(of growth: Growth, at index: Int, in window: Window) -> [String] {
    let facts = window.queues[index]
    let depth = Format.count(window.newest.queues[index].depth)
    var evidence = [
      "In \(Format.rate(growth.arrivals))/s, out \(Format.rate(growth.gone))/s: "
        + "from \(Format.count(facts.turn.depth)) to \(depth) in \(Format.span(growth.seconds))."
    ]
    if let usual = facts.before?.arrivals {
      evidence.append("Before, \(Format.rate(usual))/s came in.")
    }
    let count = window.consumersOfQueue[index].count
    if let busy = window.utilisation(ofQueue: index) {
      let who = count == 1 ? "Its consumer is" : "Its \(count) consumers are"
      evidence.append("\(who) busy \(Phrase.percent(busy)) of the time.")
    }
    if let words = window.whatIf(ofQueue: index, arrivals: growth.arrivals, gone: growth.gone) {
      evidence.append(words)
    }
    return evidence
  }

  private static func advice(at index: Int, in window: Window) -> [Finding.Advice] {
    let queue = window.newest.queues[index]
    var advice: [Finding.Advice] = []
    if let busy = window.utilisation(ofQueue: index), busy < Window.busyShare, queue.ready > 0 {
      advice.append(
        Finding.Advice(
          action: "prefetch",
          "its consumers are idle \(Phrase.percent(1 - busy)) of the time: let them hold more"
        )
      )
    }
    advice.append(Finding.Advice(action: "add", "add a consumer"))
    advice.append(
      Finding.Advice(action: "load-down", "or let less come in, where that is in your hands")
    )
    return advice
  }
}
