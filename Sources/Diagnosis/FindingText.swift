package import Telemetry

/// A finding as plain text, for reports and for `--on-alert` commands that read no JSON.
///
///     STUCK order.points: holds its whole prefetch and acknowledges none
///       since 05:31:47 (1m25s), CONSUMER, critical
///       isolated: nothing else came into trouble with it
///       why  Both consumers hold their whole prefetch.
///       try  kill points-1: 10 messages return at once (kill)
///       so   order.points BACKLOG: 4 230 wait, +50.0 a second
package enum FindingText {
  /// Returns the finding's lines; names from the network in them are not yet made safe for a
  /// terminal.
  ///
  /// - Parameters:
  ///   - finding: What was found.
  ///   - snapshot: What it was found in.
  ///   - offsetSeconds: How far the times of day lie east of UTC.
  /// - Returns: One line for what is so, then those that prove it, indented by two spaces.
  package static func lines(
    _ finding: Finding,
    in snapshot: BrokerSnapshot,
    offsetSeconds: Int
  ) -> [String] {
    var lines = [headline(finding)]
    let severity = finding.rule.severity.name
    let when = since(finding, in: snapshot, offsetSeconds: offsetSeconds).map { "\($0), " } ?? ""
    lines.append("  \(when)\(finding.triage.rawValue), \(severity)")
    if !finding.reach.isEmpty { lines.append("  \(finding.reach)") }
    lines += finding.evidence.map { "  why  \($0)" }
    lines += finding.advice.map { advice in
      "  try  \(advice.text)\(advice.action.map { " (\($0))" } ?? "")"
    }
    lines += finding.symptoms.map { symptom in
      "  so   \(symptom.subject.shownName) \(symptom.rule.word): \(symptom.text)"
    }
    return lines
  }

  /// Returns what is so, in one line: `STUCK order.points: ...`.
  package static func headline(_ finding: Finding) -> String {
    "\(finding.rule.word) \(finding.subject.shownName): \(finding.text)"
  }

  /// Says since when it is so.
  ///
  /// - Parameters:
  ///   - finding: What was found.
  ///   - snapshot: What it was found in.
  ///   - offsetSeconds: How far the time of day lies east of UTC.
  /// - Returns: `since 05:31:47 ±5 s (1m25s)`; nil when nobody knows.
  package static func since(
    _ finding: Finding,
    in snapshot: BrokerSnapshot,
    offsetSeconds: Int
  ) -> String? {
    guard let since = finding.since else { return nil }
    let clock = Format.time(snapshot.wallTime(of: since), offsetSeconds: offsetSeconds)
    // What a clock to the second cannot show needs no words.
    let doubt =
      finding.uncertaintySeconds > 1 ? " ±\(Format.seconds(finding.uncertaintySeconds))" : ""
    return "since \(clock)\(doubt) (\(Format.span(snapshot.at.seconds(since: since))))"
  }
}
