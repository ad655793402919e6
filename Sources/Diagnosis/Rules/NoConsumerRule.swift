import Telemetry

/// Messages wait and nobody consumes.
///
/// Three kinds of queues are left alone, for nobody is meant to consume from them: those in which
/// messages wait for another try, those that dead letters go to, and parking queues; but not when
/// somebody was seen to consume. One that is paused is the person's own wish.
enum NoConsumerRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    var deadLetterQueues: Set<QueueIdentity>?
    for index in window.queues.indices where window.newest.queues[index].ready > 0 {
      if window.newest.queues[index].consumerCount > 0 { continue }
      let facts = window.queues[index]
      guard let waiting = facts.waitingSince, let unconsumed = facts.unconsumedSince else {
        continue
      }
      let since = max(waiting, unconsumed, facts.lastPausedAt ?? .zero)
      guard window.now.seconds(since: since) >= window.tuning[.noConsumerSeconds],
        !window.isHeldBack(queue: index), !window.isPauseBeforeAnotherTry(queue: index)
      else { continue }
      if !facts.wasConsumed {
        let ends = deadLetterQueues ?? window.deadLetterQueues()
        deadLetterQueues = ends
        if ends.contains(facts.identity) || Window.isParking(facts.identity.name) { continue }
      }
      let queue = window.newest.queues[index]
      findings.append(finding(of: queue, since: since, at: index, in: window))
    }
    return findings
  }

  private static func finding(
    of queue: QueueSnapshot,
    since: Instant,
    at index: Int,
    in window: Window
  ) -> Finding {
    let arrivals = window.rate(\.enqueued, ofQueue: index, over: Limits.steadySeconds)
    var evidence = [
      "\(Format.count(queue.ready)) messages wait, 0 consumers: nobody will take them."
    ]
    if let arrivals, arrivals > 0 {
      evidence.append("\(Format.rate(arrivals)) a second come in on top.")
    }
    if let oldest = queue.oldestReadyAt {
      evidence.append("The oldest waits for \(Format.span(window.now.seconds(since: oldest))).")
    }
    evidence.append(
      window.queues[index].wasConsumed
        ? "Somebody consumed until \(age(of: window.queues[index].unconsumedSince, in: window)) ago."
        : "Nobody was seen to consume since this dashboard began to look, "
          + "\(Format.span(window.now.seconds(since: window.firstAt))) ago."
    )
    return Finding(
      rule: .noConsumer,
      subject: .queue(queue.identity),
      triage: .consumer,
      text: "\(Format.count(queue.ready)) wait and nobody consumes",
      since: since,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: evidence,
      advice: [
        Finding.Advice("start its consumer, or look why it is gone in what changed"),
        Finding.Advice(action: "peek", "look at what waits; nothing is consumed"),
      ]
    )
  }

  private static func age(of instant: Instant?, in window: Window) -> String {
    Format.age(instant.map { window.now.seconds(since: $0) })
  }
}
