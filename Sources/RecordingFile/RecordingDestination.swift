import Glibc

/// A file that is open to be recorded to, and still empty.
package struct RecordingDestination: Sendable {
  /// As it was given.
  package let path: String
  let descriptor: Int32

  /// Opens a file in place of what was there.
  ///
  /// - Parameter path: Of the file; it is made when it is not there.
  /// - Throws: ``RecordingFileError``.
  package init(replacing path: String) throws(RecordingFileError) {
    try self.init(path, O_TRUNC)
  }

  /// Makes a file that was not there.
  ///
  /// - Parameter name: Of the file, without its ending; a number comes behind it when it is taken.
  /// - Throws: ``RecordingFileError``.
  package init(newNamed name: String) throws(RecordingFileError) {
    for number in 1..<Limits.namesOfSecond {
      let path = name + (number == 1 ? "" : "-\(number)") + ".slrec"
      if access(path, F_OK) != 0 {
        self = try RecordingDestination(path, O_EXCL)
        return
      }
    }
    try self.init(name + "-\(Limits.namesOfSecond).slrec", O_EXCL)
  }

  private init(_ path: String, _ flags: Int32) throws(RecordingFileError) {
    // A pipe without a reader must not stop us.
    descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK | flags, 0o644)
    guard descriptor >= 0 else {
      throw RecordingFileError("cannot record to", path, code: errno)
    }
    self.path = path
  }
}
