import Canvas
import Glibc
import ManagementClient

/// A file with a password.
enum PasswordFile {
  /// Why there is none in it, in one line.
  struct Problem: Error, CustomStringConvertible {
    var description: String
  }

  private static let bytesLimit = 4_096

  /// Reads the first line.
  ///
  /// - Throws: ``Problem``.
  static func read(_ path: String) throws(Problem) -> Secret {
    let name = SafeText.clean(path)
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw Problem(description: "\(name): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: bytesLimit)
    // Safe: the buffer is as long as is said, and is not kept.
    let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    guard count >= 0 else {
      throw Problem(description: "\(name): \(String(cString: strerror(errno)))")
    }
    let line = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    guard let text = String(validating: line, as: UTF8.self), !text.isEmpty else {
      throw Problem(description: "\(name): its first line is no password")
    }
    return Secret(text)
  }
}

/// The question for a password, on the terminal and without showing the answer.
enum PasswordQuestion {
  /// Asks.
  ///
  /// - Returns: The answer; nil where there is nobody to ask, or nothing was said.
  static func ask(_ question: String) -> Secret? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    var usual = termios()
    guard tcgetattr(terminal, &usual) == 0 else { return nil }
    var silent = usual
    silent.c_lflag &= ~tcflag_t(ECHO)
    guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { return nil }
    defer { tcsetattr(terminal, TCSAFLUSH, &usual) }
    write(question, to: terminal)
    defer { write("\n", to: terminal) }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 4_096 {
      // Safe: one byte is read into one byte.
      let count = withUnsafeMutableBytes(of: &byte) { read(terminal, $0.baseAddress, 1) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 || byte == UInt8(ascii: "\n") { break }
      line.append(byte)
    }
    guard let text = String(validating: line, as: UTF8.self), !text.isEmpty else { return nil }
    return Secret(text)
  }

  private static func write(_ text: String, to terminal: Int32) {
    let bytes = Array(text.utf8)
    // Safe: the buffer is only read during the call. Who cannot be asked does not answer.
    _ = bytes.withUnsafeBytes { Glibc.write(terminal, $0.baseAddress, $0.count) }
  }
}

/// What the list of processes shows of this one.
enum ProcessArguments {
  /// Overwrites the passwords of addresses that are arguments of this process.
  ///
  /// Until this is called, for the milliseconds of the start, they can be seen.
  ///
  /// - Parameter addresses: As they were given.
  static func hidePasswords(in addresses: [String]) {
    let secrets = addresses.compactMap { CredentialText.password(in: $0) }.filter { !$0.isEmpty }
    guard !secrets.isEmpty, let range = argumentRange,
      let start = UnsafeMutablePointer<UInt8>(bitPattern: range.lowerBound)
    else { return }
    // Safe: the kernel says where the arguments of this process are, the memory is its own, and
    // nothing of the program reads them there: CommandLine has a copy.
    let memory = UnsafeMutableBufferPointer(start: start, count: range.count)
    for secret in secrets.map({ Array($0.utf8) }) where secret.count <= memory.count {
      for place in 0...(memory.count - secret.count)
      where memory[place] == secret[0]
        && secret.indices.allSatisfy({ memory[place + $0] == secret[$0] })
      {
        for offset in secret.indices { memory[place + offset] = UInt8(ascii: "*") }
      }
    }
  }

  /// Where the kernel has the arguments (proc(5), the fields arg_start and arg_end of stat).
  private static var argumentRange: Range<UInt>? {
    let file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    // Safe: the buffer is as long as is said, and is not kept.
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    // The program's name may have spaces in it; what follows its closing bracket has none.
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
    guard fields.count > 46, let start = UInt(fields[45]), let stop = UInt(fields[46]),
      start > 0, start < stop, stop - start < 4 << 20
    else { return nil }
    return start..<stop
  }
}
