/// Percent coding of URLs (RFC 3986 section 2.1).
package enum PercentCoding {
  private static let percent = UInt8(ascii: "%")
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// The text that a part of a path or of a query stands for.
  ///
  /// - Parameters:
  ///   - text: As it stands in the URL.
  ///   - isQuery: Whether `+` is a space, as in queries.
  /// - Returns: nil when a percent sign is not followed by two digits, or the bytes are not UTF-8.
  package static func decode(_ text: some StringProtocol, isQuery: Bool = false) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case percent:
        guard rest.count >= 2, let high = value(rest.removeFirst()),
          let low = value(rest.removeFirst())
        else { return nil }
        bytes.append(high << 4 | low)
      case UInt8(ascii: "+") where isQuery: bytes.append(UInt8(ascii: " "))
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// A text as it may stand in a path or query; a space becomes `+` where that is wanted.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - hasPlus: Whether a space becomes `+`, as RabbitMQ writes the keys of bindings.
  /// - Returns: The text with all but letters, digits and `._-` coded.
  package static func encode(_ text: String, hasPlus: Bool = false) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        bytes.append(byte)
      case UInt8(ascii: " ") where hasPlus: bytes.append(UInt8(ascii: "+"))
      default: bytes += [percent, digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
