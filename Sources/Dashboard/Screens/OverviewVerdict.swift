import Canvas
import Telemetry

extension Painter {
  /// Answers "is something wrong?" in words, the worst first.
  mutating func drawVerdict() {
    guard let area = layout.verdict else { return }
    var inside = area
    let problems = model.listedProblems
    let isWrong = problems.contains { !$0.kind.isNote }
    if layout.isVerdictBoxed {
      let hidden = problems.count - (area.rows - 2) + (isWrong ? 0 : 1)
      let box = Box(
        title: [Span("what is wrong", isWrong ? .alertWarning : .title)],
        footerCorner: hidden > 0 ? [Span("\(hidden) more", .muted)] : []
      )
      inside = grid.draw(box, in: area, glyphs: glyphs)
    }
    var first = 0
    if !isWrong {
      drawAllWell(in: inside.line(0))
      first = 1
      if problems.isEmpty, inside.rows > 1 { drawLedger(in: inside.line(1)) }
    }
    for (index, problem) in problems.prefix(max(0, inside.rows - first)).enumerated() {
      let isLastLine = index + first == inside.rows - 1
      let hidden = problems.count - index - 1
      let more = !layout.isVerdictBoxed && isLastLine && hidden > 0 ? "+\(hidden)" : ""
      draw(problem, in: inside.line(index + first), more: more)
    }
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
