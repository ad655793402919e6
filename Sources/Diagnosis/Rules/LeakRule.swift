import Telemetry

/// The least that is in a queue rises minute after minute, if only by little.
enum LeakRule {
  static func findings(in window: Window) -> [Finding] {
    var findings: [Finding] = []
    let minutes = Int(window.tuning[.leakMinutes])
    for index in window.queues.indices where window.newest.queues[index].depth > leastRise {
      guard window.queues[index].minima.count > minutes, !window.isHeldBack(queue: index),
        !window.isPauseBeforeAnotherTry(queue: index)
      else { continue }
      // The newest minute is not over.
      let minima = Array(window.queues[index].minima.dropLast().suffix(minutes))
      guard minima.count == minutes, isRising(minima),
        window.newest.queues[index].depth >= minima[minima.count - 1]
      else { continue }
      findings.append(finding(of: minima, at: index, in: window))
    }
    return findings
  }

  /// A few messages more are none.
  private static let leastRise = 10
  /// Such a part of the minutes may go by without a rise.
  private static let flatShare = 1.0 / 3

  private static func isRising(_ minima: [Int]) -> Bool {
    guard let first = minima.first, let last = minima.last, last - first >= leastRise else {
      return false
    }
    var flat = 0
    var most = 0
    for (before, after) in zip(minima, minima.dropFirst()) {
      if after < before { return false }
      if after == before { flat += 1 }
      most = max(most, after - before)
    }
    // One jump is none, however many still messages follow it.
    return Double(flat) <= flatShare * Double(minima.count - 1) && 2 * most <= last - first
  }

  /// Where the depth turned, if that was before the minutes that prove it.
  private static func onset(of minima: [Int], at index: Int, in window: Window) -> Instant? {
    let facts = window.queues[index]
    let proof = window.now.advanced(bySeconds: -60 * Double(minima.count))
    return facts.isGrowing && facts.turn.at <= proof ? facts.turn.at : nil
  }

  private static func finding(of minima: [Int], at index: Int, in window: Window) -> Finding {
    let queue = window.newest.queues[index]
    let first = minima[0]
    let last = minima[minima.count - 1]
    let perHour = Double(last - first) / Double(minima.count - 1) * 60
    let seconds = Double(10 * queue.depth - queue.depth) / perHour * 3_600
    let arrivals = window.queues[index].usual.arrivals
    var evidence = [
      "Its least of each minute: "
        + minima.map { Format.count($0) }.joined(separator: ", ") + "."
    ]
    if let arrivals {
      evidence.append(
        "\(Format.rate(arrivals))/s come in, \(Format.rate(perHour / 3_600))/s less leave."
      )
    }
    evidence.append(
      "\(Format.count(queue.ready)) wait, \(Format.count(queue.unacked)) are held."
    )
    return Finding(
      rule: .leak,
      subject: .queue(queue.identity),
      triage: .consumer,
      text: "\(Format.count(queue.depth)), and \(Format.count(Int(perHour + 0.5))) more an hour; "
        + "ten times as many in \(Format.span(seconds))",
      since: onset(of: minima, at: index, in: window),
      uncertaintySeconds: 60,
      evidence: evidence,
      advice: queue.unacked > queue.ready
        ? [
          Finding.Advice("look for a path in its consumer on which it never acknowledges"),
          Finding.Advice(action: "prefetch", "a limit keeps what it holds small"),
        ]
        : [
          Finding.Advice(action: "peek", "look at what stays"),
          Finding.Advice(action: "add", "add a consumer"),
        ]
    )
  }
}
