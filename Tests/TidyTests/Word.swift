/// One identifier of a line of code with what stands around it.
struct Word {
  var text: Substring
  /// A parenthesis follows.
  var isCall: Bool
  /// A dot stands before it.
  var isMember: Bool
  /// `func` stands before it: it is declared here, not used.
  var isDeclared: Bool

  /// Splits one line, comments and strings already blanked out.
  static func all(in code: String) -> [Word] {
    var words: [Word] = []
    var cursor = code.startIndex
    while cursor < code.endIndex {
      guard isIdentifier(code[cursor]) else {
        cursor = code.index(after: cursor)
        continue
      }
      let end = code[cursor...].firstIndex { !isIdentifier($0) } ?? code.endIndex
      words.append(
        Word(
          text: code[cursor..<end],
          isCall: code[end...].first { !$0.isWhitespace } == "(",
          isMember: code[..<cursor].last == ".",
          isDeclared: words.last?.text == "func"
        )
      )
      cursor = end
    }
    return words
  }

  private static func isIdentifier(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}
