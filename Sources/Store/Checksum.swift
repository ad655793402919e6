internal import CChecksum

/// CRC-32C, as every record and entry of the store carries it.
struct Checksum {
  private(set) var value: UInt32

  /// Begins with the numbers of the place that the bytes are at, so that bytes of another place, as
  /// a file that was used again still has them, are never taken for these.
  init(segment: UInt64, offset: UInt32) {
    self.init(segment: segment)
    add(offset)
  }

  /// Begins as at no place.
  init() { self.init(segment: 0, offset: 0) }

  /// Begins with the number of a segment; the offset is to be added.
  init(segment: UInt64) {
    value = 0
    withUnsafeBytes(of: segment.littleEndian) { add($0) }
  }

  mutating func add(_ offset: UInt32) {
    withUnsafeBytes(of: offset.littleEndian) { add($0) }
  }

  // Safe: the C function reads the bytes during the call only.
  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    value = sluice_crc32c(value, bytes.baseAddress, bytes.count)
  }
}
