import TOMLText

/// The lines of a text.
enum TextLines {
  /// Splits a text as editors count its lines; a line's end of two characters is one in Swift.
  static func of(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }
}

extension [String: TOMLNode] {
  /// The pairs by their names, so that what is said about a file has one order.
  var inOrder: [(String, TOMLNode)] {
    sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
