/// One breach of a house rule, with the place that an editor can jump to.
struct Violation: Hashable, CustomStringConvertible {
  /// Relative to the package's root.
  var file: String
  /// Counts from 1.
  var line: Int
  var message: String

  var description: String { "\(file):\(line): \(message)" }
}

/// Joins violations into one text for a failed expectation.
func report(_ violations: [Violation]) -> String {
  violations.map(\.description).joined(separator: "\n")
}
