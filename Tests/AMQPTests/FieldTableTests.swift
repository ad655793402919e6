import AMQP
import Testing

import struct NIOCore.ByteBuffer

@Suite struct FieldTableTests {
  @Test func theFirstEntryOfANameCounts() throws {
    // The name "k" twice, once 1 and once 2.
    var buffer = ByteBuffer(bytes: [0, 0, 0, 8, 1, 0x6B, 0x62, 1, 1, 0x6B, 0x62, 2])
    var table = try FieldTable(from: &buffer)
    #expect(table.count == 2)
    #expect(table["k"] == .signed8(1))
    table["k"] = .signed8(3)
    #expect(table.entries.map(\.value) == [.signed8(3), .signed8(2)])
    table["k"] = nil
    #expect(table.isEmpty)
    #expect(table["k"] == nil)
  }

  @Test func entriesKeepTheirOrder() {
    var table: FieldTable = ["b": .void, "a": .void]
    table["c"] = .boolean(true)
    #expect(table.entries.map(\.key) == ["b", "a", "c"])
  }

  @Test func theEntriesOfAmqplainHaveNoLengthBeforeThem() throws {
    let table: FieldTable = ["LOGIN": .text("guest"), "PASSWORD": .text("secret")]
    var buffer = ByteBuffer()
    table.encodeEntries(into: &buffer)
    #expect(buffer.getInteger(at: 0, as: UInt8.self) == 5)
    #expect(try FieldTable(entriesFrom: &buffer) == table)
    #expect(buffer.readableBytes == 0)
  }

  @Test(arguments: [
    (FieldValue.boolean(true), "t", [1] as [UInt8]),
    (.signed8(-2), "b", [0xFE]),
    (.unsigned8(254), "B", [0xFE]),
    (.signed16(-2), "s", [0xFF, 0xFE]),
    (.unsigned16(65534), "u", [0xFF, 0xFE]),
    (.signed32(-2), "I", [0xFF, 0xFF, 0xFF, 0xFE]),
    (.unsigned32(1), "i", [0, 0, 0, 1]),
    (.signed64(-2), "l", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]),
    (.float(1.5), "f", [0x3F, 0xC0, 0, 0]),
    (.double(1.5), "d", [0x3F, 0xF8, 0, 0, 0, 0, 0, 0]),
    (.decimal(scale: 2, value: 1234), "D", [2, 0, 0, 4, 0xD2]),
    (.text("hi"), "S", [0, 0, 0, 2, 0x68, 0x69]),
    (.array([.void, .void]), "A", [0, 0, 0, 2, 0x56, 0x56]),
    (.timestamp(1), "T", [0, 0, 0, 0, 0, 0, 0, 1]),
    (.table(["k": .void]), "F", [0, 0, 0, 3, 1, 0x6B, 0x56]),
    (.void, "V", []),
    (.bytes([7]), "x", [0, 0, 0, 1, 7]),
  ])
  func everyTypeHasRabbitMQsLetter(
    _ value: FieldValue,
    _ letter: String,
    _ bytes: [UInt8]
  ) throws {
    let table: FieldTable = ["n": value]
    var buffer = ByteBuffer()
    table.encode(into: &buffer)
    let expected = [0, 0, 0, UInt8(3 + bytes.count), 1, 0x6E] + Array(letter.utf8) + bytes
    #expect(Array(buffer.readableBytesView) == expected)
    #expect(try FieldTable(from: &buffer) == table)
  }

  @Test func valuesAreReadAsTextOrInteger() {
    #expect(FieldValue.text("größe").text == "größe")
    #expect(FieldValue.string([0xFF]).text == nil)
    #expect(FieldValue.void.text == nil)
    #expect(FieldValue.unsigned32(7).integer == 7)
    #expect(FieldValue.signed8(-7).integer == -7)
    #expect(FieldValue.text("7").integer == nil)
  }
}
