import AMQP
import Testing

import struct NIOCore.ByteBuffer

/// The numbers and names of the specification.
@Suite struct LimitsTests {
  @Test func replyCodesAreTheSpecifications() {
    let codes = ReplyCode.allCases
    #expect(
      codes.map(\.rawValue) == [
        200, 311, 312, 313, 320, 402, 403, 404, 405, 406, 501, 502, 503, 504, 505, 506, 530, 540,
        541,
      ]
    )
    #expect(
      codes.filter(\.isConnectionError).map(\.rawValue) == [
        320, 402, 501, 502, 503, 504, 505, 506, 530, 540, 541,
      ]
    )
    #expect(Set(codes.map(\.name)).count == codes.count)
    #expect(ReplyCode.notFound.name == "NOT_FOUND")
  }

  @Test func everyMethodHasItsOwnNumbersAndName() {
    let identifiers = Method.allTypes.map { $0.identifier }
    #expect(Set(identifiers).count == 66)
    #expect(Set(identifiers.map(\.name)).count == 66)
    for type in Method.allTypes { #expect(type.identifier.name == type.name) }
    #expect(MethodIdentifier(classID: 50, methodID: 10).name == "queue.declare")
    #expect(MethodIdentifier(classID: 40, methodID: 51).name == "exchange.unbind-ok")
    #expect(MethodIdentifier(classID: 60, methodID: 99).name == "60.99")
  }

  @Test func onlyTheMethodsWithContentSaySo() {
    let names = Method.allTypes.filter { $0.carriesContent }.map { $0.name }
    #expect(names == ["basic.publish", "basic.return", "basic.deliver", "basic.get-ok"])
  }

  @Test func theProtocolHeaderIsTheSpecifications() {
    #expect(ProtocolHeader.bytes == Array("AMQP".utf8) + [0, 0, 9, 1])
    #expect(FrameType.allCases.map(\.rawValue) == [1, 2, 3, 8])
    #expect(Limits.frameEnd == 206)
  }

  @Test(arguments: [0, 254, 255, 256, 400])
  func aShortStringIsCutToWhatItCanHold(_ length: Int) throws {
    let text = String(repeating: "x", count: length)
    var buffer = ByteBuffer()
    BasicConsumeOk(consumerTag: text).encode(into: &buffer)
    let decoded = try BasicConsumeOk(from: &buffer)
    #expect(decoded.consumerTag == String(text.prefix(255)))
    #expect(buffer.readableBytes == 0)
  }

  @Test func aShortStringIsCutAtAWholeCharacter() throws {
    var buffer = ByteBuffer()
    BasicConsumeOk(consumerTag: String(repeating: "漢", count: 100)).encode(into: &buffer)
    #expect(try BasicConsumeOk(from: &buffer).consumerTag == String(repeating: "漢", count: 85))
  }
}
