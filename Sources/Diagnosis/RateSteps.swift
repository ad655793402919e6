package import Telemetry

/// A rate of messages that changed for good: to twice as much or more, or to half or less.
package struct RateStep: Sendable, Hashable {
  /// The whole broker, of which it is what is published, or a queue, of which it is what comes in.
  package let subject: Subject
  /// Messages a second.
  package let before: Double
  package let now: Double
  /// When it changed; seen some seconds later.
  package let at: Instant
}

/// Finds the steps of rates that are worth a word: few, and none that only follows from another.
struct RateSteps: Sendable {
  /// Those that were found with the newest snapshot.
  private(set) var newest: [RateStep] = []
  private var publishing = RateCourse()
  private var published: UInt64?
  /// The last step of what is published.
  private var whole: RateStep?
  /// Those of queues that wait for one of the whole broker that they follow from.
  private var waiting: [RateStep] = []
  /// When steps were said, in the last ``spanSeconds``.
  private var saidAt: [Instant] = []

  /// A queue's step that is so near one of the whole broker follows from it.
  private static let nearSeconds = 4.0
  /// So long a queue's step waits for it, since it changed.
  private static let patience = 8.0
  /// In so many seconds, at most so many steps are said.
  private static let spanSeconds = 60.0
  private static let most = 6

  /// Takes what is published, and what was found of the queues.
  ///
  /// - Parameters:
  ///   - sum: What was published of all time.
  ///   - changes: The queues' changes, seen with this snapshot.
  ///   - step: The snapshot.
  mutating func record(published sum: UInt64, _ changes: [RateStep], in step: Step) {
    newest = []
    if let published, sum >= published {
      if let change = publishing.follow(sum - published, in: step) {
        let found = RateStep(
          subject: .broker,
          before: change.before,
          now: change.now,
          at: change.at
        )
        whole = found
        say(found, at: step.now)
      }
    } else if published != nil {
      publishing = RateCourse()
    }
    published = sum
    if waiting.isEmpty, changes.isEmpty { return }
    waiting += changes.prefix(Self.most)
    let (due, rest) = (
      waiting.filter { isDue($0, at: step) }, waiting.filter { !isDue($0, at: step) }
    )
    waiting = Array(rest.suffix(Self.most))
    for found in due where !follows(found) { say(found, at: step.now) }
  }

  private func isDue(_ found: RateStep, at step: Step) -> Bool {
    step.now.seconds(since: found.at) >= Self.patience
  }

  /// Whether as much more, or less, is published.
  private func follows(_ found: RateStep) -> Bool {
    guard let whole, abs(whole.at.seconds(since: found.at)) <= Self.nearSeconds else {
      return false
    }
    return (whole.now > whole.before) == (found.now > found.before)
  }

  private mutating func say(_ found: RateStep, at now: Instant) {
    saidAt.removeAll { now.seconds(since: $0) >= Self.spanSeconds }
    guard saidAt.count < Self.most else { return }
    saidAt.append(now)
    newest.append(found)
  }
}
