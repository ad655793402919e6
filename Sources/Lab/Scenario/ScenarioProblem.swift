/// Why a text is no scenario, as one line for the person who wrote it.
package struct ScenarioProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file as the person named it.
  package var file: String
  /// Counted from 1; nil when the whole file is meant.
  package var line: Int?
  /// Where in the file, `service.points.work_ms`; nil when it is no TOML.
  package var field: String?
  /// What it must be and what it is, or what is wrong and the mend.
  package var message: String

  /// `FILE:LINE: service.points.work_ms: must be 0 to 60000; it is -5`, with nothing in it that a
  /// terminal obeys.
  package var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return ScenarioText.printable(
      [place, field, message].compactMap { $0 }.joined(separator: ": ")
    )
  }
}
