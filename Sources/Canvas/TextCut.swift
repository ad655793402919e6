/// Shortens texts to a number of columns.
package enum TextCut {
  /// Returns the beginning of a text, with `ellipsis` where it was cut.
  ///
  /// - Complexity: O(columns) for long texts.
  package static func end(_ text: String, columns: Int, ellipsis: Unicode.Scalar?) -> String {
    // A character takes at least one byte for each of its columns or marks.
    if text.utf8.count <= columns { return text }
    if CharacterWidth.columns(of: text) <= columns { return text }
    let room = ellipsis == nil ? columns : columns - 1
    if room < 0 { return "" }
    var result = prefix(of: text.unicodeScalars, columns: room)
    if let ellipsis { result.unicodeScalars.append(ellipsis) }
    return result
  }

  /// Returns both ends of a text, with `ellipsis` in the middle where it was cut.
  package static func middle(_ text: String, columns: Int, ellipsis: Unicode.Scalar) -> String {
    if CharacterWidth.columns(of: text) <= columns { return text }
    if columns < 3 { return end(text, columns: columns, ellipsis: ellipsis) }
    let tailColumns = (columns - 1) / 2
    var tail: [Unicode.Scalar] = []
    var used = 0
    for scalar in text.unicodeScalars.reversed() {
      let width = CharacterWidth.width(of: CharacterWidth.classify(scalar), isFirst: false)
      if used + width > tailColumns { break }
      used += width
      tail.append(scalar)
    }
    var result = prefix(of: text.unicodeScalars, columns: columns - 1 - used)
    result.unicodeScalars.append(ellipsis)
    result.unicodeScalars.append(contentsOf: tail.reversed())
    return result
  }

  /// Shortens names that stand under each other: the end goes; where two different names would
  /// then read the same, the middle; where they would still, all but their beginnings and what
  /// comes after what they share.
  ///
  /// - Complexity: O(names · columns).
  package static func names(
    _ names: [String],
    columns: Int,
    ellipsis: Unicode.Scalar
  ) -> [String] {
    if names.allSatisfy({ $0.utf8.count <= columns }) { return names }
    var short = names.map { end($0, columns: columns, ellipsis: ellipsis) }
    for isLast in [false, true] {
      for indices in groupsReadingTheSame(names, short) {
        let shared = sharedPrefixCount(indices.map { names[$0] })
        for index in indices {
          short[index] =
            isLast
            ? beyond(shared, of: names[index], columns: columns, ellipsis: ellipsis)
            : middle(names[index], columns: columns, ellipsis: ellipsis)
        }
      }
    }
    return short
  }

  /// Indices of different names that have the same short form, group by group.
  private static func groupsReadingTheSame(_ names: [String], _ short: [String]) -> [[Int]] {
    Dictionary(grouping: names.indices) { short[$0] }.values.filter { indices in
      indices.contains { names[$0] != names[indices[0]] }
    }
  }

  private static func sharedPrefixCount(_ names: [String]) -> Int {
    guard var shared = names.first.map({ Array($0.unicodeScalars) }) else { return 0 }
    for name in names.dropFirst() {
      let same = zip(shared, name.unicodeScalars).prefix { $0 == $1 }.count
      shared.removeLast(shared.count - same)
    }
    return shared.count
  }

  /// Some columns of the beginning, and the text from one of its characters on.
  private static func beyond(
    _ start: Int,
    of text: String,
    columns: Int,
    ellipsis: Unicode.Scalar
  ) -> String {
    let head = prefix(of: text.unicodeScalars, columns: max(0, columns / 3 - 1))
    let rest = String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(start)))
    let room = columns - CharacterWidth.columns(of: head) - 1
    return head + String(ellipsis) + end(rest, columns: max(0, room), ellipsis: ellipsis)
  }

  private static func prefix(of scalars: String.UnicodeScalarView, columns: Int) -> String {
    var result = ""
    var used = 0
    for scalar in scalars {
      let width = CharacterWidth.width(of: CharacterWidth.classify(scalar), isFirst: used == 0)
      if used + width > columns { break }
      used += width
      result.unicodeScalars.append(scalar)
    }
    return result
  }
}
