import Foundation

/// Whoever switches a check of the compiler off says beside it why nothing can go wrong.
///
/// A marker such as `@unchecked` needs a comment that starts with `Safe:` on its line or directly
/// above. Pointer types and `withUnsafe…` come in crowds, so a file that touches raw memory needs
/// one such comment that speaks for all of them; tests, which only look at bytes, are spared that.
enum SafetyRule {
  static func violations(in file: SourceFile) -> [Violation] {
    let isTest = file.path.hasPrefix("Tests/")
    let isExplainedSomewhere = isTest || file.lines.contains(where: explains)
    return file.code.indices.compactMap { index -> Violation? in
      guard let word = uncheckedWord(in: file.code[index]) else { return nil }
      let isAround = !word.isMarker && isExplainedSomewhere
      guard !isExplainedBeside(index, in: file), !isAround else { return nil }
      return Violation(
        file: file.path,
        line: index + 1,
        message: "\(word.text) needs a comment that starts with `Safe:` "
          + (word.isMarker ? "here or directly above" : "in this file")
      )
    }
  }

  private struct UncheckedWord {
    var text: String
    var isMarker: Bool
  }

  private static func uncheckedWord(in code: String) -> UncheckedWord? {
    if let marker = markers.first(where: { code.contains($0) }) {
      return UncheckedWord(text: marker, isMarker: true)
    }
    let pointer = Word.all(in: code).map(\.text).first { word in
      word.hasPrefix("Unsafe") && word.hasSuffix("Pointer") || word.hasPrefix("withUnsafe")
        || otherWords.contains(word)
    }
    return pointer.map { UncheckedWord(text: String($0), isMarker: false) }
  }

  private static func explains(_ line: String) -> Bool {
    guard let comment = line.range(of: "//") else { return false }
    return line[comment.upperBound...].drop { $0 == "/" || $0 == " " }.hasPrefix("Safe:")
  }

  /// On the line, directly above it, or above a row of markers that it continues.
  private static func isExplainedBeside(_ index: Int, in file: SourceFile) -> Bool {
    if explains(file.lines[index]) || file.commentLines(above: index).contains(where: explains) {
      return true
    }
    let isRow = index > 0 && uncheckedWord(in: file.code[index - 1])?.isMarker == true
    return isRow && isExplainedBeside(index - 1, in: file)
  }

  private static let markers = [
    "@unchecked", "nonisolated(unsafe)", "unowned(unsafe)", "unsafeBitCast", "unsafeDowncast",
    "@_unsafe",
  ]
  private static let otherWords: Set<Substring> = [
    "assumingMemoryBound", "bindMemory", "withMemoryRebound", "Unmanaged",
  ]
}
