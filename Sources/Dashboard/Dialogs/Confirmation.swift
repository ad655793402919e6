import Canvas

/// A question before something that cannot be taken back.
struct Confirmation: Sendable, Hashable {
  var title: String
  /// What will happen, with the count of what is lost.
  var lines: [String]
  /// The word of the button that does it.
  var verb: String
  /// What must be typed before it can be done; nil when a button is enough.
  var nameToType: String?
  var typed = TextField()
  /// Which button has the keys; the harmless one has them at first.
  var isYesFocused = false
  var choice: Choice

  /// Whether it can be done now.
  var isReady: Bool {
    guard let nameToType else { return true }
    return typed.text == SafeText.clean(nameToType)
  }

  mutating func take(_ key: Key) -> DialogAnswer {
    switch key {
    case .escape, .control("g"): return .close
    case .enter:
      if nameToType != nil {
        return isReady ? .choose(choice) : .refuse("type the name as it is, or Esc")
      }
      return isYesFocused ? .choose(choice) : .close
    default: break
    }
    if nameToType != nil {
      _ = typed.take(key)
      return .stay
    }
    switch key {
    case .character("y"), .character("Y"): return .choose(choice)
    case .character("n"), .character("N"), .character("q"): return .close
    case .left, .right, .tab, .backTab, .character("h"), .character("l"):
      isYesFocused.toggle()
      return .stay
    default: return .stay
    }
  }
}
