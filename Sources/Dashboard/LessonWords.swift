import Telemetry

/// The words around a lesson, in the language of the lesson.
struct LessonWords: Sendable, Hashable {
  /// What comes before the number of a step, and what lies between it and how many there are.
  var step: String
  var predictFirst: String
  var doAndLook: String
  var whatHappened: String
  var verdict: String
  var yourAnswers: String
  var right: String
  var wrong: String
  /// What stands between the two.
  var comma: String
  var thatIsYourAnswer: String
  var answer: String
  var leave: String
  var reveal: String
  var nextStep: String
  var again: String
  var more: String
  var whatToWatch: String
  var predict: String
  var noLesson: String
  var chooseFirst: String

  static let english = LessonWords(
    step: "step",
    predictFirst: "predict before you look",
    doAndLook: "do it, and look",
    whatHappened: "what happened",
    verdict: "verdict",
    yourAnswers: "your answers: ",
    right: "right",
    wrong: "wrong",
    comma: ", ",
    thatIsYourAnswer: "That is your answer. Do what the step says, look, then n.",
    answer: "answer",
    leave: "leave",
    reveal: "reveal",
    nextStep: "next step",
    again: "repeat",
    more: "more",
    whatToWatch: "what to watch",
    predict: "predict: ",
    noLesson: "This scenario has no lesson; break something with f and watch.",
    chooseFirst: "choose an answer first: what do you think will happen?"
  )

  static let chinese = LessonWords(
    step: "步骤",
    predictFirst: "先预测，再观察",
    doAndLook: "动手做，再观察",
    whatHappened: "结果",
    verdict: "结论",
    yourAnswers: "你的回答：",
    right: "对",
    wrong: "错",
    comma: "，",
    thatIsYourAnswer: "这就是你的回答。按步骤说的做，观察，然后按 n。",
    answer: "回答",
    leave: "离开",
    reveal: "揭晓",
    nextStep: "下一步",
    again: "重做",
    more: "更多",
    whatToWatch: "观察什么",
    predict: "预测：",
    noLesson: "这个场景没有课程；按 f 制造故障并观察。",
    chooseFirst: "请先选择一个答案：你认为会发生什么？"
  )

  static func words(of language: Language) -> LessonWords {
    switch language {
    case .english: english
    case .chinese: chinese
    }
  }

  private var isChinese: Bool { self == Self.chinese }

  /// The word of a key of the lesson in borders and the footer; nil for the key table's own.
  func hint(of action: Action) -> String? {
    guard isChinese else { return nil }
    return action == .lesson ? nextStep : action == .repeatStep ? again : nil
  }

  /// `step 2/5`.
  func place(_ index: Int, of count: Int) -> String { "\(step) \(index + 1)/\(count)" }

  /// `right: you said b`, or `wrong: you said a, it is b`.
  func judgement(isRight: Bool, said: String, it: String) -> String {
    if isChinese { return isRight ? "对：你答的是 \(said)" : "错：你答的是 \(said)，应该是 \(it)" }
    return isRight ? "right: you said \(said)" : "wrong: you said \(said), it is \(it)"
  }

  /// What is said when an answer was given.
  func answered(_ letter: String) -> String {
    isChinese
      ? "你的回答：\(letter)。按步骤说的做，观察，然后按 n"
      : "your answer: \(letter). Do what the step says, look, then n"
  }

  /// What `n` does before the first step; it stands behind the key.
  func begins(stepCount: Int) -> String {
    if isChinese { return " 开始课程：\(stepCount) 个步骤，然后是结论" }
    let steps = stepCount == 1 ? "a step" : "\(stepCount) steps"
    return " begins the lesson: \(steps), then the verdict"
  }

  /// What `n` does after an answer; it stands behind the key.
  func reveals(_ letter: String) -> String {
    isChinese ? " 揭晓；你的预测是 \(letter) " : " reveals; you predict \(letter) "
  }

  /// `2 right`.
  func count(right count: Int) -> String { isChinese ? "\(right) \(count)" : "\(count) \(right)" }

  /// `1 wrong`.
  func count(wrong count: Int) -> String { isChinese ? "\(wrong) \(count)" : "\(count) \(wrong)" }
}

extension LabSnapshot {
  /// The language of its lesson, as its texts show: a lab has all its texts in one.
  var language: Language {
    let text = lesson.steps.first?.question ?? title
    // What Chinese is mostly written with; no text of the other language has any of it.
    let ideographs: ClosedRange<UInt32> = 0x4E00...0x9FFF
    return text.unicodeScalars.contains { ideographs.contains($0.value) } ? .chinese : .english
  }

  var lessonWords: LessonWords { LessonWords.words(of: language) }
}

extension Model {
  /// The words around the lesson.
  var lessonWords: LessonWords { live.lab?.lessonWords ?? .english }
}
