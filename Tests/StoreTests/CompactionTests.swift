import Foundation
import Glibc
import Store
import TestSupport
import Testing

/// A directory that ends with the test.
private final class TemporaryFolder {
  private let url = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID())")
  var path: String { url.path }

  deinit {
    // A test that failed early has made none.
    try? FileManager.default.removeItem(at: url)
  }

  func allocatedBytes(of file: String) throws -> Int {
    var facts = stat()
    try #require(stat("\(path)/\(file)", &facts) == 0)
    return Int(facts.st_blocks) * 512
  }
}

/// Old messages keep a segment, but not the room that dead ones take in it.
@Suite struct CompactionTests {
  private static let first = "0000000001.log"

  /// A closed segment of 2,000 messages, of which each five hundredth lives, and an open one.
  private func sparse(
    _ disk: inout some Disk
  ) throws -> (log: SegmentLog, live: [Recovered], positions: [Position]) {
    let outcome = try Recovery.run(disk, segmentBytes: 200_000) { _ in 0 }
    disk = outcome.disk
    var log = outcome.log
    var positions: [Position] = []
    for number in 1...2_100 {
      let text = "\(number) " + String(repeating: "x", count: 50)
      positions.append(try StoredText(text: text, queues: [1]).append(to: &log))
    }
    try carryOut(&log, on: &disk)
    var live: [Recovered] = []
    for (index, position) in positions.enumerated() {
      if position.segment == 2 || index % 500 == 0 {
        let text = "\(index + 1) " + String(repeating: "x", count: 50)
        live.append(Recovered(position: position, text: text, queue: 1))
      } else {
        log.settle(Settlement(position: position, queue: 1, returnCount: 0))
      }
    }
    try carryOut(&log, on: &disk)
    return (log, live, positions)
  }

  private func carryOut(_ log: inout SegmentLog, on disk: inout some Disk) throws {
    guard let batch = log.takeBatch() else { return }
    for operation in batch.operations { try disk.perform(operation) }
    log.finished(batch)
  }

  @Test func deadMessagesGiveTheirRoomBackAndLiveOnesStayWhereTheyAre() throws {
    var disk = SimulatedDisk()
    var (log, live, _) = try sparse(&disk)
    // What is nearly drained may be gone soon.
    for _ in 1...10 { #expect(log.takeSparse() == nil) }
    #expect(log.takeSparse() == 1)
    for _ in 1...20 { #expect(log.takeSparse() == nil) }
    let freed = try Compaction.run(1, on: &disk)
    #expect(freed > 150_000, "\(freed)")
    let bytes = try #require(disk.bytes[Self.first])
    #expect(bytes.count { $0 == 0 } > 150_000)
    // Doing it again finds nothing that is not done.
    #expect(try Compaction.run(1, on: &disk) <= freed)
    for _ in 1...2 {
      let found = try disk.recover()
      #expect(found.messages == live)
      #expect(found.faults == [])
    }
  }

  @Test func aSegmentThatIsGoneIsNoError() throws {
    var disk = SimulatedDisk()
    #expect(try Compaction.run(7, on: &disk) == 0)
    #expect(disk.bytes.isEmpty)
  }

  /// A head may be torn here, though no disk does it inside of a sector: then the dead messages
  /// under it are reported, and no other is lost.
  @Test func aCutInTheMidstOfItLosesNoLiveMessage() throws {
    var whole = SimulatedDisk()
    let (_, live, _) = try sparse(&whole)
    var random = SplitMix(seed: 3)
    for operation in 1...8 {
      var disk = whole
      disk.stopsAt = disk.operationCount + operation
      // The cut is what this is for.
      _ = try? Compaction.run(1, on: &disk)
      disk.cutPower(using: &random)
      // Settlements that were not on the disk are lost, and their messages come again.
      let there = Set(live)
      let found = try disk.recover().messages.filter(there.contains)
      #expect(found == live, "cut at operation \(operation)")
    }
  }

  @Test func aBrokenRecordIsLeftAlone() throws {
    var disk = SimulatedDisk()
    let (_, live, positions) = try sparse(&disk)
    disk.flip(Self.first, at: Int(positions[700].offset) + 20)
    let before = try Recovery.inspect(disk).faults
    #expect(before.contains { $0.isLoss }, "\(before)")
    _ = try Compaction.run(1, on: &disk)
    let found = try disk.recover()
    #expect(found.messages == live)
    #expect(found.faults == before, "\(before)")
  }

  @Test func theFileSystemGetsItsBlocksBack() throws {
    let folder = TemporaryFolder()
    var disk = try RealDisk(path: folder.path)
    let (_, live, _) = try sparse(&disk)
    let before = try folder.allocatedBytes(of: Self.first)
    _ = try Compaction.run(1, on: &disk)
    let after = try folder.allocatedBytes(of: Self.first)
    #expect(after < before / 2, "\(before) bytes before, \(after) after")
    var messages: [Recovered] = []
    let outcome = try Recovery.run(disk) {
      messages += Recovered.all($0)
      return $0.queues.count
    }
    #expect(messages == live)
    #expect(outcome.faults == [])
  }
}
