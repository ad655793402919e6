extension Message {
  /// The expiration property, in milliseconds; nil when there is none.
  ///
  /// It was found to be a number when the message came in (`PropertyCheck`), and is read on demand:
  /// few messages have it, and keeping it would cost the others memory.
  var expirationMilliseconds: Int64? {
    // Safe: the properties were checked when the message came in; still each read is bounded.
    let bytes = properties
    guard traits.contains(.expiring), bytes.count >= 2 else { return nil }
    let flags = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    guard flags & Self.expirationFlag != 0 else { return nil }
    var offset = 2
    func skipText() { offset += offset < bytes.count ? 1 + Int(bytes[offset]) : 1 }
    // The properties before it, from the highest flag down (AMQP 0-9-1, class basic).
    if flags & 0x8000 != 0 { skipText() }
    if flags & 0x4000 != 0 { skipText() }
    if flags & 0x2000 != 0 {
      guard offset + 4 <= bytes.count else { return nil }
      let length = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
      offset += 4 + Int(length)
    }
    if flags & 0x1000 != 0 { offset += 1 }
    if flags & 0x0800 != 0 { offset += 1 }
    if flags & 0x0400 != 0 { skipText() }
    if flags & 0x0200 != 0 { skipText() }
    guard offset < bytes.count else { return nil }
    let end = min(offset + 1 + Int(bytes[offset]), bytes.count)
    var value: Int64 = 0
    for byte in bytes[(offset + 1)..<end] where (0x30...0x39).contains(byte) {
      value = min(value * 10 + Int64(byte - 0x30), QueueArguments.longestMilliseconds)
    }
    return value
  }

  private static let expirationFlag: UInt16 = 0x0100
}
