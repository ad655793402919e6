/// What is wrong with a text that should be JSON.
package struct JSONError: Error, Sendable, Hashable {
  /// Where it was seen, in bytes from the start.
  package var offset: Int
  package var problem: Problem

  /// The kinds of fault.
  package enum Problem: Sendable, Hashable {
    case endsTooEarly
    case unexpectedByte(UInt8)
    case notUTF8
    case badEscape
    case badNumber
    case tooDeep(limit: Int)
    case textAfterValue
  }
}

extension JSON {
  /// How deep values may lie in each other; the parser descends by recursion.
  package static let depthLimit = 32

  /// Reads one value and nothing after it but white space.
  ///
  /// - Parameter bytes: The text in UTF-8; the caller has limited its length.
  /// - Throws: ``JSONError`` with the offset of the first fault.
  package init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
    var parser = JSONParser(bytes: Array(bytes))
    self = try parser.document()
  }
}

/// Reads RFC 8259 text, strictly, by recursive descent with a limited depth.
private struct JSONParser {
  private let bytes: [UInt8]
  private var offset = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipWhiteSpace()
    guard offset == bytes.count else { throw fault(.textAfterValue) }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    guard depth < JSON.depthLimit else { throw fault(.tooDeep(limit: JSON.depthLimit)) }
    skipWhiteSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case let byte: throw fault(.unexpectedByte(byte))
    }
  }

  private mutating func members(depth: Int) throws(JSONError) -> [JSON.Member] {
    var members: [JSON.Member] = []
    offset += 1
    skipWhiteSpace()
    if take(UInt8(ascii: "}")) { return members }
    repeat {
      skipWhiteSpace()
      guard try peek() == UInt8(ascii: "\"") else { throw fault(.unexpectedByte(try peek())) }
      let name = try string()
      skipWhiteSpace()
      guard take(UInt8(ascii: ":")) else { throw fault(.unexpectedByte(try peek())) }
      members.append(JSON.Member(name: name, value: try value(depth: depth + 1)))
      skipWhiteSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw fault(.unexpectedByte(try peek())) }
    return members
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [JSON] {
    var elements: [JSON] = []
    offset += 1
    skipWhiteSpace()
    if take(UInt8(ascii: "]")) { return elements }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipWhiteSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw fault(.unexpectedByte(try peek())) }
    return elements
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    for byte in word.description.utf8 {
      guard try peek() == byte else { throw fault(.unexpectedByte(try peek())) }
      offset += 1
    }
    return value
  }

  private mutating func number() throws(JSONError) -> JSON {
    let start = offset
    var isWhole = true
    _ = take(UInt8(ascii: "-"))
    let firstDigit = offset
    skipDigits()
    // A leading zero stands alone.
    guard offset > firstDigit, bytes[firstDigit] != UInt8(ascii: "0") || offset == firstDigit + 1
    else { throw fault(.badNumber) }
    if take(UInt8(ascii: ".")) {
      isWhole = false
      let fraction = offset
      skipDigits()
      guard offset > fraction else { throw fault(.badNumber) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      let exponent = offset
      skipDigits()
      guard offset > exponent else { throw fault(.badNumber) }
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else { throw fault(.badNumber) }
    return .number(number)
  }

  private mutating func string() throws(JSONError) -> String {
    offset += 1
    var text: [UInt8] = []
    while true {
      let byte = try peek()
      offset += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw fault(.notUTF8) }
        return string
      case UInt8(ascii: "\\"):
        text.append(contentsOf: Array(String(Character(try escape())).utf8))
      case 0..<0x20: throw fault(.unexpectedByte(byte))
      default: text.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let byte = try peek()
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw fault(.badEscape)
    }
  }

  /// Reads the digits after `\u`, and those of a second half when the first one needs it.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimal()
    guard (0xD800..<0xDC00).contains(first) else {
      guard let scalar = Unicode.Scalar(first) else { throw fault(.badEscape) }
      return scalar
    }
    guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault(.badEscape) }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault(.badEscape) }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
        throw fault(.badEscape)
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }

  private mutating func skipDigits() {
    while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) {
      offset += 1
    }
  }

  private mutating func skipWhiteSpace() {
    while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private func peek() throws(JSONError) -> UInt8 {
    guard offset < bytes.count else { throw fault(.endsTooEarly) }
    return bytes[offset]
  }

  private func fault(_ problem: JSONError.Problem) -> JSONError {
    JSONError(offset: offset, problem: problem)
  }
}
