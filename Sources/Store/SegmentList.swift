import NIOCore

// Safe: the checksum reads the bytes during the call only.

// Which segments there are is the file `segments`, so that one that is missing is noticed. All
// numbers are little-endian. It has a head of 16 bytes (``FileHead``, `SLUICESG`, version 1) and
// entries of 16 bytes, the last of a segment's being the one that counts:
//
//      0  4  checksum of 8 zeros, the entry's offset in the file (4 bytes) and the 12 bytes that
//            follow here
//      4  4  1: the segment is there; 2: it is to be deleted
//      8  4  the segment's number
//     12  4  where its records end, in bytes; 0 while that is not known
//
// The entry of a new segment is durable before its first record is called durable. Each start writes
// the file anew under the name `segments.new`, syncs it and renames it.

/// Which segments a directory should have, and the file that says so.
///
/// - Isolation: none.
struct SegmentList: Hashable {
  /// Where the records of each end; 0 while that is not known.
  private(set) var segments: [UInt32: UInt32] = [:]
  /// Entries that could not be read.
  private(set) var brokenCount = 0
  /// Where the next entry goes.
  private(set) var endBytes = FileHead.byteCount

  static let file = "segments"
  static let newFile = "segments.new"
  private static let head = FileHead(file: file, magic: Array("SLUICESG".utf8), version: 1)
  private static let entryBytes = 16

  private enum Change: UInt32 {
    case there = 1
    case deleted = 2
  }

  init(of segments: [UInt32: UInt32] = [:]) {
    self.segments = segments
    endBytes += segments.count * Self.entryBytes
  }

  /// Reads the file; broken entries count for nothing.
  ///
  /// - Throws: ``StoreError/unknownVersion(file:found:known:)``, ``StoreError/notAStore(file:)``.
  init(_ bytes: ByteBuffer) throws(StoreError) {
    try Self.head.check(bytes)
    for offset in stride(from: FileHead.byteCount, to: bytes.readableBytes, by: Self.entryBytes) {
      guard let entry = bytes.getSlice(at: bytes.readerIndex + offset, length: Self.entryBytes),
        entry.getInteger(at: entry.readerIndex, endianness: .little)
          == Self.checksum(entry, at: offset),
        let code: UInt32 = entry.getInteger(at: entry.readerIndex + 4, endianness: .little),
        let segment: UInt32 = entry.getInteger(at: entry.readerIndex + 8, endianness: .little),
        let end: UInt32 = entry.getInteger(at: entry.readerIndex + 12, endianness: .little)
      else {
        brokenCount += 1
        continue
      }
      switch Change(rawValue: code) {
      case .there: segments[segment] = end
      case .deleted: segments[segment] = nil
      case nil: brokenCount += 1
      }
    }
    endBytes = bytes.readableBytes
  }

  /// The whole file, as a start writes it.
  var bytes: ByteBuffer {
    var whole = Self.head.bytes
    var list = SegmentList()
    for (segment, end) in segments.sorted(by: { $0.key < $1.key }) {
      let (_, entry) = list.note(.there, segment, end: end)
      whole.writeImmutableBuffer(entry)
    }
    return whole
  }

  /// Notes a segment, or where its records end.
  ///
  /// - Returns: What to write.
  mutating func put(_ segment: UInt32, end: UInt32 = 0) -> DiskOperation {
    segments[segment] = end
    let (offset, entry) = note(.there, segment, end: end)
    return .write(file: Self.file, offset: offset, entry)
  }

  /// Notes that a segment is to be deleted.
  ///
  /// - Returns: What to write.
  mutating func remove(_ segment: UInt32) -> DiskOperation {
    segments[segment] = nil
    let (offset, entry) = note(.deleted, segment, end: 0)
    return .write(file: Self.file, offset: offset, entry)
  }

  private mutating func note(
    _ change: Change,
    _ segment: UInt32,
    end: UInt32
  ) -> (Int, ByteBuffer) {
    var entry = ByteBuffer()
    entry.writeInteger(UInt32(0))
    entry.writeInteger(change.rawValue, endianness: .little)
    entry.writeInteger(segment, endianness: .little)
    entry.writeInteger(end, endianness: .little)
    let offset = endBytes
    entry.setInteger(Self.checksum(entry, at: offset), at: 0, endianness: .little)
    endBytes += Self.entryBytes
    return (offset, entry)
  }

  private static func checksum(_ entry: ByteBuffer, at offset: Int) -> UInt32 {
    var checksum = Checksum(segment: 0, offset: UInt32(truncatingIfNeeded: offset))
    entry.viewBytes(at: entry.readerIndex + 4, length: 12)?.withUnsafeBytes { checksum.add($0) }
    return checksum.value
  }
}
