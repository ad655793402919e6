import Telemetry

/// A message comes back to its queue again and again, and is delivered again each time.
///
/// Where the broker names the message that came back most often, that is what counts: messages that
/// come back once each, because a consumer died, are none. Where it does not, redeliveries must go on
/// for long without the depth becoming less.
enum PoisonRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.newest.queues[index].redelivered > 0 {
      if isReturning(at: index, in: window) || isLoop(at: index, in: window) {
        findings.append(finding(at: index, in: window))
      }
    }
    return findings
  }

  /// What came back lately may come back again: within so many of its mean intervals.
  private static let intervals = 3.0
  private static let shortestInterval = 1.5
  private static let longestInterval = 200.0

  /// Whether one message came back often, and still does.
  private static func isReturning(at index: Int, in window: Window) -> Bool {
    guard let returns = window.queues[index].returns, let roseAt = returns.roseAt,
      Double(returns.count) >= window.tuning[.poisonReturns],
      let message = window.newest.queues[index].mostReturned
    else { return false }
    let mean = roseAt.seconds(since: message.since) / Double(returns.count)
    let interval = min(max(mean, shortestInterval), longestInterval)
    return window.now.seconds(since: roseAt) <= intervals * interval
  }

  /// Whether so much is delivered again, and all the time, that it can only go in a circle.
  private static func isLoop(at index: Int, in window: Window) -> Bool {
    let span = Limits.steadySeconds
    guard
      let redelivered = window.rate(\.redelivered, ofQueue: index, over: span),
      redelivered >= window.tuning[.poisonPerSecond],
      let acknowledged = window.rate(\.acknowledged, ofQueue: index, over: span),
      redelivered > acknowledged,
      let late = window.queueSums.sums(of: index, agedSeconds: span),
      late.seconds >= span - Limits.columnSeconds
    else { return false }
    let queue = window.newest.queues[index]
    let again = queue.redelivered - min(late.sums.redelivered, queue.redelivered)
    let back = queue.requeued - min(late.sums.requeued, queue.requeued)
    let isFlat = Double(late.sums.depth - queue.depth) <= max(5, Double(again) / 10)
    // RabbitMQ does not count what comes back.
    let isCircle = queue.requeued == 0 || Double(back) >= 0.8 * Double(again)
    return isFlat && isCircle && isSteady(at: index, in: window)
  }

  /// Whether something was delivered again in each step: what a consumer held when it died comes back
  /// at once.
  private static func isSteady(at index: Int, in window: Window) -> Bool {
    let step = max(window.refreshSeconds, 2 * Limits.columnSeconds)
    var newer = window.newest.queues[index].redelivered
    var age = step
    while age <= Limits.steadySeconds + 0.01 {
      guard let older = window.queueSums.sums(of: index, agedSeconds: age)?.sums.redelivered,
        older < newer
      else { return false }
      newer = older
      age += step
    }
    return true
  }

  private static func finding(at index: Int, in window: Window) -> Finding {
    let queue = window.newest.queues[index]
    let rate = window.rate(\.redelivered, ofQueue: index)
    let bouncer = bouncer(at: index, in: window)
    return Finding(
      rule: .poison,
      subject: .queue(queue.identity),
      triage: .consumer,
      text: text(at: index, rate: rate, bouncer: bouncer, in: window),
      since: queue.mostReturned?.since,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: evidence(at: index, rate: rate, in: window),
      advice: advice(for: queue)
    )
  }

  /// Whether most of what comes back is one message.
  private static func isOne(_ rate: Double?, at index: Int, in window: Window) -> Bool {
    guard let returns = window.queues[index].returns else { return false }
    guard let rate, rate >= window.tuning[.poisonPerSecond] else { return true }
    return returns.perSecond >= rate / 2
  }

  private static func text(
    at index: Int,
    rate: Double?,
    bouncer: String?,
    in window: Window
  ) -> String {
    let pace = rate.map { $0 > 0 ? " (\(Format.rate($0))/s)" : "" } ?? ""
    let by = bouncer.map { ", given back by \($0)" } ?? ""
    guard let message = window.newest.queues[index].mostReturned else {
      return "messages come back again and again\(pace)\(by)"
    }
    let times = "\(Format.count(message.count)) times"
    if isOne(rate, at: index, in: window) { return "1 message came back \(times)\(pace)\(by)" }
    return "messages come back\(pace), one of them \(times)\(by)"
  }

  /// Who gave it back last, or gets most of what comes back.
  private static func bouncer(at index: Int, in window: Window) -> String? {
    let places = window.consumersOfQueue[index]
    if let identifier = window.newest.queues[index].mostReturned?.consumerIdentifier {
      let known = places.first { window.consumers[$0].identifier == identifier }
      return known.map { window.newest.consumers[$0].shownName } ?? "a consumer that is gone"
    }
    let rates = places.map { (place: $0, rate: window.rate(\.redelivered, ofConsumer: $0) ?? 0) }
    guard let most = rates.max(by: { $0.rate < $1.rate }), most.rate > 0 else { return nil }
    return window.newest.consumers[most.place].shownName
  }

  private static func evidence(at index: Int, rate: Double?, in window: Window) -> [String] {
    let queue = window.newest.queues[index]
    var evidence: [String] = []
    if let message = queue.mostReturned {
      let name = message.messageIdentifier.map { "Message \"\($0)\"" } ?? "A message without an id"
      let age = Format.span(window.now.seconds(since: message.since))
      evidence.append(
        "\(name), routing key \"\(message.routingKey)\", came back "
          + "\(Format.count(message.count)) times in \(age)."
      )
    }
    if let rate, let delivered = window.rate(\.delivered, ofQueue: index), delivered > 0 {
      let share = Phrase.percent(rate / delivered)
      evidence.append(
        "\(share) of the \(Format.rate(delivered)) deliveries a second were delivered before."
      )
    }
    let depth = Format.count(queue.depth)
    evidence.append(
      queue.ready > 1
        ? "\(Format.count(queue.ready)) wait beside it."
        : "The depth is \(depth): an alarm on depth sees nothing."
    )
    return evidence
  }

  private static func advice(for queue: QueueSnapshot) -> [Finding.Advice] {
    var advice = [
      Finding.Advice(
        action: "peek",
        "look at the message, and park it from there: the rest goes on"
      ),
      Finding.Advice(action: "move", "or move what is ready to a parking queue"),
    ]
    if let exchange = queue.bounds.deadLetterExchange {
      let name = exchange.isEmpty ? "the default exchange" : exchange
      advice.append(
        Finding.Advice("reject it without requeue: it then goes to \(name), as dead letters do")
      )
    } else {
      advice.append(
        Finding.Advice("give the queue a dead letter exchange and a delivery limit: loops then end")
      )
    }
    return advice
  }
}
