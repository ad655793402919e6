import Glibc
package import Recording

/// The bytes of a recording that is in a file, read as they are needed.
package final class RecordedFile: RecordingBytes {
  package let count: Int
  private let path: String
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Parameter path: Of the file, which has to be an ordinary one of at most
  ///   ``Limits/fileBytes``.
  /// - Throws: ``RecordingFileError``.
  package init(path: String) throws(RecordingFileError) {
    // A pipe must not stop us.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw RecordingFileError("cannot read", path, code: errno) }
    // From here on it is closed with this object.
    self.descriptor = descriptor
    self.path = path
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    count = isKnown ? Int(status.st_size) : 0
    guard isKnown, status.st_mode & S_IFMT == S_IFREG else {
      throw RecordingFileError("cannot read \(path): it is no ordinary file")
    }
    guard count <= Limits.fileBytes else {
      throw RecordingFileError(
        "cannot replay \(path): it has \(count) bytes, and at most \(Limits.fileBytes) are replayed"
      )
    }
  }

  /// Reads a part of the file.
  ///
  /// - Parameter range: Of bytes.
  /// - Returns: The bytes, fewer when the file is shorter now.
  /// - Throws: ``RecordingError/unreadable(_:)``.
  package func read(_ range: Range<Int>) throws(RecordingError) -> ArraySlice<UInt8> {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var filled = 0
    while filled < bytes.count {
      // Safe: it reads into the rest of the array, whose size it is told.
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(
          descriptor,
          buffer.baseAddress?.advanced(by: filled),
          buffer.count - filled,
          off_t(range.lowerBound + filled)
        )
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw .unreadable(RecordingFileError("cannot read", path, code: errno).description)
      }
      if count == 0 { break }
      filled += count
    }
    return bytes[..<filled]
  }

  deinit {
    close(descriptor)
  }
}
