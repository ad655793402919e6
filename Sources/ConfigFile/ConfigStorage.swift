import Glibc

/// The config file on the disk: read whole, written whole or not at all.
enum ConfigStorage {
  /// Reads a file.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: ``ConfigError``, without a line.
  static func text(of path: String) throws(ConfigError) -> String? {
    // Not to be held up by a pipe that nobody writes to.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw fault(path, reason(), "make it readable, or use --config with another one")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, [S_IFREG, S_IFCHR].contains(status.st_mode & S_IFMT)
    else { throw fault(path, "no ordinary file", "use --config with a text file") }
    var bytes = [UInt8](repeating: 0, count: Limits.fileBytes + 1)
    var count = 0
    while count < bytes.count {
      // Safe: the buffer is as long as said and is not kept.
      let got = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
      }
      if got == 0 { break }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw fault(path, reason(), "use --config with a text file") }
      count += got
    }
    guard count <= Limits.fileBytes else {
      throw fault(path, "longer than 64 KB", "a config file has a few lines of TOML")
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw fault(path, "not UTF-8 text", "save it as UTF-8")
    }
    return text
  }

  /// Writes a file: at any moment there is the old one or the new one.
  ///
  /// A symbolic link stays, and what it points to is written; the mode stays too. A folder that is
  /// missing is made for its owner alone.
  ///
  /// - Throws: ``ConfigError``, without a line; the old file is then as it was.
  static func write(_ text: String, to path: String) throws(ConfigError) {
    let target = try followLinks(from: path)
    let folder = target.lastIndex(of: "/").map { String(target[..<$0]) + "/" } ?? "./"
    guard make(folder) else { throw fault(folder, reason(), "make the folder by hand") }
    var status = stat()
    let isThere = stat(target, &status) == 0
    if isThere {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw fault(path, "no ordinary file", "use --config with a text file")
      }
      // Renaming would not ask.
      guard access(target, W_OK) == 0 else { throw fault(path, reason(), "make it writable") }
    }
    // Left over by a process of the same number that was killed here.
    let temporary = "\(folder).config.toml.\(getpid())"
    unlink(temporary)
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw fault(path, reason(), "make its folder writable") }
    var isWritten = put(Array(text.utf8), into: descriptor)
    if isThere {
      // Somebody else's file that we may write stays theirs where the system lets us say so.
      if status.st_uid != geteuid() || status.st_gid != getegid() {
        _ = fchown(descriptor, status.st_uid, status.st_gid)
      }
      isWritten = isWritten && fchmod(descriptor, status.st_mode & 0o7777) == 0
    }
    isWritten = isWritten && fsync(descriptor) == 0
    let problem = reason()
    guard close(descriptor) == 0, isWritten else {
      unlink(temporary)
      throw fault(path, problem, "make room on its disk")
    }
    guard rename(temporary, target) == 0 else {
      let problem = reason()
      unlink(temporary)
      throw fault(path, problem, "make its folder writable")
    }
  }

  // MARK: - Parts

  /// Returns what a path leads to, also when that is not there yet.
  private static func followLinks(from path: String) throws(ConfigError) -> String {
    var target = path
    for _ in 0...Limits.symbolicLinks {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      let count = readlink(target, &buffer, buffer.count)
      guard count > 0 else { return target }
      let next = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
      target = next.hasPrefix("/") ? next : folder + next
    }
    throw fault(path, "symbolic links in a circle", "let the link point to a file")
  }

  private static func make(_ folder: String) -> Bool {
    if access(folder, F_OK) == 0 { return true }
    for end in folder.indices.dropFirst() where folder[end] == "/" {
      if mkdir(String(folder[..<end]), 0o700) != 0, errno != EEXIST { return false }
    }
    return true
  }

  private static func put(_ bytes: [UInt8], into descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Safe: the buffer is only read during the call.
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func reason() -> String {
    String(cString: strerror(errno)).lowercased()
  }

  private static func fault(_ path: String, _ problem: String, _ mend: String) -> ConfigError {
    ConfigError(mistakes: [ConfigMistake(file: path, line: nil, problem: problem, mend: mend)])
  }
}
