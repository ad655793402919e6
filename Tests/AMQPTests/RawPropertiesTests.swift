import AMQP
import NIOCore
import Testing

@Suite struct RawPropertiesTests {
  private func raw(_ properties: BasicProperties) throws -> RawProperties {
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    return try RawProperties(from: &buffer)
  }

  private let properties = BasicProperties(
    contentType: "text/plain",
    headers: ["a": .signed32(1), "b": .array([.text("x"), .void])],
    deliveryMode: 2,
    messageID: "m",
    timestamp: 5
  )

  /// Fuzzing found that such a message lost all its properties when it became a dead letter.
  @Test func aNameInANestedTableNeedNotBeUTF8() throws {
    // Flags for headers and priority; `t` is a table with the name C 0xBE.
    let nested: [UInt8] = [2, 0x43, 0xBE, UInt8(ascii: "t"), 1]
    let header: [UInt8] = [1, UInt8(ascii: "t"), UInt8(ascii: "F"), 0, 0, 0, 5] + nested
    let bytes: [UInt8] = [0x28, 0, 0, 0, 0, UInt8(header.count)] + header + [7]
    var buffer = ByteBuffer(bytes: bytes)
    var properties = try RawProperties(from: &buffer)
    #expect(properties.octet(.priority) == 7)
    properties.setHeader("x", .signed32(1))
    var changed = ByteBuffer()
    properties.encode(into: &changed)
    #expect(Array(changed.readableBytesView).suffix(1) == [7])
    #expect(Array(changed.readableBytesView)[6..<(6 + header.count)].elementsEqual(header))
  }

  @Test func whatIsNotTouchedComesOutAsItWentIn() throws {
    var before = ByteBuffer()
    properties.encode(into: &before)
    var after = ByteBuffer()
    try raw(properties).encode(into: &after)
    #expect(after == before)
  }

  @Test func headersAndPropertiesAreFoundByName() throws {
    let raw = try raw(properties)
    #expect(raw.header("a") == .signed32(1))
    #expect(raw.header("b") == .array([.text("x"), .void]))
    #expect(raw.header("c") == nil)
    #expect(raw.headerTable == properties.headers)
    #expect(raw.encodedHeader("a") == [UInt8(ascii: "I"), 0, 0, 0, 1])
    #expect(raw.encoded(.messageID) == [1, UInt8(ascii: "m")])
    #expect(raw.encoded(.correlationID) == nil)
  }

  @Test func aHeaderIsChangedInItsPlace() throws {
    var raw = try raw(properties)
    raw.setHeader("a", .text("new"))
    #expect(raw.headerTable == ["a": .text("new"), "b": .array([.text("x"), .void])])
    raw.setHeader("b", nil)
    #expect(raw.headerTable == ["a": .text("new")])
  }
}
