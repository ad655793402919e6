import struct NIOCore.ByteBuffer

extension FieldValue {
  /// Reads over a tag and its value, whatever bytes the names and texts in it are made of.
  ///
  /// - Throws: What ``init(from:depth:)`` throws, but never for text.
  static func skip(in buffer: inout ByteBuffer, depth: Int) throws(CodecError) {
    guard let tag = buffer.readInteger(as: UInt8.self) else {
      throw buffer.truncated(.fieldType, neededBytes: 1)
    }
    switch tag {
    case FieldTag.table:
      var entries = try contents(in: &buffer, .fieldTable, depth: depth + 1)
      while entries.readableBytes > 0 {
        let keyBytes: UInt8 = try entries.readUnsigned()
        guard entries.readSlice(length: Int(keyBytes)) != nil else {
          throw entries.truncated(.shortString, neededBytes: Int(keyBytes))
        }
        try skip(in: &entries, depth: depth + 1)
      }
    case FieldTag.array:
      var values = try contents(in: &buffer, .fieldArray, depth: depth + 1)
      while values.readableBytes > 0 { try skip(in: &values, depth: depth + 1) }
    default:
      // All others hold no names, and a long string may hold any bytes.
      buffer.moveReaderIndex(to: buffer.readerIndex - 1)
      _ = try FieldValue(from: &buffer, depth: depth)
    }
  }

  private static func contents(
    in buffer: inout ByteBuffer,
    _ type: CodecError.WireType,
    depth: Int
  ) throws(CodecError) -> ByteBuffer {
    guard depth <= Limits.fieldTableDepth else {
      throw .nestingTooDeep(limit: Limits.fieldTableDepth)
    }
    let length = try buffer.readLength(type)
    guard let contents = buffer.readSlice(length: length) else {
      throw buffer.truncated(type, neededBytes: length)
    }
    return contents
  }
}
