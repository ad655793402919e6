package import struct NIOCore.ByteBuffer

/// One step of what the store wants done; they are done in their order, and the first that fails
/// ends the batch.
package enum DiskOperation: Sendable, Hashable {
  /// Makes an empty file, or empties one that is there.
  ///
  /// `bytes` is how long it is likely to become; a disk may make room for it.
  case create(file: String, bytes: Int)
  /// Writes at a place, whatever was there; doing it again changes nothing.
  case write(file: String, offset: Int, ByteBuffer)
  /// Writes zeros behind the end of what was written, so that what comes there later makes the file
  /// no longer: a sync is then cheaper by half.
  case extend(file: String, offset: Int, bytes: Int)
  /// What is there is not needed; it reads as zeros or as before, and takes no room.
  case punch(file: String, offset: Int, bytes: Int)
  /// All that was written to the file is on the disk when this is done (`fdatasync`).
  case sync(file: String)
  /// What files there are is on the disk when this is done.
  case syncDirectory
  case rename(from: String, to: String)
  /// Deletes a file; one that is not there is no error.
  case delete(file: String)
}

/// Any disk, where its type is nobody's business.
package struct AnyDisk: Disk, Sendable {
  private var disk: any Disk & Sendable

  package init(_ disk: any Disk & Sendable) { self.disk = disk }

  /// As ``Disk/list()``.
  package func list() throws(StoreError) -> [String: Int] { try disk.list() }

  /// As ``Disk/read(_:at:count:)``.
  package func read(_ file: String, at offset: Int, count: Int) throws(StoreError) -> ByteBuffer {
    try disk.read(file, at: offset, count: count)
  }

  /// As ``Disk/perform(_:)``.
  package mutating func perform(_ operation: DiskOperation) throws(StoreError) {
    try disk.perform(operation)
  }
}

/// A directory of files, as the store needs it.
package protocol Disk {
  /// The names and lengths of all files.
  func list() throws(StoreError) -> [String: Int]

  /// Reads at most so many bytes; fewer when the file ends.
  func read(_ file: String, at offset: Int, count: Int) throws(StoreError) -> ByteBuffer

  mutating func perform(_ operation: DiskOperation) throws(StoreError)
}
