import AMQP
import NIOCore
import Testing

/// What is not touched goes out as it came in.
@Suite struct RawPropertiesTests {
  private let properties = BasicProperties(
    contentType: "text/plain",
    headers: ["number": .signed32(7), "deep": .table(["list": .array([.void])]), "t": .text("x")],
    deliveryMode: 2,
    correlationID: "c",
    replyTo: "old",
    timestamp: 17
  )

  private func raw(_ properties: BasicProperties) throws -> RawProperties {
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    return try RawProperties(from: &buffer)
  }

  private func whole(_ raw: RawProperties) throws -> BasicProperties {
    var buffer = ByteBuffer()
    raw.encode(into: &buffer)
    return try BasicProperties(from: &buffer)
  }

  @Test func whatIsReadIsWrittenAgain() throws {
    #expect(try whole(raw(properties)) == properties)
    #expect(try raw(properties).headerTable == properties.headers)
    #expect(try whole(raw(BasicProperties())) == BasicProperties())
  }

  @Test func oneChangeLeavesTheRest() throws {
    var changed = try raw(properties)
    changed.setText(.replyTo, Array("new".utf8))
    changed.setHeader("number", .text("seven"))
    var expected = properties
    expected.replyTo = "new"
    expected.headers = [
      "number": .text("seven"), "deep": .table(["list": .array([.void])]), "t": .text("x"),
    ]
    #expect(try whole(changed) == expected)
    #expect(changed.header("deep") == .table(["list": .array([.void])]))
  }
}
