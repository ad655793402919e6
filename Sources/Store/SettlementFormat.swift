import NIOCore

// Safe: entries are measured before they are looked into.

// What became of a segment's messages is a file `<number>.ack` beside it. All numbers are
// little-endian. It has no head but entries of 16 bytes, each of which stands for itself:
//
//      0  4  checksum of the segment's number (8 bytes), the entry's offset in this file (4) and
//            the 12 bytes that follow here
//      4  4  the offset of the record in the segment
//      8  4  the number of the queue
//     12  4  0: the message has left the queue; else how often it came back to it
//
// An entry whose checksum is wrong is not there: the message comes again, as after a lost
// acknowledgement. The file is never synced for its own sake: whoever settles a message is not told
// when that is durable. Its version is that of the segment beside it.

/// What became of a message in one queue.
package struct Settlement: Hashable, Sendable {
  package var position: Position
  package var queue: UInt32
  /// 0 when it has left the queue, else how often it came back to it.
  package var returnCount: UInt32

  package init(position: Position, queue: UInt32, returnCount: UInt32) {
    self.position = position
    self.queue = queue
    self.returnCount = returnCount
  }
}

enum SettlementFormat {
  static let entryBytes = 16
}

extension ByteBuffer {
  /// Writes an entry as it stands at that offset of its file.
  mutating func writeSettlement(_ settlement: Settlement, at offset: Int) {
    let count = SettlementFormat.entryBytes
    writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
      let number = { (value: UInt32, place: Int) in
        bytes.storeBytes(of: value.littleEndian, toByteOffset: place, as: UInt32.self)
      }
      number(settlement.position.offset, 4)
      number(settlement.queue, 8)
      number(settlement.returnCount, 12)
      let entry = UnsafeRawBufferPointer(rebasing: bytes[..<count])
      number(Settlement.checksum(settlement.position.segment, offset, entry), 0)
      return count
    }
  }
}

extension Settlement {
  /// Reads the entries of a segment's file.
  ///
  /// - Returns: Those that are whole, in order, and how many are broken.
  static func read(
    _ bytes: UnsafeRawBufferPointer,
    of segment: UInt32
  ) -> (entries: [Settlement], brokenCount: Int) {
    var entries: [Settlement] = []
    var brokenCount = 0
    for offset in stride(from: 0, to: bytes.count, by: SettlementFormat.entryBytes) {
      let entry = UnsafeRawBufferPointer(
        rebasing: bytes[offset..<min(offset + SettlementFormat.entryBytes, bytes.count)]
      )
      let number = { (place: Int) in
        UInt32(littleEndian: entry.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      }
      guard entry.count == SettlementFormat.entryBytes,
        number(0) == checksum(segment, offset, entry)
      else {
        brokenCount += 1
        continue
      }
      let position = Position(segment: segment, offset: number(4))
      entries.append(Settlement(position: position, queue: number(8), returnCount: number(12)))
    }
    return (entries, brokenCount)
  }

  fileprivate static func checksum(
    _ segment: UInt32,
    _ offset: Int,
    _ entry: UnsafeRawBufferPointer
  ) -> UInt32 {
    var checksum = Checksum(segment: UInt64(segment), offset: UInt32(truncatingIfNeeded: offset))
    checksum.add(UnsafeRawBufferPointer(rebasing: entry[4...]))
    return checksum.value
  }
}
