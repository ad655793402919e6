import Telemetry

/// One consumer holds what others, who are idle, could do.
enum HoardingRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices
    where window.newest.queues[index].unacked >= leastHeld
      && window.consumersOfQueue[index].count > 1
    {
      guard !window.newest.queues[index].isPaused, let hoard = hoard(at: index, in: window) else {
        continue
      }
      findings.append(finding(of: hoard, at: index, in: window))
    }
    return findings
  }

  /// Fewer than this are nobody's loss.
  private static let leastHeld = 20
  /// Who holds so much of all holds most.
  private static let share = 0.8
  /// Who is busy for less of the time is idle.
  private static let idleShare = 0.05

  private struct Hoard {
    var place: Int
    var idle: Int
    var all: Int
    /// All that is held.
    var held: Int
  }

  private static func hoard(at index: Int, in window: Window) -> Hoard? {
    let places = window.consumersOfQueue[index]
    guard
      let place = places.max(by: {
        window.newest.consumers[$0].held < window.newest.consumers[$1].held
      })
    else { return nil }
    let seconds = window.tuning[.hoardingSeconds]
    let most = window.newest.consumers[place]
    guard let heldSince = most.heldSince ?? window.consumers[place].quietSince,
      window.now.seconds(since: heldSince) >= seconds,
      Double(most.held) >= share * Double(window.newest.queues[index].unacked)
    else { return nil }
    // Those that wait for their turn, or come after it by their priority, are meant to be idle.
    let others = places.filter { other in
      other != place && window.mayWork(consumer: other)
        && window.newest.consumers[other].priority == most.priority
    }
    let idle = others.filter { isIdle($0, for: seconds, in: window) }
    guard !idle.isEmpty, idle.count == others.count else { return nil }
    return Hoard(
      place: place,
      idle: idle.count,
      all: places.count,
      held: window.newest.queues[index].unacked
    )
  }

  private static func isIdle(_ place: Int, for seconds: Double, in window: Window) -> Bool {
    guard window.newest.consumers[place].held <= 1,
      window.now.seconds(since: window.newest.consumers[place].startedAt) >= seconds
    else { return false }
    if let busy = window.utilisation(ofConsumer: place) { return busy <= idleShare }
    let rate = window.rate(\.delivered, ofConsumer: place, over: Limits.steadySeconds)
    return rate == 0
  }

  private static func finding(of hoard: Hoard, at index: Int, in window: Window) -> Finding {
    let consumer = window.newest.consumers[hoard.place]
    let advice = prefetch(for: hoard, in: window)
    let limit = consumer.prefetchCount == 0 ? "no limit" : Format.count(consumer.prefetchCount)
    var evidence = [
      "Its prefetch: \(limit). The other \(hoard.idle) hold next to nothing."
    ]
    let rate = window.rate(\.acknowledged, ofConsumer: hoard.place, over: Limits.steadySeconds)
    if let rate, rate > 0 {
      let seconds = Double(consumer.held) / rate
      evidence.append(
        "It acknowledges \(Format.rate(rate))/s: what it got last waits for "
          + "\(Format.span(seconds)) in its hands."
      )
    }
    evidence.append(advice.reason)
    return Finding(
      rule: .hoarding,
      subject: .consumer(
        identifier: consumer.identifier,
        queue: window.newest.queues[index].identity
      ),
      triage: .consumer,
      text: "\(consumer.shownName) holds \(Format.count(consumer.held)) of "
        + "\(Format.count(hoard.held)), \(hoard.idle) "
        + "\(hoard.idle == 1 ? "is" : "are") idle: "
        + "prefetch \(Format.count(advice.count)) would share them",
      // What it holds without a break began with less.
      since: nil,
      evidence: evidence,
      advice: [
        Finding.Advice(
          action: "prefetch",
          "set prefetch \(Format.count(advice.count)) for all consumers of the queue"
        ),
        Finding.Advice(
          action: "kill",
          "kill \(consumer.shownName): what it holds returns and is shared at once"
        ),
      ]
    )
  }

  /// Enough for a second of its work, and so little that there is some for each.
  private static func prefetch(
    for hoard: Hoard,
    in window: Window
  ) -> (count: Int, reason: String) {
    let each = max(1, hoard.held / hoard.all)
    let rate = window.rate(\.acknowledged, ofConsumer: hoard.place, over: Limits.steadySeconds)
    if let rate, rate > 0, Int(rate.rounded(.up)) <= each {
      let count = Int(rate.rounded(.up))
      return (
        count, "Prefetch \(Format.count(count)) is a second of its work, so that it never waits."
      )
    }
    return (
      each, "Prefetch \(Format.count(each)) is what is held, shared by \(hoard.all) consumers."
    )
  }
}
