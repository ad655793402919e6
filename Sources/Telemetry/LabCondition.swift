/// A condition over measured numbers: `sync.p50 > async.p50 * 2 and lost == 0`.
struct LabCondition {
  private enum Relation: String, CaseIterable {
    // The longer ones first, for the reader takes the first that fits.
    case atLeast = ">="
    case atMost = "<="
    case equal = "=="
    case more = ">"
    case less = "<"

    func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .atLeast: left >= right
      case .atMost: left <= right
      case .equal: left == right
      case .more: left > right
      case .less: left < right
      }
    }
  }

  private enum Term {
    case number(Double)
    case name(String, times: Double)

    /// nil when it was not measured.
    func value(in values: [String: Double]) -> Double? {
      switch self {
      case .number(let number): number
      case .name(let name, let factor): values[name].flatMap { $0.isFinite ? $0 * factor : nil }
      }
    }

    var name: String? {
      switch self {
      case .number: nil
      case .name(let name, _): name
      }
    }
  }

  private struct Comparison {
    var left: Term
    var relation: Relation
    var right: Term
  }

  /// All of them must hold.
  private var comparisons: [Comparison] = []

  /// In the order in which they stand there, repetitions included.
  var names: [String] {
    comparisons.flatMap { [$0.left.name, $0.right.name].compactMap { $0 } }
  }

  /// Reads a condition; nil when it is none.
  init?(_ text: String) {
    guard let words = Self.words(of: text) else { return nil }
    for part in words.split(separator: "and", omittingEmptySubsequences: false) {
      guard
        let place = part.firstIndex(where: { Relation(rawValue: $0) != nil }),
        let relation = Relation(rawValue: part[place]),
        let left = Self.term(part[..<place]),
        let right = Self.term(part[place...].dropFirst())
      else { return nil }
      comparisons.append(Comparison(left: left, relation: relation, right: right))
    }
  }

  /// Whether all comparisons hold; nil when a number was not measured.
  func holds(with values: [String: Double]) -> Bool? {
    var result = true
    for comparison in comparisons {
      guard
        let left = comparison.left.value(in: values),
        let right = comparison.right.value(in: values)
      else { return nil }
      if !comparison.relation.holds(left, right) { result = false }
    }
    return result
  }

  /// Names, numbers and signs; nil when there is anything else.
  private static func words(of text: String) -> [String]? {
    var words: [String] = []
    var rest = text[...]
    while let character = rest.first {
      let word = rest.prefix(while: LabMeasurements.isNameCharacter)
      if !word.isEmpty {
        words.append(String(word))
        rest = rest[word.endIndex...]
      } else if let sign = signs.first(where: { rest.hasPrefix($0) }) {
        words.append(sign)
        rest = rest.dropFirst(sign.count)
      } else if character == " " {
        rest.removeFirst()
      } else {
        return nil
      }
    }
    return words
  }

  private static let signs = Relation.allCases.map(\.rawValue) + ["*"]

  /// A number, a name, or a name times a number.
  private static func term(_ words: ArraySlice<String>) -> Term? {
    guard let first = words.first, isNameOrNumber(first) else { return nil }
    if words.count == 1 { return number(first).map(Term.number) ?? .name(first, times: 1) }
    let rest = words.dropFirst()
    guard
      words.count == 3, number(first) == nil, rest.first == "*",
      let factor = rest.last.flatMap(number)
    else { return nil }
    return .name(first, times: factor)
  }

  private static func isNameOrNumber(_ word: String) -> Bool {
    guard let first = word.first, LabMeasurements.isNameCharacter(first) else { return false }
    return number(word) != nil || first.isLetter
  }

  /// A plain decimal number: `Double` itself would read `nan` and `inf`, which can be names.
  private static func number(_ word: String) -> Double? {
    let digits = word.hasPrefix("-") ? word.dropFirst() : word[...]
    guard
      let first = digits.first, first.isNumber,
      digits.allSatisfy({ $0.isNumber || $0 == "." })
    else { return nil }
    return Double(word)
  }
}

extension LabMeasurements {
  /// Whether a condition holds.
  ///
  /// A condition compares a name, or a name times a number, with another or with a number, by
  /// `>`, `>=`, `<`, `<=` or `==`; `and` joins several.
  ///
  /// - Parameters:
  ///   - condition: The condition's text.
  ///   - values: The numbers, under their names.
  /// - Returns: nil when a number was not measured, or when the text is no condition.
  package static func holds(_ condition: String, with values: [String: Double]) -> Bool? {
    LabCondition(condition)?.holds(with: values)
  }

  /// Whether a text can be read as a condition.
  ///
  /// - Parameter text: What may be a condition.
  /// - Returns: Whether names in it were measured does not matter.
  package static func isCondition(_ text: String) -> Bool {
    LabCondition(text) != nil
  }

  /// The names that a condition compares.
  ///
  /// - Parameter condition: The condition's text.
  /// - Returns: In the order in which they stand there; none when it is no condition.
  package static func names(inCondition condition: String) -> [String] {
    LabCondition(condition)?.names ?? []
  }
}
