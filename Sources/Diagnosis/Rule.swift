/// A rule: one kind of trouble that the broker's figures show.
///
/// The raw value is its name in the config, in exports and of its documentation page.
package enum Rule: String, Sendable, Hashable, CaseIterable {
  // Causes stand before what follows from them, the worst first: findings are listed so.

  /// The broker's sums do not add up.
  case ledger
  /// A resource is low, so that publishers wait.
  case alarm
  /// A consumer holds messages and acknowledges none.
  case stuck
  /// One message comes back again and again.
  case poison
  /// Messages wait and nobody consumes.
  case noConsumer = "no-consumer"
  /// Messages matched no queue.
  case unroutable
  /// A publisher is kept waiting.
  case blocked
  /// A queue nears its limit.
  case full
  /// Consumers work, but more comes in than they do.
  case slow
  /// A queue grows.
  case backlog
  /// A message waits for long, though few do.
  case age
  /// Messages die.
  case deadLetters = "dead-letters"
  /// One consumer holds what others could do.
  case hoarding
  /// A consumer is counted that nobody can find.
  case ghost
  /// Connections or channels come and go.
  case churn
  /// A connection opens more and more channels.
  case channelLeak = "channel-leak"
  /// A queue grows a little, for minutes.
  case leak
  /// Consumers of an older build are still there.
  case generations
  /// A binding was never hit, or says what another says.
  case bindings
  /// Much more comes in than before.
  case surge
  /// A queue shrinks: when it will be empty.
  case draining

  /// One or two words in capitals.
  package var word: String {
    switch self {
    case .ledger: "LEDGER"
    case .alarm: "ALARM"
    case .stuck: "STUCK"
    case .poison: "POISON"
    case .noConsumer: "NO CONSUMER"
    case .unroutable: "UNROUTABLE"
    case .blocked: "BLOCKED"
    case .full: "FULL"
    case .slow: "SLOW"
    case .backlog: "BACKLOG"
    case .age: "OLD"
    case .deadLetters: "DEAD LETTERS"
    case .hoarding: "HOARDING"
    case .ghost: "GHOST"
    case .churn: "CHURN"
    case .channelLeak: "CHANNEL LEAK"
    case .leak: "LEAK"
    case .generations: "OLD BUILD"
    case .bindings: "BINDINGS"
    case .surge: "SURGE"
    case .draining: "DRAINING"
    }
  }

  /// How much a finding of the rule matters.
  package var severity: Severity {
    switch self {
    case .ledger, .alarm, .stuck, .poison, .noConsumer: .critical
    case .unroutable, .blocked, .full, .slow, .backlog, .age, .deadLetters, .hoarding, .ghost,
      .churn, .channelLeak, .leak:
      .warning
    case .generations, .bindings, .surge, .draining: .note
    }
  }

  /// The rules whose findings about the same queue, or about anything where this one is about the
  /// whole broker, only follow from a finding of this rule.
  package var symptoms: Set<Rule> {
    switch self {
    case .alarm: [.blocked]
    case .stuck: [.slow, .backlog, .age, .hoarding, .leak, .full, .surge]
    case .poison: [.stuck, .slow, .backlog, .age, .hoarding, .leak]
    case .noConsumer: [.backlog, .age, .leak, .full, .surge]
    case .slow: [.backlog, .age, .leak, .surge]
    case .full: [.backlog, .leak]
    case .backlog: [.age, .leak]
    case .ledger, .unroutable, .blocked, .age, .deadLetters, .hoarding, .ghost, .churn,
      .channelLeak, .leak, .generations, .bindings, .surge, .draining:
      []
    }
  }

  /// How much a finding matters.
  package enum Severity: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Messages are not worked on, or are lost.
    case critical
    /// It will hurt, or hurts a little.
    case warning
    /// Nothing is wrong, but a person should know.
    case note

    package static func < (left: Severity, right: Severity) -> Bool {
      left.rawValue < right.rawValue
    }
  }
}
