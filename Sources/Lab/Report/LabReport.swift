import Telemetry

/// A page about one run, in Markdown.
///
/// The same numbers give the same page: there is no date in it, and nothing of the machine.
package struct LabReport {
  private let input: LabReportInput
  private let words: ReportWords
  private var blocks: [String] = []

  /// The page.
  ///
  /// - Parameter input: What was run and measured.
  /// - Returns: Markdown with a line break at the end.
  package static func page(_ input: LabReportInput) -> String {
    var report = LabReport(input)
    report.addHead()
    report.addCustomers()
    report.addQueues()
    report.addLesson()
    report.addVerdict()
    return report.blocks.joined(separator: "\n\n") + "\n"
  }

  private init(_ input: LabReportInput) {
    self.input = input
    words = ReportWords.words(of: input.language)
  }

  /// What to type to have such a page written.
  ///
  /// - Parameter input: What was run.
  /// - Returns: One line for a shell.
  package static func command(_ input: LabReportInput) -> String {
    var parts = [
      "sluice lab --headless --scenario \(MarkdownText.shellWord(input.scenario))",
      "--duration \(plain(input.seconds))s",
      "--seed \(input.seed)",
    ]
    if input.timeScale != 1 {
      parts.append("--time-scale \(plain(input.timeScale))")
    }
    switch input.language {
    case .english: break
    case .chinese: parts.append("--lang \(input.language.rawValue)")
    }
    if let recording = input.recording {
      parts.append("--replay-arrivals \(MarkdownText.shellWord(recording.file))")
    }
    return (parts + ["--report report.md"]).joined(separator: " ")
  }

  /// A number as a shell wants it, without a space in it.
  private static func plain(_ value: Double) -> String {
    LabMeasurements.format(value).filter { $0 != " " }
  }

  // MARK: Parts

  private mutating func addHead() {
    let escape = MarkdownText.escaped
    blocks.append("# \(escape(input.title))")
    if !input.about.isEmpty { blocks.append(escape(input.about)) }
    blocks.append(words.lead(escape(input.scenario)))
    blocks.append("## \(words.howItWasRun)")
    blocks.append("```sh\n\(Self.command(input))\n```")
    blocks.append(
      list([
        words.duration(LabMeasurements.format(input.seconds)),
        words.seed(input.seed),
        words.timeScale(LabMeasurements.format(input.timeScale)),
        customers,
        words.broker(escape(input.broker)),
      ])
    )
  }

  private var customers: String {
    guard let recording = input.recording else {
      return words.customers(LabMeasurements.format(input.perSecond))
    }
    return words.recording(
      MarkdownText.escaped(recording.file),
      LabMeasurements.format(Double(recording.arrivals))
    )
  }

  private mutating func addCustomers() {
    let ways = input.final.ways
    guard !ways.isEmpty else { return }
    blocks.append("## \(words.whatCustomersSaw)")
    let phases =
      input.phases.map { (MarkdownText.escaped($0.name), $0.values) }
      + [(words.wholeRun, input.values)]
    let numbers = [
      "offered", "done", "declined", "failed", "refused", "success", "p50", "p95", "p99",
    ]
    let rows = phases.flatMap { phase, values in
      ways.map { way in
        [phase, name(of: way)]
          + numbers.map { number(values["\(way.way.measurementName).\($0)"]) }
      }
    }
    blocks.append(table(words.customerColumns, rows, textColumns: 2))
    if let window = ways.compactMap(\.latency?.windowSeconds).first {
      blocks.append(words.window(LabMeasurements.format(window)))
    }
    if !input.final.notes.isEmpty {
      blocks.append(list(input.final.notes.map(MarkdownText.escaped)))
    }
  }

  private func name(of way: CallWaySnapshot) -> String {
    let title = way.title.isEmpty ? words.way(way.way) : MarkdownText.escaped(way.title)
    return "\(way.way.letter) \(title)"
  }

  private mutating func addQueues() {
    let queues = input.final.queues
    guard !queues.isEmpty else { return }
    blocks.append("## \(words.whatBecameOfMessages)")
    // The account is the end's, whatever the values say.
    let values = LabMeasurements(input.final).values
    let counts = ["published", "acked", "waiting", "dead", "lost", "repeated", "doubled"]
    var rows = queues.map { queue in
      [MarkdownText.escaped(queue.name)]
        + (counts + ["delay", "delay95"]).map { number(values["\(queue.name).\($0)"]) }
    }
    if queues.count > 1 {
      rows.append(
        [words.allQueues] + counts.map { number(values[$0]) }
          + [LabMeasurements.unmeasured, LabMeasurements.unmeasured]
      )
    }
    blocks.append(table(words.queueColumns, rows, textColumns: 1))
    let remainder = values["remainder"] ?? 0
    blocks.append(
      remainder == 0
        ? words.balanced(counts.map { number(values[$0]) })
        : words.unbalanced(number(remainder))
    )
    blocks.append(words.delays)
    if !input.problems.isEmpty {
      blocks.append("### \(words.problems)")
      blocks.append(list(input.problems.map(MarkdownText.escaped)))
    }
  }

  private mutating func addLesson() {
    guard !input.lesson.steps.isEmpty else { return }
    blocks.append("## \(words.lesson)")
    for (index, step) in input.lesson.steps.enumerated() { add(step, number: index + 1) }
  }

  private mutating func add(_ step: LessonStep, number: Int) {
    let escape = MarkdownText.escaped
    blocks.append("### \(number). \(escape(step.title))")
    blocks.append(words.task + escape(step.task))
    let question = LabMeasurements.fill(step.question, with: input.allValues)
    blocks.append(words.question + escape(question))
    blocks.append(
      list(
        step.options.enumerated().map { index, option in
          index == step.answer ? "**\(escape(option))** ✓" : escape(option)
        }
      )
    )
    let phaseName = escape(step.phase)
    if let phase = input.phases.first(where: { $0.name == step.phase }) {
      // A name without a phase means this one's, never the end's.
      let values = input.phaseValues.merging(phase.values) { $1 }
      let reveal = LabMeasurements.fill(step.reveal, with: values)
      blocks.append(words.measured(phaseName) + escape(reveal))
    } else {
      blocks.append(words.notMeasured(phaseName))
    }
    blocks.append(words.caveat + escape(LabMeasurements.fill(step.caveat, with: input.allValues)))
  }

  private mutating func addVerdict() {
    let lines = LabVerdict.lines(lesson: input.lesson, values: input.allValues)
    guard !lines.isEmpty else { return }
    blocks.append("## \(words.verdict)")
    blocks.append(list(lines.map(MarkdownText.escaped)))
  }

  // MARK: Markdown

  private func number(_ value: Double?) -> String {
    value.map(LabMeasurements.format) ?? LabMeasurements.unmeasured
  }

  private func list(_ items: [String]) -> String {
    items.map { "- \($0)" }.joined(separator: "\n")
  }

  /// A table with numbers on the right, but for the first columns.
  private func table(_ columns: [String], _ rows: [[String]], textColumns: Int) -> String {
    let rule = columns.indices.map { $0 < textColumns ? "---" : "--:" }
    return ([columns, rule] + rows).map { "| \($0.joined(separator: " | ")) |" }
      .joined(separator: "\n")
  }
}
