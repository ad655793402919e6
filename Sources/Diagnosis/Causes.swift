import Telemetry

/// Which findings are causes, which only follow from them, and how far a trouble reaches.
enum Causes {
  /// Returns the findings that are causes, in order, with what follows from them inside.
  ///
  /// - Parameters:
  ///   - findings: What all rules found.
  ///   - window: What they saw; without it the reach names no connection, exchange or host.
  /// - Returns: The worst first, the oldest of equals first; the reach is said of those that are
  ///   listed.
  /// - Complexity: O(findings · log findings), where few queues have more than a few.
  static func settled(_ findings: [Finding], in window: Window? = nil) -> [Finding] {
    var causes = places(of: findings).map { findings[$0] }
    hideSymptoms(&causes)
    sayReach(&causes, in: window)
    return causes
  }

  private static func places(of findings: [Finding]) -> [Int] {
    struct Place {
      var weight: Int
      var since: Instant
      var index: Int
    }
    let order = Dictionary(uniqueKeysWithValues: Rule.allCases.enumerated().map { ($1, $0) })
    let places = findings.indices.map { index in
      let rule = findings[index].rule
      return Place(
        weight: rule.severity.rawValue * order.count + (order[rule] ?? 0),
        since: findings[index].since ?? .zero,
        index: index
      )
    }
    return places.sorted { left, right in
      if left.weight != right.weight { return left.weight < right.weight }
      if left.since != right.since { return left.since < right.since }
      return left.index < right.index
    }
    .map(\.index)
  }

  /// Puts each symptom into the cause at the end of the chain: what follows from a stuck consumer
  /// follows from the poison that it is stuck on.
  private static func hideSymptoms(_ findings: inout [Finding]) {
    // The first possible cause of each queue, and after each the next of the same queue.
    var first: [QueueIdentity: Int] = [:]
    var next: [Int: Int] = [:]
    var wide: [Int] = []
    for index in findings.indices.reversed() where !findings[index].rule.symptoms.isEmpty {
      if let queue = findings[index].subject.queue {
        next[index] = first.updateValue(index, forKey: queue)
      } else if findings[index].subject.isBrokerWide {
        wide.insert(index, at: 0)
      }
    }
    if first.isEmpty, wide.isEmpty { return }
    var causes: [Int: Int] = [:]
    for index in findings.indices {
      let rule = findings[index].rule
      func isCause(_ place: Int) -> Bool {
        place != index && findings[place].rule.symptoms.contains(rule)
      }
      if let cause = wide.first(where: isCause) {
        causes[index] = cause
        continue
      }
      var place = findings[index].subject.queue.flatMap { first[$0] }
      while let near = place, !isCause(near) { place = next[near] }
      causes[index] = place
    }
    if causes.isEmpty { return }
    for index in findings.indices {
      guard var root = causes[index] else { continue }
      // No rule is a symptom of its own symptoms, so that this ends.
      while let further = causes[root] { root = further }
      let hidden = findings[index]
      findings[root].symptoms.append(
        Finding.Symptom(rule: hidden.rule, subject: hidden.subject, text: hidden.text)
      )
    }
    findings = findings.enumerated().filter { causes[$0.offset] == nil }.map(\.element)
  }

  /// Says of each trouble whether others began with it.
  private static func sayReach(_ findings: inout [Finding], in window: Window?) {
    let listed = findings.prefix(Limits.findings)
    guard listed.contains(where: { $0.rule.severity != .note && $0.subject.queue != nil }) else {
      return
    }
    let reach = Reach(of: findings, in: window)
    for index in findings.indices.prefix(Limits.findings) {
      findings[index].reach = reach.words(for: findings[index])
    }
  }
}
