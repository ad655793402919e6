import Telemetry

/// A queue nears its length limit, or will soon.
enum FullRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    for index in window.queues.indices where window.newest.queues[index].ready > 0 {
      guard let limit = nearest(at: index, in: window) else { continue }
      let isNear = limit.share >= window.tuning[.fullPercent] / 100
      let seconds = secondsLeft(of: limit, at: index, in: window)
      guard isNear || seconds.map({ $0 <= window.tuning[.fullSeconds] }) ?? false else { continue }
      findings.append(finding(of: limit, seconds: seconds, at: index, in: window))
    }
    return findings
  }

  /// Which of its limits a queue is next to.
  private struct Limit {
    var value: Int
    var limit: Int
    var isBytes: Bool

    var share: Double { Double(value) / Double(max(1, limit)) }

    var words: String {
      let of = isBytes ? Format.bytes(value) : Format.count(value)
      let all = isBytes ? Format.bytes(limit) : Format.count(limit)
      return "\(of) of \(all) (\(Phrase.percent(share)))"
    }
  }

  private static func nearest(at index: Int, in window: Window) -> Limit? {
    let bounds = window.newest.queues[index].bounds
    let length = bounds.maximumLength.map { limit in
      Limit(value: window.newest.queues[index].ready, limit: limit, isBytes: false)
    }
    let bytes = bounds.maximumBytes.map { limit in
      Limit(value: window.newest.queues[index].readyBytes, limit: limit, isBytes: true)
    }
    guard let length else { return bytes }
    guard let bytes else { return length }
    return bytes.share > length.share ? bytes : length
  }

  /// How long until the limit is reached as it grows now; nil when it does not grow, 0 when it is
  /// reached.
  private static func secondsLeft(
    of limit: Limit,
    at index: Int,
    in window: Window
  ) -> Double? {
    if limit.value >= limit.limit { return 0 }
    guard window.queues[index].isGrowing, let growth = window.growth(ofQueue: index),
      growth.perSecond > 0
    else { return nil }
    let ready = window.newest.queues[index].ready
    // Bytes grow as messages do, each as long as those that wait.
    let each = limit.isBytes ? Double(limit.value) / Double(max(1, ready)) : 1
    guard each > 0 else { return nil }
    return Double(limit.limit - limit.value) / (growth.perSecond * each)
  }

  private static func finding(
    of limit: Limit,
    seconds: Double?,
    at index: Int,
    in window: Window
  ) -> Finding {
    let queue = window.newest.queues[index]
    let effect = effect(on: queue)
    let text: String
    if let seconds, seconds > 0 {
      text = "\(limit.words), full in \(Format.span(seconds)): then \(effect)"
    } else if seconds != nil {
      text = "\(limit.words): \(effect)"
    } else {
      text = "\(limit.words): when it is full, \(effect)"
    }
    var advice = [
      Finding.Advice(action: "add", "add a consumer"),
      Finding.Advice("raise the limit, if there is room for more"),
    ]
    if queue.bounds.overflow == .dropHead, queue.bounds.deadLetterExchange == nil {
      advice.append(
        Finding.Advice("give it a dead letter exchange, or reject-publish, so that none is lost")
      )
    }
    return Finding(
      rule: .full,
      subject: .queue(queue.identity),
      triage: queue.consumerCount == 0 || window.queues[index].before?.arrivals == nil
        ? .consumer : triage(at: index, in: window),
      text: text,
      since: window.queues[index].isGrowing ? window.queues[index].turn.at : nil,
      uncertaintySeconds: window.refreshSeconds > 1 ? window.refreshSeconds : 0,
      evidence: evidence(of: queue, at: index, in: window),
      advice: advice
    )
  }

  private static func triage(at index: Int, in window: Window) -> Finding.Triage {
    let arrivals = window.rate(\.enqueued, ofQueue: index, over: Limits.steadySeconds)
    guard let arrivals, let usual = window.queues[index].before?.arrivals else { return .consumer }
    return arrivals >= usual * BacklogRule.risen ? .load : .consumer
  }

  private static func effect(on queue: QueueSnapshot) -> String {
    let end = queue.bounds.deadLetterExchange.map { $0.isEmpty ? "the default exchange" : $0 }
    return switch queue.bounds.overflow {
    case .dropHead:
      end.map { "the oldest go to \($0)" } ?? "the oldest are lost"
    case .rejectPublish: "it refuses what is published"
    case .rejectPublishToDeadLetters:
      end.map { "what is published goes to \($0)" } ?? "it refuses what is published"
    }
  }

  private static func evidence(
    of queue: QueueSnapshot,
    at index: Int,
    in window: Window
  ) -> [String] {
    var evidence = [
      "It takes \(limits(of: queue)) (\(queue.bounds.overflow.rawValue))."
    ]
    let arrivals = window.rate(\.enqueued, ofQueue: index, over: Limits.steadySeconds)
    let gone = window.rate(\.gone, ofQueue: index, over: Limits.steadySeconds)
    if let arrivals, let gone {
      evidence.append("In \(Format.rate(arrivals))/s, out \(Format.rate(gone))/s.")
    }
    if queue.dropped > 0 {
      evidence.append("\(Format.count(queue.dropped)) were dropped since the broker started.")
    }
    if queue.refused > 0 {
      evidence.append("\(Format.count(queue.refused)) were refused since the broker started.")
    }
    if queue.deadLetters.maximumLength > 0 {
      evidence.append(
        "\(Format.count(queue.deadLetters.maximumLength)) became dead letters because it was full."
      )
    }
    return evidence
  }

  private static func limits(of queue: QueueSnapshot) -> String {
    let length = queue.bounds.maximumLength.map { "\(Format.count($0)) messages" }
    let bytes = queue.bounds.maximumBytes.map { Format.bytes($0) }
    return [length, bytes].compactMap { $0 }.joined(separator: " or ")
  }
}
