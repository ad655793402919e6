import Glibc

/// What the program says outside of the dashboard, one line at a time and at once.
enum Announcement {
  /// Writes a line to standard output.
  static func say(_ text: String) {
    write(text + "\n", to: STDOUT_FILENO)
  }

  /// Writes a line to standard output.
  ///
  /// - Returns: Whether there is still somebody who reads it.
  static func isHeard(_ text: String) -> Bool {
    write(text + "\n", to: STDOUT_FILENO)
  }

  /// Writes text that has its line ends already to standard output.
  static func write(_ text: String) {
    write(text, to: STDOUT_FILENO)
  }

  /// Rings the bell of the terminal that standard output is.
  static func ring() {
    write("\u{7}", to: STDOUT_FILENO)
  }

  /// Writes a line to standard error.
  static func complain(_ text: String) {
    write("sluice: \(text)\n", to: STDERR_FILENO)
  }

  @discardableResult
  private static func write(_ text: String, to descriptor: Int32) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      // Safe: the buffer is only read during the call.
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      // Whoever would have read it is gone.
      guard written > 0 else { return false }
      bytes = bytes.dropFirst(written)
    }
    return true
  }
}
