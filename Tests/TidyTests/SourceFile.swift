import Foundation

/// One Swift file as the rules see it.
struct SourceFile {
  /// Relative to the package's root: `Sources/AMQP/Frame.swift`.
  let path: String
  /// The folder under `Sources` or `Tests`.
  let target: String
  /// The text as written, one element a line.
  let lines: [String]
  /// The same lines with comments and the contents of string literals blanked out, so that a word
  /// found here is code.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    let parts = path.split(separator: "/")
    target = parts.count > 1 ? String(parts[1]) : ""
    lines = Self.split(text)
    code = Self.split(CodeText.blankingCommentsAndStrings(in: text))
  }

  /// Whether a line holds nothing but a comment.
  func isComment(_ index: Int) -> Bool {
    code[index].allSatisfy(\.isWhitespace) && !lines[index].allSatisfy(\.isWhitespace)
  }

  /// Whether a line holds nothing but attributes, such as `@inline(__always)`.
  func isAttribute(_ index: Int) -> Bool {
    let text = code[index].trimmingCharacters(in: .whitespaces)
    return text.hasPrefix("@") && text.firstMatch(of: declarationWord) == nil
  }

  /// The comment lines directly above a line, attributes between them skipped, nearest first.
  func commentLines(above index: Int) -> [String] {
    var found: [String] = []
    var cursor = index - 1
    while cursor >= 0, isComment(cursor) || isAttribute(cursor) {
      if isComment(cursor) { found.append(lines[cursor]) }
      cursor -= 1
    }
    return found
  }

  private static func split(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}

private nonisolated(unsafe) let declarationWord =  // Safe: a regex without captures, never mutated.
  /\b(func|init|struct|class|enum|protocol|actor|extension|var|let|typealias|subscript|import)\b/
