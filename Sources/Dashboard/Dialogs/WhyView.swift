import Canvas

/// The evidence of one thing that is wrong, and what to try.
struct WhyView: Sendable, Hashable {
  /// Which of the listed problems it is about: as long as it is listed, it stays on it.
  var subject: String
  var word: String
  /// The first line that is shown.
  var top = 0

  /// What becomes of the view when it got a key.
  enum Answer: Sendable, Hashable {
    case dialog(DialogAnswer)
    /// To the one so many places on.
    case step(Int)
    /// To what it is about.
    case go
    case copy
  }

  /// Takes a key.
  ///
  /// - Parameters:
  ///   - key: The key.
  ///   - page: Lines that are seen at once.
  ///   - last: The last line that can stand at the top.
  /// - Returns: What becomes of the view.
  mutating func take(_ key: Key, page: Int, last: Int) -> Answer {
    switch key {
    case .escape, .control("g"), .character("q"), .character("d"): return .dialog(.close)
    case .enter: return .go
    case .character("y"): return .copy
    case .tab, .right, .character("l"), .character("n"): return .step(1)
    case .backTab, .left, .character("h"), .character("N"): return .step(-1)
    case .up, .character("k"): top -= 1
    case .down, .character("j"): top += 1
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
    return .dialog(.stay)
  }
}
