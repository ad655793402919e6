import Telemetry

/// A publisher is kept waiting.
enum BlockedRule {
  /// Why, the first that holds.
  private enum Reason: CaseIterable {
    /// A resource is low.
    case alarm
    /// The broker reads nothing from it.
    case behind
    /// It gets no confirm.
    case confirms
  }

  private struct Waiting {
    var index: Int
    var reason: Reason
    var since: Instant
  }

  static func findings(in window: Window) -> [Finding] {
    let waits = window.longTerm.waits
    if waits.isEmpty { return [] }
    var waiting: [Waiting] = []
    for index in window.newest.connections.indices {
      guard let wait = waits[window.newest.connections[index].identifier],
        let (reason, since) = reason(of: wait, in: window)
      else { continue }
      waiting.append(Waiting(index: index, reason: reason, since: since))
    }
    if waiting.count > Limits.publishersOneByOne { return [together(waiting, in: window)] }
    return waiting.map { finding(of: $0, in: window) }
  }

  private static func reason(
    of wait: LongTerm.Wait,
    in window: Window
  ) -> (Reason, Instant)? {
    func isLong(_ since: Instant) -> Bool {
      window.now.seconds(since: since) >= window.tuning[.blockedSeconds]
    }
    if let since = wait.blockedSince, !window.newest.alarms.isEmpty, isLong(since) {
      return (.alarm, since)
    }
    let behind = [wait.blockedSince, wait.flowControlledSince].compactMap { $0 }.min()
    if let behind, isLong(behind) { return (.behind, behind) }
    if let since = wait.unconfirmedSince, isLong(since), areOfOneInstant(since, in: window) {
      return (.confirms, since)
    }
    return nil
  }

  /// Whether what was published and what was not confirmed can be compared: a broker elsewhere may
  /// have measured them at two instants.
  private static func areOfOneInstant(_ since: Instant, in window: Window) -> Bool {
    window.newest.totals.isLedgerKept
      || window.now.seconds(since: since) >= Limits.elsewhereSeconds
  }

  private static func finding(of waiting: Waiting, in window: Window) -> Finding {
    let connection = window.newest.connections[waiting.index]
    let unconfirmed = Format.count(connection.unconfirmed)
    let confirms = connection.unconfirmed == 1 ? "confirm" : "confirms"
    var evidence: [String] = []
    let text =
      switch waiting.reason {
      case .alarm:
        "blocked: it published while \(alarms(in: window)) is low"
      case .behind:
        "kept waiting: the disk, or another part of the broker, does not keep up"
      case .confirms:
        "waits for \(unconfirmed) \(confirms) and gets none"
      }
    switch waiting.reason {
    case .alarm, .behind:
      evidence.append("The broker reads nothing from it.")
      if connection.unconfirmed > 0 {
        evidence.append("It waits for \(unconfirmed) \(confirms) as well.")
      }
    case .confirms:
      evidence.append(
        "\(Format.count(connection.published)) messages came from it; the broker reads from it, "
          + "and no alarm is on."
      )
    }
    return Finding(
      rule: .blocked,
      subject: .connection(identifier: connection.identifier, name: connection.name),
      triage: .broker,
      text: text,
      since: waiting.since,
      uncertaintySeconds: window.refreshSeconds,
      evidence: evidence,
      advice: advice(for: [waiting.reason])
    )
  }

  private static func together(_ waiting: [Waiting], in window: Window) -> Finding {
    var parts: [String] = []
    var evidence: [String] = []
    var reasons: [Reason] = []
    for reason in Reason.allCases {
      let some = waiting.filter { $0.reason == reason }
      if some.isEmpty { continue }
      reasons.append(reason)
      let count = Format.count(some.count)
      let names = Examples.list(some.lazy.map { window.newest.connections[$0.index].placeName })
      switch reason {
      case .alarm:
        parts.append("\(count) because \(alarms(in: window)) is low")
        evidence.append("Blocked: \(names).")
      case .behind:
        parts.append("\(count) because the disk, or another part of the broker, is behind")
        evidence.append("Nothing is read from: \(names).")
      case .confirms:
        parts.append("\(count) for confirms")
        evidence.append("Without a confirm: \(names).")
      }
    }
    return Finding(
      rule: .blocked,
      subject: .broker,
      triage: .broker,
      text: "\(Format.count(waiting.count)) publishers wait: \(parts.joined(separator: ", "))",
      since: waiting.map(\.since).min(),
      uncertaintySeconds: window.refreshSeconds,
      evidence: evidence,
      advice: advice(for: reasons)
    )
  }

  private static func alarms(in window: Window) -> String {
    window.newest.alarms.map(\.rawValue).joined(separator: " and ")
  }

  private static func advice(for reasons: [Reason]) -> [Finding.Advice] {
    reasons.flatMap { reason in
      switch reason {
      case .alarm:
        [Finding.Advice("end the alarm: what is low says how")]
      case .behind:
        [
          Finding.Advice("look at the disk that has the broker's data: is it slow, or shared"),
          Finding.Advice("publish as transient what need not outlive a restart"),
        ]
      case .confirms:
        [
          Finding.Advice(action: "open", "see which of its channels waits"),
          Finding.Advice("look at the disk: a confirm comes when it has the message"),
        ]
      }
    }
  }
}
