import AMQP
import TestSupport
import Testing

import struct NIOCore.ByteBuffer

/// Whatever bytes come in, the answer is a frame or a ``CodecError``.
@Suite(.computing) struct BadBytesTests {
  @Test(arguments: UInt64(1)...2)
  func aCorruptedByteGivesAnErrorOrAnotherFrame(_ seed: UInt64) {
    var random = RandomFrames(seed: seed)
    var errors = 0
    var unstable: [[UInt8]] = []
    for frame in random.frames() {
      let bytes = encoded(frame)
      for index in bytes.indices {
        for change: UInt8 in [1, 4, 32, 128, 255] {
          var corrupted = bytes
          corrupted[index] ^= change
          do throws(CodecError) {
            // A frame that is read can be written, and is then the same again.
            for other in try decoded(corrupted) {
              let again = encoded(other)
              if try decoded(again).map(encoded) != [again] { unstable.append(corrupted) }
            }
          } catch {
            errors += 1
            if !error.replyCode.isConnectionError { unstable.append(corrupted) }
          }
        }
      }
    }
    #expect(unstable == [])
    #expect(errors > 1000)
  }

  @Test(arguments: UInt64(1)...50)
  func randomBytesInAFrameAreSurvived(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    for _ in 0..<200 {
      let length = Int.random(in: 0...80, using: &random)
      let payload = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let type = FrameType.allCases.randomElement(using: &random) ?? .method
      let head: [UInt8] = [type.rawValue, 0, 0, 0, 0, 0, UInt8(length)]
      do throws(CodecError) {
        #expect(try decoded(head + payload + [Limits.frameEnd]).count == 1)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test(arguments: [
    ([0x41], CodecError.unknownFrameType(0x41)),
    ([0], .unknownFrameType(0)),
    ([4, 0, 0], .unknownFrameType(4)),
    ([8, 0, 0, 0, 0, 0, 0, 0], .missingFrameEnd(found: 0)),
    ([8, 0, 1, 0, 0, 0, 0, 0xCE], .malformedHeartbeat(channel: 1, payloadBytes: 0)),
    ([8, 0, 0, 0, 0, 0, 1, 9, 0xCE], .malformedHeartbeat(channel: 0, payloadBytes: 1)),
    ([1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], .frameTooLarge(bytes: 4_294_967_303, limit: 4096)),
    ([3, 0, 1, 0, 0, 0x0F, 0xF9], .frameTooLarge(bytes: 4097, limit: 4096)),
    (
      [1, 0, 1, 0, 0, 0, 2, 0, 60, 0xCE],
      .valueTruncated(.integer, neededBytes: 2, availableBytes: 0)
    ),
    (
      [1, 0, 1, 0, 0, 0, 4, 0, 30, 0, 12, 0xCE],
      .unknownMethod(MethodIdentifier(classID: 30, methodID: 12))
    ),
    (
      [1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 99, 0xCE],
      .unknownMethod(MethodIdentifier(classID: 60, methodID: 99))
    ),
    ([1, 0, 1, 0, 0, 0, 5, 0, 20, 0, 41, 7, 0xCE], .trailingBytes(1)),
    (
      [1, 0, 1, 0, 0, 0, 7, 0, 60, 0, 21, 9, 1, 1, 0xCE],
      .valueTruncated(.shortString, neededBytes: 9, availableBytes: 2)
    ),
    (
      [1, 0, 1, 0, 0, 0, 6, 0, 60, 0, 21, 1, 0xFF, 0xCE],
      .invalidText(.shortString, bytes: 1)
    ),
  ])
  func badFramesAreNamed(_ bytes: [UInt8], _ expected: CodecError) {
    #expect(throws: expected) { try decoded(bytes, maximumFrameBytes: 4096) }
  }

  @Test(arguments: [
    ([0, 50], CodecError.unknownContentClass(50)),
    ([0, 60, 0, 1], .nonZeroWeight(1)),
    ([0, 60, 0, 0, 1], .valueTruncated(.integer, neededBytes: 8, availableBytes: 1)),
    ([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], .unknownPropertyFlags(1)),
    ([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], .unknownPropertyFlags(2)),
    ([0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], .trailingBytes(1)),
    (
      [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0],
      .valueTruncated(.shortString, neededBytes: 1, availableBytes: 0)
    ),
  ])
  func badContentHeadersAreNamed(_ payload: [UInt8], _ expected: CodecError) {
    var buffer = ByteBuffer(bytes: payload)
    #expect(throws: expected) { try ContentHeader(from: &buffer) }
  }

  @Test(arguments: [
    ([0, 0, 0, 1], CodecError.valueTruncated(.fieldTable, neededBytes: 1, availableBytes: 0)),
    (
      [0xFF, 0xFF, 0xFF, 0xFF, 1],
      .valueTruncated(.fieldTable, neededBytes: 4_294_967_295, availableBytes: 1)
    ),
    ([0, 0], .valueTruncated(.fieldTable, neededBytes: 4, availableBytes: 2)),
    (
      [0, 0, 0, 2, 1, 0x61],
      .valueTruncated(.fieldType, neededBytes: 1, availableBytes: 0)
    ),
    ([0, 0, 0, 3, 1, 0x61, 0x3F], .unknownFieldType(0x3F)),
    (
      [0, 0, 0, 7, 1, 0x61, 0x53, 0xFF, 0xFF, 0xFF, 0xFF],
      .valueTruncated(.longString, neededBytes: 4_294_967_295, availableBytes: 0)
    ),
    // A string that would reach beyond its table, into bytes that are there.
    (
      [0, 0, 0, 7, 1, 0x61, 0x53, 0, 0, 0, 1, 0x62],
      .valueTruncated(.longString, neededBytes: 1, availableBytes: 0)
    ),
    (
      [0, 0, 0, 7, 1, 0x61, 0x41, 0, 0, 0, 9],
      .valueTruncated(.fieldArray, neededBytes: 9, availableBytes: 0)
    ),
    (
      [0, 0, 0, 4, 1, 0x61, 0x6C, 0],
      .valueTruncated(.integer, neededBytes: 8, availableBytes: 1)
    ),
  ])
  func badFieldTablesAreNamed(_ bytes: [UInt8], _ expected: CodecError) {
    var buffer = ByteBuffer(bytes: bytes)
    #expect(throws: expected) { try FieldTable(from: &buffer) }
  }

  @Test func tablesAreReadDownToTheLimitAndNoDeeper() throws {
    func nested(_ levels: Int) -> FieldTable {
      (1..<levels).reduce(FieldTable()) { inner, _ in ["t": .table(inner)] }
    }
    var buffer = ByteBuffer()
    nested(Limits.fieldTableDepth).encode(into: &buffer)
    #expect(try FieldTable(from: &buffer) == nested(Limits.fieldTableDepth))
    buffer.clear()
    nested(Limits.fieldTableDepth + 1).encode(into: &buffer)
    #expect(throws: CodecError.nestingTooDeep(limit: Limits.fieldTableDepth)) {
      try FieldTable(from: &buffer)
    }
  }

