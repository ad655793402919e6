/// Files and functions that a reader can take in at a glance.
enum SizeRule {
  static let fileLinesLimit = 400
  static let functionLinesLimit = 70

  static func violations(in file: SourceFile) -> [Violation] {
    tooLong(path: file.path, lineCount: file.lines.count) + longFunctions(in: file)
  }

  /// A file of any language.
  static func tooLong(path: String, lineCount: Int) -> [Violation] {
    guard lineCount > fileLinesLimit else { return [] }
    return [
      Violation(
        file: path,
        line: fileLinesLimit + 1,
        message: "the file has \(lineCount) lines, at most \(fileLinesLimit) are allowed"
      )
    ]
  }

  private static func longFunctions(in file: SourceFile) -> [Violation] {
    Declaration.all(in: file)
      .filter { $0.kind.isFunction && $0.lines.count > functionLinesLimit }
      .map { function in
        Violation(
          file: file.path,
          line: function.lines.lowerBound + 1,
          message: "\(function.name) has \(function.lines.count) lines, "
            + "at most \(functionLinesLimit) are allowed"
        )
      }
  }
}
