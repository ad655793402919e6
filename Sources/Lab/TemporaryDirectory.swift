import Glibc
import Host
import Synchronization

/// A directory that is gone when the program ends in order, and that the next one removes when the
/// program was killed.
///
/// A file in it is locked as long as its program lives. Only a directory with such a file, locked by
/// nobody, is a leftover: whatever else is called like ours belongs to somebody.
package final class TemporaryDirectory: Sendable {
  /// What it is for, by its name.
  package enum Kind: String, Sendable, CaseIterable {
    /// What a broker keeps for one run.
    case broker = "sluice-"
    /// What the services of a scenario keep beyond their processes.
    case lab = "sluice-lab-"
  }

  /// Without a slash at its end.
  package let path: String
  /// The lock's descriptor; nil when the directory was removed.
  private let lock: Mutex<Int32?>

  /// Makes one, and removes what killed programs left beside it.
  ///
  /// It is nil when the system does not allow it; `errno` says why.
  ///
  /// - Parameters:
  ///   - kind: What it is for.
  ///   - parent: Where it is made; nil for `TMPDIR` or `/tmp`.
  package init?(_ kind: Kind, in parent: String? = nil) {
    let parent = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    Self.removeLeftovers(in: parent)
    var template = Array("\(parent)/\(kind.rawValue)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard let lock = Self.lock(path) else {
      let reason = errno
      Self.remove(path)
      errno = reason
      return nil
    }
    self.lock = Mutex(lock)
  }

  /// Removes it with the files in it; it has no directories.
  ///
  /// Who still writes into it has lost nothing that counts.
  package func remove() {
    lock.withLock { lock in
      guard let file = lock else { return }
      Self.remove(path)
      close(file)
      lock = nil
    }
  }

  deinit {
    remove()
  }

  /// The file that is locked by the program that has made the directory.
  private static let lockName = "owner"

  /// Makes the lock; under its name it is never seen unlocked while we live.
  private static func lock(_ path: String) -> Int32? {
    let new = "\(path)/\(lockName).new"
    let file = open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    guard flock(file, LOCK_EX | LOCK_NB) == 0, rename(new, "\(path)/\(lockName)") == 0 else {
      let reason = errno
      close(file)
      errno = reason
      return nil
    }
    return file
  }

  private static func removeLeftovers(in parent: String) {
    for name in names(in: parent) where isOurs(name) {
      let directory = "\(parent)/\(name)"
      let file = open("\(directory)/\(lockName)", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { continue }
      var facts = stat()
      if fstat(file, &facts) == 0, facts.st_uid == getuid(), flock(file, LOCK_EX | LOCK_NB) == 0 {
        remove(directory)
      }
      close(file)
    }
  }

  /// Whether a name may be one that we have made: six characters were chosen by the system.
  private static func isOurs(_ name: String) -> Bool {
    Kind.allCases.contains { kind in
      name.hasPrefix(kind.rawValue) && name.utf8.count == kind.rawValue.utf8.count + 6
    }
  }

  /// Removes a directory, its lock last: half of it is still known as a leftover.
  private static func remove(_ path: String) {
    for name in names(in: path) where name != lockName { unlink("\(path)/\(name)") }
    unlink("\(path)/\(lockName)")
    rmdir(path)
  }

  private static func names(in path: String) -> [String] { HostFiles.names(in: path) ?? [] }
}
