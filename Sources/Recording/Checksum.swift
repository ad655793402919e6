internal import CChecksum

// Safe: the C function reads the bytes during the call only.

/// CRC-32C, as the store has it too.
enum Checksum {
  /// - Parameters:
  ///   - bytes: What to add up.
  ///   - offset: Where in the file they are, so that bytes of another place are never taken for
  ///     these.
  /// - Returns: The checksum.
  static func of(_ bytes: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
    let place = withUnsafeBytes(of: UInt64(offset).littleEndian) {
      sluice_crc32c(0, $0.baseAddress, $0.count)
    }
    return bytes.withUnsafeBytes { sluice_crc32c(place, $0.baseAddress, $0.count) }
  }
}
