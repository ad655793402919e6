import NIOCore
import Store
import Synchronization

/// A real directory whose disk can be told to say no.
struct FaultyDisk: Disk, Sendable {
  let disk: RealDisk
  let faults: Faults

  /// What the disk says no to, for as long as it is set.
  final class Faults: Sendable {
    let refusal = Mutex<(@Sendable (DiskOperation) -> Int32?)?>(nil)
    let refusedCount = Mutex(0)

    func set(_ refuses: (@Sendable (DiskOperation) -> Int32?)?) {
      refusal.withLock { $0 = refuses }
    }
  }

  func list() throws(StoreError) -> [String: Int] { try disk.list() }

  func read(_ file: String, at offset: Int, count: Int) throws(StoreError) -> ByteBuffer {
    try disk.read(file, at: offset, count: count)
  }

  func perform(_ operation: DiskOperation) throws(StoreError) {
    if let code = faults.refusal.withLock({ $0 })?(operation) {
      faults.refusedCount.withLock { $0 += 1 }
      throw .system(call: "write", file: "disk", code: code)
    }
    try disk.perform(operation)
  }
}
