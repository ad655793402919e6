import Diagnosis
import Telemetry

/// Something that changed: the broker or the lab told of it, or the dashboard saw it itself.
struct TimelineEvent: Sendable, Hashable {
  /// Counts in the order in which events became known; a verdict becomes known after it began.
  let number: UInt64
  /// When, by the clock of the snapshots: where it stands on a chart.
  var at: Instant
  var wallTime: WallTime
  let kind: Kind
  let severity: BrokerEvent.Severity
  /// Plain words; names from the network in it are not yet made safe for a terminal.
  var text: String
  /// What it is about; nil where only the text says it.
  let subject: FindingSubject?

  /// What kind of change it is.
  enum Kind: Sendable, Hashable, CaseIterable {
    /// The broker or the lab says so.
    case told
    /// A person did it, here.
    case byYou
    /// Something is wrong from here on.
    case begins
    /// It is over.
    case ends
    /// More comes from here on.
    case rises
    /// Less does.
    case falls
  }

  /// Whether the dashboard found it in the figures: another look at them finds it again.
  var isFound: Bool { kind != .told && kind != .byYou }
  /// Whether it is about a verdict, which is also listed as one.
  var isVerdict: Bool { kind == .begins || kind == .ends }

  /// Which of the events in one place of a chart is drawn: the largest.
  var weight: Int {
    switch (severity, kind) {
    case (.critical, _): 6
    case (.warning, _): 5
    case (.information, .byYou): 4
    case (.information, .rises), (.information, .falls): 3
    case (.information, .begins), (.information, .ends): 2
    case (.information, .told): 1
    }
  }
}

extension TimelineEvent {
  /// Says what kind of change a text of the broker or the lab tells of.
  static func kind(of text: String) -> Kind { text.contains("(you") ? .byYou : .told }

  /// Finds what a text of the broker or the lab is about, where that is everything.
  static func subject(of text: String) -> FindingSubject? {
    for alarm in ResourceAlarm.allCases where text.hasPrefix("\(alarm.rawValue) alarm") {
      return .resource(alarm)
    }
    return text.hasPrefix("load ") || text.hasPrefix("the message store ") ? .broker : nil
  }
}

extension TimelineEvent {
  /// Whether it is about a thing.
  ///
  /// - Parameters:
  ///   - subject: The thing.
  ///   - name: What texts call it.
  /// - Returns: Whether its subject is that, or where it has none, whether its text names it.
  func isAbout(_ subject: Subject, named name: String) -> Bool {
    guard let about = self.subject else { return Self.names(text, name) }
    switch (subject, about) {
    case (.everything, _): return true
    case (.queue(let queue), _): return about.queue == queue
    case (.exchange(let exchange), .exchange(let other)): return exchange == other
    case (.consumer(let identifier), .consumer(let other, _)): return identifier == other
    case (.connection(let identifier), .connection(let other, _)): return identifier == other
    case (.exchange, _), (.consumer, _), (.connection, _): return false
    }
  }

  /// Whether a text has a name in it that is not a part of a longer one.
  private static func names(_ text: String, _ name: String) -> Bool {
    var rest = text[...]
    while let found = rest.firstRange(of: name) {
      let before =
        found.lowerBound > text.startIndex ? text[text.index(before: found.lowerBound)] : " "
      let after = found.upperBound < text.endIndex ? text[found.upperBound] : " "
      if !isPartOfName(before), !isPartOfName(after) { return true }
      rest = rest[found.upperBound...]
    }
    return false
  }

  private static func isPartOfName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "._-".contains(character)
  }
}
