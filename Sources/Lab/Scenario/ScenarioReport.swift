package import Telemetry

/// What the command line says of scenarios.
package enum ScenarioReport {
  /// One line for each scenario that comes with the program.
  ///
  /// - Parameter language: Of the titles.
  /// - Returns: At most 80 columns wide each.
  package static func list(in language: Language) -> [String] {
    let scenarios = ScenarioCatalog.names.compactMap(ScenarioCatalog.shipped(named:))
    let width = scenarios.map(\.name.count).max() ?? 0
    return scenarios.flatMap { scenario in
      ReportLines.wrapped(
        scenario.title[language],
        after: ReportLines.padded(scenario.name, to: width) + "  "
      )
    }
  }

  /// What is in a scenario: services, calls, queues, phases, faults and steps.
  ///
  /// - Parameters:
  ///   - text: A scenario file.
  ///   - file: What a problem calls it.
  ///   - language: Of titles and texts.
  /// - Returns: Lines of at most 80 columns, as far as names allow.
  /// - Throws: The problem that the file has.
  package static func show(
    text: String,
    file: String,
    in language: Language
  ) throws(ScenarioProblem) -> [String] {
    let scenario = try ScenarioReader.read(text, file: file)
    return ScenarioDescription(scenario: scenario, language: language).lines
  }

  /// Whether a scenario can be run.
  ///
  /// - Parameters:
  ///   - text: A scenario file.
  ///   - file: What a problem calls it.
  /// - Returns: One line that says what is in it.
  /// - Throws: The problem that the file has.
  package static func check(text: String, file: String) throws(ScenarioProblem) -> String {
    let scenario = try ScenarioReader.read(text, file: file)
    let parts = [
      ReportLines.count(scenario.services.count, "service"),
      ReportLines.count(scenario.services.count { $0.queue != nil }, "queue"),
      ReportLines.count(scenario.phases.count, "phase"),
      ReportLines.count(scenario.steps.count, "step"),
    ]
    return ScenarioText.printable("\(file): \(scenario.name), \(parts.joined(separator: ", "))")
  }
}

/// A scenario in lines for a person.
private struct ScenarioDescription {
  let scenario: Scenario
  let language: Language

  var lines: [String] {
    var result = ReportLines.wrapped(scenario.title[language], after: "\(scenario.name): ")
    result += ReportLines.wrapped(scenario.about[language], after: "")
    result += section("customers", customers)
    result += section("services", scenario.services.flatMap(service))
    result += section("timed run", scenario.timeline.map(entry))
    result += section("phases", phases)
    result += section(
      "lesson",
      scenario.steps.map { ("\($0.phase)", $0.title[language]) }
    )
    return result
  }

  private func section(_ name: String, _ rows: [(String, String)]) -> [String] {
    guard !rows.isEmpty else { return [] }
    let width = min(ReportLines.headColumns, rows.map(\.0.count).max() ?? 0)
    return ["", name]
      + rows.flatMap { head, text in
        ReportLines.wrapped(text, after: "  \(ReportLines.padded(head, to: width))  ")
      }
  }

  private var customers: [(String, String)] {
    let accounts = scenario.accounts
    var rows = [
      ("rate", "\(ReportLines.number(scenario.perSecond)) a second for each way"),
      ("peak", shape(scenario.peak)),
      ("accounts", "\(accounts.count), \(accounts.poorPercent) % of them poor"),
    ]
    for (name, percent) in scenario.traits.sorted(by: { $0.key < $1.key }) {
      rows.append((name, "\(percent) %"))
    }
    if let knob = scenario.knob {
      let values = knob.values.map(String.init).joined(separator: ", ")
      rows.append(("knob", "\(knob.label[language]): \(values); at first \(knob.start)"))
    }
    return rows
  }

  private func shape(_ shape: LoadShape) -> String {
    guard shape.kind != .steady else { return "steady" }
    let factor = ReportLines.number(shape.factor)
    let text = "\(shape.kind.rawValue), \(factor) times"
    // The longest one is ended by the timeline.
    guard shape.seconds < Double(Limits.shapeSeconds.upperBound) else { return text }
    return "\(text) for \(ReportLines.number(shape.seconds)) s"
  }

  private var phases: [(String, String)] {
    scenario.phases.map { ($0.name, "\($0.fromPercent) to \($0.untilPercent) %") }
  }

  // MARK: - Services

