import TOMLText
import Telemetry

/// A text that is read as a scenario.
struct ScenarioSource {
  var file: String
  var outline: TOMLOutline
}

/// A section or an inline table of a scenario file, and what it must be.
struct ScenarioTable {
  let source: ScenarioSource
  let values: [String: TOMLNode]
  let places: [TOMLPlace]
  /// What stands before a field's name in a problem; empty for the top level.
  let label: String

  // MARK: - Problems

  /// Returns a problem of a field, or of the whole section when no key is given; an element of a
  /// field's list is counted from 0.
  func problem(_ key: String?, element: Int? = nil, _ message: String) -> ScenarioProblem {
    let places =
      self.places + (key.map { [.key($0)] } ?? []) + (element.map { [.element($0)] } ?? [])
    return ScenarioProblem(
      file: source.file,
      line: source.outline.line(of: places),
      field: key.map { field($0) + (element.map { "[\($0 + 1)]" } ?? "") } ?? label,
      message: message
    )
  }

  private func field(_ key: String) -> String {
    // A key that needs quotes is a wrong one, and may hold anything.
    let key = String(key.prefix(Limits.quotedCharacters))
    return label.isEmpty ? key : "\(label).\(key)"
  }

  /// What to write instead of a word that nobody knows.
  static func mend(_ word: String, _ words: [String]) -> String {
    if let near = nearestWord(to: word, among: words) { return "did you mean \(near)?" }
    guard words.count > 1 else { return "there is \(words.first ?? "none")" }
    return "there are \(words.joined(separator: ", "))"
  }

  /// Refuses the first field, by its line, that is not among some.
  func allow(_ keys: [String]) throws(ScenarioProblem) {
    let unknown = values.keys.filter { !keys.contains($0) }
      .map { (line: source.outline.line(of: places + [.key($0)]), key: $0) }
      .min { $0 < $1 }
    guard let unknown else { return }
    throw problem(unknown.key, "no such field; \(Self.mend(unknown.key, keys))")
  }

  /// Returns the value of a field that must be there.
  func required<Value>(
    _ key: String,
    _ value: Value?,
    example: String
  ) throws(ScenarioProblem) -> Value {
    guard let value else { throw problem(key, "is missing; write \(key) = \(example)") }
    return value
  }

  private static func kind(of node: TOMLNode) -> String {
    switch node {
    case .string: "a text"
    case .integer: "a whole number"
    case .boolean(let value): "\(value)"
    case .array: "a list"
    case .table: "a section"
    case .other: "a date or a number with a fraction"
    }
  }

  private func mismatch(
    _ key: String,
    element: Int? = nil,
    _ wanted: String,
    _ node: TOMLNode
  ) -> ScenarioProblem {
    problem(key, element: element, "must be \(wanted); it is \(Self.kind(of: node))")
  }

  // MARK: - Single values

  func integer(_ key: String, _ range: ClosedRange<Int>) throws(ScenarioProblem) -> Int? {
    try values[key].map { (node) throws(ScenarioProblem) in
      try integer(node, key, element: nil, range)
    }
  }

  private func integer(
    _ node: TOMLNode,
    _ key: String,
    element: Int?,
    _ range: ClosedRange<Int>
  ) throws(ScenarioProblem) -> Int {
    guard case .integer(let value) = node else {
      throw mismatch(key, element: element, "a whole number", node)
    }
    guard range.contains(value) else {
      throw problem(
        key,
        element: element,
        "must be \(range.lowerBound) to \(range.upperBound); it is \(value)"
      )
    }
    return value
  }

  func boolean(_ key: String) throws(ScenarioProblem) -> Bool? {
    guard let node = values[key] else { return nil }
    guard case .boolean(let value) = node else { throw mismatch(key, "true or false", node) }
    return value
  }

  func string(_ key: String) throws(ScenarioProblem) -> String? {
    guard let node = values[key] else { return nil }
    guard case .string(let value) = node else { throw mismatch(key, "a text", node) }
    if value.unicodeScalars.contains(where: ScenarioText.isUnprintable) {
      throw problem(key, "must be one line of printable characters")
    }
    return value
  }

  /// A name of something: letters, digits and dashes.
  func name(_ key: String) throws(ScenarioProblem) -> String? {
    guard let value = try string(key) else { return nil }
    guard ScenarioText.isName(value) else {
      throw problem(
        key,
        """
        must be \(Limits.nameCharacters.lowerBound) to \(Limits.nameCharacters.upperBound) \
        letters, digits and dashes; it is \(ScenarioText.quoted(value))
        """
      )
    }
    return value
  }

