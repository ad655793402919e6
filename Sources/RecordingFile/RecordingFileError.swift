import Glibc

/// Why a file of a recording cannot be written or read: one line for a person, which names the file.
///
/// The name is as it was given, and not yet made safe for a terminal.
package struct RecordingFileError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }

  /// - Parameters:
  ///   - doing: What could not be done, up to the file's name: `cannot record to`.
  ///   - path: The file.
  ///   - code: The system's error number.
  init(_ doing: String, _ path: String, code: Int32) {
    description = "\(doing) \(path): \(String(cString: strerror(code)).lowercased())"
  }
}
