import Canvas
import Glibc

/// The file that a report is written to.
enum ReportFile {
  /// Writes it, in place of what was there.
  ///
  /// - Returns: Why it could not be written, in one line; nil when it was.
  static func write(_ page: String, to path: String) -> String? {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return problem(path) }
    defer { close(file) }
    var bytes = Array(page.utf8)[...]
    while !bytes.isEmpty {
      // Safe: the buffer is only read during the call.
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { return problem(path) }
      bytes = bytes.dropFirst(written)
    }
    return nil
  }

  private static func problem(_ path: String) -> String {
    "cannot write the report to \(SafeText.clean(path)): \(String(cString: strerror(errno)))"
  }
}