  @Test(arguments: [UInt8(ascii: "F"), UInt8(ascii: "A")])
  func aBombOfNestedContainersIsRefused(_ tag: UInt8) {
    // Hundreds of levels, each claiming all that is left.
    var bytes: [UInt8] = []
    while bytes.count < 4000 {
      bytes = (tag == UInt8(ascii: "F") ? [0, tag] : [tag]) + lengthPrefix(bytes.count) + bytes
    }
    let entry: [UInt8] = tag == UInt8(ascii: "F") ? bytes : [0] + bytes
    var buffer = ByteBuffer(bytes: lengthPrefix(entry.count) + entry)
    #expect(throws: CodecError.nestingTooDeep(limit: Limits.fieldTableDepth)) {
      try FieldTable(from: &buffer)
    }
  }

  private func lengthPrefix(_ count: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
  }

  @Test func aDecoderThatFailedKeepsFailing() {
    var decoder = FrameDecoder(maximumFrameBytes: 4096)
    decoder.append(ByteBuffer(bytes: [9]))
    for _ in 0..<2 {
      #expect(throws: CodecError.unknownFrameType(9)) { try decoder.next() }
      decoder.append(ByteBuffer(bytes: encoded(.heartbeat)))
    }
  }

  @Test func whatIsKeptOfAStreamIsLessThanAFrame() throws {
    var decoder = FrameDecoder(maximumFrameBytes: 4096)
    var decodedFrames = 0
    for _ in 0..<2000 {
      decoder.append(
        ByteBuffer(bytes: encoded(.body(channel: 1, ByteBuffer(repeating: 1, count: 4088))))
      )
      while try decoder.next() != nil { decodedFrames += 1 }
      #expect(decoder.unreadBytes < 4096)
    }
    #expect(decodedFrames == 2000)
  }
}
