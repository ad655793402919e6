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

  /// Shortens names that stand under each other: the end goes, or the middle where two different
  /// names would read the same.
  ///
  /// - Complexity: O(names · columns).
  package static func names(
    _ names: [String],
    columns: Int,
    ellipsis: Unicode.Scalar
  ) -> [String] {
    if names.allSatisfy({ $0.utf8.count <= columns }) { return names }
    var seen: [String: String] = [:]
    var ambiguous: Set<String> = []
    let cut = names.map { end($0, columns: columns, ellipsis: ellipsis) }
    for (name, short) in zip(names, cut) {
      if let other = seen[short], other != name { ambiguous.insert(short) }
      seen[short] = name
    }
    if ambiguous.isEmpty { return cut }
    return zip(names, cut).map { name, short in
      ambiguous.contains(short) ? middle(name, columns: columns, ellipsis: ellipsis) : short
    }
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
