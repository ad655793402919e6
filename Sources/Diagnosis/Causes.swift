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
    let order = Dictionary(uniqueKeysWithValues: Rule.allCases.enumerated().map { ($1, $0) })
    var causes = findings.enumerated().sorted { left, right in
      let (leftRule, rightRule) = (order[left.element.rule] ?? 0, order[right.element.rule] ?? 0)
      let (leftWeight, rightWeight) = (left.element.rule.severity, right.element.rule.severity)
      if leftWeight != rightWeight { return leftWeight < rightWeight }
      if leftRule != rightRule { return leftRule < rightRule }
      let (leftSince, rightSince) = (left.element.since, right.element.since)
      if leftSince != rightSince { return (leftSince ?? .zero) < (rightSince ?? .zero) }
      return left.offset < right.offset
    }.map(\.element)
    hideSymptoms(&causes)
    sayReach(&causes, in: window)
    return causes
  }

  /// Puts each symptom into the cause at the end of the chain: what follows from a stuck consumer
  /// follows from the poison that it is stuck on.
  private static func hideSymptoms(_ findings: inout [Finding]) {
    var places: [QueueIdentity: [Int]] = [:]
    var wide: [Int] = []
    for (index, finding) in findings.enumerated() where !finding.rule.symptoms.isEmpty {
      if let queue = finding.subject.queue {
        places[queue, default: []].append(index)
      } else if finding.subject.isBrokerWide {
        wide.append(index)
      }
    }
    var causes: [Int: Int] = [:]
    for (index, finding) in findings.enumerated() {
      func isCause(_ place: Int) -> Bool {
        place != index && findings[place].rule.symptoms.contains(finding.rule)
      }
      let near = finding.subject.queue.flatMap { places[$0] } ?? []
      causes[index] = wide.first(where: isCause) ?? near.first(where: isCause)
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
