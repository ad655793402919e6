/// What bounds the work on a text that anybody may have written.
enum Limits {
  /// Values in values, as many as the parser allows.
  static let valueDepth = 256
  /// A longer word is no slip of any word that a file may have.
  static let recognisableCharacters = 40
}
