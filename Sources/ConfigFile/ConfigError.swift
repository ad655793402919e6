import Canvas

/// Something in a config file that means nothing, as one line for the person who wrote it.
package struct ConfigMistake: Sendable, Hashable, CustomStringConvertible {
  /// The file as it was looked for.
  package var file: String
  /// Counted from 1; nil when the whole file is meant.
  package var line: Int?
  /// What is wrong, without the place.
  package var problem: String
  /// What to do about it.
  package var mend: String

  init(file: String, line: Int?, problem: String, mend: String) {
    self.file = file
    self.line = line
    self.problem = problem
    self.mend = mend
  }

  /// One line, as `file:line: what is wrong; the mend`, with nothing in it that a terminal obeys.
  package var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return SafeText.clean("\(place): \(problem); \(mend)")
  }
}

/// Why a config file cannot be used.
package struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
  /// At least one, in the order of their lines.
  package var mistakes: [ConfigMistake]

  /// The first mistake alone.
  package var description: String { mistakes.first?.description ?? "" }
}

/// Returns a text from a file between quotes, not too long.
func quoted(_ text: String) -> String {
  let isLong = text.count > Limits.quotedCharacters
  return "'\(text.prefix(Limits.quotedCharacters))\(isLong ? "…" : "")'"
}