  private func service(_ plan: ServicePlan) -> [(String, String)] {
    var facts: [String] = []
    if plan.isEntry { facts.append("called by customers, \(plan.pool) threads for each way") }
    if plan.isOptional { facts.append("joins later") }
    facts.append("work \(plan.work.meanMilliseconds) ms")
    switch plan.work.distribution {
    case .fixed: break
    case .exponential: facts.append("exponential")
    case .uniform, .normal:
      facts.append("\(plan.work.distribution.rawValue) \(plan.work.spreadPercent) %")
    }
    if plan.hopMilliseconds > 0 { facts.append("hop \(plan.hopMilliseconds) ms") }
    if plan.work.errorPercent > 0 { facts.append("errors \(plan.work.errorPercent) %") }
    if plan.retries > 0 { facts.append("tried again \(ReportLines.count(plan.retries, "time"))") }
    if plan.isDeducting { facts.append("deducts") }
    var rows = [(plan.name, facts.joined(separator: ", "))]
    for way in CallWay.allCases {
      if let calls = plan.calls[way], !calls.isEmpty {
        rows.append(
          ("  \(way.measurementName)", "calls \(calls.map(call).joined(separator: ", "))")
        )
      }
      for event in plan.publishes[way] ?? [] {
        rows.append(("  \(way.measurementName)", "publishes \(self.event(event))"))
      }
    }
    if let queue = plan.queue { rows.append(("  queue", self.queue(queue))) }
    return rows
  }

  private func call(_ plan: CallPlan) -> String {
    plan.service + (plan.isRepeated ? " for each copy" : "")
      + (plan.trait.map { " when \($0)" } ?? "")
  }

  private func event(_ plan: PublishPlan) -> String {
    var facts = [plan.guarantee.rawValue, plan.isPersistent ? "persistent" : "transient"]
    if let trait = plan.trait { facts.append("when \(trait)") }
    return "\(place(plan.exchange, plan.key)) (\(facts.joined(separator: ", ")))"
  }

  private func place(_ exchange: String, _ key: String) -> String {
    [exchange, key].filter { !$0.isEmpty }.joined(separator: "/")
  }

  private func queue(_ plan: QueuePlan) -> String {
    var facts = plan.bindings.map { place($0.exchange, $0.key) }
    facts.append("prefetch \(plan.prefetch)")
    if plan.consumers > 1 { facts.append("\(plan.consumers) consumers") }
    if plan.copies > 1 { facts.append("\(plan.copies) copies") }
    if !plan.isDurable { facts.append("not durable") }
    if let length = plan.maximumLength {
      facts.append(
        "at most \(length), then \(plan.isRefusingWhenFull ? "refuse" : "drop the oldest")"
      )
    }
    if plan.onError != .requeue { facts.append("on error \(plan.onError.rawValue)") }
    if let limit = plan.deliveryLimit { facts.append("\(limit) deliveries") }
    if plan.hasDeadLetters { facts.append("dead letters") }
    if plan.isIdempotent { facts.append("idempotent") }
    if plan.isAutoAcknowledged { facts.append("auto-ack") }
    if plan.isCountingReplies { facts.append("counts replies") }
    return "\(plan.name): \(facts.joined(separator: ", "))"
  }

  // MARK: - Timeline

  private func entry(_ entry: TimelineEntry) -> (String, String) {
    let end = entry.untilPercent.map { " to \($0)" } ?? ""
    return ("\(entry.atPercent)\(end) %", happening(entry.happening))
  }

  private func happening(_ happening: TimelineEntry.Happening) -> String {
    switch happening {
    case .load(let shape): return "load \(self.shape(shape))"
    case .join(let service): return "\(service) joins"
    case .fault(let request):
      let isBroker = request.kind.target == .broker
      var facts = isBroker ? [request.kind.rawValue] : [request.service, request.kind.rawValue]
      if let unit = request.kind.unit { facts.append("\(request.amount) \(unit)") }
      if request.percent < 100 { facts.append("in \(request.percent) % of the steps") }
      if let count = request.count { facts.append(ReportLines.count(count, "time")) }
      return facts.joined(separator: " ")
    }
  }
}

/// Lines that are no wider than a narrow terminal.
private enum ReportLines {
  static let columns = 80
  /// The widest first column of a table.
  static let headColumns = 24

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  static func number(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }

  static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func width(_ text: some StringProtocol) -> Int {
    text.reduce(0) { $0 + (ScenarioText.isWide($1) ? 2 : 1) }
  }

  /// A text in lines, the first behind a head and the others as far in; a wide character may be
  /// broken off from its neighbour.
  static func wrapped(_ text: String, after head: String) -> [String] {
    let indent = String(repeating: " ", count: width(head))
    var lines = [head]
    for word in words(of: text) {
      let isFirst = lines[lines.count - 1].count == (lines.count == 1 ? head : indent).count
      let gap = word.hasBlank && !isFirst ? " " : ""
      if !isFirst, width(lines[lines.count - 1] + gap + word.text) > columns {
        lines.append(indent + word.text)
      } else {
        lines[lines.count - 1] += gap + word.text
      }
    }
    return lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
  }

  private static func words(of text: String) -> [(text: String, hasBlank: Bool)] {
    text.split(separator: " ").flatMap { part in
      var pieces: [(text: String, hasBlank: Bool)] = []
      for character in part {
        // Punctuation stays with what it ends.
        let isJoined = !ScenarioText.isWide(character) || character.isPunctuation
        if let last = pieces.last, isJoined,
          last.text.last.map(ScenarioText.isWide) != true || character.isPunctuation
        {
          pieces[pieces.count - 1].text.append(character)
        } else {
          pieces.append((String(character), pieces.isEmpty))
        }
      }
      return pieces
    }
  }
}
