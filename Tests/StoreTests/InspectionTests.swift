import NIOCore
import Store
import TestSupport
import Testing

/// A data directory is looked at without being changed.
@Suite struct InspectionTests {
  private static let first = "0000000001.log"

  /// Messages in three segments, of which some left their queues and one came back to its own.
  private func filledDisk() throws -> SimulatedDisk {
    var disk = SimulatedDisk()
    var log = try disk.recover(segmentBytes: 300).log
    var positions: [Position] = []
    for number in 1...9 {
      let isPersistent = number != 4
      let message = StoredText(text: "\(number)", queues: [1, 2], isPersistent: isPersistent)
      positions.append(try message.append(to: &log))
      try disk.carryOut(&log)
    }
    for queue in UInt32(1)...2 {
      log.settle(Settlement(position: positions[0], queue: queue, returnCount: 0))
    }
    log.settle(Settlement(position: positions[1], queue: 1, returnCount: 3))
    try disk.carryOut(&log)
    #expect(disk.list().keys.filter { $0.hasSuffix(".log") }.count == 3)
    return disk
  }

  private func inspect(_ disk: SimulatedDisk) throws -> (Inspection, [Recovered]) {
    let shared = SharedDisk(disk)
    var messages: [Recovered] = []
    let inspection = try Recovery.inspect(shared) { messages += Recovered.all($0) }
    #expect(shared.disk.bytes == disk.bytes)
    #expect(shared.disk.operationCount == disk.operationCount)
    return (inspection, messages)
  }

  @Test func itCountsWhatIsThere() throws {
    let disk = try filledDisk()
    let (inspection, messages) = try inspect(disk)
    let files = disk.list()
    #expect(inspection.faults == [])
    #expect(inspection.segments.map(\.file) == (1...3).map { "000000000\($0).log" })
    for segment in inspection.segments { #expect(segment.bytes == files[segment.file]) }
    // Each message was made durable alone, and so has a group's record before it.
    #expect(inspection.segments.map(\.recordCount) == [8, 8, 2])
    // The first has left its queues, and the fourth does not survive.
    #expect(inspection.segments.map(\.liveCount) == [2, 4, 1])
    #expect(inspection.segments.map(\.settlementCount) == [3, 0, 0])
    #expect(messages.count == 14)
  }

  /// Whatever byte is wrong: it changes nothing, and finds what a start would.
  @Test func aFlippedBitAnywhereIsFoundAndChangesNothing() throws {
    let whole = try filledDisk()
    for (file, bytes) in whole.bytes.sorted(by: { $0.key < $1.key }) {
      for offset in stride(from: 0, to: bytes.count, by: 3) {
        var disk = whole
        disk.flip(file, at: offset)
        let (inspection, messages) = try inspect(disk)
        let recovered = try disk.recover()
        #expect(inspection.faults == recovered.faults, "\(file), byte \(offset)")
        #expect(messages == recovered.messages, "\(file), byte \(offset)")
        // Padding is all that no checksum covers.
        let isPadding = bytes[offset] == 0 && file.hasSuffix(".log")
        #expect(isPadding || !inspection.faults.isEmpty, "\(file), byte \(offset)")
      }
    }
  }

  @Test func aSegmentWithoutItsListIsRead() throws {
    var disk = try filledDisk()
    disk.lose("segments")
    let (inspection, messages) = try inspect(disk)
    #expect(inspection.faults == [.brokenHead(file: "segments")])
    #expect(messages.count == 14)
  }

  @Test func aMissingSegmentIsNamed() throws {
    var disk = try filledDisk()
    disk.lose("0000000002.log")
    let (inspection, _) = try inspect(disk)
    #expect(inspection.faults == [.missing(file: "0000000002.log")])
    #expect(inspection.segments.map(\.file) == [Self.first, "0000000003.log"])
  }

  @Test func nothingIsAStoreAndSomethingElseIsNone() throws {
    let nothing = try inspect(SimulatedDisk()).0
    #expect(nothing.segments == [] && nothing.faults == [])
    for file in ["notes.txt", "segments", "+000000001.log", "1.log", "0000000001.txt"] {
      var disk = SimulatedDisk()
      try disk.perform(.write(file: file, offset: 0, ByteBuffer(string: "Dear diary")))
      #expect(throws: StoreError.notAStore(file: "segments"), "\(file)") {
        try Recovery.inspect(disk)
      }
      try disk.perform(.create(file: "lock", bytes: 0))
      #expect(try inspect(disk).0.segments == [], "\(file)")
    }
  }

  @Test(arguments: [
    (StoreFault.lost(file: "a", from: 64, to: 128), "a, bytes 64 to 127: "),
    (.unfinished(file: "a", from: 64), "a, from byte 64: "),
    (.missing(file: "a"), "a: "),
    (.brokenHead(file: "a"), "a, bytes 0 to 31: "),
    (.brokenHead(file: "segments"), "segments: the list"),
    (.settlementsLost(file: "a", count: 1), "a: 1 entry "),
    (.settlementsLost(file: "a", count: 2), "a: 2 entries "),
  ])
  func aFaultSaysWhereItIsAndWhatItMeans(fault: StoreFault, beginning: String) {
    #expect(fault.description.hasPrefix(beginning), "\(fault)")
    #expect(fault.description.contains("lost") == fault.isLoss, "\(fault)")
    #expect(!fault.description.contains("\n"))
  }
}
