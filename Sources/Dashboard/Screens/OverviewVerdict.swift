import Canvas
import Telemetry

extension Painter {
  /// Answers "is something wrong?" in words, the worst first.
  mutating func drawVerdict() {
    guard let area = layout.verdict else { return }
    let problems = model.listedProblems
    let isWrong = problems.contains { !$0.kind.isNote }
    let isFocused = model.focus == .verdict && model.dialog == nil
    let inside = layout.verdictInside(area)
    let first = isWrong ? 0 : 1
    let capacity = max(0, inside.rows - first)
    let top = topProblem(of: problems.count, capacity: capacity, isFocused: isFocused)
    if layout.isVerdictBoxed {
      let hidden = problems.count - capacity
      let box = Box(
        title: [Span("what is wrong", isWrong ? .alertWarning : .title)],
        corner: isFocused && !problems.isEmpty ? [Span("Enter", .key), Span(" why")] : [],
        footerCorner: hidden > 0 ? [Span("\(hidden) more", .muted)] : [],
        isFocused: isFocused
      )
      grid.draw(box, in: area, glyphs: glyphs)
    }
    if model.screen == .overview { spot(area, .panel(.verdict)) }
    if !isWrong {
      drawAllWell(in: inside.line(0))
      if problems.isEmpty, inside.rows > 1 { drawLedger(in: inside.line(1)) }
    }
    for (offset, problem) in problems.dropFirst(top).prefix(capacity).enumerated() {
      let line = inside.line(offset + first)
      let isLastLine = offset == capacity - 1
      let hidden = problems.count - top - offset - 1
      let more = !layout.isVerdictBoxed && isLastLine && hidden > 0 ? "+\(hidden)" : ""
      draw(problem, in: line, more: more)
      if model.screen == .overview { spot(line, .row(.verdict, index: top + offset)) }
      if isFocused, isUnderCursor(top + offset, of: .verdict) { markCursor(in: line) }
    }
  }

  /// The first problem that is shown: the worst, unless the cursor went further down.
  private func topProblem(of count: Int, capacity: Int, isFocused: Bool) -> Int {
    guard isFocused, capacity > 0 else { return 0 }
    let cursor = model.selectedIndex(of: .verdict)
    let top = min(model.cursors[.verdict]?.top ?? 0, max(0, count - capacity))
    return max(0, min(max(top, cursor - capacity + 1), cursor))
  }

  private mutating func drawAllWell(in line: Rectangle) {
    guard let broker = picture.broker else {
      let text = " waiting for the broker's first figures"
      grid.put(text, at: line.origin, style: Style(.muted), limit: line.columns)
      return
    }
    let queues = counted(broker.queues.count, "queue")
    let consumers = counted(broker.consumers.count, "consumer")
    let waiting = Format.count(broker.totals.ready) + " waiting"
    let separator = "  \(glyphs.separator)  "
    grid.put(
      [
        Span(" \(glyphs.ok) ", .stateOK),
        Span("nothing is wrong"),
        Span(separator + queues + separator + consumers + separator + waiting, .muted),
      ],
      at: line.origin,
      limit: line.columns,
      ellipsis: glyphs.ellipsis
    )
  }

  /// Where every copy of a message is: the sum that a person can check.
  private mutating func drawLedger(in line: Rectangle) {
    guard let totals = picture.broker?.totals else { return }
    if let attached = model.attached {
      let text = "   " + SafeText.clean(attached.product) + ", " + attached.costText
      grid.put(
        [Span(text, .muted)],
        at: line.origin,
        limit: line.columns,
        ellipsis: glyphs.ellipsis
      )
      return
    }
    guard totals.isLedgerKept else { return }
    let recovered =
      totals.recovered == 0 ? "" : " (\(Format.count(totals.recovered)) from the disk)"
    let equation =
      "\(Format.count(totals.enqueued))\(recovered) = \(Format.count(totals.acknowledged)) acked + "
      + "\(Format.count(totals.ready)) waiting + \(Format.count(totals.unacked)) held + "
      + "\(Format.count(totals.discarded)) discarded"
      + term(totals.expired, "expired") + term(totals.deadLettered, "dead-lettered")
      + term(totals.dropped, "dropped") + term(totals.moved, "moved")
    let words = line.columns >= 100 ? "   ledger  put into queues " : "   ledger "
    let text = words + equation
    if text.utf8.count > line.columns { return }
    grid.put(text, at: line.origin, style: Style(.muted), limit: line.columns)
  }

  /// A term of the ledger that most brokers do not have.
  private func term(_ count: UInt64, _ name: String) -> String {
    count == 0 ? "" : " + \(Format.count(count)) \(name)"
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    Format.count(count) + " " + noun + (count == 1 ? "" : "s")
  }

  private mutating func draw(_ problem: Problem, in line: Rectangle, more: String) {
    let role = problem.kind.role
    let glyph = problem.kind.isNote ? glyphs.separator : glyphs.alert
    let isWide = line.columns >= 100
    let word = problem.word
    var spans: [Span] = []
    if line.columns >= 60 { spans.append(Span(" ")) }
    spans.append(Span("\(glyph) ", role))
    spans.append(Span(isWide ? padded(word, to: 12) : word + " ", role))
    if !problem.subject.isEmpty {
      let subject = TextCut.end(
        problem.subject,
        columns: max(8, line.columns / 4),
        ellipsis: glyphs.ellipsis
      )
      spans.append(Span(isWide ? padded(subject, to: 18) : subject + ": ", .title))
    }
    spans.append(Span(problem.text))
    let right = rightParts(
      of: problem,
      more: more,
      isWide: isWide,
      room: line.columns - spans.columns
    )
    let rightColumns = right.columns
    let room = line.columns - rightColumns - (right.isEmpty ? 0 : 1)
    grid.put(spans, at: line.origin, limit: room, ellipsis: glyphs.ellipsis)
    grid.put(right, at: line.shifted(line.columns - rightColumns - 1), limit: rightColumns)
  }

  /// Since when, what helps, and how many lines are not shown: as much of it as there is room for
  /// without cutting a word of the sentence.
  private func rightParts(
    of problem: Problem,
    more: String,
    isWide: Bool,
    room: Int
  ) -> [Span] {
    let advice = problem.advice.isEmpty ? [] : [Span("  " + problem.advice, .key)]
    let rest = more.isEmpty ? [] : [Span("  " + more, .muted)]
    var choices = [advice + rest]
    if let since = problem.since, let broker = picture.broker {
      let span = Format.span(broker.at.seconds(since: since))
      choices.insert([Span(span, .muted)] + advice + rest, at: 0)
      if isWide, let wall = picture.wallTime(of: since) {
        let time = Format.time(wall, offsetSeconds: model.options.timeZoneOffsetSeconds)
        choices.insert([Span("since \(time) (\(span))", .muted)] + advice + rest, at: 0)
      }
    }
    return choices.first { $0.columns + 2 <= room } ?? rest
  }

  func padded(_ text: String, to columns: Int) -> String {
    let missing = columns - CharacterWidth.columns(of: text)
    return missing > 0 ? text + String(repeating: " ", count: missing) : text + " "
  }
}
