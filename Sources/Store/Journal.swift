package import struct NIOCore.ByteBuffer

// Safe: the checksum reads the bytes during the call only.

// What there is beside messages is a file `topology` of changes, the first of which make everything
// that was there at the last start. All numbers are little-endian. It has a head of 16 bytes
// (``FileHead``, `SLUICETP`, version 1) and entries, each at a multiple of 8 bytes:
//
//      0  4  checksum of the payload's length (8 bytes), the entry's offset in the file (4) and the
//            payload
//      4  4  length of the payload
//      8     payload, then zeros up to the next multiple of 8
//
// The payload is the broker's matter. Each start writes the file anew under the name `topology.new`,
// syncs it and renames it.

/// A file of changes that are made again at each start, in their order.
///
/// - Isolation: none.
package struct Journal {
  /// Where the next entry goes.
  package private(set) var endBytes: Int

  package static let file = StoreFiles.topology
  private static let newFile = "topology.new"
  private static let head = FileHead(file: file, magic: Array("SLUICETP".utf8), version: 1)
  private static let entryHeadBytes = 8

  /// The entries of a file, and what of it could not be read.
  package struct Contents {
    package var entries: [ByteBuffer] = []
    package var faults: [StoreFault] = []
  }

  /// Reads a directory's file; without one there is nothing.
  ///
  /// - Throws: ``StoreError/unknownVersion(file:found:known:)``, ``StoreError/notAStore(file:)``,
  ///   ``StoreError/system(call:file:code:)``.
  package static func read(_ disk: some Disk) throws(StoreError) -> Contents {
    guard let count = try disk.list()[file], count > 0 else { return Contents() }
    let bytes = try disk.read(file, at: 0, count: count)
    try head.check(bytes)
    var contents = Contents()
    var offset = FileHead.byteCount
    var brokenFrom: Int?
    while offset + entryHeadBytes <= count {
      guard let entry = entry(at: offset, of: bytes) else {
        brokenFrom = brokenFrom ?? offset
        offset += entryHeadBytes
        continue
      }
      if let from = brokenFrom {
        contents.faults.append(.lost(file: file, from: UInt32(from), to: UInt32(offset)))
        brokenFrom = nil
      }
      contents.entries.append(entry)
      offset += SegmentFormat.aligned(entryHeadBytes + entry.readableBytes)
    }
    if let from = brokenFrom {
      contents.faults.append(.unfinished(file: file, from: UInt32(from)))
    }
    return contents
  }

  /// A file of these entries alone, in place of the one that is there.
  ///
  /// - Throws: ``StoreError/system(call:file:code:)``.
  package init(of entries: [ByteBuffer], on disk: inout some Disk) throws(StoreError) {
    var bytes = Self.head.bytes
    endBytes = 0
    for entry in entries {
      bytes.writeImmutableBuffer(Self.bytes(of: entry, at: bytes.readableBytes))
    }
    endBytes = bytes.readableBytes
    let operations: [DiskOperation] = [
      .create(file: Self.newFile, bytes: bytes.readableBytes),
      .write(file: Self.newFile, offset: 0, bytes),
      .sync(file: Self.newFile),
      .rename(from: Self.newFile, to: Self.file),
      .syncDirectory,
    ]
    for operation in operations { try disk.perform(operation) }
  }

  /// Adds an entry.
  ///
  /// - Returns: What to write.
  package mutating func append(_ entry: ByteBuffer) -> DiskOperation {
    let bytes = Self.bytes(of: entry, at: endBytes)
    defer { endBytes += bytes.readableBytes }
    return .write(file: Self.file, offset: endBytes, bytes)
  }

  private static func bytes(of entry: ByteBuffer, at offset: Int) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeInteger(checksum(of: entry, at: offset), endianness: .little)
    bytes.writeInteger(UInt32(entry.readableBytes), endianness: .little)
    bytes.writeImmutableBuffer(entry)
    bytes.writeRepeatingByte(
      0,
      count: SegmentFormat.aligned(bytes.readableBytes) - bytes.readableBytes
    )
    return bytes
  }

  private static func entry(at offset: Int, of bytes: ByteBuffer) -> ByteBuffer? {
    let start = bytes.readerIndex + offset
    guard let sum: UInt32 = bytes.getInteger(at: start, endianness: .little),
      let length: UInt32 = bytes.getInteger(at: start + 4, endianness: .little), length > 0,
      let entry = bytes.getSlice(at: start + entryHeadBytes, length: Int(length)),
      sum == checksum(of: entry, at: offset)
    else { return nil }
    return entry
  }

  private static func checksum(of entry: ByteBuffer, at offset: Int) -> UInt32 {
    var checksum = Checksum(
      segment: UInt64(entry.readableBytes),
      offset: UInt32(truncatingIfNeeded: offset)
    )
    entry.withUnsafeReadableBytes { checksum.add($0) }
    return checksum.value
  }
}
