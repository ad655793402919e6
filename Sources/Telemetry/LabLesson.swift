/// The languages of lessons and verdicts.
package enum Language: String, Sendable, Hashable, CaseIterable {
  case english = "en"
  /// Simplified Chinese.
  case chinese = "zh"
}

/// The guided part of a scenario, in one language.
///
/// Texts may hold places for measured numbers, `{async.p95}`; see ``LabMeasurements``.
package struct Lesson: Sendable, Hashable {
  package var steps: [LessonStep]
  package var verdict: [VerdictLine]

  /// - Parameters:
  ///   - steps: In the order in which they are walked through.
  ///   - verdict: In the order in which it is read.
  package init(steps: [LessonStep] = [], verdict: [VerdictLine] = []) {
    self.steps = steps
    self.verdict = verdict
  }
}

/// One step of a lesson.
package struct LessonStep: Sendable, Hashable {
  /// The phase of the run whose numbers it is about; other texts name it, `{calm.async.p95}`.
  package var phase: String
  package var title: String
  /// What to do, with the keys.
  package var task: String
  package var question: String
  /// Two to four answers to choose from.
  package var options: [String]
  /// The place of the right answer among the options, from 0.
  package var answer: Int
  /// What happened and why, with places for numbers.
  package var reveal: String
  /// One honest reservation.
  package var caveat: String

  /// - Parameters:
  ///   - phase: The phase of the run whose numbers it is about.
  ///   - title: A few words.
  ///   - task: What to do, with the keys.
  ///   - question: What to predict.
  ///   - options: Two to four answers.
  ///   - answer: The place of the right answer, from 0.
  ///   - reveal: What happened, with places for numbers.
  ///   - caveat: One honest reservation.
  package init(
    phase: String,
    title: String,
    task: String,
    question: String,
    options: [String],
    answer: Int,
    reveal: String,
    caveat: String
  ) {
    self.phase = phase
    self.title = title
    self.task = task
    self.question = question
    self.options = options
    self.answer = answer
    self.reveal = reveal
    self.caveat = caveat
  }
}

/// One line of the verdict.
package struct VerdictLine: Sendable, Hashable {
  /// The line is said only when this holds, `sync.p50 > async.p50`; nil means always.
  package var condition: String?
  /// With places for numbers.
  package var text: String

  /// - Parameters:
  ///   - condition: When the line is said; nil means always.
  ///   - text: With places for numbers.
  package init(condition: String?, text: String) {
    self.condition = condition
    self.text = text
  }
}
