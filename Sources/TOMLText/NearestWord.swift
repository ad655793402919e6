/// Returns the word that a mistyped one was probably meant to be; nil when none is near.
///
/// - Complexity: O(word · words); a long word is near to none.
/// - Parameters:
///   - word: As a person wrote it.
///   - words: Those that mean something.
/// - Returns: One of the words.
package func nearestWord(to word: String, among words: [String]) -> String? {
  guard word.count <= Limits.recognisableCharacters else { return nil }
  // One slip in three letters still leaves the word to be recognised.
  let limit = max(1, word.count / 3)
  let near = words.map { ($0, slips(Array(word.lowercased()), Array($0.lowercased()))) }
    .min { $0.1 < $1.1 }
  return near.flatMap { $0.1 <= limit ? $0.0 : nil }
}

/// How many letters have to be put in, taken out, replaced or swapped to make one word of another.
private func slips(_ left: [Character], _ right: [Character]) -> Int {
  var rows = [Array(0...right.count)]
  for row in 1..<left.count + 1 {
    var line = [row]
    for column in 1..<right.count + 1 {
      var best = min(rows[row - 1][column], line[column - 1]) + 1
      let isSame = left[row - 1] == right[column - 1]
      best = min(best, rows[row - 1][column - 1] + (isSame ? 0 : 1))
      if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1]
      {
        best = min(best, rows[row - 2][column - 2] + 1)
      }
      line.append(best)
    }
    rows.append(line)
  }
  return rows[left.count][right.count]
}
