import Glibc
import Synchronization
import Testing

/// A pipe.
final class Pipe: Sendable {
  let readEnd: Int32
  let writeEnd: Int32
  private let open = Mutex((read: true, write: true))

  struct NoPipe: Error {}

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw NoPipe() }
    readEnd = ends[0]
    writeEnd = ends[1]
  }

  deinit {
    close()
  }

  /// Closes what is still open.
  func close() {
    closeReadEnd()
    closeWriteEnd()
  }

  func closeReadEnd() {
    open.withLock { open in
      if open.read { Glibc.close(readEnd) }
      open.read = false
    }
  }

  func closeWriteEnd() {
    open.withLock { open in
      if open.write { Glibc.close(writeEnd) }
      open.write = false
    }
  }

  func write(_ bytes: [UInt8]) {
    let count = bytes.withUnsafeBytes { Glibc.write(writeEnd, $0.baseAddress, $0.count) }
    #expect(count == bytes.count)
  }

  /// Everything up to the end; the write end must be closed.
  func readAll() -> [UInt8] {
    var all: [UInt8] = []
    while let bytes = readOnce() { all += bytes }
    return all
  }

  /// What is in the pipe now.
  func readWhatIsThere() -> [UInt8] {
    var all: [UInt8] = []
    var descriptor = pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, 0) == 1, let bytes = readOnce() { all += bytes }
    return all
  }

  private func readOnce() -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = buffer.withUnsafeMutableBytes { read(readEnd, $0.baseAddress, $0.count) }
    return count > 0 ? Array(buffer[..<count]) : nil
  }
}
