import NIOCore

// Safe: the checksum reads the bytes during the call only.

/// The first 16 bytes of a file of entries. All numbers are little-endian:
///
///      0  8  what the file is
///      8  4  version
///     12  4  checksum of 12 zeros and the 12 bytes before
struct FileHead {
  let file: String
  /// Eight letters.
  let magic: [UInt8]
  let version: UInt32

  static let byteCount = 16

  var bytes: ByteBuffer {
    var head = ByteBuffer(bytes: magic)
    head.writeInteger(version, endianness: .little)
    var checksum = Checksum()
    head.withUnsafeReadableBytes { checksum.add($0) }
    head.writeInteger(checksum.value, endianness: .little)
    return head
  }

  /// Looks whether a file begins with this.
  ///
  /// - Throws: ``StoreError/notAStore(file:)``, ``StoreError/unknownVersion(file:found:known:)``.
  func check(_ bytes: ByteBuffer) throws(StoreError) {
    let start = bytes.readerIndex
    guard let front = bytes.getSlice(at: start, length: 12),
      front.readableBytesView.starts(with: magic)
    else { throw .notAStore(file: file) }
    var checksum = Checksum()
    front.withUnsafeReadableBytes { checksum.add($0) }
    let sum: UInt32? = bytes.getInteger(at: start + 12, endianness: .little)
    guard sum == checksum.value else { throw .notAStore(file: file) }
    let found: UInt32 = front.getInteger(at: front.readerIndex + 8, endianness: .little) ?? 0
    guard found == version else {
      throw .unknownVersion(file: file, found: found, known: version)
    }
  }
}
