import Telemetry

/// Which findings are causes, which only follow from them, and how far a trouble reaches.
enum Causes {
  /// Returns the findings that are causes, in order, with what follows from them inside.
  ///
  /// - Complexity: O(findings · symptoms), where few queues have more than a few.
  static func settled(_ findings: [Finding]) -> [Finding] {
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
    sayReach(&causes)
    return causes
  }

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
    var hidden: Set<Int> = []
    for (index, finding) in findings.enumerated() {
      let near = finding.subject.queue.flatMap { places[$0] } ?? []
      let cause = (wide + near).first { place in
        place != index && !hidden.contains(place)
          && findings[place].rule.symptoms.contains(finding.rule)
      }
      guard let cause else { continue }
      hidden.insert(index)
      findings[cause].symptoms.append(
        Finding.Symptom(rule: finding.rule, subject: finding.subject, text: finding.text)
      )
    }
    findings = findings.enumerated().filter { !hidden.contains($0.offset) }.map(\.element)
  }

  /// Troubles that begin so close together are said to belong together.
  static let togetherSeconds = 30.0

  /// Says of each queue's trouble whether others began with it.
  private static func sayReach(_ findings: inout [Finding]) {
    let begun: [(since: Instant, queue: QueueIdentity)] = findings.compactMap { finding in
      guard finding.rule.severity != .note, let since = finding.since,
        let queue = finding.subject.queue
      else { return nil }
      return (since, queue)
    }
    for index in findings.indices where findings[index].rule.severity != .note {
      guard let since = findings[index].since, let queue = findings[index].subject.queue else {
        continue
      }
      var others: [String] = []
      var seen: Set<QueueIdentity> = [queue]
      for other in begun where abs(other.since.seconds(since: since)) <= togetherSeconds {
        if seen.insert(other.queue).inserted { others.append(other.queue.shownName) }
      }
      findings[index].reach = Self.words(for: others)
    }
  }

  private static func words(for others: [String]) -> String {
    switch others.count {
    case 0: "isolated: no other queue is in trouble since then"
    case 1...3: "not alone: \(others.joined(separator: ", ")) began within 30 s of it"
    default: "not alone: \(others.count) other queues began within 30 s of it"
    }
  }
}
