import Foundation

/// Words that are not wanted anywhere: marks of unfinished work, and errors thrown away unseen.
enum WordingRule {
  static func violations(in file: SourceFile) -> [Violation] {
    unfinished(in: file) + forcedTries(in: file) + silentTries(in: file)
  }

  /// Marks of unfinished work, in comments and strings too.
  static func unfinished(in file: SourceFile) -> [Violation] {
    file.lines.enumerated().flatMap { index, line in
      let words = Word.all(in: line).map(\.text)
      return marks.filter { words.contains(Substring($0)) }.map { mark in
        Violation(file: file.path, line: index + 1, message: "\(mark) is unfinished work")
      }
    }
  }

  /// `try!` turns an error into a crash.
  static func forcedTries(in file: SourceFile) -> [Violation] {
    file.code.enumerated().filter { tries($0.element, "!") }.map { index, _ in
      Violation(file: file.path, line: index + 1, message: "try! crashes on an error")
    }
  }

  /// `try?` loses an error, so a comment on its line or above it says why that is right.
  static func silentTries(in file: SourceFile) -> [Violation] {
    file.code.indices
      .filter { tries(file.code[$0], "?") && !hasComment(near: $0, in: file) }
      .map { index in
        Violation(
          file: file.path,
          line: index + 1,
          message: "try? loses the error; a comment here or above must say why that is right"
        )
      }
  }

  /// Whether the keyword `try` stands on a line with this mark behind it.
  private static func tries(_ code: String, _ mark: String) -> Bool {
    code.ranges(of: "try" + mark).contains { range in
      guard let before = code[..<range.lowerBound].last else { return true }
      return !before.isLetter && !before.isNumber && before != "_"
    }
  }

  private static func hasComment(near index: Int, in file: SourceFile) -> Bool {
    let isTrailing = file.lines[index] != file.code[index] && file.lines[index].contains("//")
    return isTrailing || !file.commentLines(above: index).isEmpty
  }

  // Written in halves so that this file does not accuse itself.
  private static let marks = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
}
