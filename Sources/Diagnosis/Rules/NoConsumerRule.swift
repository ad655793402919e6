import Telemetry

/// Messages wait and nobody consumes.
///
/// A queue with a time limit for its messages and a dead letter exchange is left alone: it is a
/// pause before another try. One that is paused is the person's own wish.
enum NoConsumerRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.newest.queues[index].ready > 0 {
      let queue = window.newest.queues[index]
      if queue.consumerCount > 0 || queue.isPaused || queue.isPauseBeforeAnotherTry { continue }
      let facts = window.queues[index]
      guard let waiting = facts.waitingSince, let unconsumed = facts.unconsumedSince else {
        continue
      }
      let since = max(waiting, unconsumed)
      guard window.now.seconds(since: since) >= window.tuning[.noConsumerSeconds] else { continue }
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
      "\(Format.count(queue.ready)) messages wait, 0 consumers: nothing will take them."
    ]
    if let arrivals, arrivals > 0 {
      evidence.append("\(Format.rate(arrivals)) a second come in on top.")
    }
    if let oldest = queue.oldestReadyAt {
      evidence.append("The oldest waits for \(Format.span(window.now.seconds(since: oldest))).")
    }
    return Finding(
      rule: .noConsumer,
      subject: .queue(queue.identity),
      triage: .consumer,
      text: "\(Format.count(queue.ready)) wait and nobody consumes",
      since: since,
      evidence: evidence,
      advice: [
        Finding.Advice("start its consumer, or look why it is gone in what changed"),
        Finding.Advice(action: "peek", "look at what waits; nothing is consumed"),
      ]
    )
  }
}

extension QueueSnapshot {
  /// Whether messages only wait in it for their next try (TTL and dead lettering).
  var isPauseBeforeAnotherTry: Bool {
    bounds.messageMilliseconds != nil && bounds.deadLetterExchange != nil
  }
}
