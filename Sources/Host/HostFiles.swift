import Glibc

/// Small files and directories of the system, such as those in /proc.
package enum HostFiles {
  /// Reads a file to its end.
  ///
  /// - Parameters:
  ///   - path: Any path.
  ///   - bytesLimit: What is behind so many bytes is left out.
  /// - Returns: Its text; nil with `errno` when it cannot be read.
  package static func text(_ path: String, bytesLimit: Int) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var result: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16_384)
    while result.count < bytesLimit {
      // Safe: the buffer is as long as is said, and is not kept.
      let count = part.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      guard count > 0 else { break }
      result += part.prefix(count)
    }
    return String(decoding: result.prefix(bytesLimit), as: UTF8.self)
  }

  /// Lists a directory.
  ///
  /// - Parameter path: Of the directory.
  /// - Returns: The names in it without `.` and `..`; nil with `errno` when it may not be read.
  package static func names(in path: String) -> [String]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      // Safe: d_name is a C string inside of the entry, which lives until the next readdir. It is
      // not copied: the last entry of a buffer is shorter than its type says.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Reads where a symbolic link leads.
  ///
  /// - Parameter path: Of the link.
  /// - Returns: The target; nil with `errno` when it may not be read.
  package static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    guard count >= 0 else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
