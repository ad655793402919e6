import Canvas

/// Why there is no theme to draw with.
package struct ThemeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Whose mistake it is, which decides the exit code.
  package enum Kind: Sendable, Hashable {
    /// No theme has the name that was asked for.
    case unknownTheme
    /// A theme file cannot be read or says something that means nothing.
    case malformedFile
  }

  package var kind: Kind
  /// The file as it was looked for; empty when no file is meant.
  package var file: String
  /// Counted from 1; nil when the whole file is meant.
  package var line: Int?
  /// What is wrong, without the place.
  package var problem: String
  /// What to do about it.
  package var mend: String

  package init(kind: Kind, file: String, line: Int?, problem: String, mend: String) {
    self.kind = kind
    self.file = file
    self.line = line
    self.problem = problem
    self.mend = mend
  }

  /// One line: `file:line: what is wrong; the mend`.
  package var description: String {
    let place = file.isEmpty ? "" : line.map { "\(file):\($0): " } ?? "\(file): "
    return "\(place)\(problem); \(mend)"
  }
}

/// A place in a theme file.
struct Location: Hashable {
  var file: String
  var line: Int

  /// Makes the error that says that something is wrong here.
  func error(_ problem: String, mend: String) -> ThemeError {
    ThemeError(kind: .malformedFile, file: file, line: line, problem: problem, mend: mend)
  }

  /// Returns a text from a file between quotes, made safe for a terminal and not too long.
  static func quoted(_ text: some StringProtocol) -> String {
    let shown = SafeText.clean(String(text.prefix(Limits.quotedCharacters)))
    return "'\(shown)\(text.count > Limits.quotedCharacters ? "…" : "")'"
  }
}
