import Glibc

/// Reads small text files that people wrote.
package enum TextFile {
  /// Returns what is in a file.
  ///
  /// - Throws: ``ThemeError`` when it is not there, too long, or no text.
  package static func read(_ file: String) throws(ThemeError) -> String {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A file that is not there is a wrong word on the command line, not a wrong file.
      throw refusal(
        file,
        String(cString: strerror(errno)).lowercased(),
        mend: "give the path of a theme file, or a name",
        kind: errno == ENOENT ? .unknownTheme : .malformedFile
      )
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Limits.fileBytes + 1)
    var count = 0
    while count < bytes.count {
      // Safe: the buffer is as long as said and is not kept.
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if got == 0 { break }
      guard got > 0 else {
        throw refusal(file, String(cString: strerror(errno)).lowercased(), mend: "give a text file")
      }
      count += got
    }
    guard count <= Limits.fileBytes else {
      throw refusal(file, "longer than 64 KB", mend: "a theme is a few kilobytes of text")
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw refusal(file, "not UTF-8 text", mend: "save it as UTF-8")
    }
    return text
  }

  private static func refusal(
    _ file: String,
    _ problem: String,
    mend: String,
    kind: ThemeError.Kind = .malformedFile
  ) -> ThemeError {
    ThemeError(kind: kind, file: file, line: nil, problem: problem, mend: mend)
  }

  /// The same for two paths of one file.
  static func identity(_ file: String) -> String {
    var status = stat()
    guard stat(file, &status) == 0 else { return file }
    return "\(status.st_dev):\(status.st_ino)"
  }
}

/// What tells that files changed, without reading them.
///
/// A picker compares two of these, say twice a second, and loads the theme again when they differ.
package struct FileStamp: Hashable, Sendable {
  private struct Part: Hashable {
    var inode: UInt64
    var bytes: Int64
    var seconds: Int
    var nanoseconds: Int
  }

  private var parts: [Part?]

  /// Looks at files, as ``LoadedTheme/files`` names them; those that are not there count too.
  package init(_ files: [String]) {
    parts = files.map { file in
      var status = stat()
      guard stat(file, &status) == 0 else { return nil }
      // Editors write a new file and rename it, so that the time alone may stay the same.
      return Part(
        inode: UInt64(status.st_ino),
        bytes: Int64(status.st_size),
        seconds: status.st_mtim.tv_sec,
        nanoseconds: status.st_mtim.tv_nsec
      )
    }
  }
}
