import Diagnosis
import Telemetry

/// What happened in a window of time, as a page of Markdown: what was wrong and since when, charts
/// as text, events, and where every message is.
enum IncidentReport {
  /// Goes through the past of a model.
  ///
  /// - Parameters:
  ///   - model: What it shows says which instant it is about.
  ///   - minutes: The length of the window: around that instant in a frozen screen, else before it.
  /// - Returns: Lines, each with its end.
  static func page(of model: Model, minutes: Int) -> String {
    let log = log(of: model, seconds: Double(minutes) * 60)
    return page(log, offsetSeconds: model.options.timeZoneOffsetSeconds)
  }

  private static func log(of model: Model, seconds: Double) -> IncidentLog {
    let instant = model.shown.broker?.at ?? model.now
    var last = instant
    if model.frozen != nil {
      let half = instant.advanced(bySeconds: seconds / 2)
      last = max(instant, min(half, model.timeline.newest ?? instant))
    }
    let first = max(.zero, last.advanced(bySeconds: -seconds))
    var log = IncidentLog(from: first, through: last)
    let empty = Picture(refreshSeconds: model.refreshSeconds, tuning: model.options.tuning)
    model.timeline.walk(from: first, through: last, empty: empty) { log.add($0) }
    return log
  }

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - log: What happened.
  ///   - offsetSeconds: How far the times of day lie east of UTC.
  /// - Returns: Lines, each with its end.
  static func page(_ log: IncidentLog, offsetSeconds: Int) -> String {
    guard let begin = log.begin?.broker, let end = log.end, let broker = end.broker else {
      return "# Incident report\n\nNothing is known of that time.\n"
    }
    let clock = ReportClock(offsetSeconds: offsetSeconds)
    var lines = head(log, begin, broker, clock)
    lines += findings(log, clock)
    lines += IncidentCharts.lines(log, begin, broker, clock)
    lines += events(log, clock)
    lines += IncidentLedger.lines(log, begin, end)
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Head

  private static func head(
    _ log: IncidentLog,
    _ begin: BrokerSnapshot,
    _ end: BrokerSnapshot,
    _ clock: ReportClock
  ) -> [String] {
    let span = Format.span(end.at.seconds(since: begin.at).rounded())
    let upTime = Format.span(end.at.seconds(since: end.identity.startedAt))
    let worst = log.troubles.min { $0.problem.kind < $1.problem.kind }
    var lines = [
      "# Incident report", "",
      "- broker: \(Markdown.text(end.identity.label)) \(Markdown.text(end.identity.endpoint)), "
        + "up \(upTime)",
      "- window: \(clock.dateAndTime(begin.wallTime)) to \(clock.time(end.wallTime)) (\(span)), "
        + "\(clock.zone); \(Format.count(log.count)) snapshots",
    ]
    if begin.identity.startedAt != end.identity.startedAt {
      lines.append("- the broker was started anew in it: its sums began again at 0")
    }
    lines.append(
      "- worst: " + (worst.map { headline($0.problem) } ?? "nothing was wrong")
    )
    return lines
  }

  // MARK: Findings

  private static func findings(_ log: IncidentLog, _ clock: ReportClock) -> [String] {
    var lines = ["", "## What was wrong", ""]
    if log.troubles.isEmpty { return lines + ["Nothing."] }
    let ordered = log.troubles.enumerated().sorted { left, right in
      (left.element.problem.kind, left.offset) < (right.element.problem.kind, right.offset)
    }
    for (index, entry) in ordered.enumerated() {
      if index > 0 { lines.append("") }
      lines += section(entry.element, clock)
    }
    if log.hasMoreTroubles { lines += ["", "Others came too and are not listed."] }
    return lines
  }

  private static func headline(_ problem: Problem) -> String {
    let subject = problem.subject.isEmpty ? "" : " " + problem.subject
    return Markdown.text("\(problem.word)\(subject): \(problem.text)")
  }

  private static func section(
    _ trouble: IncidentLog.Trouble,
    _ clock: ReportClock
  ) -> [String] {
    let problem = trouble.problem
    var lines = ["### \(headline(problem))", ""]
    var when = trouble.began.map { "since \(clock.time($0))" } ?? "began before the window"
    let doubt = problem.finding?.uncertaintySeconds ?? 0
    if doubt > 1 { when += " ±\(Format.seconds(doubt))" }
    if let ended = trouble.ended?.wallTime {
      when += ", over at \(clock.time(ended))"
      if let began = trouble.began {
        when += " after \(Format.span(Double(ended.milliseconds - began.milliseconds) / 1_000))"
      }
    } else {
      when += ", not over at the end"
    }
    if trouble.wasThereBefore { when += "; it was there when the window began" }
    lines.append("- \(when)")
    guard let finding = problem.finding else {
      if !problem.advice.isEmpty { lines.append("- try: \(Markdown.text(problem.advice))") }
      return lines
    }
    lines.append(
      "- \(finding.rule.severity.name), look at the \(finding.triage.rawValue), rule "
        + "`\(finding.rule.rawValue)`"
    )
    if !finding.reach.isEmpty { lines.append("- \(Markdown.text(finding.reach))") }
    lines += finding.evidence.map { "- why: \(Markdown.text($0))" }
    lines += finding.advice.map { advice in
      "- try: \(Markdown.text(advice.text))" + (advice.action.map { " (`\($0)`)" } ?? "")
    }
    lines += finding.symptoms.map { symptom in
      "- so: "
        + Markdown.text("\(symptom.rule.word) \(symptom.subject.shownName): \(symptom.text)")
    }
    return lines
  }

  // MARK: Events

  private static func events(_ log: IncidentLog, _ clock: ReportClock) -> [String] {
    var lines = ["", "## Events", ""]
    if log.events.isEmpty { return lines + ["None."] }
    if log.events.count == Limits.reportEvents {
      lines += ["The newest \(Format.count(Limits.reportEvents)).", ""]
    }
    lines += log.events.map { event in
      let severity = event.severity == .information ? "" : "**\(event.severity.word)** "
      return "- \(clock.time(event.wallTime)) \(severity)\(Markdown.text(event.text))"
    }
    return lines
  }
}

/// How a report writes times.
struct ReportClock: Sendable {
  var offsetSeconds: Int

  func time(_ wallTime: WallTime) -> String {
    Format.time(wallTime, offsetSeconds: offsetSeconds)
  }

  func dateAndTime(_ wallTime: WallTime) -> String {
    Format.date(wallTime, offsetSeconds: offsetSeconds) + " " + time(wallTime)
  }

  /// `UTC+05:30`.
  var zone: String {
    let minutes = abs(offsetSeconds) / 60
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if minutes == 0 { return "UTC" }
    return "UTC\(offsetSeconds < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
  }
}
