import Canvas
import Telemetry

/// The dashboard as lines of words, for screen readers and pipes: what changed, and nothing else.
///
/// A line is a time of day and a sentence. No line has a colour, a chart or a mark that only eyes
/// can read.
package struct PlainStream: Sendable {
  /// What is told once while it lasts.
  private struct Subject: Hashable {
    var word: String
    var name: String
  }

  /// A problem that was told.
  private struct Told {
    var problem: Problem
    var since: Instant
    var lastSeenAt: Instant
  }

  private var hasBegun = false
  private var newestEvent: UInt64?
  private var told: [Subject: Told] = [:]
  private var toast: Model.Toast?
  private var lab: (state: LabState, mode: CallMode, load: Double)?
  private var wasStale = false
  private var brokerStartedAt: Instant?

  /// Whether much at once is cut short: a person can ask for the rest.
  private let isBounded: Bool

  /// - Parameter isBounded: Whether much at once is cut short.
  package init(isBounded: Bool = true) {
    self.isBounded = isBounded
  }

  /// Returns what changed since the last call, at first a summary; where it is bounded, at most
  /// ``Limits/plainLines`` lines and one that says how many more there are.
  ///
  /// - Returns: Nothing before the first snapshot, and while nothing changes.
  package mutating func changes(in model: Model) -> [String] {
    guard let broker = model.live.broker else { return [] }
    var said: [String] = []
    guard hasBegun else {
      hasBegun = true
      begin(with: model, at: broker.at)
      return PlainSummary.short(of: model)
    }
    said += labChanges(in: model)
    said += newEvents(in: model)
    said += problemChanges(in: model, at: broker.at)
    said += staleness(in: model)
    if let text = answer(in: model) { said.append(text) }
    return (isBounded ? PlainSummary.bounded(said) : said).map { PlainSummary.line($0, in: model) }
  }

  // MARK: - What was told

  private mutating func begin(with model: Model, at now: Instant) {
    _ = labChanges(in: model)
    _ = newEvents(in: model)
    _ = problemChanges(in: model, at: now)
    _ = staleness(in: model)
    _ = answer(in: model)
  }

  private mutating func labChanges(in model: Model) -> [String] {
    guard let now = model.live.lab else { return [] }
    defer { lab = (now.state, now.mode, now.offeredPerSecond) }
    if let lab, lab.state == now.state, lab.mode == now.mode, lab.load == now.offeredPerSecond {
      return []
    }
    return [PlainSummary.sentence(about: now)]
  }

  private mutating func newEvents(in model: Model) -> [String] {
    // Verdicts are told by themselves, and every event in the order in which it becomes known.
    let events = model.live.log.events.filter { !$0.isVerdict }.sorted { $0.number < $1.number }
    let startedAt = model.live.broker?.identity.startedAt
    // Another life of the broker counts its events from the start.
    if startedAt != brokerStartedAt { newestEvent = nil }
    brokerStartedAt = startedAt
    guard let last = events.last else { return [] }
    defer { newestEvent = last.number }
    let fresh = newestEvent.map { seen in events.filter { $0.number > seen } } ?? events
    return fresh.map { event in
      switch event.severity {
      case .information: event.text
      case .warning: "warning: " + event.text
      case .critical: "critical: " + event.text
      }
    }
  }

  private mutating func problemChanges(in model: Model, at now: Instant) -> [String] {
    var said: [String] = []
    // That a broker elsewhere does not answer has a reason, and is said with it.
    let problems = model.isAttached ? model.listedProblems : model.live.problems.listed
    for problem in problems {
      let subject = Subject(word: problem.word, name: problem.subject)
      if told[subject] == nil {
        said.append(PlainSummary.sentence(about: problem, in: model))
        told[subject] = Told(problem: problem, since: problem.since ?? now, lastSeenAt: now)
      }
      told[subject]?.lastSeenAt = now
    }
    let over = told.filter { now.seconds(since: $0.value.lastSeenAt) >= Limits.plainCalmSeconds }
    for (subject, entry) in over.sorted(by: { $0.value.since < $1.value.since }) {
      told[subject] = nil
      let lasted = Format.span(entry.lastSeenAt.seconds(since: entry.since))
      said.append(PlainSummary.name(of: entry.problem) + " is over after \(lasted)")
    }
    return said
  }

  private mutating func staleness(in model: Model) -> [String] {
    defer { wasStale = model.isStale }
    guard model.isStale != wasStale, !model.isAttached else { return [] }
    return [
      model.isStale
        ? "the broker has said nothing for \(Format.age(model.dataAge))"
        : "the broker answers again"
    ]
  }

  /// What the last key did, or why it did nothing.
  private mutating func answer(in model: Model) -> String? {
    defer { toast = model.toast }
    guard let next = model.toast, next != toast else { return nil }
    return next.text
  }
}
