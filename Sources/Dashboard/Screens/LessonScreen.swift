import Canvas
import Telemetry

/// The guided part of a scenario: its panel, and its pages.
enum LessonText {
  /// A text with its numbers.
  static func filled(_ text: String, with values: [String: Double]) -> String {
    LabMeasurements.fill(text, with: values, written: Format.measured)
  }

  /// A text broken into lines of one role, with an indent.
  static func wrapped(
    _ text: String,
    _ role: Role,
    _ columns: Int,
    indent: String = "",
    first: [Span] = []
  ) -> [[Span]] {
    let room = max(2, columns - max(indent.utf8.count, first.columns))
    let pad = String(repeating: " ", count: max(indent.utf8.count, first.columns))
    return TextWrap.lines(text, columns: room).enumerated().map { index, line in
      (index == 0 && !first.isEmpty ? first : [Span(pad)]) + [Span(line, role)]
    }
  }

  /// The lines of a page.
  static func lines(of view: LessonView, in model: Model, columns: Int) -> [[Span]] {
    view.page == .verdict
      ? verdictLines(in: model, columns: columns)
      : stepLines(of: view, in: model, columns: columns)
  }

  private static func stepLines(of view: LessonView, in model: Model, columns: Int) -> [[Span]] {
    guard let current = model.currentStep else { return [] }
    let step = current.step
    var lines = wrapped(step.title, .title, columns) + [[]]
    lines += wrapped(step.task, .base, columns) + [[]]
    switch model.lesson.stage {
    case .asked:
      lines += wrapped(step.question, .title, columns)
      for index in step.options.indices {
        lines += option(index, of: step, isChosen: index == view.cursor, model, columns)
      }
    case .predicted(let answer):
      lines += wrapped(step.question, .title, columns)
      lines += option(answer, of: step, isChosen: false, model, columns)
      lines += [[]]
      lines += wrapped(model.lessonWords.thatIsYourAnswer, .key, columns)
    case .revealed(let answer, let values):
      lines = wrapped(step.title, .title, columns) + [[]]
      lines += wrapped(step.question, .muted, columns)
      lines += answered(answer, step, model, columns) + [[]]
      lines += wrapped(LessonText.filled(step.reveal, with: values), .base, columns) + [[]]
      if !step.caveat.isEmpty {
        lines += wrapped(
          LessonText.filled(step.caveat, with: values),
          .base,
          columns,
          first: [Span("\(model.glyphs.alert) ", .alertInformation)]
        )
      }
    }
    return Array(lines.prefix(Limits.lessonLines))
  }

  private static func option(
    _ index: Int,
    of step: LessonStep,
    isChosen: Bool,
    _ model: Model,
    _ columns: Int
  ) -> [[Span]] {
    guard step.options.indices.contains(index) else { return [] }
    let mark = isChosen ? "\(model.glyphs.cursor) " : "  "
    return wrapped(
      step.options[index],
      isChosen ? .title : .base,
      columns,
      first: [Span(mark, .key), Span(LessonView.letter(index) + " ", .key)]
    )
  }

  /// The right answer, and whether it was given.
  static func answered(
    _ answer: Int,
    _ step: LessonStep,
    _ model: Model,
    _ columns: Int
  ) -> [[Span]] {
    let isRight = answer == step.answer
    let glyph = isRight ? model.glyphs.mark : model.glyphs.gone
    let rightLetter = LessonView.letter(step.answer)
    let words = model.lessonWords.judgement(
      isRight: isRight,
      said: LessonView.letter(answer),
      it: rightLetter
    )
    let role: Role = isRight ? .stateOK : .stateStuck
    let right = step.options.indices.contains(step.answer) ? step.options[step.answer] : ""
    return wrapped(words, role, columns, first: [Span("\(glyph) ", role)])
      + wrapped(right, .base, columns, first: [Span("  \(rightLetter) ", .key)])
  }

  private static func verdictLines(in model: Model, columns: Int) -> [[Span]] {
    guard let lab = model.live.lab else { return [] }
    let values = model.lesson.verdictValues(in: lab)
    var lines = [score(model.lesson, model.lessonWords)] + [[]]
    for line in lab.lesson.verdict {
      if let condition = line.condition, LabMeasurements.holds(condition, with: values) != true {
        continue
      }
      // A step that was not done has no numbers, and nothing can be said of it.
      guard LabMeasurements.names(in: line.text).allSatisfy({ values[$0] != nil }) else { continue }
      lines += wrapped(
        LessonText.filled(line.text, with: values),
        .base,
        columns,
        first: [Span("\(model.glyphs.separator) ", .key)]
      )
    }
    return Array(lines.prefix(Limits.lessonLines))
  }

  static func score(_ lesson: LessonProgress, _ words: LessonWords) -> [Span] {
    [
      Span(words.yourAnswers, .muted),
      Span(words.count(right: lesson.rightCount), .stateOK), Span(words.comma, .muted),
      Span(
        words.count(wrong: lesson.wrongCount),
        lesson.wrongCount > 0 ? .alertWarning : .muted
      ),
    ]
  }
}

extension DialogLayout {
  /// The area of a page of a lesson, as high as its lines need.
  static func lessonArea(in size: Size, lines: Int = .max) -> Rectangle {
    area(columns: min(size.columns - 8, 88), rows: min(size.rows - 4, 22, lines), in: size)
  }

