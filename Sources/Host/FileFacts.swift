import Glibc

/// What the system knows of a file.
package struct FileFacts: Sendable, Hashable {
  /// Whether it is neither a directory nor a device, pipe or socket.
  package let isOrdinary: Bool
  package let bytes: Int

  private init(_ status: stat) {
    isOrdinary = status.st_mode & S_IFMT == S_IFREG
    bytes = Int(status.st_size)
  }

  /// Looks at an open file; nil with `errno` when the system would not say.
  ///
  /// - Parameter descriptor: Of the file.
  package init?(of descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  /// Looks at what a path names, a link by itself; nil with `errno` when there is nothing.
  ///
  /// - Parameter path: Any path.
  package init?(at path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}
