package import struct NIOCore.ByteBuffer

/// The fourteen properties of a message; nil means that the publisher did not set it.
///
///     [ flags 16 bits, the first property in the highest place | the values of the set ones ]
package struct BasicProperties: Sendable, Hashable {
  package var contentType: String?
  package var contentEncoding: String?
  package var headers: FieldTable?
  /// 1 is transient, 2 persistent.
  package var deliveryMode: UInt8?
  package var priority: UInt8?
  package var correlationID: String?
  package var replyTo: String?
  /// Milliseconds as decimal digits, as RabbitMQ reads it.
  package var expiration: String?
  package var messageID: String?
  /// Seconds since 1970-01-01 00:00 UTC.
  package var timestamp: UInt64?
  package var type: String?
  /// Must name the connection's own user when set.
  package var userID: String?
  package var appID: String?
  package var clusterID: String?

  package init(
    contentType: String? = nil,
    contentEncoding: String? = nil,
    headers: FieldTable? = nil,
    deliveryMode: UInt8? = nil,
    priority: UInt8? = nil,
    correlationID: String? = nil,
    replyTo: String? = nil,
    expiration: String? = nil,
    messageID: String? = nil,
    timestamp: UInt64? = nil,
    type: String? = nil,
    userID: String? = nil,
    appID: String? = nil,
    clusterID: String? = nil
  ) {
    self.contentType = contentType
    self.contentEncoding = contentEncoding
    self.headers = headers
    self.deliveryMode = deliveryMode
    self.priority = priority
    self.correlationID = correlationID
    self.replyTo = replyTo
    self.expiration = expiration
    self.messageID = messageID
    self.timestamp = timestamp
    self.type = type
    self.userID = userID
    self.appID = appID
    self.clusterID = clusterID
  }

  /// Which properties follow; the two lowest places name none in class basic.
  private struct Flags: OptionSet {
    let rawValue: UInt16
    static let contentType = Flags(rawValue: 1 << 15)
    static let contentEncoding = Flags(rawValue: 1 << 14)
    static let headers = Flags(rawValue: 1 << 13)
    static let deliveryMode = Flags(rawValue: 1 << 12)
    static let priority = Flags(rawValue: 1 << 11)
    static let correlationID = Flags(rawValue: 1 << 10)
    static let replyTo = Flags(rawValue: 1 << 9)
    static let expiration = Flags(rawValue: 1 << 8)
    static let messageID = Flags(rawValue: 1 << 7)
    static let timestamp = Flags(rawValue: 1 << 6)
    static let type = Flags(rawValue: 1 << 5)
    static let userID = Flags(rawValue: 1 << 4)
    static let appID = Flags(rawValue: 1 << 3)
    static let clusterID = Flags(rawValue: 1 << 2)
    static let undefinedPlaces: UInt16 = 0b11
  }

  /// Reads the flags and the values that they announce.
  ///
  /// - Throws: ``CodecError/unknownPropertyFlags(_:)`` when a place is set that names no property,
  ///   and what the values throw.
  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    let flags = Flags(rawValue: try buffer.readUnsigned())
    guard flags.rawValue & Flags.undefinedPlaces == 0 else {
      throw .unknownPropertyFlags(flags.rawValue)
    }
    if flags.contains(.contentType) { contentType = try buffer.readShortString() }
    if flags.contains(.contentEncoding) { contentEncoding = try buffer.readShortString() }
    if flags.contains(.headers) { headers = try FieldTable(from: &buffer) }
    if flags.contains(.deliveryMode) { deliveryMode = try buffer.readUnsigned(as: UInt8.self) }
    if flags.contains(.priority) { priority = try buffer.readUnsigned(as: UInt8.self) }
    if flags.contains(.correlationID) { correlationID = try buffer.readShortString() }
    if flags.contains(.replyTo) { replyTo = try buffer.readShortString() }
    if flags.contains(.expiration) { expiration = try buffer.readShortString() }
    if flags.contains(.messageID) { messageID = try buffer.readShortString() }
    if flags.contains(.timestamp) { timestamp = try buffer.readUnsigned(as: UInt64.self) }
    if flags.contains(.type) { type = try buffer.readShortString() }
    if flags.contains(.userID) { userID = try buffer.readShortString() }
    if flags.contains(.appID) { appID = try buffer.readShortString() }
    if flags.contains(.clusterID) { clusterID = try buffer.readShortString() }
  }

  /// Writes the flags and the values of the set properties.
  package func encode(into buffer: inout ByteBuffer) {
    let flagsIndex = buffer.writerIndex
    buffer.writeInteger(UInt16(0))
    var flags: Flags = []
    func write(_ flag: Flags, _ text: String?) {
      guard let text else { return }
      flags.insert(flag)
      buffer.writeShortString(text)
    }
    func write(_ flag: Flags, _ number: (some FixedWidthInteger)?) {
      guard let number else { return }
      flags.insert(flag)
      buffer.writeInteger(number)
    }
    write(.contentType, contentType)
    write(.contentEncoding, contentEncoding)
    if let headers {
      flags.insert(.headers)
      headers.encode(into: &buffer)
    }
    write(.deliveryMode, deliveryMode)
    write(.priority, priority)
    write(.correlationID, correlationID)
    write(.replyTo, replyTo)
    write(.expiration, expiration)
    write(.messageID, messageID)
    write(.timestamp, timestamp)
    write(.type, type)
    write(.userID, userID)
    write(.appID, appID)
    write(.clusterID, clusterID)
    buffer.setInteger(flags.rawValue, at: flagsIndex)
  }
}

/// What comes between a method that carries content and its body frames.
package struct ContentHeader: Sendable, Hashable {
  /// The class of the method that it belongs to; only basic (60) has content.
  package var classID: UInt16
  /// The length of the whole body, over all its frames; a peer may claim any number.
  package var bodyBytes: UInt64
  package var properties: BasicProperties

  package init(
    classID: UInt16 = BasicPublish.identifier.classID,
    bodyBytes: UInt64,
    properties: BasicProperties = BasicProperties()
  ) {
    self.classID = classID
    self.bodyBytes = bodyBytes
    self.properties = properties
  }

  /// Reads a header frame's payload, all of it.
  package init(from buffer: inout ByteBuffer) throws(CodecError) {
    classID = try buffer.readUnsigned()
    guard classID == BasicPublish.identifier.classID else { throw .unknownContentClass(classID) }
    let weight: UInt16 = try buffer.readUnsigned()
    guard weight == 0 else { throw .nonZeroWeight(weight) }
    bodyBytes = try buffer.readUnsigned()
    properties = try BasicProperties(from: &buffer)
    guard buffer.readableBytes == 0 else { throw .trailingBytes(buffer.readableBytes) }
  }

  /// Writes a header frame's payload.
  package func encode(into buffer: inout ByteBuffer) {
    buffer.writeInteger(classID)
    buffer.writeInteger(UInt16(0))
    buffer.writeInteger(bodyBytes)
    properties.encode(into: &buffer)
  }
}