  /// One of several words.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String,
    of type: Choice.Type
  ) throws(ScenarioProblem) -> Choice? {
    guard let value = try string(key) else { return nil }
    guard let choice = Choice(rawValue: value) else {
      throw unknown(key, value, Choice.allCases.map(\.rawValue))
    }
    return choice
  }

  /// Returns the problem of a word that is none of those that there are.
  func unknown(
    _ key: String,
    element: Int? = nil,
    _ value: String,
    _ words: [String]
  ) -> ScenarioProblem {
    let mend = Self.mend(value, words)
    return problem(key, element: element, "there is no \(ScenarioText.quoted(value)); \(mend)")
  }

  /// A list of whole numbers.
  func integers(
    _ key: String,
    _ range: ClosedRange<Int>,
    counts: ClosedRange<Int>
  ) throws(ScenarioProblem) -> [Int]? {
    guard let nodes = try list(key, counts: counts) else { return nil }
    var result: [Int] = []
    for (index, node) in nodes.enumerated() {
      result.append(try integer(node, key, element: index, range))
    }
    return result
  }

  private func list(
    _ key: String,
    counts: ClosedRange<Int>
  ) throws(ScenarioProblem) -> [TOMLNode]? {
    guard let node = values[key] else { return nil }
    guard case .array(let nodes) = node else { throw mismatch(key, "a list", node) }
    guard counts.contains(nodes.count) else {
      let wanted = "\(counts.lowerBound) to \(counts.upperBound)"
      throw problem(key, "must have \(wanted) elements; it has \(nodes.count)")
    }
    return nodes
  }

  // MARK: - Tables

  /// A section within, which may have the given fields, or any when none are given.
  func table(_ key: String, _ keys: [String]?) throws(ScenarioProblem) -> ScenarioTable? {
    guard let node = values[key] else { return nil }
    guard case .table(let entries) = node else { throw mismatch(key, "a section", node) }
    let table = ScenarioTable(
      source: source,
      values: entries,
      places: places + [.key(key)],
      label: field(key)
    )
    if let keys { try table.allow(keys) }
    return table
  }

  /// The elements of a list of sections or inline tables.
  ///
  /// An element may be the mere text of its `shorthand`; the field `naming` gives the section its
  /// name in problems.
  func tables(
    _ key: String,
    _ keys: [String],
    most: Int,
    shorthand: String? = nil,
    naming: String? = nil
  ) throws(ScenarioProblem) -> [ScenarioTable] {
    var result: [ScenarioTable] = []
    for (index, node) in (try list(key, counts: 0...most) ?? []).enumerated() {
      let entries: [String: TOMLNode]
      if case .table(let values) = node {
        entries = values
      } else if case .string = node, let shorthand {
        entries = [shorthand: node]
      } else {
        let wanted = shorthand == nil ? "a section" : "a text or a section"
        throw mismatch(key, element: index, wanted, node)
      }
      var label = "\(field(key))[\(index + 1)]"
      if let naming, case .string(let name) = entries[naming], ScenarioText.isName(name) {
        label = "\(field(key)).\(name)"
      }
      let table = ScenarioTable(
        source: source,
        values: entries,
        places: places + [.key(key), .element(index)],
        label: label
      )
      try table.allow(keys)
      result.append(table)
    }
    return result
  }

  // MARK: - Texts in every language

  /// A text in English and Chinese, or in English alone, which then stands for both.
  func localText(_ key: String, most: Int) throws(ScenarioProblem) -> LocalText? {
    guard let node = values[key] else { return nil }
    if case .string(let text) = node {
      let text = try printed(text, in: self, key, most)
      return LocalText(english: text, chinese: text)
    }
    guard let table = try table(key, ScenarioKeys.texts) else { return nil }
    return try table.localText(most: most)
  }

  /// The section itself as a text in English and Chinese.
  func localText(most: Int) throws(ScenarioProblem) -> LocalText {
    var texts: [Language: String] = [:]
    for language in Language.allCases {
      guard let node = values[language.rawValue] else { continue }
      guard case .string(let text) = node else { throw mismatch(language.rawValue, "a text", node) }
      texts[language] = try printed(text, in: self, language.rawValue, most)
    }
    let key = Language.english.rawValue
    let english = try required(key, texts[.english], example: "\"…\"")
    return LocalText(english: english, chinese: texts[.chinese] ?? english)
  }

  private func printed(
    _ text: String,
    in table: ScenarioTable,
    _ key: String,
    _ most: Int
  ) throws(ScenarioProblem) -> String {
    let folded = ScenarioText.folded(text)
    if folded.unicodeScalars.contains(where: ScenarioText.isUnprintable) {
      throw table.problem(key, "must be printable characters")
    }
    guard (1...most).contains(folded.count) else {
      throw table.problem(key, "must have 1 to \(most) characters; it has \(folded.count)")
    }
    return folded
  }
}
