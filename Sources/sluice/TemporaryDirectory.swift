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
    var template = Array("\(parent)/sluice-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Deletes it with the files in it; it has no directories.
  func remove() {
    guard let directory = opendir(path) else { return }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
      )
    }
    closedir(directory)
    for name in names where name != "." && name != ".." { unlink("\(path)/\(name)") }
    rmdir(path)
  }
}
