package import struct NIOCore.ByteBuffer

/// A message's properties taken apart just far enough to change some of them.
///
/// What is not touched goes out again byte for byte, text that is not UTF-8 included: a broker
/// passes on what it does not understand. ``BasicProperties`` is for those who read all of them.
package struct RawProperties: Sendable, Hashable {
  /// The properties by their place in the flags, from the highest bit down.
  package enum Property: Int, Sendable, CaseIterable {
    case contentType, contentEncoding, headers, deliveryMode, priority, correlationID, replyTo
    case expiration, messageID, timestamp, type, userID, appID, clusterID

    /// How long a value is; nil when its first bytes say so.
    fileprivate var fixedBytes: Int? {
      switch self {
      case .deliveryMode, .priority: 1
      case .timestamp: 8
      case .contentType, .contentEncoding, .headers, .correlationID, .replyTo, .expiration,
        .messageID, .type, .userID, .appID, .clusterID:
        nil
      }
    }

    fileprivate var flag: UInt16 { 1 << UInt16(15 - rawValue) }
  }

  /// A header with its value as it lies on the wire, tag included.
  package struct Header: Sendable, Hashable {
    package var key: [UInt8]
    fileprivate var value: [UInt8]
  }

  /// Encoded values, without the headers.
  private var values: [Property: [UInt8]] = [:]
  /// nil when the publisher sent no header table, which is not the same as an empty one.
  package private(set) var headers: [Header]?

  package init() {}

  /// Reads property flags and list, as a content header carries them.
  ///
  /// - Throws: What ``BasicProperties/init(from:)`` throws, but never for text.
  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    let flags: UInt16 = try buffer.readUnsigned()
    guard flags & 0b11 == 0 else { throw .unknownPropertyFlags(flags) }
    for property in Property.allCases where flags & property.flag != 0 {
      if property == .headers {
        headers = try Self.readHeaders(from: &buffer)
      } else {
        values[property] = try Self.readValue(of: property, from: &buffer)
      }
    }
  }

  private static func readValue(
    of property: Property,
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> [UInt8] {
    let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self)
    let bytes = property.fixedBytes ?? first.map { 1 + Int($0) } ?? 1
    guard let value = buffer.readBytes(length: bytes) else {
      throw buffer.truncated(.shortString, neededBytes: bytes)
    }
    return value
  }

  private static func readHeaders(
    from buffer: inout ByteBuffer
  ) throws(CodecError) -> [Header] {
    let length = try buffer.readLength(.fieldTable)
    guard var content = buffer.readSlice(length: length) else {
      throw buffer.truncated(.fieldTable, neededBytes: length)
    }
    var headers: [Header] = []
    while content.readableBytes > 0 {
      let keyBytes: UInt8 = try content.readUnsigned()
      guard let key = content.readBytes(length: Int(keyBytes)) else {
        throw content.truncated(.shortString, neededBytes: Int(keyBytes))
      }
      // What was read cannot be looked at again in the buffer that read it.
      var unread = content
      try FieldValue.skip(in: &content, depth: 1)
      let value = unread.readBytes(length: content.readerIndex - unread.readerIndex) ?? []
      headers.append(Header(key: key, value: value))
    }
    return headers
  }

  /// Writes flags and list.
  package func encode(into buffer: inout ByteBuffer) {
    var flags: UInt16 = headers == nil ? 0 : Property.headers.flag
    for property in values.keys { flags |= property.flag }
    buffer.writeInteger(flags)
    for property in Property.allCases {
      if property == .headers, let headers {
        buffer.writeLengthPrefixed { buffer in
          for header in headers {
            buffer.writeInteger(UInt8(truncatingIfNeeded: header.key.count))
            buffer.writeBytes(header.key)
            buffer.writeBytes(header.value)
          }
        }
      } else if let value = values[property] {
        buffer.writeBytes(value)
      }
    }
  }

  /// The bytes of a text property, without their length; nil when it is not set.
  package func text(_ property: Property) -> ArraySlice<UInt8>? {
    values[property].map { $0[1...] }
  }

  /// Sets or, with nil, removes a text property of at most 255 bytes.
  package mutating func setText(_ property: Property, _ bytes: [UInt8]?) {
    values[property] = bytes.map { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
  }

  /// The value of a one-byte property; nil when it is not set.
  package func octet(_ property: Property) -> UInt8? { values[property]?.first }

  /// A property as it lies on the wire, without the headers; nil when it is not set.
  package func encoded(_ property: Property) -> [UInt8]? { values[property] }

  /// The first header of that name as it lies on the wire, tag included.
  package func encodedHeader(_ key: String) -> [UInt8]? {
    headers?.first { $0.key.elementsEqual(key.utf8) }?.value
  }

  /// The first header of that name.
  package func header(_ key: String) -> FieldValue? {
    guard let header = headers?.first(where: { $0.key.elementsEqual(key.utf8) }) else { return nil }
    return Self.decode(header)
  }

  /// Every header with its value, in order; the names of those that are not UTF-8 read as U+FFFD.
  package var headerTable: FieldTable {
    FieldTable(
      entries: (headers ?? []).compactMap { header in
        Self.decode(header).map {
          FieldTable.Entry(key: String(decoding: header.key, as: UTF8.self), value: $0)
        }
      }
    )
  }

  private static func decode(_ header: Header) -> FieldValue? {
    var buffer = ByteBuffer(bytes: header.value)
    // Its shape was checked when it came in; a name in it that is not UTF-8 has no value for us.
    return try? FieldValue(from: &buffer, depth: 1)
  }

  /// Sets a header in its place, or at the end when there is none of that name; nil removes it.
  package mutating func setHeader(_ key: String, _ value: FieldValue?) {
    let bytes = Array(key.utf8)
    guard let value else {
      headers?.removeAll { $0.key == bytes }
      return
    }
    var buffer = ByteBuffer()
    value.encode(into: &buffer)
    let header = Header(key: bytes, value: Array(buffer.readableBytesView))
    if let index = headers?.firstIndex(where: { $0.key == bytes }) {
      headers?[index] = header
    } else {
      headers = (headers ?? []) + [header]
    }
  }
}
