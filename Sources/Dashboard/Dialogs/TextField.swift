import Canvas

/// A text that is being typed, with the keys that readline has.
struct TextField: Sendable, Hashable {
  private(set) var scalars: [Unicode.Scalar]
  /// Before which character the next one goes.
  private(set) var cursor: Int
  /// Whether Enter begins a line in it.
  let isMultiline: Bool
  let limit: Int

  init(_ text: String = "", isMultiline: Bool = false, limit: Int = Limits.fieldCharacters) {
    self.isMultiline = isMultiline
    self.limit = limit
    scalars = []
    cursor = 0
    insert(text)
  }

  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  var isEmpty: Bool { scalars.isEmpty }

  /// Takes a key that edits.
  ///
  /// - Returns: Whether it was one; other keys are for whoever shows the field.
  mutating func take(_ key: Key) -> Bool {
    switch key {
    case .character(let scalar): insert(String(scalar))
    case .pasted(let text): insert(text)
    case .left, .control("b"): cursor = max(0, cursor - 1)
    case .right, .control("f"): cursor = min(scalars.count, cursor + 1)
    case .home, .control("a"): cursor = lineStart
    case .end, .control("e"): cursor = lineEnd
    case .backspace:
      if cursor > 0 { remove(cursor - 1..<cursor) }
    case .delete, .control("d"):
      if cursor < scalars.count { remove(cursor..<cursor + 1) }
    case .control("u"): remove(lineStart..<cursor)
    case .control("k"): remove(cursor..<lineEnd)
    case .control("w"): remove(wordStart..<cursor)
    case .enter:
      guard isMultiline else { return false }
      insert("\n")
    case .control, .up, .down, .pageUp, .pageDown, .tab, .backTab, .escape, .insert, .function,
      .mouse, .unknown:
      return false
    }
    return true
  }

  /// Puts a whole text in place of what is there.
  mutating func replace(with text: String) {
    scalars = []
    cursor = 0
    insert(text)
  }

  /// Inserts text; what must not reach a terminal is left out, and a line break where there are no
  /// lines becomes a blank.
  private mutating func insert(_ text: String) {
    for scalar in text.unicodeScalars where scalars.count < limit {
      var wanted = scalar
      if scalar == "\n" || scalar == "\t" || scalar == "\r" {
        if !isMultiline { wanted = " " }
      } else if CharacterWidth.classify(scalar) == .unsafe {
        continue
      }
      scalars.insert(wanted, at: cursor)
      cursor += 1
    }
  }

  private mutating func remove(_ range: Range<Int>) {
    scalars.removeSubrange(range)
    cursor = range.lowerBound
  }

  private var lineStart: Int {
    (scalars[..<cursor].lastIndex(of: "\n") ?? -1) + 1
  }

  private var lineEnd: Int {
    scalars[cursor...].firstIndex(of: "\n") ?? scalars.count
  }

  /// Where the word before the cursor begins, with the blanks behind it.
  private var wordStart: Int {
    var start = cursor
    while start > 0, scalars[start - 1] == " " { start -= 1 }
    while start > 0, scalars[start - 1] != " ", scalars[start - 1] != "\n" { start -= 1 }
    return start
  }

  /// The part of the text that a width can show, so that the cursor is in it.
  ///
  /// - Returns: The text, and the column of the cursor in it.
  func window(columns: Int) -> (text: String, cursor: Int) {
    let line = Array(scalars[lineStart..<lineEnd])
    let place = cursor - lineStart
    var start = place
    var width = 1
    while start > 0 {
      let next = CharacterWidth.columns(of: String(line[start - 1]))
      if width + next > columns { break }
      width += next
      start -= 1
    }
    var shown = String.UnicodeScalarView()
    shown.append(contentsOf: line[start...])
    var before = String.UnicodeScalarView()
    before.append(contentsOf: line[start..<place])
    let text = TextCut.end(String(shown), columns: columns, ellipsis: nil)
    return (text, CharacterWidth.columns(of: String(before)))
  }
}
