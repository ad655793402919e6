package import Canvas

extension Key {
  /// How the key is written on the screen: `K`, `^B`, `PgUp`, `F9`, `↑`.
  package var label: String {
    switch self {
    case .character(" "): "Space"
    case .character(let scalar): String(scalar)
    case .control(let scalar): "^" + String(scalar).uppercased()
    case .up: "↑"
    case .down: "↓"
    case .left: "←"
    case .right: "→"
    case .home: "Home"
    case .end: "End"
    case .pageUp: "PgUp"
    case .pageDown: "PgDn"
    case .tab: "Tab"
    case .backTab: "S-Tab"
    case .enter: "Enter"
    case .escape: "Esc"
    case .backspace: "Bksp"
    case .delete: "Del"
    case .insert: "Ins"
    case .function(let number): "F\(number)"
    case .mouse: "mouse"
    case .pasted: "paste"
    case .unknown: "?"
    }
  }

  /// Reads a key as a config file writes it: what ``label`` says, `Up`, `Left`, or `ctrl-b`.
  ///
  /// - Returns: nil for what is no key, or one that terminals cannot tell from another.
  package init?(named text: String) {
    if let named = Self.named[text.lowercased()], text.unicodeScalars.count > 1 {
      self = named
      return
    }
    let lower = text.lowercased()
    for prefix in ["^", "ctrl-"] where lower.hasPrefix(prefix) && lower.count == prefix.count + 1 {
      guard let letter = lower.unicodeScalars.last, ("a"..."z").contains(letter),
        !Self.indistinguishable.contains(letter)
      else { return nil }
      self = .control(letter)
      return
    }
    if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...20).contains(number) {
      self = .function(number)
      return
    }
    guard text.unicodeScalars.count == 1, let scalar = text.unicodeScalars.first,
      CharacterWidth.classify(scalar) != .unsafe
    else { return nil }
    self = .character(scalar)
  }

  /// ^I is Tab, ^M and ^J Enter, ^H Backspace; ^S and ^Q stop terminals.
  private static let indistinguishable: Set<Unicode.Scalar> = ["i", "m", "j", "h", "s", "q"]

  private static let named: [String: Key] = {
    let keys: [Key] = [
      .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backTab, .enter,
      .escape, .backspace, .delete, .insert, .character(" "),
    ]
    var table = Dictionary(uniqueKeysWithValues: keys.map { ($0.label.lowercased(), $0) })
    for (word, key) in [
      ("up", Key.up), ("down", .down), ("left", .left), ("right", .right), ("shift-tab", .backTab),
    ] {
      table[word] = key
    }
    return table
  }()
}
