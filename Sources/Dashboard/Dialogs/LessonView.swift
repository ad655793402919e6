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
  mutating func take(_ key: Key, page: Int, last: Int, options: Int) -> DialogAnswer {
    if options > 0, case .character(let scalar) = key,
      let index = (0..<options).first(where: { Self.letter($0) == String(scalar) })
    {
      return .choose(.lesson(.answer(index)))
    }
    switch key {
    case .escape, .control("g"), .control("c"), .character("q"): return .close
    case .enter:
      if options > 0 { return .choose(.lesson(.answer(cursor))) }
      return self.page == .verdict ? .close : .choose(.lesson(.next))
    case .character("n"):
      if options > 0 { return .refuse("choose an answer first: what do you think will happen?") }
      return self.page == .verdict ? .close : .choose(.lesson(.next))
    case .character("r"):
      return self.page == .verdict ? .stay : .choose(.lesson(.again))
    case .up, .character("k"): move(-1, options)
    case .down, .character("j"): move(1, options)
    case .pageUp, .control("b"), .control("u"): top -= page
    case .pageDown, .control("f"), .control("d"), .character(" "): top += page
    case .home, .character("g"): top = 0
    case .end, .character("G"): top = last
    case .mouse(let event):
      if event.kind == .wheelUp { top -= 3 }
      if event.kind == .wheelDown { top += 3 }
    default: break
    }
    top = min(max(0, top), max(0, last))
    return .stay
  }

  private mutating func move(_ step: Int, _ options: Int) {
    if options > 0 {
      cursor = min(max(0, cursor + step), options - 1)
    } else {
      top += step
    }
  }
}
