import AMQP

/// Reads over the properties of a published message without making anything of them.
///
/// They are passed on as they came, so what is broken in them would break the consumers. This
/// finds it, and what the publisher asks for that the broker does not do.
struct PropertyCheck {
  // Safe: borrowed for the time of `check`, which is all that a value of this type lives; every
  // read is within `bytes.count`.
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0

  enum Outcome: Hashable {
    case fine
    /// The message says that it comes from another user than its publisher.
    case foreignUser(String)
    case malformed
    /// The named property asks for a feature that is not there.
    case notImplemented(String)
  }

  private enum Flag {
    static let expiration: UInt16 = 1 << 8
    static let continuation: UInt16 = 1
    /// Properties in the order of their flags from bit 15 down, and how long each is.
    static let shapes: [Shape] = [
      .shortString, .shortString, .table, .fixed(1), .fixed(1), .shortString, .replyTo,
      .shortString, .shortString, .fixed(8), .shortString, .user, .shortString, .shortString,
    ]
  }

  private enum Shape {
    case shortString
    case replyTo
    case user
    case table
    case fixed(Int)
  }

  /// Checks the property flags and list of a content header.
  ///
  /// `user` is the publisher's, which a message may carry (RabbitMQ, "Validated User-ID").
  static func check(_ bytes: UnsafeRawBufferPointer, user: String) -> Outcome {
    guard bytes.count >= 2 else { return .malformed }
    let flags = UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self))
    if flags == 0 { return bytes.count == 2 ? .fine : .malformed }
    var check = PropertyCheck(bytes: bytes, offset: 2)
    return check.walk(flags, user: user)
  }

  private init(bytes: UnsafeRawBufferPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  private mutating func walk(_ flags: UInt16, user: String) -> Outcome {
    // Class basic has 14 properties, so a second flag word has nothing to say.
    guard flags & Flag.continuation == 0, flags & 2 == 0 else { return .malformed }
    var asksForCopies = false
    var outcome = Outcome.fine
    for (index, shape) in Flag.shapes.enumerated() where flags & (1 << (15 - index)) != 0 {
      switch shape {
      case .shortString: guard skipShortString() else { return .malformed }
      case .replyTo:
        guard let text = readShortString() else { return .malformed }
        if text.elementsEqual("amq.rabbitmq.reply-to".utf8) {
          outcome = .notImplemented("direct reply-to")
        }
      case .user:
        guard let text = readShortString() else { return .malformed }
        if !text.elementsEqual(user.utf8) {
          outcome = .foreignUser(String(decoding: text, as: UTF8.self))
        }
      case .fixed(let count): guard skip(count) else { return .malformed }
      case .table:
        guard skipTable(depth: 1, namesCopies: &asksForCopies) else { return .malformed }
      }
    }
    guard offset == bytes.count else { return .malformed }
    if flags & Flag.expiration != 0 { return .notImplemented("the expiration property") }
    return asksForCopies ? .notImplemented("routing by the CC and BCC headers") : outcome
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count <= bytes.count - offset else { return false }
    offset += count
    return true
  }

  private mutating func skipShortString() -> Bool {
    guard offset < bytes.count else { return false }
    return skip(1 + Int(bytes[offset]))
  }

  private mutating func readShortString() -> UnsafeRawBufferPointer? {
    let start = offset + 1
    guard skipShortString() else { return nil }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
  }

  private mutating func readLength() -> Int? {
    guard bytes.count - offset >= 4 else { return nil }
    let length = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    offset += 4
    return Int(length) <= bytes.count - offset ? Int(length) : nil
  }

  private mutating func skipTable(depth: Int, namesCopies: inout Bool) -> Bool {
    guard depth <= Limits.fieldTableDepth, let length = readLength() else { return false }
    let end = offset + length
    while offset < end {
      let start = offset
      guard skipShortString(), offset <= end else { return false }
      if depth == 1, isCopyHeader(UnsafeRawBufferPointer(rebasing: bytes[(start + 1)..<offset])) {
        namesCopies = true
      }
      guard skipValue(depth: depth) else { return false }
    }
    return offset == end
  }

  private func isCopyHeader(_ key: UnsafeRawBufferPointer) -> Bool {
    key.elementsEqual("CC".utf8) || key.elementsEqual("BCC".utf8)
  }

  private mutating func skipValue(depth: Int) -> Bool {
    guard offset < bytes.count else { return false }
    let tag = bytes[offset]
    offset += 1
    switch tag {
    case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "B"): return skip(1)
    case UInt8(ascii: "s"), UInt8(ascii: "u"): return skip(2)
    case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "f"): return skip(4)
    case UInt8(ascii: "l"), UInt8(ascii: "d"), UInt8(ascii: "T"): return skip(8)
    case UInt8(ascii: "D"): return skip(5)
    case UInt8(ascii: "V"): return true
    case UInt8(ascii: "S"), UInt8(ascii: "x"):
      guard let length = readLength() else { return false }
      return skip(length)
    case UInt8(ascii: "A"): return skipArray(depth: depth + 1)
    case UInt8(ascii: "F"):
      var ignored = false
      return skipTable(depth: depth + 1, namesCopies: &ignored)
    default: return false
    }
  }

  private mutating func skipArray(depth: Int) -> Bool {
    guard depth <= Limits.fieldTableDepth, let length = readLength() else { return false }
    let end = offset + length
    while offset < end {
      guard skipValue(depth: depth) else { return false }
    }
    return offset == end
  }
}
