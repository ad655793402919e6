import AMQP
import Broker
import NIOCore
import Testing

@testable import AMQPServer

@Suite struct PropertyCheckTests {
  private func check(_ bytes: [UInt8]) -> PropertyCheck.Outcome {
    bytes.withUnsafeBytes { PropertyCheck.check($0, user: "guest") }
  }

  private func encoded(_ properties: BasicProperties) -> [UInt8] {
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    return Array(buffer.readableBytesView)
  }

  private let full = BasicProperties(
    contentType: "text/plain",
    contentEncoding: "utf-8",
    headers: [
      "a": .boolean(true), "b": .signed8(1), "c": .unsigned16(1), "d": .signed32(1),
      "e": .signed64(1), "f": .float(1), "g": .double(1), "h": .decimal(scale: 1, value: 2),
      "i": .text("x"), "j": .array([.signed32(1), .table(["k": .void])]), "l": .timestamp(3),
      "m": .bytes([1, 2]),
    ],
    deliveryMode: 2,
    priority: 1,
    correlationID: "c",
    replyTo: "r",
    messageID: "m",
    timestamp: 1,
    type: "t",
    userID: "guest",
    appID: "a"
  )

  @Test func whatTheCodecWritesIsFine() {
    #expect(check(encoded(BasicProperties())) == .fine([], priority: 0))
    #expect(check(encoded(full)) == .fine([.headers, .persistent], priority: 1))
  }

  @Test func everyPrefixAndEveryExtraByteIsMalformed() {
    let bytes = encoded(full)
    for length in 0..<bytes.count { #expect(check(Array(bytes[..<length])) == .malformed) }
    #expect(check(bytes + [0]) == .malformed)
  }

  /// What the check lets through, the codec can read: consumers are never given broken properties.
  @Test func theCheckIsAsStrictAsTheCodec() {
    let bytes = encoded(full)
    for index in bytes.indices {
      for value in [UInt8(0), 1, 0x7F, 0xFF, bytes[index] ^ 1] {
        var changed = bytes
        changed[index] = value
        guard check(changed) != .malformed else { continue }
        var buffer = ByteBuffer(bytes: changed)
        do {
          _ = try BasicProperties(from: &buffer)
        } catch .invalidText {
          // Texts are passed on as bytes: RabbitMQ does not look into them either.
        } catch {
          Issue.record("byte \(index) = \(value): \(error)")
        }
      }
    }
  }

  @Test func nestingIsLimited() {
    var table: FieldTable = [:]
    for _ in 0..<40 { table = ["t": .table(table)] }
    #expect(check(encoded(BasicProperties(headers: table))) == .malformed)
  }
}
