import Telemetry

/// Pieces of sentences.
enum Phrase {
  /// Puts names in a row.
  ///
  /// - Parameters:
  ///   - names: At least one.
  ///   - limit: More are only counted.
  /// - Returns: `a`, `a and b`, or `a, b and 3 more`.
  static func list(_ names: [String], limit: Int = 3) -> String {
    guard names.count > 1 else { return names.first ?? "" }
    if names.count <= limit {
      return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }
    let named = names.prefix(limit - 1).joined(separator: ", ")
    return named + " and \(names.count - limit + 1) more"
  }

  /// Returns a share as a percentage: `95 %`; `100 %` only for all of it.
  static func percent(_ share: Double) -> String {
    let rounded = Int(max(0, min(1, share)) * 100 + 0.5)
    return "\(rounded == 100 && share < 0.999 ? 99 : rounded) %"
  }

  /// Returns how long work takes: `52 ms`, `7.5 s`, `3m12s`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 1 { return Self.milliseconds(seconds * 1_000) }
    if seconds < 10 {
      let tenths = Int(seconds * 10 + 0.5)
      return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
    return seconds < 100 ? "\(Int(seconds + 0.5)) s" : Format.span(seconds)
  }

  private static func milliseconds(_ value: Double) -> String {
    Format.milliseconds(value) + " ms"
  }
}
