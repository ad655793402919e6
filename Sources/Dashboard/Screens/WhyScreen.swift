import Canvas
import Diagnosis
import Telemetry

/// The evidence of what is wrong, as lines.
enum WhyText {
  /// The lines about a problem.
  ///
  /// - Parameters:
  ///   - problem: What is wrong.
  ///   - model: For its keys, and its picture's clock.
  ///   - columns: How long a line may be.
  ///   - isBrief: Without what the title of a panel says already.
  /// - Returns: The text, its since, the evidence, what follows, what to try, and the rule.
  static func lines(
    about problem: Problem,
    in model: Model,
    columns: Int,
    isBrief: Bool = false
  ) -> [[Span]] {
    var lines: [[Span]] = []
    if !isBrief {
      lines += LessonText.wrapped(SafeText.clean(problem.text), .title, columns)
      if let since = sinceLine(of: problem, in: model) { lines.append(since) }
      lines.append([])
    }
    guard let finding = problem.finding else {
      return problem.advice.isEmpty ? lines : lines + [[Span(problem.advice, .key)]]
    }
    for (index, sentence) in proofs(of: finding).enumerated() {
      lines += LessonText.wrapped(
        SafeText.clean(sentence),
        .base,
        columns,
        first: [Span("\(index + 1) ", .key)]
      )
    }
    for symptom in finding.symptoms {
      let text = "\(symptom.rule.word) \(symptom.subject.shownName): \(symptom.text)"
      lines += LessonText.wrapped(
        SafeText.clean("follows from it: " + text),
        .muted,
        columns,
        first: [Span("  ")]
      )
    }
    if !isBrief { lines.append([]) }
    for (index, advice) in finding.advice.enumerated() {
      let first = index == 0 ? "try  " : "     "
      lines += LessonText.wrapped(
        SafeText.clean(advice.text),
        .base,
        columns,
        first: [Span(first, .title)] + key(of: advice, in: model)
      )
    }
    if !isBrief { lines += [[]] + rule(of: finding, in: model, columns: columns) }
    return lines
  }

  private static func proofs(of finding: Finding) -> [String] {
    finding.evidence + (finding.reach.isEmpty ? [] : [finding.reach.capitalizedFirst + "."])
  }

  private static func key(of advice: Finding.Advice, in model: Model) -> [Span] {
    guard let name = advice.action, let action = Action(rawValue: name),
      let binding = model.keymap.binding(of: action)
    else { return [] }
    return [Span(binding.shortLabel + "  ", .key)]
  }

  /// Since when, and how sure that is.
  static func sinceLine(of problem: Problem, in model: Model) -> [Span]? {
    guard let since = problem.since, let broker = model.shown.broker else { return nil }
    let span = Format.span(broker.at.seconds(since: since))
    var text = "for \(span)"
    if let wall = model.shown.wallTime(of: since) {
      let time = Format.time(wall, offsetSeconds: model.options.timeZoneOffsetSeconds)
      text = "since \(time) (\(span))"
    }
    let doubt = problem.finding?.uncertaintySeconds ?? 0
    if doubt >= 1 { text += ", give or take \(Format.seconds(doubt))" }
    var spans = [Span(text, .muted)]
    if let finding = problem.finding {
      spans.append(Span("   look at the \(finding.triage.word)", .key))
    }
    return spans
  }

  /// Which rule says so, and from which numbers on.
  private static func rule(of finding: Finding, in model: Model, columns: Int) -> [[Span]] {
    let name = finding.rule.rawValue
    let tuning = model.options.tuning
    let numbers = Threshold.allCases.filter { $0.rawValue.hasPrefix(name + ".") }.map {
      "\($0.rawValue) = \(Format.plain(tuning[$0]))"
    }
    let list = numbers.isEmpty ? "" : "; in the config \(numbers.joined(separator: ", "))"
    return LessonText.wrapped("rule \(name), its page is Rule-\(name)\(list)", .muted, columns)
  }
}

extension Finding.Triage {
  /// As a word within a sentence.
  var word: String {
    switch self {
    case .broker: "BROKER"
    case .consumer: "CONSUMER"
    case .load: "LOAD"
    case .publisher: "PUBLISHER"
    }
  }
}

extension String {
  /// With a capital in front.
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension DialogLayout {
  static func whyArea(in size: Size, lines: Int = .max) -> Rectangle {
    area(columns: min(size.columns - 8, 100), rows: min(size.rows - 4, 24, lines), in: size)
  }

  static func lines(of view: WhyView, in model: Model) -> [[Span]] {
    let columns = max(10, whyArea(in: model.size).columns - 4)
    guard let problem = model.problem(of: view) else {
      return LessonText.wrapped("It is over.", .stateOK, columns)
    }
    return WhyText.lines(about: problem, in: model, columns: columns)
  }
}

extension Painter {
  /// The evidence of what is wrong with the thing that the screen is about.
  mutating func drawWhy() {
    guard let area = layout.why, let problem = model.problemOfScreen else { return }
    var title = [Span("why ", .title), Span(problem.word, problem.kind.role)]
    if let since = WhyText.sinceLine(of: problem, in: model) { title += [Span("  ")] + since }
    let box = Box(title: title, corner: [Span("d", .key), Span(" all", .muted)])
    if layout.isBoxed {
      grid.draw(box, in: area, glyphs: glyphs)
    } else {
      grid.draw(rule: box, in: area, glyphs: glyphs)
    }
    let inside = layout.inside(area)
    let columns = max(10, inside.columns - 2)
    let lines = WhyText.lines(about: problem, in: model, columns: columns, isBrief: true)
    for (row, line) in lines.prefix(inside.rows).enumerated() {
      grid.put(
        line,
        at: inside.line(row).shifted(1),
        limit: columns,
        ellipsis: glyphs.ellipsis
      )
    }
  }

  mutating func draw(_ view: WhyView) {
    let lines = DialogLayout.lines(of: view, in: model)
    let area = DialogLayout.whyArea(in: grid.size, lines: lines.count)
    let problem = model.problem(of: view)
    let problems = model.listedProblems
    var title = [Span("\(view.word)  ", problem?.kind.role ?? .muted)]
    title.append(Span(SafeText.clean(view.subject), .title))
    if let place = model.place(of: view), problems.count > 1 {
      title.append(Span("  \(place + 1) of \(problems.count)", .muted))
    }
    var keys = [("Esc", "back"), ("y", "copy")]
    if model.screen(of: view) != nil { keys.insert(("Enter", "go there"), at: 0) }
    if problems.count > 1 { keys.append(("← →", "others")) }
    let inside = openBox(title, hints(keys), in: area)
    let top = min(view.top, max(0, lines.count - inside.rows))
    for (row, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
      grid.put(line, at: inside.line(row).origin, limit: inside.columns, ellipsis: glyphs.ellipsis)
    }
  }
}
