import Glibc

// Safe: `mkdtemp` writes into the template that it is given, during the call only.

/// A directory that is gone when the program ends in order.
struct TemporaryDirectory: Sendable {
  let path: String

  /// Makes one.
  ///
  /// - Returns: nil when the system does not allow it; `errno` says why.
  init?() {
    let parent = Environment.value("TMPDIR") ?? "/tmp"
    Self.removeLeftovers(in: parent)
    var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Deletes it with the files in it; it has no directories.
  func remove() { Self.remove(path) }

  private static func remove(_ path: String) {
    for name in names(in: path) { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  /// What programs left that were killed: nobody holds the lock that a broker has on its directory.
  private static func removeLeftovers(in parent: String) {
    for name in names(in: parent) where name.hasPrefix(prefix) && name.count == prefix.count + 6 {
      let lock = open("\(parent)/\(name)/lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
      guard lock >= 0 else { continue }
      var facts = stat()
      if fstat(lock, &facts) == 0, facts.st_uid == getuid(), flock(lock, LOCK_EX | LOCK_NB) == 0 {
        remove("\(parent)/\(name)")
      }
      close(lock)
    }
  }

  private static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static let prefix = "sluice-"
}
