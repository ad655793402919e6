package import Dashboard
package import Diagnosis
import TOMLText

/// What a config file says, checked.
package struct Configuration: Sendable, Hashable {
  /// What is remembered of the person's choices.
  package var settings = Settings()
  /// What the file changed of the diagnosis' rules.
  package var tuning = Tuning.standard
  /// All keys, with those that the file changed.
  package var keymap = Keymap.standard
  /// What was left out because nobody knows it, one line each: `file:line: what; the mend`.
  package var warnings: [String] = []
  /// Where the theme is named, to blame for a name that no theme has.
  package var themeLine: Int?

  /// What there is without a file.
  package init() {}

  /// Reads a file's text.
  ///
  /// - Parameters:
  ///   - text: TOML, at most 64 KB as ``read(_:)`` sees to.
  ///   - file: What mistakes call it.
  /// - Throws: ``ConfigError`` with everything in it that means nothing, by its line.
  package init(text: String, file: String) throws(ConfigError) {
    let root: [String: TOMLNode]
    do {
      root = try TOMLNode.parse(text)
    } catch {
      let mend = "correct the TOML there"
      throw ConfigError(
        mistakes: [
          ConfigMistake(file: file, line: error.line, problem: error.problem, mend: mend)
        ]
      )
    }
    var reader = ConfigReader(file: file, outline: TOMLOutline(Array(text.utf8)))
    reader.readRoot(root)
    if !reader.mistakes.isEmpty {
      let inOrder = reader.mistakes.sorted {
        ($0.line ?? 0, $0.problem) < ($1.line ?? 0, $1.problem)
      }
      throw ConfigError(mistakes: Array(inOrder.prefix(Limits.mistakes)))
    }
    self = reader.result
    warnings = reader.warnings.sorted { ($0.line ?? 0) < ($1.line ?? 0) }.map(\.description)
  }
}
