import AMQP
import Broker

/// Reads over the properties of a published message without making anything of them.
///
/// They are passed on as they came, so what is broken in them would break the consumers. This
/// finds it, and what the properties ask of the broker.
struct PropertyCheck {
  // Safe: borrowed for the time of `check`, which is all that a value of this type lives; every
  // read is within `bytes.count`.
  private let bytes: UnsafeRawBufferPointer
  private var offset = 0
  private var traits = MessageTraits.none
  private var priority: UInt8 = 0

  enum Outcome: Hashable {
    case fine(MessageTraits, priority: UInt8)
    /// The message says that it comes from another user than its publisher.
    case foreignUser(String)
    case malformed
    /// The expiration is no number of milliseconds; the text is RabbitMQ's word for why.
    case badExpiration(String)
  }

  private enum Shape {
    case shortString
    case table
    case deliveryMode
    case priority
    case timestamp
    case replyTo
    case expiration
    case user

    /// The properties in the order of their flags, from the highest bit down.
    static let all: [Shape] = [
      .shortString, .shortString, .table, .deliveryMode, .priority, .shortString, .replyTo,
      .expiration, .shortString, .timestamp, .shortString, .user, .shortString, .shortString,
    ]
  }

  /// Bits of the flags that name no property of class basic; the lowest announces a second word.
  private static let undefinedFlags: UInt16 = 0b11

  /// Checks the property flags and list of a content header.
  ///
  /// `user` is the publisher's, which a message may carry (RabbitMQ, "Validated User-ID").
  static func check(_ bytes: UnsafeRawBufferPointer, user: String) -> Outcome {
    guard bytes.count >= 2 else { return .malformed }
    let flags = UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self))
    if flags == 0 { return bytes.count == 2 ? .fine(.none, priority: 0) : .malformed }
    var check = PropertyCheck(bytes: bytes, offset: 2)
    return check.walk(flags, user: user)
  }

  private init(bytes: UnsafeRawBufferPointer, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  private mutating func walk(_ flags: UInt16, user: String) -> Outcome {
    guard flags & Self.undefinedFlags == 0 else { return .malformed }
    var refusal: Outcome?
    for (index, shape) in Shape.all.enumerated() where flags & (1 << (15 - index)) != 0 {
      guard let outcome = read(shape, user: user) else { return .malformed }
      if outcome != .fine(.none, priority: 0) { refusal = refusal ?? outcome }
    }
    guard offset == bytes.count else { return .malformed }
    return refusal ?? .fine(traits, priority: priority)
  }

  /// Reads one property; nil when it is malformed.
  private mutating func read(_ shape: Shape, user: String) -> Outcome? {
    let fine = Outcome.fine(.none, priority: 0)
    switch shape {
    case .shortString: return skipShortString() ? fine : nil
    case .table:
      traits.insert(.headers)
      var namesCopies = false
      guard skipTable(depth: 1, namesCopies: &namesCopies) else { return nil }
      if namesCopies { traits.insert(.copies) }
      return fine
    case .deliveryMode:
      guard let mode = readOctet() else { return nil }
      if mode == 2 { traits.insert(.persistent) }
      return fine
    case .priority:
      guard let octet = readOctet() else { return nil }
      priority = octet
      return fine
    case .timestamp: return skip(8) ? fine : nil
    case .replyTo:
      guard let text = readShortString() else { return nil }
      if text.elementsEqual("amq.rabbitmq.reply-to".utf8) { traits.insert(.directReply) }
      return fine
    case .expiration:
      guard let text = readShortString() else { return nil }
      traits.insert(.expiring)
      return Expiration.refusal(of: text).map(Outcome.badExpiration) ?? fine
    case .user:
      guard let text = readShortString() else { return nil }
      if text.elementsEqual(user.utf8) { return fine }
      return .foreignUser(String(decoding: text, as: UTF8.self))
    }
  }

  private mutating func readOctet() -> UInt8? {
    guard offset < bytes.count else { return nil }
    offset += 1
    return bytes[offset - 1]
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