  /// The lines of a page of a lesson.
  static func lines(of view: LessonView, in model: Model) -> [[Span]] {
    LessonText.lines(of: view, in: model, columns: max(10, lessonArea(in: model.size).columns - 4))
  }
}

extension Painter {
  mutating func draw(_ view: LessonView) {
    let lines = DialogLayout.lines(of: view, in: model)
    let area = DialogLayout.lessonArea(in: grid.size, lines: lines.count)
    let isWhole = lines.count <= max(0, area.rows - 2)
    let keys = lessonKeys(view) + (isWhole ? [] : [("PgDn", model.lessonWords.more)])
    let inside = openBox(lessonTitle(view), hints(keys), in: area)
    var top = min(view.top, max(0, lines.count - inside.rows))
    if view.followsCursor, model.optionCount(of: view) > 0,
      let chosen = lines.firstIndex(where: { $0.first?.text == "\(glyphs.cursor) " })
    {
      top = max(top, chosen - inside.rows + 1)
    }
    for (row, line) in lines.dropFirst(top).prefix(inside.rows).enumerated() {
      grid.put(line, at: inside.line(row).origin, limit: inside.columns, ellipsis: glyphs.ellipsis)
    }
  }

  private func lessonTitle(_ view: LessonView) -> [Span] {
    let words = model.lessonWords
    guard view.page == .step, let current = model.currentStep else {
      return [Span(words.verdict, .title)]
    }
    let place = Span(words.place(current.index, of: current.count), .title)
    switch model.lesson.stage {
    case .asked: return [place, Span("  " + words.predictFirst)]
    case .predicted: return [place, Span("  " + words.doAndLook)]
    case .revealed:
      return [place, Span("  \(words.whatHappened)  ")] + LessonText.score(model.lesson, words)
    }
  }

  private func lessonKeys(_ view: LessonView) -> [(String, String)] {
    let words = model.lessonWords
    let leave = ("Esc", words.leave)
    if view.page == .verdict { return [leave] }
    switch model.lesson.stage {
    case .asked:
      let count = model.currentStep?.step.options.count ?? 0
      return [("a-" + LessonView.letter(max(0, count - 1)), words.answer), leave]
    case .predicted: return [("Enter", words.reveal), leave]
    case .revealed:
      let isLast = model.currentStep.map { $0.index + 1 >= $0.count } ?? true
      return [("Enter", isLast ? words.verdict : words.nextStep), ("r", words.again), leave]
    }
  }

  // MARK: - The panel

  mutating func drawLesson(in area: Rectangle) {
    let inside = frame(.lesson, in: area, title: lessonPanelTitle)
    let text = table(in: inside)
    let (lines, last) = lessonLines(columns: text.columns)
    // What to press next stays, whatever is cut.
    let shown = last.isEmpty ? lines : Array(lines.prefix(max(0, text.rows - 1))) + [last]
    for (row, line) in shown.prefix(text.rows).enumerated() {
      grid.put(line, at: text.line(row).origin, limit: text.columns, ellipsis: glyphs.ellipsis)
    }
  }

  private var lessonPanelTitle: [Span] {
    let words = model.lessonWords
    let title = Span(words.whatToWatch, .title)
    guard let current = model.currentStep else { return [title] }
    return [title, Span("  " + words.place(current.index, of: current.count), .key)]
  }

  /// The text of the panel, and the line that says what to press next.
  private func lessonLines(columns: Int) -> ([[Span]], last: [Span]) {
    guard let lab = picture.lab else {
      return ([[Span("the scenario has not started yet", .muted)]], [])
    }
    let words = model.lessonWords
    let notes = lab.notes.flatMap {
      LessonText.wrapped($0, .base, columns, first: [Span("\(glyphs.alert) ", .alertInformation)])
    }
    guard let current = model.currentStep else {
      let count = lab.lesson.steps.count
      let lines =
        notes + (lab.title.isEmpty ? [] : LessonText.wrapped(lab.title, .title, columns))
      if count == 0 {
        return (lines + LessonText.wrapped(words.noLesson, .base, columns), [])
      }
      return (lines, [Span("n", .key), Span(words.begins(stepCount: count))])
    }
    let step = current.step
    switch model.lesson.stage {
    case .asked:
      return (
        LessonText.wrapped(step.task, .base, columns) + notes,
        [Span("n", .key), Span(" " + words.predict), Span(SafeText.clean(step.question), .title)]
      )
    case .predicted(let answer):
      let said = step.options.indices.contains(answer) ? step.options[answer] : ""
      return (
        LessonText.wrapped(step.task, .base, columns) + notes,
        [
          Span("n", .key), Span(words.reveals(LessonView.letter(answer))),
          Span(SafeText.clean(said), .title),
        ]
      )
    case .revealed(let answer, let values):
      return (
        LessonText.answered(answer, step, model, columns)
          + LessonText.wrapped(LessonText.filled(step.reveal, with: values), .base, columns)
          + notes,
        [
          Span("n", .key),
          Span(" \(current.index + 1 < current.count ? words.nextStep : words.verdict)  "),
        ] + LessonText.score(model.lesson, words)
      )
    }
  }
}
