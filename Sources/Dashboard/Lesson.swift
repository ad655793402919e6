import Telemetry

/// How far a person is in the guided part of a scenario.
struct LessonProgress: Sendable, Hashable {
  /// Where a step stands.
  enum Stage: Sendable, Hashable {
    /// The question waits for an answer.
    case asked
    /// It was answered; now the person does what the step says, and looks.
    case predicted(Int)
    /// What happened was told, from numbers that are kept.
    case revealed(answer: Int, values: [String: Double])
  }

  /// The step that is walked through; nil before the first.
  private(set) var step: Int?
  private(set) var stage = Stage.asked
  /// What the lab had measured when the step was begun.
  private(set) var base: LabSnapshot?
  /// What it had measured when the first step was begun.
  private(set) var start: LabSnapshot?
  /// The numbers of the steps that were revealed, with the phase in front.
  private(set) var kept: [String: Double] = [:]
  /// Whether each step's answer was right.
  private(set) var answers: [Int: Bool] = [:]
  /// Whether the last step was revealed, so that there is a verdict.
  private(set) var isOver = false

  var rightCount: Int { answers.values.count { $0 } }
  var wrongCount: Int { answers.count - rightCount }

  /// Begins a step, or begins it again.
  mutating func begin(_ index: Int, at snapshot: LabSnapshot) {
    step = index
    stage = .asked
    base = snapshot
    if start == nil { start = snapshot }
  }

  mutating func predict(_ answer: Int) {
    guard step != nil, stage == .asked else { return }
    stage = .predicted(answer)
  }

  /// Measures what happened.
  mutating func reveal(in snapshot: LabSnapshot) {
    guard let index = step, case .predicted(let answer) = stage,
      snapshot.lesson.steps.indices.contains(index)
    else { return }
    let plan = snapshot.lesson.steps[index]
    let now = LabMeasurements(snapshot, since: base).values
    if !plan.phase.isEmpty {
      for (name, value) in now { kept["\(plan.phase).\(name)"] = value }
    }
    stage = .revealed(answer: answer, values: kept.merging(now) { _, new in new })
    answers[index] = answer == plan.answer
    if index == snapshot.lesson.steps.count - 1 { isOver = true }
  }

  /// The numbers for the verdict: those of the steps, and those of the whole lesson.
  func verdictValues(in snapshot: LabSnapshot) -> [String: Double] {
    kept.merging(LabMeasurements(snapshot, since: start).values) { _, new in new }
  }
}

/// What a person does in a lesson.
enum LessonAct: Sendable, Hashable {
  case answer(Int)
  /// To the reveal, the next step or the verdict.
  case next
  case again
}

extension Model {
  /// The step that the person is in, with its place; nil before the first.
  var currentStep: (index: Int, step: LessonStep, count: Int)? {
    guard let index = lesson.step, let lab = live.lab, lab.lesson.steps.indices.contains(index)
    else { return nil }
    // A question may name what is known before the answer, how many threads there are say.
    let values = LabMeasurements(lab).values
    var step = lab.lesson.steps[index]
    step.task = LessonText.filled(step.task, with: values)
    step.question = LessonText.filled(step.question, with: values)
    step.options = step.options.map { LessonText.filled($0, with: values) }
    return (index, step, lab.lesson.steps.count)
  }

  /// What `n` does: the first step, the question again, the reveal, the next step or the verdict.
  func walkingOn() -> Decision {
    guard options.hasLab else { return .refuse("no scenario runs here") }
    guard let lab = live.lab else { return .refuse("the scenario has not started yet") }
    if case .failed = lab.state { return .refuse("the scenario could not start") }
    guard !lab.lesson.steps.isEmpty else { return .refuse("this scenario has no lesson") }
    if lesson.step == nil, let labRefusal { return .refuse(labRefusal) }
    return .act([])
  }

  func repeatingStep() -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    return currentStep == nil ? .refuse("no step was begun; n begins the first") : .act([])
  }

  /// Goes on in the lesson.
  mutating func walk(_ lessonAct: LessonAct) {
    guard let lab = live.lab, !lab.lesson.steps.isEmpty else { return }
    touch()
    switch lessonAct {
    case .answer(let answer):
      lesson.predict(answer)
      tell(lessonWords.answered(LessonView.letter(answer)))
    case .again:
      lesson.begin(lesson.step ?? 0, at: lab)
      dialog = .lesson(LessonView(page: .step))
    case .next:
      switch lesson.stage {
      case .predicted:
        lesson.reveal(in: lab)
        toast = nil
        dialog = .lesson(LessonView(page: .step))
      case .revealed:
        let next = (lesson.step ?? -1) + 1
        if next < lab.lesson.steps.count {
          lesson.begin(next, at: lab)
          dialog = .lesson(LessonView(page: .step))
        } else {
          dialog = .lesson(LessonView(page: .verdict))
        }
      case .asked:
        if lesson.step == nil { lesson.begin(0, at: lab) }
        dialog = .lesson(LessonView(page: .step))
      }
    }
  }

  /// How many answers can be chosen from in the lesson's page now.
  func optionCount(of view: LessonView) -> Int {
    guard view.page == .step, lesson.stage == .asked else { return 0 }
    return currentStep?.step.options.count ?? 0
  }
}
