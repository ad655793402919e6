import NIOCore
import Store
import TestSupport
import Testing

/// What is whole in one directory comes into another.
@Suite(.computing) struct SalvageTests {
  /// All of a message that a salvage has to keep.
  private struct Kept: Hashable {
    var text: String
    var exchange: String
    var routingKey: String
    var properties: String
    var notes: UInt16
    var enteredAt: Int64
    var returnCounts: [UInt32: UInt32]

    init(_ message: RecoveredMessage) {
      let record = message.record
      text = String(decoding: record.body, as: UTF8.self)
      exchange = String(decoding: record.exchange, as: UTF8.self)
      routingKey = String(decoding: record.routingKey, as: UTF8.self)
      properties = String(decoding: record.properties, as: UTF8.self)
      notes = record.notes
      enteredAt = record.enteredAt
      returnCounts = Dictionary(
        uniqueKeysWithValues: message.queues.map { ($0.number, $0.returnCount) }
      )
      #expect(record.isPersistent)
    }

    static func all(_ disk: some Disk) throws -> (messages: [Kept], faults: [StoreFault]) {
      var messages: [Kept] = []
      let inspection = try Recovery.inspect(disk) { messages.append(Kept($0)) }
      return (messages, inspection.faults)
    }
  }

  /// Nine messages in three segments, and the positions of all.
  private func filledDisk() throws -> (SimulatedDisk, [Position]) {
    var disk = SimulatedDisk()
    var log = try disk.recover(segmentBytes: 300).log
    var positions: [Position] = []
    for number in 1...9 {
      let message = StoredText(
        text: "message \(number)",
        queues: [1, 2, 70_000],
        isPersistent: number != 4,
        notes: UInt16(number * 7_000),
        enteredAt: Int64(number) * 1_000_000
      )
      positions.append(try message.append(to: &log))
      try disk.carryOut(&log)
    }
    for queue: UInt32 in [1, 2, 70_000] {
      log.settle(Settlement(position: positions[0], queue: queue, returnCount: 0))
    }
    log.settle(Settlement(position: positions[1], queue: 2, returnCount: 0))
    log.settle(Settlement(position: positions[1], queue: 70_000, returnCount: 3))
    log.settle(Settlement(position: positions[8], queue: 1, returnCount: 1))
    try disk.carryOut(&log)
    return (disk, positions)
  }

  private func salvage(_ disk: SimulatedDisk) throws -> (Salvage, SharedDisk) {
    let (source, target) = (SharedDisk(disk), SharedDisk())
    let salvage = try Recovery.salvage(source, at: 5_000) { target }
    #expect(source.disk.bytes == disk.bytes)
    #expect(source.disk.operationCount == disk.operationCount)
    return (salvage, target)
  }

  @Test func everyMessageThatLivesIsThereWithAllThatBelongsToIt() throws {
    let (disk, _) = try filledDisk()
    let (salvage, target) = try salvage(disk)
    let old = try Kept.all(disk)
    let new = try Kept.all(target)
    #expect(salvage.messageCount == 7 && !salvage.hasTopology && salvage.faults == [])
    #expect(new.messages.map(\.text) == [2, 3, 5, 6, 7, 8, 9].map { "message \($0)" })
    #expect(new.messages == old.messages)
    #expect(new.messages.first?.returnCounts == [1: 0, 70_000: 3])
    #expect(new.messages.last?.returnCounts == [1: 1, 2: 0, 70_000: 0])
    #expect(new.faults == [])
  }

  @Test func theDamagedMessageIsTheOneThatIsLostAndIsNamed() throws {
    let (whole, positions) = try filledDisk()
    let old = try Kept.all(whole).messages
    // The third and the sixth message, in the first segment and the second.
    for (index, text) in [(2, "message 3"), (5, "message 6")] {
      var disk = whole
      let position = positions[index]
      let file = "000000000\(position.segment).log"
      disk.flip(file, at: Int(position.offset) + 40)
      let (salvage, target) = try salvage(disk)
      #expect(salvage.messageCount == 6)
      let next = positions[index + 1].offset - 24
      #expect(salvage.faults == [.lost(file: file, from: position.offset, to: next)])
      let new = try Kept.all(target)
      #expect(new.messages == old.filter { $0.text != text })
      #expect(new.faults == [])
    }
  }

  @Test func theTopologyIsCopiedByteForByte() throws {
    var (disk, _) = try filledDisk()
    let bytes = (0..<9_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try disk.perform(.write(file: "topology", offset: 0, ByteBuffer(bytes: bytes)))
    let (salvage, target) = try salvage(disk)
    #expect(salvage.hasTopology)
    #expect(target.disk.bytes["topology"] == bytes)
  }

  @Test func aLargeStoreIsCopiedInPieces() throws {
    var disk = SimulatedDisk()
    var log = try disk.recover().log
    let megabyte = String(repeating: "m", count: 1 << 20)
    for number in 1...24 {
      _ = try StoredText(text: megabyte, queues: [UInt32(number)]).append(to: &log)
      try disk.carryOut(&log)
    }
    let (salvage, target) = try salvage(disk)
    #expect(salvage.messageCount == 24)
    #expect(target.longestWriteBytes < 6 << 20)
    #expect(try Kept.all(target).messages.flatMap(\.returnCounts.keys) == Array(1...24))
  }

  /// The power goes at each operation on the new directory.
  @Test func aDirectoryThatRefusesIsTheOneThatIsBlamed() throws {
    var (disk, _) = try filledDisk()
    try disk.perform(.write(file: "topology", offset: 0, ByteBuffer(string: "queues")))
    let operationCount = try salvage(disk).1.disk.operationCount
    for stop in 1...operationCount {
      let target = SharedDisk()
      target.disk.stopsAt = stop
      #expect(throws: SalvageError.writing(.system(call: "power", file: "", code: 5))) {
        try Recovery.salvage(disk, at: 5_000) { target }
      }
      target.disk.stopsAt = nil
      // Only what is complete has a topology.
      #expect(try Kept.all(target).messages.count == 7 || target.disk.bytes["topology"] == nil)
    }
  }

  @Test func whatCannotBeReadLeavesNoNewDirectory() throws {
    var (disk, _) = try filledDisk()
    // Version 2 and the checksum of a head that says so.
    let head = ByteBuffer(bytes: Array("SLUICESG".utf8) + [2, 0, 0, 0, 0x3C, 0xC9, 0x82, 0x4A])
    try disk.perform(.write(file: "segments", offset: 0, head))
    let refusal = StoreError.unknownVersion(file: "segments", found: 2, known: 1)
    #expect(throws: SalvageError.reading(refusal)) {
      try Recovery.salvage(disk, at: 5_000) { () -> SimulatedDisk in
        Issue.record("a new directory was made")
        return SimulatedDisk()
      }
    }
  }
}
