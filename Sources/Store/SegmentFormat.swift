import NIOCore

// Safe: the checksum reads the bytes during the call only.

// A segment is a file `<number>.log`, the number in 10 decimal digits, from 1. All numbers are
// little-endian. It begins with a head of 32 bytes:
//
//      0  8  "SLUICELG"
//      8  4  version, 1
//     12  4  checksum of 12 zeros and the other 28 bytes
//     16  8  the segment's number
//     24  8  when it was begun, in milliseconds since 1970
//
// After it come records, each at a multiple of 8 bytes:
//
//      0  4  checksum of the segment's number (8 bytes), the record's offset (4) and all that
//            follows here, without the padding; of kind 3 without the payload
//      4  4  length of the payload
//      8  1  kind: 1 a message, 2 the beginning of a group, 3 nothing
//      9  1  flags: 1 the message is persistent
//     10  2  the broker's own notes on the message, which the store does not read
//     12  4  number of queues
//     16     payload, then zeros up to the next multiple of 8
//
// The payload of a message:
//
//      0  8  when it entered its queues, in milliseconds since 1970
//      8     the numbers of its queues, 4 bytes each
//         1  length of the exchange's name, and the name
//         1  length of the routing key, and the key
//         4  length of the properties, and the properties as AMQP 0-9-1 section 4.2.6.1 has them
//            body
//
// The payload of a group's beginning, which is written before the first record of each group that is
// made durable together:
//
//      0  8  the position up to which all was durable at that time (segment << 32 | offset)
//
// Nothing, kind 3, is written over messages that have left all their queues, and its payload, whatever
// it is, may be given back to the file system: that is how a segment is made sparse.
//
// Valid is a record whose checksum is right. Because it covers the place, records of a file that had
// another number before are not. Where bytes are no valid record, the next that is valid is searched
// at every multiple of 8. Bytes before the end that the list of segments knows, or before a
// position that a later group calls durable, are lost messages; bytes after it are what was being
// written when the program died.

/// The sizes and marks of a segment's file.
enum SegmentFormat {
  static let magic: [UInt8] = Array("SLUICELG".utf8)
  static let version: UInt32 = 1
  static let headBytes = 32
  static let recordHeadBytes = 16
  static let alignment = 8

  static func file(of segment: UInt32) -> String { padded(segment) + ".log" }
  static func settlementsFile(of segment: UInt32) -> String { padded(segment) + ".ack" }

  /// The number in a segment's name; nil for other files.
  static func segment(of file: String) -> UInt32? {
    guard let number = UInt32(file.prefix(10)), number > 0 else { return nil }
    return file == self.file(of: number) ? number : nil
  }

  static func aligned(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }

  private static func padded(_ segment: UInt32) -> String {
    let digits = String(segment)
    return String(repeating: "0", count: 10 - digits.utf8.count) + digits
  }
}

/// The head of a segment's file.
struct SegmentHead: Hashable {
  var segment: UInt32
  /// In milliseconds since 1970.
  var begunAt: Int64

  var bytes: ByteBuffer {
    var front = ByteBuffer(bytes: SegmentFormat.magic)
    front.writeInteger(SegmentFormat.version, endianness: .little)
    var rest = ByteBuffer()
    rest.writeInteger(UInt64(segment), endianness: .little)
    rest.writeInteger(begunAt, endianness: .little)
    front.writeInteger(Self.checksum(front, rest), endianness: .little)
    front.writeBuffer(&rest)
    return front
  }

  /// Reads a head.
  ///
  /// - Returns: nil when it is broken.
  /// - Throws: ``StoreError/unknownVersion(file:found:known:)`` when it is whole and of another
  ///   version.
  init?(_ bytes: ByteBuffer, file: String) throws(StoreError) {
    guard
      let front = bytes.getSlice(at: bytes.readerIndex, length: 12),
      let sum = bytes.getInteger(at: bytes.readerIndex + 12, endianness: .little, as: UInt32.self),
      let rest = bytes.getSlice(at: bytes.readerIndex + 16, length: 16),
      front.readableBytesView.starts(with: SegmentFormat.magic),
      sum == Self.checksum(front, rest)
    else { return nil }
    let number = { (buffer: ByteBuffer, offset: Int) -> UInt64 in
      buffer.getInteger(at: buffer.readerIndex + offset, endianness: .little) ?? 0
    }
    let version: UInt32 = front.getInteger(at: front.readerIndex + 8, endianness: .little) ?? 0
    guard version == SegmentFormat.version else {
      throw .unknownVersion(file: file, found: version, known: SegmentFormat.version)
    }
    segment = UInt32(truncatingIfNeeded: number(rest, 0))
    begunAt = Int64(bitPattern: number(rest, 8))
  }

  init(segment: UInt32, begunAt: Int64) {
    self.segment = segment
    self.begunAt = begunAt
  }

  private static func checksum(_ front: ByteBuffer, _ rest: ByteBuffer) -> UInt32 {
    var checksum = Checksum()
    front.withUnsafeReadableBytes { checksum.add($0) }
    rest.withUnsafeReadableBytes { checksum.add($0) }
    return checksum.value
  }
}
