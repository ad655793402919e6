// Safe: every buffer that a system call reads or fills is borrowed for that call only.

import Glibc
package import struct NIOCore.ByteBuffer
import Synchronization

/// A directory of the file system; the only place of the store that makes system calls.
///
/// One process at a time uses a directory: it holds a lock on the file `lock` as long as a copy of
/// the value lives. Several may read it together, and then nobody uses it.
///
/// - Isolation: none; two values of one directory, one that reads and one that writes, may be used
///   from two threads.
package struct RealDisk: Disk, Sendable {
  package let path: String
  private let isReadOnly: Bool
  private let lock: DirectoryLock
  private let files = OpenFiles()

  /// Opens a directory, and makes it when it is not there.
  ///
  /// - Throws: ``StoreError/inUse(directory:)``; ``StoreError/system(call:file:code:)``.
  package init(path: String) throws(StoreError) {
    self.path = path
    try Self.makeDirectories(path)
    isReadOnly = false
    let lock = open(path + "/" + StoreFiles.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Self.refusal("open", path + "/" + StoreFiles.lock) }
    self.lock = DirectoryLock(descriptor: lock)
    try lockDirectory(LOCK_EX)
  }

  /// Opens a directory that is there to read it; nothing in it is made or changed.
  ///
  /// Where there is no file to lock, nobody is kept from using the directory meanwhile.
  ///
  /// - Throws: ``StoreError/inUse(directory:)``; ``StoreError/system(call:file:code:)``.
  package init(readingAt path: String) throws(StoreError) {
    self.path = path
    isReadOnly = true
    guard let directory = opendir(path) else { throw Self.refusal("opendir", path) }
    closedir(directory)
    // It does not wait for whoever writes to a pipe of that name.
    let lock = open(path + "/" + StoreFiles.lock, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard lock >= 0 || errno == ENOENT else {
      throw Self.refusal("open", path + "/" + StoreFiles.lock)
    }
    self.lock = DirectoryLock(descriptor: lock)
    if lock >= 0 { try lockDirectory(LOCK_SH) }
  }

  private func lockDirectory(_ kind: Int32) throws(StoreError) {
    guard flock(lock.descriptor, kind | LOCK_NB) == 0 else {
      let code = errno
      if code == EWOULDBLOCK { throw .inUse(directory: path) }
      throw .system(call: "flock", file: path + "/" + StoreFiles.lock, code: code)
    }
  }

  private init(_ other: RealDisk) {
    path = other.path
    isReadOnly = other.isReadOnly
    lock = other.lock
  }

  /// The same directory, for another thread to write to other files of it.
  package var forAnotherThread: RealDisk { RealDisk(self) }

  /// As ``Disk/list()``.
  package func list() throws(StoreError) -> [String: Int] {
    guard let directory = opendir(path) else { throw Self.refusal("opendir", path) }
    defer { closedir(directory) }
    var files: [String: Int] = [:]
    while let entry = readdir(directory) {
      // Safe: d_name is a C string inside of the entry, which lives until the next readdir. It is
      // not copied: the last entry of a buffer is shorter than its type says.
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var facts = stat()
      guard stat(path + "/" + name, &facts) == 0 else { throw Self.refusal("stat", name) }
      if facts.st_mode & S_IFMT == S_IFREG { files[name] = Int(facts.st_size) }
    }
    return files
  }

  /// As ``Disk/read(_:at:count:)``.
  package func read(
    _ file: String,
    at offset: Int,
    count: Int
  ) throws(StoreError) -> ByteBuffer {
    let descriptor = try openFile(file, O_RDONLY)
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw Self.refusal("fstat", file) }
    let wanted = max(0, min(count, Int(facts.st_size) - offset))
    var buffer = ByteBuffer()
    var code: Int32 = 0
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { bytes in
      var done = 0
      while done < wanted {
        let got = pread(
          descriptor,
          bytes.baseAddress?.advanced(by: done),
          wanted - done,
          off_t(offset + done)
        )
        if got < 0, errno == EINTR { continue }
        if got < 0 { code = errno }
        if got <= 0 { break }
        done += got
      }
      return done
    }
    guard code == 0 else { throw .system(call: "pread", file: file, code: code) }
    return buffer
  }

  /// As ``Disk/perform(_:)``.
  package func perform(_ operation: DiskOperation) throws(StoreError) {
    precondition(!isReadOnly, "a directory is written to by whoever opened it for that")
    switch operation {
    case .create(let file, _):
      files.forget(file)
      close(try openFile(file, O_WRONLY | O_CREAT | O_TRUNC))
    case .write(let file, let offset, let bytes):
      try write(bytes, to: file, at: offset)
    case .extend(let file, let offset, let bytes):
      try write(ByteBuffer(repeating: 0, count: bytes), to: file, at: offset)
    case .punch(let file, let offset, let bytes):
      let descriptor = try fileForWriting(file)
      // A file system that cannot do it keeps the bytes.
      guard HolePunch.punch(descriptor, off_t(offset), off_t(bytes)) || errno == EOPNOTSUPP else {
        throw Self.refusal("fallocate", file)
      }
    case .sync(let file):
      let open = files.descriptor(of: file)
      // What somebody else writes to stays theirs to keep open.
      let descriptor = if let open { open } else { try openFile(file, O_WRONLY) }
      defer { if open == nil { close(descriptor) } }
      guard fdatasync(descriptor) == 0 else { throw Self.refusal("fdatasync", file) }
    case .syncDirectory:
      let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard descriptor >= 0 else { throw Self.refusal("open", path) }
      defer { close(descriptor) }
      guard fsync(descriptor) == 0 else { throw Self.refusal("fsync", path) }
    case .rename(let from, let to):
      files.forget(from)
      files.forget(to)
      guard rename(path + "/" + from, path + "/" + to) == 0 else {
        throw Self.refusal("rename", from)
      }
    case .delete(let file):
      files.forget(file)
      guard unlink(path + "/" + file) == 0 || errno == ENOENT else {
        throw Self.refusal("unlink", file)
      }
    }
  }

  private func write(_ bytes: ByteBuffer, to file: String, at offset: Int) throws(StoreError) {
    let descriptor = try fileForWriting(file)
    var code: Int32 = 0
    bytes.withUnsafeReadableBytes { bytes in
      var done = 0
      while done < bytes.count {
        let put = pwrite(
          descriptor,
          bytes.baseAddress?.advanced(by: done),
          bytes.count - done,
          off_t(offset + done)
        )
        if put < 0, errno == EINTR { continue }
        guard put >= 0 else {
          code = errno
          return
        }
        done += put
      }
    }
    guard code == 0 else { throw .system(call: "pwrite", file: file, code: code) }
  }

  private func fileForWriting(_ file: String) throws(StoreError) -> Int32 {
    if let descriptor = files.descriptor(of: file) { return descriptor }
    let descriptor = try openFile(file, O_WRONLY | O_CREAT)
    files.keep(descriptor, of: file)
    return descriptor
  }

  private func openFile(_ file: String, _ flags: Int32) throws(StoreError) -> Int32 {
    let descriptor = open(path + "/" + file, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.refusal("open", file) }
    return descriptor
  }

  private static func makeDirectories(_ path: String) throws(StoreError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw refusal("mkdir", made) }
    }
  }

  private static func refusal(_ call: String, _ file: String) -> StoreError {
    .system(call: call, file: file, code: errno)
  }
}

