import TestSupport
import NIOCore
import Store

/// A simulated disk that all copies share, so that nobody can change one behind a test's back.
final class SharedDisk: Disk {
  var disk: SimulatedDisk
  /// The longest piece that was written.
  private(set) var longestWriteBytes = 0

  init(_ disk: SimulatedDisk = SimulatedDisk()) { self.disk = disk }

  func list() throws(StoreError) -> [String: Int] { disk.list() }

  func read(_ file: String, at offset: Int, count: Int) throws(StoreError) -> ByteBuffer {
    try disk.read(file, at: offset, count: count)
  }

  func perform(_ operation: DiskOperation) throws(StoreError) {
    if case .write(_, _, let bytes) = operation {
      longestWriteBytes = max(longestWriteBytes, bytes.readableBytes)
    }
    try disk.perform(operation)
  }
}
