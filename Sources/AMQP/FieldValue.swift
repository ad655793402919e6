import struct NIOCore.ByteBuffer

/// A value in a field table, of one of the types that RabbitMQ and its clients use.
///
/// The tag letters differ from the specification's grammar where RabbitMQ's do (its errata page):
/// `s` is a signed 16-bit number and `l` a signed 64-bit one.
package enum FieldValue: Sendable, Hashable {
  case boolean(Bool)
  case signed8(Int8)
  case unsigned8(UInt8)
  case signed16(Int16)
  case unsigned16(UInt16)
  case signed32(Int32)
  case unsigned32(UInt32)
  case signed64(Int64)
  case float(Float)
  case double(Double)
  /// `value` divided by ten to the power `scale`.
  case decimal(scale: UInt8, value: Int32)
  /// A long string: usually UTF-8, but nobody promises that.
  case string([UInt8])
  case array([FieldValue])
  /// Seconds since 1970-01-01 00:00 UTC.
  case timestamp(UInt64)
  case table(FieldTable)
  case void
  /// Bytes that are not text.
  case bytes([UInt8])

  /// Makes a long string of a text's UTF-8.
  package static func text(_ text: String) -> FieldValue {
    .string(Array(text.utf8))
  }

  /// A long string's text; nil for other types and for bytes that are not UTF-8.
  package var text: String? {
    guard case .string(let bytes) = self else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The value of any of the integer types; nil for the others.
  package var integer: Int64? {
    switch self {
    case .signed8(let value): Int64(value)
    case .unsigned8(let value): Int64(value)
    case .signed16(let value): Int64(value)
    case .unsigned16(let value): Int64(value)
    case .signed32(let value): Int64(value)
    case .unsigned32(let value): Int64(value)
    case .signed64(let value): value
    case .boolean, .float, .double, .decimal, .string, .array, .timestamp, .table, .void, .bytes:
      nil
    }
  }
}

/// The letters that name the types on the wire.
enum FieldTag {
  static let boolean = UInt8(ascii: "t")
  static let signed8 = UInt8(ascii: "b")
  static let unsigned8 = UInt8(ascii: "B")
  static let signed16 = UInt8(ascii: "s")
  static let unsigned16 = UInt8(ascii: "u")
  static let signed32 = UInt8(ascii: "I")
  static let unsigned32 = UInt8(ascii: "i")
  static let signed64 = UInt8(ascii: "l")
  static let float = UInt8(ascii: "f")
  static let double = UInt8(ascii: "d")
  static let decimal = UInt8(ascii: "D")
  static let string = UInt8(ascii: "S")
  static let array = UInt8(ascii: "A")
  static let timestamp = UInt8(ascii: "T")
  static let table = UInt8(ascii: "F")
  static let void = UInt8(ascii: "V")
  static let bytes = UInt8(ascii: "x")
}

extension FieldValue {
  /// Reads a tag and its value; `depth` counts the tables and arrays around it.
  init(from buffer: inout ByteBuffer, depth: Int) throws(CodecError) {
    guard let tag = buffer.readInteger(as: UInt8.self) else {
      throw buffer.truncated(.fieldType, neededBytes: 1)
    }
    switch tag {
    case FieldTag.boolean: self = .boolean(try buffer.readUnsigned(as: UInt8.self) != 0)
    case FieldTag.signed8: self = .signed8(try buffer.readUnsigned())
    case FieldTag.unsigned8: self = .unsigned8(try buffer.readUnsigned())
    case FieldTag.signed16: self = .signed16(try buffer.readUnsigned())
    case FieldTag.unsigned16: self = .unsigned16(try buffer.readUnsigned())
    case FieldTag.signed32: self = .signed32(try buffer.readUnsigned())
    case FieldTag.unsigned32: self = .unsigned32(try buffer.readUnsigned())
    case FieldTag.signed64: self = .signed64(try buffer.readUnsigned())
    case FieldTag.float: self = .float(Float(bitPattern: try buffer.readUnsigned()))
    case FieldTag.double: self = .double(Double(bitPattern: try buffer.readUnsigned()))
    case FieldTag.decimal:
      let scale: UInt8 = try buffer.readUnsigned()
      self = .decimal(scale: scale, value: try buffer.readUnsigned())
    case FieldTag.string: self = .string(try buffer.readLongString())
    case FieldTag.array: self = .array(try Self.readArray(from: &buffer, depth: depth + 1))
    case FieldTag.timestamp: self = .timestamp(try buffer.readUnsigned())
    case FieldTag.table: self = .table(try FieldTable(from: &buffer, depth: depth + 1))
    case FieldTag.void: self = .void
    case FieldTag.bytes: self = .bytes(try buffer.readLongString())
    default: throw .unknownFieldType(tag)
    }
  }

  private static func readArray(
    from buffer: inout ByteBuffer,
    depth: Int
  ) throws(CodecError) -> [FieldValue] {
    guard depth <= Limits.fieldTableDepth else {
      throw .nestingTooDeep(limit: Limits.fieldTableDepth)
    }
    let length = try buffer.readLength(.fieldArray)
    guard var content = buffer.readSlice(length: length) else {
      throw buffer.truncated(.fieldArray, neededBytes: length)
    }
    var values: [FieldValue] = []
    while content.readableBytes > 0 {
      values.append(try FieldValue(from: &content, depth: depth))
    }
    return values
  }

  func encode(into buffer: inout ByteBuffer) {
    switch self {
    case .boolean(let value): buffer.write(FieldTag.boolean, UInt8(value ? 1 : 0))
    case .signed8(let value): buffer.write(FieldTag.signed8, value)
    case .unsigned8(let value): buffer.write(FieldTag.unsigned8, value)
    case .signed16(let value): buffer.write(FieldTag.signed16, value)
    case .unsigned16(let value): buffer.write(FieldTag.unsigned16, value)
    case .signed32(let value): buffer.write(FieldTag.signed32, value)
    case .unsigned32(let value): buffer.write(FieldTag.unsigned32, value)
    case .signed64(let value): buffer.write(FieldTag.signed64, value)
    case .float(let value): buffer.write(FieldTag.float, value.bitPattern)
    case .double(let value): buffer.write(FieldTag.double, value.bitPattern)
    case .decimal(let scale, let value):
      buffer.write(FieldTag.decimal, scale)
      buffer.writeInteger(value)
    case .string(let value):
      buffer.writeInteger(FieldTag.string)
      buffer.writeLongString(value)
    case .array(let values):
      buffer.writeInteger(FieldTag.array)
      buffer.writeLengthPrefixed { buffer in
        for value in values { value.encode(into: &buffer) }
      }
    case .timestamp(let value): buffer.write(FieldTag.timestamp, value)
    case .table(let value):
      buffer.writeInteger(FieldTag.table)
      value.encode(into: &buffer)
    case .void: buffer.writeInteger(FieldTag.void)
    case .bytes(let value):
      buffer.writeInteger(FieldTag.bytes)
      buffer.writeLongString(value)
    }
  }
}

extension ByteBuffer {
  fileprivate mutating func write(_ tag: UInt8, _ value: some FixedWidthInteger) {
    writeInteger(tag)
    writeInteger(value)
  }
}
