import Glibc

/// The settings of a terminal (termios) as a value that can be compared.
package struct TerminalSettings: Sendable, Hashable, CustomStringConvertible {
  private var flags: [UInt32]
  private var controlCharacters: [UInt8]

  /// Reads them from a descriptor.
  package init(of descriptor: Int32) {
    var settings = termios()
    tcgetattr(descriptor, &settings)
    flags = [settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag]
    // Safe: the bytes of a tuple of bytes are read while it is borrowed.
    controlCharacters = withUnsafeBytes(of: &settings.c_cc) { Array($0) }
  }

  /// Whether keys come at once and are not shown: the mode of a full-screen program.
  package var isRaw: Bool {
    flags[3] & UInt32(ICANON) == 0 && flags[3] & UInt32(ECHO) == 0
  }

  package var description: String {
    let names = zip(["input", "output", "control", "local"], flags)
    return names.map { "\($0) \(String($1, radix: 16))" }.joined(separator: " ")
      + " characters \(controlCharacters)"
  }
}
