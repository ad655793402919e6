import Diagnosis
import Telemetry

/// Sees which verdicts begin and which are over, from one picture to the next.
struct VerdictWatch: Sendable {
  private var open: [Finding.Identity: Open] = [:]
  private var seenAt: Instant?

  /// A verdict that is not over.
  struct Open: Sendable {
    let identity: Finding.Identity
    var since: Instant
    var lastSeen: Instant
    /// The number of the event that says that it began; nil when none does.
    var number: UInt64?
  }

  /// What became of a verdict.
  enum Change: Sendable {
    case begins(Finding)
    /// The event with this number lies elsewhere in time.
    case moves(UInt64, to: Instant)
    case ends(Open)
    /// So many begin that they are not said one by one.
    case more(Int)
  }

  /// Looks at what is wrong now.
  ///
  /// One that is gone for less than ``Limits/plainCalmSeconds`` goes on, and so does one that now
  /// counts as what follows from another.
  ///
  /// - Complexity: O(findings), and nothing where all is well.
  /// - Parameters:
  ///   - picture: With what the diagnosis found.
  ///   - now: The instant of its newest snapshot.
  /// - Returns: What changed, the beginnings first.
  mutating func examine(_ picture: Picture, at now: Instant) -> [Change] {
    let findings = picture.diagnosis.findings
    defer { seenAt = now }
    if findings.isEmpty, open.isEmpty { return [] }
    var changes: [Change] = []
    var unsaid = 0
    for finding in Problems.verdicts(in: picture) {
      if let known = open[finding.identity] {
        if let change = follow(finding, known) { changes.append(change) }
        continue
      }
      let isSaid = changes.count < Limits.verdictEvents
      if !isSaid { unsaid += 1 }
      let since = finding.since ?? now
      open[finding.identity] = Open(identity: finding.identity, since: since, lastSeen: now)
      if isSaid { changes.append(.begins(finding)) }
    }
    if unsaid > 0 { changes.append(.more(unsaid)) }
    for finding in findings {
      see(finding.identity, at: now)
      for symptom in finding.symptoms {
        see(symptom.identity, at: now)
      }
    }
    // Where not all are listed, nobody knows whether one is over.
    if picture.diagnosis.troubleCount <= findings.count { changes += takeEnded(at: now) }
    return changes
  }

  /// Says which event tells that a verdict began.
  mutating func note(_ number: UInt64, of identity: Finding.Identity) {
    open[identity]?.number = number
  }

  private mutating func see(_ identity: Finding.Identity, at now: Instant) {
    open[identity]?.lastSeen = now
  }

  private mutating func follow(_ finding: Finding, _ known: Open) -> Change? {
    guard let since = finding.since, known.lastSeen == seenAt,
      abs(since.seconds(since: known.since)) >= Limits.onsetMoveSeconds
    else { return nil }
    open[finding.identity]?.since = since
    return known.number.map { .moves($0, to: since) }
  }

  private mutating func takeEnded(at now: Instant) -> [Change] {
    let ended = open.values.filter {
      now.seconds(since: $0.lastSeen) >= Limits.plainCalmSeconds
    }
    for over in ended { open[over.identity] = nil }
    return ended.filter { $0.number != nil }
      .sorted { ($0.lastSeen, $0.number ?? 0) < ($1.lastSeen, $1.number ?? 0) }
      .map { .ends($0) }
  }
}
