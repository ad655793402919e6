import CChecksum
import NIOCore
import Store
import TestSupport
import Testing

/// What a failing disk, or a person, does to a data directory.
@Suite struct DamageTests {
  private static let first = "0000000001.log"

  /// Five messages in one segment, each durable for itself, and where each begins.
  private func fiveMessages() throws -> (SimulatedDisk, [Position]) {
    var disk = SimulatedDisk()
    var log = try disk.recover().log
    var positions: [Position] = []
    for number in 1...5 {
      positions.append(try StoredText(text: "message \(number)", queues: [1]).append(to: &log))
      try disk.carryOut(&log)
    }
    // Zeros follow, of which nothing is to be tested.
    disk.truncate(Self.first, to: Int(log.end.offset))
    return (disk, positions)
  }

  private func texts(_ messages: [Recovered]) -> [Int] {
    messages.compactMap { Int($0.text.dropFirst(8)) }
  }

  @Test func aFlippedBitLosesOneMessageAndSaysWhere() throws {
    let (whole, positions) = try fiveMessages()
    let length = try #require(whole.list()[Self.first])
    for offset in Int(positions[1].offset)..<Int(positions[1].offset + 16) {
      var disk = whole
      disk.flip(Self.first, at: offset)
      let found = try disk.recover()
      #expect(texts(found.messages) == [1, 3, 4, 5])
      // Up to the next record, which begins the group of the third message.
      let next = positions[2].offset - 24
      #expect(
        found.faults == [.lost(file: Self.first, from: positions[1].offset, to: next)],
        "byte \(offset)"
      )
    }
    for offset in 32..<length {
      var disk = whole
      disk.flip(Self.first, at: offset)
      let found = try disk.recover()
      #expect(texts(found.messages).count >= 4, "byte \(offset)")
      #expect(found.faults.count <= 1)
    }
  }

  @Test func everyLengthOfATornFileGivesWholeMessagesOnly() throws {
    let (whole, positions) = try fiveMessages()
    let length = try #require(whole.list()[Self.first])
    for count in 0...length {
      var disk = whole
      disk.truncate(Self.first, to: count)
      let found = try disk.recover()
      let expected = positions.filter { SegmentEnd.of($0, in: positions, length) <= count }.count
      #expect(texts(found.messages) == Array((1...5).prefix(expected)), "\(count) bytes")
    }
  }

  /// The last message was durable, and no later group says so: it may have been unfinished.
  @Test func aTornLastRecordIsNoLossThatAnybodyWasTold() throws {
    var (disk, positions) = try fiveMessages()
    let end = try #require(disk.list()[Self.first])
    disk.truncate(Self.first, to: end - 8)
    let found = try disk.recover()
    #expect(texts(found.messages) == [1, 2, 3, 4])
    #expect(found.faults == [.unfinished(file: Self.first, from: positions[4].offset)])
    #expect(try disk.recover().faults == [])
  }

  @Test func aMissingSegmentIsNamed() throws {
    var (disk, _) = try fiveMessages()
    disk.lose(Self.first)
    let found = try disk.recover()
    #expect(found.messages.isEmpty)
    #expect(found.faults == [.missing(file: Self.first)])
  }

  @Test func filesOfZeroLengthAreSurvived() throws {
    let (whole, _) = try fiveMessages()
    for file in whole.list().keys {
      var disk = whole
      disk.truncate(file, to: 0)
      let found = try disk.recover()
      #expect(found.messages.isEmpty == (file == Self.first), "\(file)")
      #expect(!found.faults.isEmpty, "\(file)")
    }
  }

  @Test func aBrokenHeadOfASegmentHidesNoMessage() throws {
    let (whole, _) = try fiveMessages()
    for offset in 0..<32 {
      var disk = whole
      disk.flip(Self.first, at: offset)
      let found = try disk.recover()
      #expect(texts(found.messages) == [1, 2, 3, 4, 5])
      #expect(found.faults == [.brokenHead(file: Self.first)])
    }
  }

  @Test func aBrokenListHidesNoMessage() throws {
    let (whole, _) = try fiveMessages()
    for offset in 0..<(whole.list()["segments"] ?? 0) {
      var disk = whole
      disk.flip("segments", at: offset)
      #expect(try texts(disk.recover().messages) == [1, 2, 3, 4, 5])
    }
  }

  @Test func aBrokenSettlementBringsItsMessageBack() throws {
    var (disk, positions) = try fiveMessages()
    var log = try disk.recover().log
    for position in positions.prefix(3) {
      log.settle(Settlement(position: position, queue: 1, returnCount: 0))
    }
    try disk.carryOut(&log)
    #expect(try texts(disk.recover().messages) == [4, 5])
    disk.flip("0000000001.ack", at: 16 + 5)
    let found = try disk.recover()
    #expect(texts(found.messages) == [2, 4, 5])
    #expect(found.faults == [.settlementsLost(file: "0000000001.ack", count: 1)])
  }

  @Test func anotherVersionIsRefusedAndNothingIsChanged() throws {
    let (whole, _) = try fiveMessages()
    for (file, bytes) in [(Self.first, segmentHead(version: 2)), ("segments", listHead(2))] {
      var disk = whole
      try disk.perform(.write(file: file, offset: 0, bytes))
      let before = disk.bytes
      let refusal = StoreError.unknownVersion(file: file, found: 2, known: 1)
      let result = Result { try disk.recover().messages }
      #expect(throws: refusal) { try result.get() }
      #expect(disk.bytes == before)
    }
  }

  private func segmentHead(version: UInt32) -> ByteBuffer {
    var sum = ByteBuffer(string: "SLUICELG")
    sum.writeInteger(version, endianness: .little)
    var rest = ByteBuffer()
    rest.writeInteger(UInt64(1), endianness: .little)
    rest.writeInteger(UInt64(1_000), endianness: .little)
    var head = sum
    sum.writeImmutableBuffer(rest)
    head.writeInteger(checksum(sum), endianness: .little)
    head.writeImmutableBuffer(rest)
    return head
  }

  private func listHead(_ version: UInt32) -> ByteBuffer {
    var head = ByteBuffer(string: "SLUICESG")
    head.writeInteger(version, endianness: .little)
    head.writeInteger(checksum(head), endianness: .little)
    return head
  }

  /// The sum of a head, which begins with the place's number, 0 and 0.
  private func checksum(_ buffer: ByteBuffer) -> UInt32 {
    let bytes = [UInt8](repeating: 0, count: 12) + Array(buffer.readableBytesView)
    return sluice_crc32c(0, bytes, bytes.count)
  }
}

/// Where a record of five ends: where the group of the next one begins.
private enum SegmentEnd {
  static func of(_ position: Position, in positions: [Position], _ length: Int) -> Int {
    guard let next = positions.first(where: { $0 > position }) else { return length }
    return Int(next.offset) - 24
  }
}
