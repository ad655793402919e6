import Canvas

/// What was typed after `/`, read: `order !test ready>1000 state:backlog ~^eu\.`.
///
/// Terms stand apart by blanks, and a row must fit all of them.
struct Filter: Sendable, Hashable {
  /// One condition.
  struct Term: Sendable, Hashable {
    var isNegated = false
    var condition: Condition
  }

  enum Condition: Sendable, Hashable {
    /// The name has this in it, whatever the case.
    case word(String)
    /// The name matches a regular expression.
    case expression(String)
    /// A column's text has this in it, whatever the case.
    case contains(field: String, text: String)
    /// A column's number compares so; for texts only equality.
    case compares(field: String, Comparison, Double)
  }

  enum Comparison: String, Sendable, Hashable, CaseIterable {
    case atLeast = ">="
    case atMost = "<="
    case isNot = "!="
    case more = ">"
    case less = "<"
    case equal = "="

    func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .atLeast: left >= right
      case .atMost: left <= right
      case .isNot: left != right
      case .more: left > right
      case .less: left < right
      case .equal: left == right
      }
    }
  }

  /// Why a text is no filter, in a few words.
  struct Mistake: Error, Sendable, Hashable {
    var text: String
  }

  var terms: [Term] = []

  /// Whether a row's place in it cannot change with its numbers.
  var isAboutNames: Bool {
    terms.allSatisfy { term in
      switch term.condition {
      case .word, .expression: true
      case .contains, .compares: false
      }
    }
  }

  /// The words that are to be found, to show where.
  var words: [String] {
    terms.compactMap { term in
      if case .word(let word) = term.condition, !term.isNegated { return word }
      return nil
    }
  }

  /// Reads a filter.
  ///
  /// - Parameters:
  ///   - text: What was typed so far; half a term at its end is no mistake.
  ///   - fields: The names of the table's columns.
  /// - Throws: ``Mistake`` with the words that are wrong.
  init(_ text: String, fields: [String]) throws(Mistake) {
    for part in text.split(separator: " ") {
      guard let term = try Self.term(String(part), fields) else { continue }
      terms.append(term)
    }
  }

  init() {}

  private static func term(_ part: String, _ fields: [String]) throws(Mistake) -> Term? {
    if part.isEmpty { return nil }
    if part.hasPrefix("!"), !part.hasPrefix("!=") {
      guard let inner = try term(String(part.dropFirst()), fields) else { return nil }
      return Term(isNegated: !inner.isNegated, condition: inner.condition)
    }
    if part.hasPrefix("~") {
      let pattern = String(part.dropFirst())
      if pattern.isEmpty { return nil }
      // Only whether it is one matters here; rows are matched with a compiled one.
      guard (try? Regex(pattern)) != nil else { throw Mistake(text: "no regex: \(pattern)") }
      return Term(condition: .expression(pattern))
    }
    if let found = try comparison(in: part, fields) { return found.term }
    if let colon = part.firstIndex(of: ":"), fields.contains(String(part[..<colon]).lowercased()) {
      let wanted = part[part.index(after: colon)...].lowercased()
      if wanted.isEmpty { return nil }
      let field = part[..<colon].lowercased()
      return Term(condition: .contains(field: field, text: wanted))
    }
    return Term(condition: .word(part.lowercased()))
  }

  /// A term with a comparison in it; its term is nil while the number is not yet there.
  private static func comparison(
    in part: String,
    _ fields: [String]
  ) throws(Mistake) -> (term: Term?, Void)? {
    guard let start = part.firstIndex(where: { "<>=!".contains($0) }), start > part.startIndex
    else { return nil }
    let rest = part[start...]
    guard let sign = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      return nil
    }
    let field = part[..<start].lowercased()
    guard fields.contains(field) else { throw Mistake(text: "no column \(field)") }
    let number = String(rest.dropFirst(sign.rawValue.count))
    if number.isEmpty { return (nil, ()) }
    guard let value = Quantity.value(of: number) else {
      if sign == .equal { return (Term(condition: .contains(field: field, text: number)), ()) }
      throw Mistake(text: "no number: \(number)")
    }
    return (Term(condition: .compares(field: field, sign, value)), ())
  }
}

