import AMQP
import TestSupport
import Testing

import struct NIOCore.ByteBuffer

/// Encodes one frame.
func encoded(_ frame: Frame) -> [UInt8] {
  var buffer = ByteBuffer()
  buffer.writeFrame(frame)
  return Array(buffer.readableBytesView)
}

/// Decodes every frame of a byte stream that comes in one piece.
func decoded(_ bytes: [UInt8], maximumFrameBytes: Int = 1_000_000) throws(CodecError) -> [Frame] {
  var decoder = FrameDecoder(maximumFrameBytes: maximumFrameBytes)
  decoder.append(ByteBuffer(bytes: bytes))
  var frames: [Frame] = []
  while let frame = try decoder.next() { frames.append(frame) }
  return frames
}

/// The laws that hold for every frame.
@Suite struct CodecTests {
  @Test(arguments: ReferenceVector.all)
  func framesAreWhatPikaWritesAndReads(_ vector: ReferenceVector) throws {
    #expect(encoded(vector.frame) == vector.bytes)
    #expect(try decoded(vector.bytes) == [vector.frame])
  }

  @Test func theReferenceVectorsCoverEveryMethodThatPikaKnows() {
    let seen = Set(
      ReferenceVector.all.compactMap { vector -> String? in
        guard case .method(_, let method) = vector.frame else { return nil }
        return method.identifier.name
      }
    )
    let missing = Method.allTypes.map { $0.name }.filter { !seen.contains($0) }
    // RabbitMQ added the first two after pika 1.2; the others are of AMQP 0-8.
    #expect(
      missing == [
        "connection.update-secret", "connection.update-secret-ok", "access.request",
        "access.request-ok",
      ]
    )
  }

  @Test func updateSecretIsWhatRabbitMQDocuments() throws {
    let bytes: [UInt8] =
      [1, 0, 0, 0, 0, 0, 16, 0, 10, 0, 70, 0, 0, 0, 3, 0x6E, 0x65, 0x77, 4, 0x77, 0x68, 0x79, 0x3F]
      + [0xCE]
    let update = ConnectionUpdateSecret(newSecret: Array("new".utf8), reason: "why?")
    #expect(encoded(.method(channel: 0, .connectionUpdateSecret(update))) == bytes)
    #expect(try decoded(bytes) == [.method(channel: 0, .connectionUpdateSecret(update))])
    let answer: [UInt8] = [1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 71, 0xCE]
    let updateOk = Method.connectionUpdateSecretOk(ConnectionUpdateSecretOk())
    #expect(try decoded(answer) == [.method(channel: 0, updateOk)])
  }

  /// As AMQP 0-8 lays it out, realm and five bits, and as RabbitMQ 3.10.8 answered it.
  @Test func accessRequestIsWhatOldClientsSend() throws {
    let bytes: [UInt8] =
      [1, 0, 1, 0, 0, 0, 11, 0, 30, 0, 10, 5] + Array("/data".utf8) + [0b1_1110, 0xCE]
    let request = Method.accessRequest(AccessRequest())
    #expect(try decoded(bytes) == [.method(channel: 1, request)])
    #expect(encoded(.method(channel: 1, request)) == bytes)
    let answer: [UInt8] = [1, 0, 1, 0, 0, 0, 6, 0, 30, 0, 11, 0, 1, 0xCE]
    #expect(encoded(.method(channel: 1, .accessRequestOk(AccessRequestOk()))) == answer)
  }

  @Test(arguments: UInt64(1)...100)
  func whatIsWrittenIsReadAgain(_ seed: UInt64) throws {
    var random = RandomFrames(seed: seed)
    let frames = random.frames()
    for frame in frames { #expect(try decoded(encoded(frame)) == [frame]) }
    #expect(try decoded(frames.flatMap(encoded)) == frames)
  }

  @Test func theRandomMethodsAreOneOfEveryKind() {
    var random = RandomFrames(seed: 1)
    #expect(random.methods().map(\.identifier) == Method.allTypes.map { $0.identifier })
    #expect(Method.allTypes.count == 66)
  }

  @Test(arguments: UInt64(1)...3)
  func everyPrefixOfAFrameNeedsMore(_ seed: UInt64) throws {
    var random = RandomFrames(seed: seed)
    for frame in random.frames() {
      let bytes = encoded(frame)
      for length in 0..<bytes.count {
        #expect(try decoded(Array(bytes[..<length])).isEmpty)
      }
    }
  }

  @Test(arguments: UInt64(1)...3)
  func aStreamMayBeCutAnywhere(_ seed: UInt64) throws {
    var random = RandomFrames(seed: seed)
    var order = SplitMix(seed: seed)
    let frames = random.frames().shuffled(using: &order).prefix(12)
    let bytes = frames.flatMap(encoded)
    for cut in 0...bytes.count {
      var decoder = FrameDecoder(maximumFrameBytes: 10_000)
      var seen: [Frame] = []
      for piece in [bytes[..<cut], bytes[cut...]] {
        decoder.append(ByteBuffer(bytes: piece))
        while let frame = try decoder.next() { seen.append(frame) }
      }
      #expect(seen == Array(frames))
      #expect(decoder.unreadBytes == 0)
    }
  }

  @Test func everySplitOfAShortStreamIntoPiecesGivesTheSameFrames() throws {
    let frames: [Frame] = [.heartbeat, .body(channel: 9, ByteBuffer(bytes: [1, 2])), .heartbeat]
    let bytes = frames.flatMap(encoded)
    // At most three cuts; an empty piece is one that a cut does not make.
    let places = 1..<bytes.count
    var wrong: [[Int]] = []
    for first in places {
      for second in first..<bytes.count {
        for third in second..<bytes.count {
          var decoder = FrameDecoder(maximumFrameBytes: 4096)
          var seen: [Frame] = []
          for piece in [
            bytes[..<first], bytes[first..<second], bytes[second..<third], bytes[third...],
          ] {
            decoder.append(ByteBuffer(bytes: piece))
            while let frame = try decoder.next() { seen.append(frame) }
          }
          if seen != frames { wrong.append([first, second, third]) }
        }
      }
    }
    #expect(wrong == [])
  }

  @Test func bytesOneByOneGiveTheSameFrames() throws {
    var random = RandomFrames(seed: 5)
    let frames = random.frames()
    var decoder = FrameDecoder(maximumFrameBytes: 10_000)
    var seen: [Frame] = []
    for byte in frames.flatMap(encoded) {
      decoder.append(ByteBuffer(bytes: [byte]))
      while let frame = try decoder.next() { seen.append(frame) }
    }
    #expect(seen == frames)
  }

  @Test(arguments: [0, 1, 4088, 4089, 8176, 10_000])
  func contentIsCutIntoFramesOfTheTunedLength(_ bytes: Int) throws {
    let body = ByteBuffer(bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0) })
    let header = ContentHeader(bodyBytes: UInt64(bytes))
    var buffer = ByteBuffer()
    buffer.writeContent(header: header, body: body, channel: 3, maximumFrameBytes: 4096)
    let frames = try decoded(Array(buffer.readableBytesView), maximumFrameBytes: 4096)
    #expect(frames.first == .header(channel: 3, header))
    var joined = ByteBuffer()
    for frame in frames.dropFirst() {
      guard case .body(3, let part) = frame else {
        Issue.record("\(frame) among the body frames")
        return
      }
      joined.writeImmutableBuffer(part)
    }
    #expect(joined == body)
    #expect(frames.count == 1 + (bytes + 4087) / 4088)
  }
}
