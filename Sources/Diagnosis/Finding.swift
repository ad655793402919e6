package import Telemetry

/// Something that a rule found, in words.
package struct Finding: Sendable, Hashable {
  package var rule: Rule
  package var subject: Subject
  /// Where to look for the cause.
  package var triage: Triage
  /// What is so, in one line without the subject's name; names from the network in it are not yet
  /// made safe for a terminal.
  package var text: String
  /// When it began; nil when that is not known.
  package var since: Instant?
  /// By how many seconds ``since`` may be wrong to either side.
  package var uncertaintySeconds: Double
  /// The numbers that prove it, a sentence each.
  package var evidence: [String]
  /// What to try, the most helpful first.
  package var advice: [Advice]
  /// What only follows from it: the words of those findings with their subjects.
  package var symptoms: [Symptom]
  /// How far it reaches: `isolated`, or what else is affected; empty where that says nothing.
  package var reach: String

  /// - Parameters:
  ///   - rule: What kind of trouble it is.
  ///   - subject: What it is about.
  ///   - triage: Where to look for the cause.
  ///   - text: What is so, in one line.
  ///   - since: When it began.
  ///   - uncertaintySeconds: By how much that may be wrong.
  ///   - evidence: The numbers that prove it.
  ///   - advice: What to try.
  package init(
    rule: Rule,
    subject: Subject,
    triage: Triage,
    text: String,
    since: Instant? = nil,
    uncertaintySeconds: Double = 0,
    evidence: [String] = [],
    advice: [Advice] = []
  ) {
    self.rule = rule
    self.subject = subject
    self.triage = triage
    self.text = text
    self.since = since
    self.uncertaintySeconds = uncertaintySeconds
    self.evidence = evidence
    self.advice = advice
    symptoms = []
    reach = ""
  }

  /// What tells a finding from every other, for as long as it lasts.
  package struct Identity: Sendable, Hashable {
    package var rule: Rule
    package var subject: Subject
  }

  package var identity: Identity { Identity(rule: rule, subject: subject) }

  /// A finding that only follows from another.
  package struct Symptom: Sendable, Hashable {
    package var rule: Rule
    package var subject: Subject
    package var text: String

    /// That of the finding that it would be by itself.
    package var identity: Identity { Identity(rule: rule, subject: subject) }
  }

  /// Answers the first question on call: is it the broker, the application, or just much to do.
  package enum Triage: String, Sendable, Hashable, CaseIterable {
    case broker = "BROKER"
    case consumer = "CONSUMER"
    case load = "LOAD"
    /// Whoever publishes, or declares.
    case publisher = "PUBLISHER"
  }

  /// Something to try.
  package struct Advice: Sendable, Hashable {
    /// The dashboard's action that does it, by the action's name in the config; nil when no key
    /// does it.
    package var action: String?
    package var text: String

    /// - Parameters:
    ///   - action: The name of the dashboard's action that does it.
    ///   - text: What to do and what comes of it, in a few words.
    package init(action: String? = nil, _ text: String) {
      self.action = action
      self.text = text
    }
  }
}

/// What a finding is about, for those who have subjects of their own.
package typealias FindingSubject = Subject

/// What a finding is about.
package enum Subject: Sendable, Hashable {
  case broker
  case queue(QueueIdentity)
  case exchange(ExchangeIdentity)
  /// A consumer and its queue: who is stuck stands beside where.
  case consumer(identifier: UInt64, queue: QueueIdentity)
  case connection(identifier: UInt64, name: String)
  /// All connections that call themselves so.
  case client(name: String)
  case resource(ResourceAlarm)

  /// The queue it is about; nil when it is about none.
  package var queue: QueueIdentity? {
    switch self {
    case .queue(let queue), .consumer(_, let queue): queue
    case .broker, .exchange, .connection, .client, .resource: nil
    }
  }

  /// Whether it concerns everything.
  package var isBrokerWide: Bool {
    switch self {
    case .broker, .resource: true
    case .queue, .exchange, .consumer, .connection, .client: false
    }
  }

  /// How a screen calls it, not yet made safe for a terminal.
  package var shownName: String {
    switch self {
    case .broker: "broker"
    case .queue(let queue), .consumer(_, let queue): queue.shownName
    case .exchange(let exchange): exchange.shownName
    case .connection(_, let name), .client(let name): name
    case .resource(let alarm): alarm.rawValue
    }
  }
}
