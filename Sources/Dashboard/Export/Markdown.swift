import Canvas

/// Markdown from texts that nobody has looked at.
enum Markdown {
  /// What would be more than itself.
  private static let special: Set<Unicode.Scalar> = [
    "\\", "`", "*", "_", "[", "]", "<", ">", "|", "#", "~", "&",
  ]

  /// Returns a text as it is to be read: without control characters, and with nothing in it that
  /// is markup.
  static func text(_ text: String) -> String {
    var result = ""
    for scalar in SafeText.clean(text).unicodeScalars {
      if special.contains(scalar) { result.append("\\") }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// Returns a row of a table, of cells that are Markdown already.
  static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

  /// Returns the head of a table and the line below it: the first column to the left, the others to
  /// the right.
  static func head(_ cells: [String]) -> [String] {
    [row(cells), row([":--"] + cells.dropFirst().map { _ in "--:" })]
  }
}

/// Charts of one line.
enum Sparkline {
  private static let levels = Array("▁▂▃▄▅▆▇█")

  /// Returns a character for each value: a space where nothing is known, the lowest for 0.
  static func text(_ values: [Double?]) -> String {
    let most = values.compactMap(\.self).filter(\.isFinite).max() ?? 0
    return String(
      values.map { value -> Character in
        guard let value, value.isFinite else { return " " }
        guard value > 0, most > 0 else { return levels[0] }
        let level = 1 + Int(value / most * Double(levels.count - 1) - 1e-9)
        return levels[min(max(1, level), levels.count - 1)]
      }
    )
  }
}
