import Telemetry

/// Messages die: by queue and reason.
///
/// What waits for its next try in a queue made for that is not meant, nor what a queue gives only to
/// such queues.
enum DeadLettersRule {
  static func findings(in window: Window) -> [Finding] {
    let deaths = window.longTerm.deaths
    if deaths.isEmpty { return [] }
    let targets = targets(in: window)
    var findings: [Finding] = []
    for index in window.newest.queues.indices where window.newest.queues[index].deadLettered > 0 {
      guard let death = deaths[window.newest.queues[index].identity],
        window.now.seconds(since: death.lastAt) <= window.tuning[.deadLettersSeconds]
      else { continue }
      let queue = window.newest.queues[index]
      let own = queue.deadLetterExchange.flatMap { targets?[$0] }
      if let own, !own.isEmpty, own.allSatisfy({ isPause($0, of: queue, in: window) }) { continue }
      findings.append(finding(of: queue, death, own, at: index, in: window))
    }
    return findings
  }

  /// Where each exchange leads to that dead letters went to; nil where nobody knows.
  private static func targets(
    in window: Window
  ) -> [ExchangeIdentity: [BindingSnapshot.Destination]]? {
    guard let survey = window.newest.bindingSurvey else { return nil }
    var targets: [ExchangeIdentity: [BindingSnapshot.Destination]] = [:]
    for index in window.newest.queues.indices
    where window.newest.queues[index].deadLettered > 0 {
      // The default exchange's bindings are not surveyed.
      if let exchange = window.newest.queues[index].deadLetterExchange, !exchange.name.isEmpty {
        targets[exchange] = []
      }
    }
    if targets.isEmpty { return targets }
    for binding in survey.bindings {
      let exchange = ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source)
      targets[exchange]?.append(binding.destination)
    }
    return targets
  }

  private static func isPause(
    _ destination: BindingSnapshot.Destination,
    of queue: QueueSnapshot,
    in window: Window
  ) -> Bool {
    guard case .queue(let name) = destination,
      let place = window.newest.place(of: QueueIdentity(virtualHost: queue.virtualHost, name: name))
    else { return false }
    return window.newest.queues[place].isPauseBeforeAnotherTry
  }

  private static func finding(
    of queue: QueueSnapshot,
    _ death: LongTerm.Death,
    _ targets: [BindingSnapshot.Destination]?,
    at index: Int,
    in window: Window
  ) -> Finding {
    Finding(
      rule: .deadLetters,
      subject: .queue(queue.identity),
      triage: triage(of: death.reasons),
      text: text(death),
      since: death.firstAt,
      uncertaintySeconds: window.refreshSeconds,
      evidence: evidence(of: queue, death, targets, at: index, in: window),
      advice: advice(for: death.reasons)
    )
  }

  private static func text(_ death: LongTerm.Death) -> String {
    let seconds = death.lastAt.seconds(since: death.firstAt)
    let span = seconds < 1 ? "within 1s" : "in \(Format.span(seconds))"
    let died = "\(Format.count(death.count)) died"
    let when = death.count == 1 ? died : "\(died) \(span)"
    // A part of the reasons would read as all of them.
    guard death.reasons.sum == death.count else { return when }
    return "\(when): \(reasons(death.reasons))"
  }

  private static func reasons(_ reasons: DeadLetterReasons) -> String {
    [
      (reasons.rejected, "rejected"), (reasons.expired, "expired"),
      (reasons.maximumLength, "beyond the length limit"),
      (reasons.deliveryLimit, "given back too often"),
    ]
    .filter { $0.0 > 0 }
    .map { "\(Format.count($0.0)) \($0.1)" }
    .joined(separator: ", ")
  }

  private static func triage(of reasons: DeadLetterReasons) -> Finding.Triage {
    let others = reasons.rejected &+ reasons.expired &+ reasons.deliveryLimit
    return reasons.maximumLength > others ? .load : .consumer
  }

  private static func evidence(
    of queue: QueueSnapshot,
    _ death: LongTerm.Death,
    _ targets: [BindingSnapshot.Destination]?,
    at index: Int,
    in window: Window
  ) -> [String] {
    var evidence: [String] = []
    let quiet = window.now.seconds(since: death.lastAt)
    if quiet < Limits.steadySeconds, let rate = rate(of: queue, at: index, in: window), rate > 0 {
      evidence.append("\(Format.rate(rate)) a second over the last 10 s.")
    } else {
      evidence.append("The last one died \(Format.span(quiet)) ago.")
    }
    if let exchange = queue.bounds.deadLetterExchange {
      evidence.append(whereTo(exchange, targets))
    }
    if death.reasons.expired > 0, let milliseconds = queue.bounds.messageMilliseconds {
      evidence.append("A message may wait \(Format.seconds(Double(milliseconds) / 1_000)) here.")
    }
    if death.reasons.maximumLength > 0, let length = queue.bounds.maximumLength {
      evidence.append("It takes \(Format.count(length)) messages at most.")
    }
    return evidence
  }

  private static func rate(
    of queue: QueueSnapshot,
    at index: Int,
    in window: Window
  ) -> Double? {
    guard let before = window.queueSums.sums(of: index, agedSeconds: Limits.steadySeconds) else {
      return nil
    }
    let died = queue.deadLetters.minus(before.sums.deadLetters)
    let isPause = queue.isPauseBeforeAnotherTry || queue.onlyPasses
    return Double(died.sum - (isPause ? died.expired : 0)) / before.seconds
  }

  private static func whereTo(
    _ exchange: String,
    _ targets: [BindingSnapshot.Destination]?
  ) -> String {
    if exchange.isEmpty { return "They go straight to the queue that their dead letter key names." }
    guard let targets else { return "They go to exchange \(exchange)." }
    if targets.isEmpty {
      return "They go to exchange \(exchange), which has no binding: they are lost."
    }
    let names = Set(targets.map(\.name)).sorted()
    return "They go to exchange \(exchange) and from there to \(Examples.list(names))."
  }

  private static func advice(for reasons: DeadLetterReasons) -> [Finding.Advice] {
    var advice = [
      Finding.Advice(action: "peek", "look at them in their new queue: x-death says why")
    ]
    if reasons.rejected > 0 {
      advice.append(Finding.Advice("look in the consumer's log for what it rejects"))
    }
    if reasons.expired > 0 {
      advice.append(
        Finding.Advice(action: "add", "add consumers: messages wait longer than they may")
      )
    }
    if reasons.maximumLength > 0 {
      advice.append(Finding.Advice("raise the length limit, or work faster: the queue is full"))
    }
    if reasons.deliveryLimit > 0 {
      advice.append(Finding.Advice("look in the consumer's log for what it gives back"))
    }
    advice.append(
      Finding.Advice(action: "redrive", "send them back to where they died once the cause is gone")
    )
    return advice
  }
}

extension QueueSnapshot {
  /// Where messages go that die in it; nil for nowhere.
  fileprivate var deadLetterExchange: ExchangeIdentity? {
    bounds.deadLetterExchange.map { ExchangeIdentity(virtualHost: virtualHost, name: $0) }
  }
}