/// `fallocate`, which gives parts of a file back.
private enum HolePunch {
  /// nil with a C library that has none.
  private static let fallocate = dlsym(nil, "fallocate").map { symbol in
    // Safe: this is glibc's `int fallocate(int, int, off_t, off_t)`, whose header Swift does not
    // import.
    unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32, off_t, off_t) -> Int32).self)
  }

  /// FALLOC_FL_PUNCH_HOLE and FALLOC_FL_KEEP_SIZE (Linux, fallocate(2)).
  private static let mode: Int32 = 0x02 | 0x01

  /// - Returns: false when it did not go; `errno` says why.
  static func punch(_ descriptor: Int32, _ offset: off_t, _ bytes: off_t) -> Bool {
    guard let fallocate else {
      errno = EOPNOTSUPP
      return false
    }
    return fallocate(descriptor, mode, offset, bytes) == 0
  }
}

/// The lock on a directory; it ends with this.
private final class DirectoryLock: Sendable {
  /// Negative when there is no file to lock.
  let descriptor: Int32

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

/// Files that are open for writing, so that not each write has to open its own.
///
/// Whoever performs operations does so from one place at a time; the lock is for the compiler.
private final class OpenFiles: Sendable {
  private let descriptors = Mutex<[String: Int32]>([:])

  /// The open segment, its predecessor's settlements and a few more are all that is written to.
  private static let count = 16

  deinit { descriptors.withLock { $0.values.forEach { _ = close($0) } } }

  func descriptor(of file: String) -> Int32? { descriptors.withLock { $0[file] } }

  func keep(_ descriptor: Int32, of file: String) {
    descriptors.withLock { descriptors in
      if descriptors.count >= Self.count, let victim = descriptors.popFirst() {
        _ = close(victim.value)
      }
      descriptors[file] = descriptor
    }
  }

  func forget(_ file: String) {
    guard let descriptor = descriptors.withLock({ $0.removeValue(forKey: file) }) else { return }
    _ = close(descriptor)
  }
}
