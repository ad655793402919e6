/// Percent-encoding, as paths and addresses need it (RFC 3986).
enum PercentText {
  /// Makes a name one segment of a path.
  ///
  /// - Parameter name: Anything; a `/` in it does not lead to another path.
  /// - Returns: The segment.
  static func segment(_ name: String) -> String {
    var text = ""
    for byte in name.utf8 {
      if isUnreserved(byte) {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += "%" + digits[Int(byte >> 4)] + digits[Int(byte & 0xF)]
      }
    }
    return text
  }

  /// Returns a text without its escapes; nil when one is none, or what comes out is no UTF-8.
  static func decoded(_ text: String) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let pair = rest.prefix(2)
      guard pair.count == 2, pair.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
        let value = UInt8(String(decoding: pair, as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  private static let digits = "0123456789ABCDEF".map { String($0) }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "~"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
