/// One table of the screen, found by its header, its cells cut out by the header's columns.
///
/// Numbers are right-aligned below the end of their heading; the first column is left-aligned. A
/// table in a box is cut out of it, so that the boxes beside it do not count.
struct ScreenTable: Hashable {
  private let heading: [Character]
  private let rows: [[Character]]

  /// Finds the table whose header has all of these words; nil when it is not on the screen.
  init?(_ screen: String, headings: [String]) {
    let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    for (index, line) in lines.enumerated() {
      guard let first = headings.first, let place = Self.range(of: first, in: line) else {
        continue
      }
      let left = line[..<place.lowerBound].lastIndex(where: Self.isBorder).map { $0 + 1 } ?? 0
      let right = line[place.upperBound...].firstIndex(where: Self.isBorder) ?? Int.max
      let box = lines.map { Array($0[min(left, $0.count)..<min(right, $0.count)]) }
      guard headings.allSatisfy({ Self.range(of: $0, in: box[index]) != nil }) else { continue }
      heading = box[index]
      // A box ends with its border, a table without one with an empty line or a rule.
      rows = Array(box[(index + 1)...].prefix { $0.contains { !" ─-".contains($0) } })
      return
    }
    return nil
  }

  /// Returns the row of a name, as it is drawn; nil when it is not there.
  func row(_ name: String) -> String? {
    rows.first { Self.range(of: name, in: $0) != nil }.map { String($0) }
  }

  /// Whether the cursor stands on a row.
  func hasCursor(on name: String) -> Bool {
    row(name)?.drop { $0 == " " }.first.map { "›>".contains($0) } ?? false
  }

  /// Returns the number of a row under a heading, its groups of digits joined.
  func number(_ name: String, _ column: String) -> Double? {
    guard
      let row = rows.first(where: { Self.range(of: name, in: $0) != nil }),
      let range = Self.range(of: column, in: heading)
    else { return nil }
    let start = heading[..<range.lowerBound].lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
    guard start < row.count else { return nil }
    let cell = row[start..<min(range.upperBound, row.count)]
    return Double(String(cell.filter { $0.isNumber || $0 == "." }))
  }

  /// Returns where a word stands in a line, as a whole word.
  private static func range(of word: String, in line: [Character]) -> Range<Int>? {
    let wanted = Array(word)
    guard line.count >= wanted.count else { return nil }
    for start in 0...(line.count - wanted.count) where line[start] == wanted.first {
      let end = start + wanted.count
      let isWhole =
        (start == 0 || !isPart(line[start - 1])) && (end == line.count || !isPart(line[end]))
      if isWhole, Array(line[start..<end]) == wanted { return start..<end }
    }
    return nil
  }

  private static func isBorder(_ character: Character) -> Bool {
    "│┃|".contains(character)
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "/" || character == "."
  }
}
