/// Texts that may have a password in them.
package enum CredentialText {
  /// Hides what stands before the `@` of the addresses in a text.
  ///
  /// - Parameter text: For a person, perhaps with addresses in it.
  /// - Returns: The text without it.
  package static func masked(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let mark = rest.firstRange(of: "://") {
      result += rest[..<mark.upperBound]
      rest = rest[mark.upperBound...]
      let end = rest.firstIndex { "/?#'\" \n".contains($0) } ?? rest.endIndex
      if let at = rest[..<end].lastIndex(of: "@") {
        result += "…"
        rest = rest[at...]
      }
    }
    return result + rest
  }

  /// Returns the password in an address, as it is written there; nil without one.
  package static func password(in address: String) -> String? {
    guard let mark = address.firstRange(of: "://") else { return nil }
    let rest = address[mark.upperBound...]
    let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
    guard let at = rest[..<end].lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":")
    else { return nil }
    return String(rest[rest.index(after: colon)..<at])
  }
}
