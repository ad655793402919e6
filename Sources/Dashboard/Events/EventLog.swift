import Diagnosis
import Telemetry

/// The newest events in the order in which they happened, at most ``Limits/events``: those that the
/// broker and the lab tell of, and those that the dashboard sees in their figures.
struct EventLog: Sendable {
  /// Sorted by time, and where that is the same by when they became known.
  private(set) var events: [TimelineEvent] = []
  /// Rises with every change.
  private(set) var version: UInt64 = 0
  private var newestSequence: UInt64?
  private var lastNumber: UInt64 = 0
  private var lastTold = Instant.zero
  private var verdicts = VerdictWatch()

  /// Takes what a snapshot tells of.
  ///
  /// - Complexity: O(new events), amortised, where few are older than the newest.
  mutating func add(_ snapshot: BrokerSnapshot) {
    guard let last = snapshot.events.last, last.sequence != newestSequence else { return }
    let seen = newestSequence
    for event in snapshot.events {
      if let seen, event.sequence <= seen { continue }
      add(event, of: snapshot)
    }
    newestSequence = last.sequence
  }

  /// Takes the rates that changed for good.
  mutating func add(_ steps: [RateStep], in picture: Picture) {
    for step in steps {
      let what: String
      if case .queue(let queue) = step.subject {
        what = queue.shownName + " in"
      } else {
        what = "publish"
      }
      add(
        step.now > step.before ? .rises : .falls,
        .information,
        "\(what) \(Format.rate(step.before))/s -> \(Format.rate(step.now))/s",
        at: step.at,
        about: step.subject,
        in: picture
      )
    }
  }

  /// Takes what is wrong: notes what begins and what is over.
  mutating func examine(_ picture: Picture) {
    guard let now = picture.broker?.at else { return }
    for change in verdicts.examine(picture, at: now) {
      switch change {
      case .begins(let finding):
        let number = add(
          .begins,
          finding.rule.severity == .critical ? .critical : .warning,
          "\(finding.rule.word) \(finding.subject.shownName): \(finding.text)",
          at: finding.since ?? now,
          about: finding.subject,
          in: picture
        )
        verdicts.note(number, of: finding.identity)
      case .moves(let number, let since): move(number, to: since, in: picture)
      case .ends(let over):
        let name = "\(over.identity.subject.shownName): \(over.identity.rule.word)"
        add(
          .ends,
          .information,
          "\(name) is over, after \(Format.span(over.lastSeen.seconds(since: over.since)))",
          at: over.lastSeen,
          about: over.identity.subject,
          in: picture
        )
      case .more(let count):
        add(.begins, .warning, "\(count) more begin at once", at: now, about: nil, in: picture)
      }
    }
  }

  /// Forgets everything: another broker counts its events from the start.
  mutating func reset() {
    let version = version
    self = EventLog()
    self.version = version + 1
  }

  private mutating func add(_ event: BrokerEvent, of snapshot: BrokerSnapshot) {
    // The clock on the wall may have been set meanwhile; the order in which they came is sure.
    let age = max(0, snapshot.wallTime.milliseconds - event.wallTime.milliseconds)
    let at = Instant(nanoseconds: max(0, snapshot.at.nanoseconds - min(age, 1 << 40) * 1_000_000))
    lastTold = min(snapshot.at, max(lastTold, at))
    lastNumber += 1
    insert(
      TimelineEvent(
        number: lastNumber,
        at: lastTold,
        wallTime: event.wallTime,
        kind: TimelineEvent.kind(of: event.text),
        severity: event.severity,
        text: event.text,
        subject: TimelineEvent.subject(of: event.text)
      )
    )
  }

  @discardableResult
  private mutating func add(
    _ kind: TimelineEvent.Kind,
    _ severity: BrokerEvent.Severity,
    _ text: String,
    at instant: Instant,
    about subject: FindingSubject?,
    in picture: Picture
  ) -> UInt64 {
    lastNumber += 1
    insert(
      TimelineEvent(
        number: lastNumber,
        at: instant,
        wallTime: picture.wallTime(of: instant) ?? WallTime(milliseconds: 0),
        kind: kind,
        severity: severity,
        text: text,
        subject: subject
      )
    )
    return lastNumber
  }

  private mutating func insert(_ event: TimelineEvent) {
    version += 1
    var place = events.count
    while place > 0, isAfter(events[place - 1], event) { place -= 1 }
    events.insert(event, at: place)
    if events.count > Limits.events { events.removeFirst(events.count - Limits.events) }
  }

  private func isAfter(_ one: TimelineEvent, _ other: TimelineEvent) -> Bool {
    one.at == other.at ? one.number > other.number : one.at > other.at
  }

  /// It is better known by now when something began.
  private mutating func move(_ number: UInt64, to instant: Instant, in picture: Picture) {
    guard let place = events.lastIndex(where: { $0.number == number }),
      let wallTime = picture.wallTime(of: instant)
    else { return }
    var event = events.remove(at: place)
    event.at = instant
    event.wallTime = wallTime
    insert(event)
  }
}
