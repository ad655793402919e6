import Glibc

/// A directory of this run's own, for what services keep beyond their processes.
final class RunDirectory: Sendable {
  let path: String

  /// Makes it; nil with the reason in `errno` when there can be none.
  init?() {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/sluice-lab-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Removes it with what is in it; services that still write have lost nothing that counts.
  func remove() {
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        // Safe: the name is a C string inside of the entry, which lives until the next `readdir`.
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          // Safe: `d_name` is an array of characters that ends with a null.
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { unlink("\(path)/\(name)") }
      }
      closedir(directory)
    }
    rmdir(path)
  }

  deinit {
    remove()
  }
}
