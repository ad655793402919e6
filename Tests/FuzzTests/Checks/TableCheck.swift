import AMQP
import Broker
import NIOCore

@testable import AMQPServer

/// The three readers of message properties agree, and what they read they write again.
///
/// The input is the property flags and list of a content header, as a field table alone it is read
/// once more from its third byte on.
enum TableCheck {
  static func findings(_ bytes: [UInt8]) -> [String] {
    tableFindings(bytes) + propertyFindings(bytes)
  }

  private static func tableFindings(_ bytes: [UInt8]) -> [String] {
    var buffer = ByteBuffer(bytes: bytes.dropFirst(2))
    let start = buffer.readableBytes
    // Bytes that are no table are refused, which is right: only what is read must be sound.
    guard let table = try? FieldTable(from: &buffer) else { return [] }
    let used = start - buffer.readableBytes
    let again = encoded { table.encode(into: &$0) }
    var found: [String] = []
    // Two encodings of one value exist only for booleans (any octet but 0 is true).
    if again.count != used { found.append("a table of \(used) bytes is written as \(again.count)") }
    var second = ByteBuffer(bytes: again)
    // What cannot be read again is found below as a difference.
    let reread = try? FieldTable(from: &second)
    if reread.map({ table in encoded { table.encode(into: &$0) } }) != again {
      found.append("a table is not the same after a round trip")
    }
    return found
  }

  private static func propertyFindings(_ bytes: [UInt8]) -> [String] {
    var found: [String] = []
    let raw = read(bytes) { buffer throws(CodecError) in try RawProperties(from: &buffer) }
    let basic = read(bytes) { buffer throws(CodecError) in try BasicProperties(from: &buffer) }
    let check = bytes.withUnsafeBytes { PropertyCheck.check($0, user: "guest") }
    if check != .malformed, raw == nil {
      found.append("the check lets pass what cannot be taken apart")
    }
    if basic != nil, raw == nil { found.append("raw properties refuse what the codec reads") }
    if basic != nil, check == .malformed { found.append("the check refuses what the codec reads") }
    if let raw {
      let again = encoded { raw.encode(into: &$0) }
      if again != bytes { found.append("raw properties change bytes that nobody touched") }
      found += changeFindings(raw)
    }
    if let raw, let basic { found += differences(raw, basic, check) }
    return found
  }

  /// A changed copy can be read again and has the change.
  private static func changeFindings(_ raw: RawProperties) -> [String] {
    var changed = raw
    changed.setText(.expiration, Array("9".utf8))
    changed.setHeader("x-fuzz", .signed32(7))
    let bytes = encoded { changed.encode(into: &$0) }
    let again = read(bytes) { buffer throws(CodecError) in try RawProperties(from: &buffer) }
    guard again?.text(.expiration).map(Array.init) == Array("9".utf8) else {
      return ["a changed expiration is not there afterwards"]
    }
    return again?.header("x-fuzz") == .signed32(7)
      ? [] : ["a changed header is not there afterwards"]
  }

  private static func differences(
    _ raw: RawProperties,
    _ basic: BasicProperties,
    _ check: PropertyCheck.Outcome
  ) -> [String] {
    var found: [String] = []
    if raw.octet(.deliveryMode) != basic.deliveryMode { found.append("two delivery modes") }
    if raw.octet(.priority) != basic.priority { found.append("two priorities") }
    if raw.text(.userID).map(text) != basic.userID { found.append("two user identifiers") }
    if raw.text(.replyTo).map(text) != basic.replyTo { found.append("two reply addresses") }
    if raw.headers?.count != basic.headers?.count { found.append("two header tables") }
    if case .fine(let traits, let priority) = check {
      if traits.contains(.headers) != (basic.headers != nil) { found.append("headers missed") }
      if traits.contains(.persistent) != (basic.deliveryMode == 2) {
        found.append("the delivery mode is misread")
      }
      if priority != basic.priority ?? 0 { found.append("the priority is misread") }
      if let user = basic.userID, user != "guest" { found.append("user '\(user)' is let pass") }
    }
    return found
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  private static func encoded(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    var buffer = ByteBuffer()
    write(&buffer)
    return Array(buffer.readableBytesView)
  }

  /// Reads all of the bytes; nil when they are malformed or some are left.
  private static func read<Value>(
    _ bytes: [UInt8],
    _ body: (inout ByteBuffer) throws(CodecError) -> Value
  ) -> Value? {
    var buffer = ByteBuffer(bytes: bytes)
    // What is wrong with them is not asked here, only whether all readers say so.
    guard let value = try? body(&buffer), buffer.readableBytes == 0 else { return nil }
    return value
  }
}
