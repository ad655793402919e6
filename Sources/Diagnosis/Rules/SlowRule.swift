import Telemetry

/// Consumers work all the time, and more comes in than they do.
enum SlowRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.queues[index].isGrowing {
      guard window.newest.queues[index].consumerCount > 0, !window.isHeldBack(queue: index),
        let growth = window.growth(ofQueue: index),
        growth.seconds >= window.tuning[.slowSeconds], growth.gone > 0,
        isBusy(at: index, in: window)
      else { continue }
      findings.append(finding(of: growth, at: index, in: window))
    }
    return findings
  }

  /// Consumers that are busy for so much of the time can do no more.
  private static let busyShare = 0.95

  private static func isBusy(at index: Int, in window: Window) -> Bool {
    let acknowledged = window.rate(
      \.acknowledged,
      ofQueue: index,
      over: Limits.steadySeconds
    )
    guard let acknowledged, acknowledged > 0, isStillAcknowledging(at: index, in: window) else {
      return false
    }
    if let busy = window.utilisation(ofQueue: index) { return busy >= busyShare }
    // Where nobody measures it: those that hold all that they may have no time for more.
    let working = window.consumersOfQueue[index].filter { window.mayWork(consumer: $0) }
    return !working.isEmpty
      && working.allSatisfy { place in
        let limit = window.newest.consumers[place].prefetchCount
        return window.newest.consumers[place].held >= max(1, limit)
      }
  }

  /// Whether the newest acknowledgement is as young as it usually is: who hangs since some seconds
  /// is not slow, though the seconds before still count.
  private static func isStillAcknowledging(at index: Int, in window: Window) -> Bool {
    let facts = window.queues[index]
    guard let last = facts.lastAcknowledgedAt else { return false }
    let usual = max(facts.usual.serviceSeconds ?? 0, facts.usual.gapSeconds)
    let patience = max(Limits.quickSeconds, window.refreshSeconds, 2 * usual)
    return window.now.seconds(since: last) <= patience
  }

  private static func finding(of growth: Growth, at index: Int, in window: Window) -> Finding {
    let cause = Cause(of: growth, at: index, in: window)
    let count = window.consumersOfQueue[index].count
    let who = count == 1 ? "its consumer takes" : "its \(count) consumers take"
    let advice =
      cause.isWork
      ? [
        Finding.Advice("look at what its work waits for: a database, a call, the disk"),
        Finding.Advice(action: "add", "add a consumer"),
      ]
      : [
        Finding.Advice(action: "add", "add consumers, as many as it takes to keep up"),
        Finding.Advice(
          action: "load-down",
          "or let less come in, where that is in your hands"
        ),
      ]
    return Finding(
      rule: .slow,
      subject: .queue(window.newest.queues[index].identity),
      triage: cause.triage,
      text: "\(Format.rate(growth.arrivals))/s come in, \(who) \(Format.rate(growth.gone))/s"
        + cause.words,
      since: growth.since,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: BacklogRule.evidence(of: growth, at: index, in: window)
        + evidence(of: cause, at: index, in: window),
      advice: advice
    )
  }

  private static func evidence(of cause: Cause, at index: Int, in window: Window) -> [String] {
    var evidence: [String] = []
    if let work = cause.work, let before = cause.before {
      evidence.append(
        "A message takes \(Phrase.duration(work)), before it took \(Phrase.duration(before))."
      )
    } else if let work = cause.work {
      evidence.append("A message takes \(Phrase.duration(work)).")
    }
    if let words = slowest(at: index, in: window) { evidence.append(words) }
    return evidence
  }

  /// So many times slower than the fastest is another pace.
  private static let differing = 1.5

  /// Names the slowest where they differ.
  private static func slowest(at index: Int, in window: Window) -> String? {
    let rates = window.consumersOfQueue[index].filter { window.mayWork(consumer: $0) }
      .compactMap { place in
        window.rate(\.acknowledged, ofConsumer: place, over: Limits.steadySeconds)
          .map { (place: place, rate: $0) }
      }
    guard let slow = rates.min(by: { $0.rate < $1.rate }),
      let fast = rates.max(by: { $0.rate < $1.rate }),
      fast.rate >= slow.rate * differing, fast.place != slow.place
    else { return nil }
    let names = (
      slow: window.newest.consumers[slow.place], fast: window.newest.consumers[fast.place]
    )
    return "\(names.slow.shownName) is the slowest with \(Format.rate(slow.rate))/s, "
      + "\(names.fast.shownName) does \(Format.rate(fast.rate))/s."
  }

  /// Why they do not keep up.
  private struct Cause {
    /// How long a consumer is busy for a message now, in seconds.
    let work: Double?
    /// How long it was before.
    let before: Double?
    let isWork: Bool
    let isLoad: Bool

    init(of growth: Growth, at index: Int, in window: Window) {
      let usual = window.queues[index].before
      work = window.pace(ofQueue: index).map { 1 / $0 }
      before = usual?.workSeconds
      let isSlower =
        if let work, let before { work >= before * BacklogRule.risen } else { false }
      let triage = BacklogRule.triage(of: growth, at: index, in: window)
      isLoad = triage == .load
      // Where more comes in, too, what changed more is the cause.
      isWork =
        isSlower
        && (!isLoad || Self.rise(work, before) >= Self.rise(growth.arrivals, usual?.arrivals))
    }

    private static func rise(_ now: Double?, _ before: Double?) -> Double {
      guard let now, let before, before > 0 else { return 1 }
      return now / before
    }

    var triage: Finding.Triage { isLoad && !isWork ? .load : .consumer }

    var words: String {
      if isWork, let work, let before {
        return ": the work takes \(Phrase.duration(work)) instead of \(Phrase.duration(before))"
      }
      return isLoad ? ": more comes in than before" : ""
    }
  }
}
