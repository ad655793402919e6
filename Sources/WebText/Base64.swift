/// Bytes as text (RFC 4648 section 4), as password hashes are exported.
package enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )
  private static let padding = UInt8(ascii: "=")

  /// - Parameter bytes: Any bytes.
  /// - Returns: The text, padded.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for position in 0..<4 {
        let letter = alphabet[bits >> (18 - 6 * position) & 0x3F]
        text.append(position <= group.count ? letter : padding)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Parameter text: With its padding.
  /// - Returns: nil when the text is not base64 with its padding.
  package static func decode(_ text: String) -> [UInt8]? {
    let letters = Array(text.utf8)
    guard letters.count.isMultiple(of: 4) else { return nil }
    let paddingCount = letters.suffix(2).count { $0 == padding }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: letters.count, by: 4) {
      var bits = 0
      for offset in start..<(start + 4) {
        let isPadding = offset >= letters.count - paddingCount
        guard let value = isPadding ? 0 : alphabet.firstIndex(of: letters[offset]) else {
          return nil
        }
        bits = bits << 6 | value
      }
      bytes += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
    }
    let isPadded = letters.suffix(paddingCount).allSatisfy { $0 == padding }
    return isPadded ? bytes.dropLast(paddingCount) : nil
  }
}
