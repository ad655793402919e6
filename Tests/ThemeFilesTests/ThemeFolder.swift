import Glibc

/// A folder of theme files that is removed with its last user.
final class ThemeFolder: Sendable {
  let path: String

  /// Makes a folder with the given files, name to text.
  init(_ files: [String: String] = [:]) throws {
    var template = Array("/tmp/sluice-themes-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw FolderError(errno: errno) }
    path = String(cString: made)
    for (name, text) in files { try write(text, to: name) }
  }

  deinit {
    for name in names() { unlink("\(path)/\(name)") }
    rmdir(path)
  }

  func write(_ text: String, to name: String) throws {
    let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw FolderError(errno: errno) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
      throw FolderError(errno: errno)
    }
  }

  private func names() -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var found: [String] = []
    while let entry = readdir(folder) {
      // Safe: d_name is a C string inside of the entry, which lives until the next readdir.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { found.append(name) }
    }
    return found
  }
}

struct FolderError: Error {
  var errno: Int32
}