/// A number as people write it.
enum Quantity {
  private static let units: [(suffix: String, factor: Double)] = [
    ("kb", 1_024), ("mb", 1_048_576), ("gb", 1_073_741_824), ("ms", 0.001),
    ("k", 1_000), ("m", 60), ("M", 1_000_000), ("G", 1_000_000_000), ("s", 1), ("h", 3_600),
    ("d", 86_400), ("%", 1),
  ]

  /// Returns the value of `1000`, `1k`, `2M`, `1.5`, `3m` (minutes), `2h`, `64kb`; nil for else.
  static func value(of text: String) -> Double? {
    if let plain = Double(text), plain.isFinite { return plain }
    for unit in units {
      let isSize = unit.suffix.hasSuffix("b")
      let tail = isSize ? text.lowercased() : text
      guard tail.hasSuffix(unit.suffix), let number = Double(tail.dropLast(unit.suffix.count)),
        number.isFinite
      else { continue }
      return number * unit.factor
    }
    return nil
  }
}

/// A filter made ready to be used on many rows.
struct FilterMatcher {
  private let terms: [(Filter.Term, Regex<AnyRegexOutput>?)]

  init(_ filter: Filter) {
    terms = filter.terms.map { term in
      guard case .expression(let pattern) = term.condition else { return (term, nil) }
      // It was checked when the filter was read.
      return (term, try? Regex(pattern).ignoresCase())
    }
  }

  /// Whether a row fits all terms.
  func matches<Row: TableRow>(_ row: Row) -> Bool {
    terms.allSatisfy { term, expression in
      holds(term.condition, expression, row) != term.isNegated
    }
  }

  private func holds<Row: TableRow>(
    _ condition: Filter.Condition,
    _ expression: Regex<AnyRegexOutput>?,
    _ row: Row
  ) -> Bool {
    switch condition {
    case .word(let word):
      return TextSearch.contains(word, in: row.name)
    case .expression:
      // A pattern that runs too deep finds nothing.
      return expression.flatMap { try? $0.firstMatch(in: row.name) } != nil
    case .contains(let name, let text):
      guard let field = Row.Field(rawValue: name) else { return false }
      if case .text(let value) = row.value(of: field) {
        return TextSearch.contains(text, in: value)
      }
      return row.text(of: field, glyphs: Glyphs()).0.lowercased() == text
    case .compares(let name, let sign, let wanted):
      guard let field = Row.Field(rawValue: name),
        case .number(let value) = row.value(of: field)
      else { return false }
      return sign.holds(value, wanted)
    }
  }
}

/// Looks for words in texts, whatever the case of their letters.
enum TextSearch {
  /// Looks for a word in a text.
  ///
  /// - Parameters:
  ///   - word: In lower case.
  ///   - text: In any.
  /// - Returns: Whether it is there.
  static func contains(_ word: String, in text: String) -> Bool {
    if word.isEmpty { return true }
    if let isFound = containsASCII(word, in: text) { return isFound }
    return text.lowercased().contains(word)
  }

  /// Compares bytes, where no letter is beyond ASCII; else nil.
  private static func containsASCII(_ word: String, in text: String) -> Bool? {
    let wanted = Array(word.utf8)
    var text = text
    return text.withUTF8 { bytes in
      if wanted.contains(where: { $0 > 127 }) { return nil }
      if bytes.count < wanted.count { return bytes.contains { $0 > 127 } ? nil : false }
      var hasOthers = false
      for start in 0..<bytes.count {
        if bytes[start] > 127 { hasOthers = true }
        guard start + wanted.count <= bytes.count else { continue }
        var offset = 0
        while offset < wanted.count, lower(bytes[start + offset]) == wanted[offset] { offset += 1 }
        if offset == wanted.count { return true }
      }
      return hasOthers ? nil : false
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (65...90).contains(byte) ? byte + 32 : byte
  }
}
