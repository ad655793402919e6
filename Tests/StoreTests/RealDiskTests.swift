import NIOCore
import Store
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// The log on a real directory.
@Suite struct RealDiskTests {
  private func withDirectory(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/sluice-store-XXXXXX".utf8CString)
    let made = mkdtemp(&template)
    #expect(made != nil)
    let directory = String(
      decoding: template.dropLast().map { UInt8(bitPattern: $0) },
      as: UTF8.self
    )
    defer {
      for file in ["0000000001.log", "0000000001.ack", "segments", "lock", "note", "full"] {
        unlink(directory + "/" + file)
      }
      rmdir(directory)
    }
    try body(directory)
  }

  private func recover(_ disk: RealDisk) throws -> (SegmentLog, [Recovered], [StoreFault]) {
    var messages: [Recovered] = []
    let outcome = try Recovery.run(disk) {
      messages += Recovered.all($0)
      return $0.queues.count
    }
    return (outcome.log, messages, outcome.faults)
  }

  @Test func whatIsWrittenIsThereInAnotherLife() throws {
    try withDirectory { directory in
      let disk = try RealDisk(path: directory)
      var (log, _, _) = try recover(disk)
      let first = try StoredText(text: "first", queues: [1]).append(to: &log)
      let long = String(repeating: "long", count: 300_000)
      let second = try StoredText(text: long, queues: [1, 2]).append(to: &log)
      log.settle(Settlement(position: first, queue: 1, returnCount: 0))
      log.settle(Settlement(position: second, queue: 2, returnCount: 4))
      let taken = log.takeBatch()
      let batch = try #require(taken)
      for operation in batch.operations { try disk.perform(operation) }
      let (_, messages, faults) = try recover(disk)
      #expect(
        messages == [
          Recovered(position: second, text: long, queue: 1),
          Recovered(position: second, text: long, queue: 2, returnCount: 4),
        ]
      )
      #expect(faults.isEmpty)
    }
  }

  @Test func aDirectoryBelongsToOneProcess() throws {
    try withDirectory { directory in
      let owner = try RealDisk(path: directory)
      #expect(throws: StoreError.inUse(directory: directory)) {
        try RealDisk(path: directory)
      }
      #expect(owner.path == directory)
    }
  }

  @Test func severalMayReadWhatNobodyUses() throws {
    try withDirectory { directory in
      #expect(throws: StoreError.inUse(directory: directory)) {
        let owner = try RealDisk(path: directory)
        defer { #expect(owner.path == directory) }
        return try RealDisk(readingAt: directory)
      }
      let readers = [try RealDisk(readingAt: directory), try RealDisk(readingAt: directory)]
      #expect(throws: StoreError.inUse(directory: directory)) {
        try RealDisk(path: directory)
      }
      #expect(readers.count == 2)
    }
  }

  @Test func whoReadsMakesNothing() throws {
    try withDirectory { directory in
      let disk = try RealDisk(readingAt: directory)
      #expect(try disk.list() == [:])
      #expect(
        throws: StoreError.system(call: "opendir", file: directory + "/deep", code: ENOENT)
      ) {
        try RealDisk(readingAt: directory + "/deep")
      }
      #expect(access(directory + "/deep", F_OK) != 0)
      #expect(access(directory + "/lock", F_OK) != 0)
    }
  }

  @Test func directoriesAreMadeAndRefusalsNameTheCallAndTheFile() throws {
    try withDirectory { directory in
      try RealDisk(path: directory).perform(.create(file: "note", bytes: 0))
      #expect(
        throws: StoreError.system(call: "mkdir", file: directory + "/note/deep", code: ENOTDIR)
      ) {
        try RealDisk(path: directory + "/note/deep")
      }
    }
  }

  @Test func aFileThatIsNotThereIsAnErrorToReadAndNoneToDelete() throws {
    try withDirectory { directory in
      let disk = try RealDisk(path: directory)
      #expect(throws: StoreError.system(call: "open", file: "none", code: ENOENT)) {
        try disk.read("none", at: 0, count: 1)
      }
      try disk.perform(.delete(file: "none"))
      try disk.perform(.write(file: "note", offset: 3, ByteBuffer(string: "abc")))
      #expect(try Array(disk.read("note", at: 2, count: 9).readableBytesView) == [0, 97, 98, 99])
      #expect(try disk.list()["note"] == 6)
    }
  }

  @Test func aFullDiskIsAnErrorOfTheWrite() throws {
    try withDirectory { directory in
      let disk = try RealDisk(path: directory)
      #expect(symlink("/dev/full", directory + "/full") == 0)
      #expect(throws: StoreError.system(call: "pwrite", file: "full", code: ENOSPC)) {
        try disk.perform(.write(file: "full", offset: 0, ByteBuffer(string: "a")))
      }
    }
  }
}
