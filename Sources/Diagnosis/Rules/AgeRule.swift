import Telemetry

/// A message waits for long, or is held for long, though the depth tells nothing.
///
/// What waits because there is much to do is the business of other rules, and so is a queue that
/// falls. Work that takes long makes messages old, too: they may wait for ten times what is usual.
enum AgeRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.newest.queues[index].depth > 0 {
      guard window.newest.queues[index].consumerCount > 0, !window.isHeldBack(queue: index),
        !window.isPauseBeforeAnotherTry(queue: index)
      else { continue }
      if let finding = waiting(at: index, in: window) ?? held(at: index, in: window) {
        findings.append(finding)
      }
    }
    return findings
  }

  /// So many times the usual service time is long for a message that waits.
  private static let usualTimes = 10.0

  private static func waiting(at index: Int, in window: Window) -> Finding? {
    guard window.newest.queues[index].ready > 0, let oldest = oldest(at: index, in: window) else {
      return nil
    }
    guard window.now.seconds(since: oldest) >= window.tuning[.ageSeconds] else { return nil }
    let since = max(oldest, window.queues[index].lastPausedAt ?? .zero)
    let age = window.now.seconds(since: since)
    let usual = window.queues[index].usual.serviceSeconds
    guard age >= max(window.tuning[.ageSeconds], usualTimes * (usual ?? 0)),
      window.drain(ofQueue: index) == nil
    else { return nil }
    let queue = window.newest.queues[index]
    let count = queue.ready == 1 ? "1 waits" : "\(Format.count(queue.ready)) wait"
    let isKnown = queue.oldestReadyAt != nil
    let oldestAge =
      (isKnown ? "" : "at least ") + Format.span(window.now.seconds(since: oldest))
    return Finding(
      rule: .age,
      subject: .queue(queue.identity),
      triage: .consumer,
      text: queue.ready == 1 ? "1 waits for \(oldestAge)" : "\(count), the oldest for \(oldestAge)",
      // It was not old yet when it came in.
      since: oldest,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: [pace(at: index, in: window)] + habit(usual)
        + [holding(at: index, in: window)],
      advice: [
        Finding.Advice(action: "peek", "look at the oldest"),
        Finding.Advice(action: "add", "add a consumer"),
      ]
    )
  }

  /// When the oldest message came in.
  ///
  /// Where nobody tells, it is known only when none left since.
  private static func oldest(at index: Int, in window: Window) -> Instant? {
    if let oldest = window.newest.queues[index].oldestReadyAt { return oldest }
    guard let waiting = window.queues[index].waitingSince else { return nil }
    return max(waiting, window.queues[index].lastAcknowledgedAt ?? .zero)
  }

  private static func pace(at index: Int, in window: Window) -> String {
    let rate = window.rate(\.acknowledged, ofQueue: index, over: Limits.steadySeconds)
    if let rate, rate > 0 { return "\(Format.rate(rate))/s are acknowledged." }
    guard let last = window.queues[index].lastAcknowledgedAt else {
      return "None was acknowledged since this dashboard began to look."
    }
    return "None was acknowledged for \(Format.span(window.now.seconds(since: last)))."
  }

  private static func habit(_ usual: Double?) -> [String] {
    usual.map { ["Its work usually takes at most \(Phrase.duration($0))."] } ?? []
  }

  private static func holding(at index: Int, in window: Window) -> String {
    let queue = window.newest.queues[index]
    let count = queue.consumerCount
    let who = count == 1 ? "Its consumer holds" : "Its \(count) consumers hold"
    return "\(who) \(Format.count(queue.unacked))."
  }

  /// One that holds messages for long while nothing waits: weaker than STUCK, for it may wait for more
  /// before it acknowledges.
  private static func held(at index: Int, in window: Window) -> Finding? {
    guard window.newest.queues[index].unacked > 0 else { return nil }
    var oldest: (place: Int, since: Instant)?
    var count = 0
    for place in window.consumersOfQueue[index] where isHeldForLong(place, of: index, in: window) {
      guard let since = window.consumers[place].quietSince else { continue }
      count += 1
      if oldest.map({ since < $0.since }) ?? true { oldest = (place, since) }
    }
    guard let (place, since) = oldest else { return nil }
    let consumer = window.newest.consumers[place]
    let usual = window.consumers[place].usualSeconds ?? window.queues[index].usual.serviceSeconds
    let more = count > 1 ? ", and \(count - 1) more" : ""
    return Finding(
      rule: .age,
      subject: .consumer(
        identifier: consumer.identifier,
        queue: window.newest.queues[index].identity
      ),
      triage: .consumer,
      text: "\(consumer.shownName) holds \(Format.count(consumer.held)), no ack for "
        + Format.span(window.now.seconds(since: since)) + more,
      since: since,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: [pace(at: index, in: window)]
        + (usual == nil ? ["It has not acknowledged anything yet."] : habit(usual)),
      advice: [
        Finding.Advice(action: "peek", "look at what it holds"),
        Finding.Advice(action: "kill", "kill it: what it holds returns to the queue at once"),
      ]
    )
  }

  private static func isHeldForLong(_ place: Int, of index: Int, in window: Window) -> Bool {
    guard let quietSince = window.consumers[place].quietSince,
      window.now.seconds(since: quietSince) >= window.tuning[.ageSeconds],
      !window.newest.consumers[place].isPaused,
      !window.newest.consumers[place].isAutomaticallyAcknowledged
    else { return false }
    let usual =
      window.consumers[place].usualSeconds ?? window.queues[index].usual.serviceSeconds
      ?? window.tuning[.ageSeconds]
    return window.now.seconds(since: quietSince) >= window.tuning[.stuckTimes] * usual
  }
}
