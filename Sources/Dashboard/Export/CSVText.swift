import Canvas

/// Rows of comma-separated values by RFC 4180, safe to be opened in a spreadsheet.
enum CSVText {
  /// What a spreadsheet takes for the beginning of a formula.
  private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@"]

  /// Writes a row.
  ///
  /// - Parameter cells: Texts are cleaned as for a terminal; no data is an empty cell.
  /// - Returns: The row with its line end.
  static func row(_ cells: [FieldValue]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  /// Returns one cell: a text that would be a formula begins with an apostrophe, which spreadsheets
  /// take for "this is text".
  static func cell(_ value: FieldValue) -> String {
    switch value {
    case .none: return ""
    case .number(let number): return self.number(number)
    case .text(let text):
      var clean = SafeText.clean(text)
      if let first = clean.unicodeScalars.first, formulaStarts.contains(first) {
        clean = "'" + clean
      }
      guard clean.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" }) else { return clean }
      return "\""
        + clean.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
    }
  }

  /// Sums are never below 0, so no number begins like a formula; what is no number is no data.
  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "" }
    let shown = ExportNumber(value)
    let text =
      switch shown {
      case .whole(let whole): String(whole)
      case .fraction(let fraction): "\(fraction)"
      }
    return text.hasPrefix("-") ? "'" + text : text
  }
}

/// A number as exports write it: whole where it is, else to three decimals, more of which are noise.
enum ExportNumber: Sendable, Hashable {
  case whole(Int64)
  case fraction(Double)

  /// - Parameter value: A finite number.
  init(_ value: Double) {
    // Beyond that a Double has no decimals, and Int64 soon no room.
    let largest = 9e15
    let rounded = (min(max(value, -largest), largest) * 1_000).rounded() / 1_000
    self = rounded == rounded.rounded() ? .whole(Int64(rounded)) : .fraction(rounded)
  }
}
