package import Diagnosis
package import Telemetry

/// What is done about a new critical finding.
package struct Alerts: OptionSet, Sendable, Hashable {
  package let rawValue: Int

  /// - Parameter rawValue: A bit for each.
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The terminal's bell rings.
  package static let bell = Alerts(rawValue: 1)
  /// A command gets the finding.
  package static let command = Alerts(rawValue: 2)
}

/// Knows which critical findings are news: each is told once while it lasts, and again only when it
/// was gone for ``Limits/alertCalmSeconds``.
package struct AlertWatch: Sendable {
  private var lastSeen: [Finding.Identity: Instant] = [:]

  /// Makes one to which everything is news.
  package init() {}

  /// Takes what is wrong in a snapshot.
  ///
  /// - Parameters:
  ///   - findings: At most ``Diagnosis/Limits/findings``.
  ///   - now: When the snapshot was made.
  /// - Returns: The critical ones that are news, in the same order.
  package mutating func news(in findings: [Finding], at now: Instant) -> [Finding] {
    lastSeen = lastSeen.filter { now.seconds(since: $0.value) < Limits.alertCalmSeconds }
    var news: [Finding] = []
    for finding in findings where finding.rule.severity == .critical {
      if lastSeen.updateValue(now, forKey: finding.identity) == nil { news.append(finding) }
    }
    return news
  }
}

extension Model {
  /// What is done about what is newly wrong in the newest snapshot; the same as the screen says, so
  /// that what only follows from something that is known already alerts nobody.
  mutating func alertEffects() -> [Effect] {
    guard !options.alerts.isEmpty, let broker = live.broker else { return [] }
    let findings = live.problems.listed.compactMap(\.finding)
    let news = alertWatch.news(in: findings, at: broker.at)
    if news.isEmpty { return [] }
    var effects: [Effect] = options.alerts.contains(.bell) ? [.bell] : []
    if options.alerts.contains(.command) {
      effects += news.map { .alert(FindingRecord($0, in: broker)) }
    }
    return effects
  }
}
