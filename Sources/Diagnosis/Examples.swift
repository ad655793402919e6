import Telemetry

/// How a sentence lists things of which there may be many.
enum Examples {
  /// Returns the first few and how many more there are: `a, b, c, d, e and 7 more`.
  ///
  /// Only those few are asked for.
  static func list(_ names: some RandomAccessCollection<String>) -> String {
    let said = names.prefix(Limits.examples).joined(separator: ", ")
    let rest = names.count - Limits.examples
    return rest > 0 ? "\(said) and \(Format.count(rest)) more" : said
  }
}
