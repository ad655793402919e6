/// What a line of the verdict depends on: `calm.sync.p95 > async.p95 * 2 and async.failed < 1`.
struct ScenarioCondition: Sendable, Hashable {
  enum Operator: String, Sendable, Hashable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
  }

  /// A number, or a measured number, times a number.
  struct Term: Sendable, Hashable {
    /// nil for the plain number ``factor``.
    var name: String?
    var factor = 1.0
  }

  struct Comparison: Sendable, Hashable {
    var left: Term
    var relation: Operator
    var right: Term
  }

  var comparisons: [Comparison]

  /// Reads a condition; nil for what is none.
  init?(_ text: String) {
    var comparisons: [Comparison] = []
    let words = text.split(separator: " ").map(String.init)
    for part in words.split(separator: "and", omittingEmptySubsequences: false) {
      let part = Array(part)
      guard let middle = part.firstIndex(where: { Operator(rawValue: $0) != nil }),
        let relation = Operator(rawValue: part[middle]),
        let left = Self.term(part[..<middle]), let right = Self.term(part[(middle + 1)...])
      else { return nil }
      comparisons.append(Comparison(left: left, relation: relation, right: right))
    }
    self.comparisons = comparisons
  }

  private static func term(_ words: ArraySlice<String>) -> Term? {
    guard let first = words.first else { return nil }
    let numbers = words.dropFirst(2).map { number($0) }
    switch words.count {
    case 1: return number(first).map { Term(factor: $0) } ?? name(first).map { Term(name: $0) }
    case 3:
      guard words[words.startIndex + 1] == "*", let factor = numbers[0], let name = name(first)
      else { return nil }
      return Term(name: name, factor: factor)
    case _: return nil
    }
  }

  private static func number(_ word: String) -> Double? {
    guard word.utf8.allSatisfy({ "0123456789.".utf8.contains($0) }) else { return nil }
    return Double(word)
  }

  private static func name(_ word: String) -> String? {
    word.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
      ScenarioText.isName(String($0))
    } ? word : nil
  }

  /// The measured numbers that it is about.
  var names: [String] {
    comparisons.flatMap { [$0.left.name, $0.right.name] }.compactMap { $0 }
  }
}
