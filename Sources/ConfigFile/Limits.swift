/// What bounds the work on a file that anybody may have written.
enum Limits {
  /// More than any person's choices need; a larger file is a mistake.
  static let fileBytes = 64 * 1024
  /// Mistakes that are told at once; the rest is told after those are mended.
  static let mistakes = 10
  /// More of a wrong word than this does not help to find it.
  static let quotedCharacters = 40
  /// Symbolic links in a row, as many as the system follows.
  static let symbolicLinks = 40
}
