import struct NIOCore.ByteBuffer

// The specification's elementary types (section 4.2.5), the only place that reads or writes them.
extension ByteBuffer {
  mutating func readUnsigned<Integer: FixedWidthInteger>(
    as type: Integer.Type = Integer.self
  ) throws(CodecError) -> Integer {
    guard let value = readInteger(as: type) else {
      throw truncated(.integer, neededBytes: MemoryLayout<Integer>.size)
    }
    return value
  }

  /// Reads up to eight bits packed into one octet, the first in the lowest place.
  mutating func readBits() throws(CodecError) -> PackedBits {
    guard let octet = readInteger(as: UInt8.self) else {
      throw truncated(.bits, neededBytes: 1)
    }
    return PackedBits(octet: octet)
  }

  mutating func readShortString() throws(CodecError) -> String {
    guard let length = readInteger(as: UInt8.self) else {
      throw truncated(.shortString, neededBytes: 1)
    }
    return try readText(.shortString, length: Int(length))
  }

  mutating func readLongString() throws(CodecError) -> [UInt8] {
    let length = try readLength(.longString)
    guard let bytes = readBytes(length: length) else {
      throw truncated(.longString, neededBytes: length)
    }
    return bytes
  }

  mutating func readLongText() throws(CodecError) -> String {
    let length = try readLength(.longString)
    return try readText(.longString, length: length)
  }

  /// Reads a 32-bit length that must lie within what is left, so that nobody reserves for a lie.
  mutating func readLength(_ type: CodecError.WireType) throws(CodecError) -> Int {
    guard let length = readInteger(as: UInt32.self) else {
      throw truncated(type, neededBytes: 4)
    }
    guard Int(length) <= readableBytes else {
      throw truncated(type, neededBytes: Int(length))
    }
    return Int(length)
  }

  private mutating func readText(
    _ type: CodecError.WireType,
    length: Int
  ) throws(CodecError) -> String {
    guard let bytes = readBytes(length: length) else {
      throw truncated(type, neededBytes: length)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalidText(type, bytes: length)
    }
    return text
  }

  func truncated(_ type: CodecError.WireType, neededBytes: Int) -> CodecError {
    .valueTruncated(type, neededBytes: neededBytes, availableBytes: readableBytes)
  }

  /// Writes a text cut to the 255 bytes that a short string can hold, at a whole character.
  mutating func writeShortString(_ text: String) {
    let utf8 = text.utf8
    guard utf8.count > Limits.shortStringBytes else {
      writeInteger(UInt8(truncatingIfNeeded: utf8.count))
      writeString(text)
      return
    }
    var kept = ""
    for character in text {
      guard kept.utf8.count + character.utf8.count <= Limits.shortStringBytes else { break }
      kept.append(character)
    }
    writeInteger(UInt8(truncatingIfNeeded: kept.utf8.count))
    writeString(kept)
  }

  mutating func writeLongString(_ bytes: [UInt8]) {
    writeInteger(UInt32(truncatingIfNeeded: bytes.count))
    writeBytes(bytes)
  }

  mutating func writeLongText(_ text: String) {
    writeInteger(UInt32(truncatingIfNeeded: text.utf8.count))
    writeString(text)
  }

  /// Packs at most eight bits into one octet, the first in the lowest place.
  mutating func writeBits(_ bits: Bool...) {
    var octet: UInt8 = 0
    for (place, bit) in bits.enumerated() where bit {
      octet |= 1 << UInt8(truncatingIfNeeded: place)
    }
    writeInteger(octet)
  }

  /// Writes what `content` writes with its length as 32 bits before it.
  mutating func writeLengthPrefixed(_ content: (inout ByteBuffer) -> Void) {
    let lengthIndex = writerIndex
    writeInteger(UInt32(0))
    content(&self)
    let bytes = writerIndex - lengthIndex - MemoryLayout<UInt32>.size
    setInteger(UInt32(truncatingIfNeeded: bytes), at: lengthIndex)
  }
}

/// One octet of consecutive bit fields; places that a method does not define are ignored, as
/// RabbitMQ does.
struct PackedBits {
  let octet: UInt8

  subscript(_ place: UInt8) -> Bool {
    octet & (1 << place) != 0
  }
}
