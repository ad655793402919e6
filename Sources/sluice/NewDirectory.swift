import Canvas
import Glibc
import Host

/// The directory that a repair writes to: one that nothing can be lost in.
enum NewDirectory {
  /// Why it is none, as one line that names it.
  struct Fault: Error, CustomStringConvertible {
    var description: String

    init(_ path: String, _ problem: String) {
      description = SafeText.clean("\(path): \(problem)")
    }
  }

  private static let mend = "give --into a directory that is not there yet, or an empty one"

  /// Checks that a directory is not there or empty, and not in one that must stay as it is.
  static func check(_ path: String, outside old: String) throws(Fault) {
    guard !path.isEmpty else { throw Fault("''", "is no directory; \(mend)") }
    if try isThere(path) {
      guard try isEmpty(path) else { throw Fault(path, "has something in it; \(mend)") }
    }
    // Neither a link nor dots hide that a directory is in another.
    guard let new = resolvedStart(of: path), let old = resolved(old) else { return }
    guard new != old, !(new + "/").hasPrefix(old + "/") else {
      throw Fault(path, "is in the directory that is repaired, which stays as it is; \(mend)")
    }
  }

  private static func isThere(_ path: String) throws(Fault) -> Bool {
    if FileFacts(at: path) != nil { return true }
    guard errno == ENOENT else { throw unusable(path) }
    return false
  }

  private static func isEmpty(_ path: String) throws(Fault) -> Bool {
    guard let directory = opendir(path) else { throw unusable(path) }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    // Itself and the one that it is in.
    return count <= 2
  }

  private static func unusable(_ path: String) -> Fault {
    Fault(path, "\(String(cString: strerror(errno))); \(mend)")
  }

  /// The part of a path that is there, without links and dots; nil when none can be found.
  private static func resolvedStart(of path: String) -> String? {
    var parts = path.split(separator: "/", omittingEmptySubsequences: true)
    let root = path.hasPrefix("/") ? "/" : "./"
    while true {
      if let found = resolved(root + parts.joined(separator: "/")) { return found }
      guard parts.popLast() != nil else { return nil }
    }
  }

  private static func resolved(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
