import Canvas

/// A page of a lesson: a step with its question, what happened, or the verdict.
struct LessonView: Sendable, Hashable {
  enum Page: Sendable, Hashable {
    case step
    case verdict
  }

  var page: Page
  /// The answer under the cursor.
  var cursor = 0
  /// The first line that is shown.
  var top = 0
  /// Whether the answer under the cursor is to be seen, whatever ``top`` says.
  var followsCursor = false

  /// The letter of an answer: `a`, `b`.
  static func letter(_ answer: Int) -> String {
    String(Unicode.Scalar(UInt8(ascii: "a") + UInt8(clamping: min(max(0, answer), 25))))
  }

  /// Takes a key.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - page: Lines that are seen at once.
  ///   - last: The last line that can stand at the top.
  ///   - options: Answers to choose from; 0 when there is nothing to answer.
  ///   - words: In the language of the lesson.
  /// - Returns: What becomes of the page.
  mutating func take(
    _ key: Key,
    page: Int,
    last: Int,
    options: Int,
    words: LessonWords
  ) -> DialogAnswer {
    if options > 0, case .character(let scalar) = key,
      let index = (0..<options).first(where: { Self.letter($0) == String(scalar) })
    {
      return .choose(.lesson(.answer(index)))
    }
    switch key {
    case .escape, .control("g"), .character("q"): return .close
    case .enter:
      if options > 0 { return .choose(.lesson(.answer(cursor))) }
      return self.page == .verdict ? .close : .choose(.lesson(.next))
    case .character("n"):
      if options > 0 { return .refuse(words.chooseFirst) }
      return self.page == .verdict ? .close : .choose(.lesson(.next))
    case .character("r"):
      return self.page == .verdict ? .stay : .choose(.lesson(.again))
    case .up, .character("k"): move(-1, options)
    case .down, .character("j"): move(1, options)
    case .pageUp, .control("b"), .control("u"): scroll(to: top - page)
    case .pageDown, .control("f"), .control("d"), .character(" "): scroll(to: top + page)
    case .home, .character("g"): scroll(to: 0)
    case .end, .character("G"): scroll(to: last)
    case .mouse(let event):
      if event.kind == .wheelUp { scroll(to: top - 3) }
      if event.kind == .wheelDown { scroll(to: top + 3) }
    default: break
    }
    top = min(max(0, top), max(0, last))
    return .stay
  }

  /// Whether a key means something to the page itself.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - options: Answers to choose from; 0 when there is nothing to answer.
  /// - Returns: False for a key that ``take(_:page:last:options:words:)`` would let pass.
  static func isOwn(_ key: Key, options: Int) -> Bool {
    switch key {
    case .character(let scalar):
      "qnrkjgG ".unicodeScalars.contains(scalar)
        || (0..<options).contains { letter($0) == String(scalar) }
    case .control(let scalar): "gubfd".unicodeScalars.contains(scalar)
    case .mouse, .enter, .up, .down, .pageUp, .pageDown, .home, .end, .escape: true
    case .left, .right, .tab, .backTab, .backspace, .delete, .insert, .function, .pasted,
      .unknown:
      false
    }
  }

  private mutating func scroll(to line: Int) {
    top = line
    followsCursor = false
  }

  private mutating func move(_ step: Int, _ options: Int) {
    if options > 0 {
      cursor = min(max(0, cursor + step), options - 1)
      followsCursor = true
    } else {
      top += step
    }
  }
}
