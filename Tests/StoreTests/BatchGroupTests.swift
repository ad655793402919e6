import Store
import TestSupport
import Testing

/// Which batches a disk does together, and in what order.
struct BatchGroupTests {
  /// A log whose segment is open, so that the next batch only adds to it; after a second text its
  /// file has room ahead.
  private func openLog(
    _ texts: [String] = ["first"],
    segmentBytes: Int = 100_000,
    isPersistent: Bool = true
  ) throws -> (SegmentLog, SimulatedDisk) {
    var disk = SimulatedDisk()
    var log = try disk.recover(segmentBytes: segmentBytes).log
    for text in texts {
      let message = StoredText(text: text, queues: [1], isPersistent: isPersistent)
      _ = try message.append(to: &log)
      try disk.carryOut(&log)
    }
    return (log, disk)
  }

  private func batch(
    _ text: String,
    _ log: inout SegmentLog,
    isPersistent: Bool = true,
    settling position: Position? = nil
  ) throws -> (SegmentLog.Batch, Position) {
    let message = StoredText(text: text, queues: [1], isPersistent: isPersistent)
    let appended = try message.append(to: &log)
    if let position { log.settle(Settlement(position: position, queue: 1, returnCount: 0)) }
    let taken = log.takeBatch()
    return (try #require(taken), appended)
  }

  private func words(_ operations: [DiskOperation]) -> String {
    operations.map { operation in
      switch operation {
      case .write(let file, _, _): "write \(file)"
      case .sync(let file): "sync \(file)"
      case .create(let file, _): "create \(file)"
      case .delete(let file): "delete \(file)"
      case .extend, .punch, .syncDirectory, .rename: "other"
      }
    }.joined(separator: ", ")
  }

  @Test func thoseThatOnlyAddShareASyncAndSettleAfterIt() throws {
    var (log, disk) = try openLog(["first", "second"])
    let (first, position) = try batch("a", &log)
    let (second, _) = try batch("b", &log, settling: position)
    let (third, _) = try batch("c", &log)
    var waiting = [first, second, third]
    let group = try #require(BatchGroup.take(from: &waiting))
    #expect(waiting.isEmpty)
    #expect(group.batches == [first, second, third])
    let segment = SegmentLog.file(of: position)
    #expect(words(group.durable) == "write \(segment), sync \(segment)", "\(group.durable)")
    #expect(group.batches.map(\.messageCount) == [1, 1, 1])
    #expect(words(group.rest).hasPrefix("create"))
    #expect(group.rest.count == 2, "\(group.rest)")

    for operation in group.durable + group.rest { try disk.perform(operation) }
    for batch in group.batches { log.finished(batch) }
    var random = SplitMix(seed: 1)
    disk.cutPower(using: &random)
    let found = Set(try disk.recover().messages.map(\.text))
    #expect(found.isSuperset(of: ["first", "b", "c"]))
  }

  /// Zeros that are written over a message would be the end of it.
  @Test func aMessageIsNotWrittenBeforeTheZerosThatItOverwrites() throws {
    // The first that is to be synced makes the file longer, after another small one.
    var (log, disk) = try openLog(isPersistent: false)
    var waiting = try ["a", "b", "c"].map { try batch($0, &log).0 }
    let extends = waiting[0].operations.contains { if case .extend = $0 { true } else { false } }
    #expect(extends)
    #expect(waiting.allSatisfy { $0.messageBytes < 1000 })
    let group = try #require(BatchGroup.take(from: &waiting))
    #expect(group.batches.count == 3)
    for operation in group.durable { try disk.perform(operation) }
    var random = SplitMix(seed: 1)
    disk.cutPower(using: &random)
    #expect(try disk.recover().messages.map(\.text) == ["a", "b", "c"])
  }

  @Test func longWritesAreLeftAsTheyAre() throws {
    var (log, _) = try openLog(["first", "second"])
    let long = String(repeating: "x", count: 10_000)
    var waiting = try [long, long].map { try batch($0, &log).0 }
    #expect(waiting.allSatisfy { $0.messageBytes > 10_000 })
    let segment = SegmentLog.file(of: log.durable)
    let group = try #require(BatchGroup.take(from: &waiting))
    #expect(words(group.durable).hasSuffix("write \(segment), write \(segment), sync \(segment)"))
  }

  @Test func transientOnesNeedNoSync() throws {
    var (log, _) = try openLog()
    let (first, _) = try batch("a", &log, isPersistent: false)
    let (second, _) = try batch("b", &log, isPersistent: false)
    var waiting = [first, second]
    let group = try #require(BatchGroup.take(from: &waiting))
    #expect(group.batches.count == 2)
    #expect(group.durable.count == 1)
    #expect(group.durable.allSatisfy { if case .write = $0 { true } else { false } })
  }

  @Test func whatOpensOrClosesASegmentIsDoneAlone() throws {
    var (log, _) = try openLog(segmentBytes: 600)
    var waiting: [SegmentLog.Batch] = []
    for number in 1...12 {
      waiting.append(try batch(String(repeating: "\(number)", count: 100), &log).0)
    }
    let all = waiting
    var groups: [BatchGroup] = []
    while let group = BatchGroup.take(from: &waiting) { groups.append(group) }
    #expect(groups.flatMap(\.batches) == all)
    #expect(groups.contains { $0.batches.count > 1 })
    for group in groups {
      let makesAFile = group.durable.contains { if case .create = $0 { true } else { false } }
      #expect(!makesAFile || group.batches.count == 1)
      if group.batches.count == 1 {
        #expect(group.durable + group.rest == group.batches[0].operations)
      }
    }
  }

  @Test func whatDeletesASegmentIsDoneAlone() throws {
    var (log, disk) = try openLog(segmentBytes: 300)
    var positions: [Position] = []
    for _ in 1...6 {
      positions.append(
        try StoredText(text: String(repeating: "x", count: 100), queues: [1]).append(to: &log)
      )
      try disk.carryOut(&log)
    }
    let (plain, _) = try batch("a", &log)
    for position in positions {
      log.settle(Settlement(position: position, queue: 1, returnCount: 0))
    }
    let (deleting, _) = try batch("b", &log)
    #expect(deleting.operations.contains { if case .delete = $0 { true } else { false } })
    var waiting = [plain, deleting]
    let group = try #require(BatchGroup.take(from: &waiting))
    #expect(group.batches == [plain])
    #expect(waiting == [deleting])
  }

  @Test func settlementsMayWaitForALaterBatch() throws {
    var (log, _) = try openLog()
    let (_, position) = try batch("a", &log)
    log.settle(Settlement(position: position, queue: 1, returnCount: 0))
    #expect(log.takeBatch(settling: false) == nil)
    _ = try StoredText(text: "b", queues: [1]).append(to: &log)
    let without = log.takeBatch(settling: false)
    #expect(without?.operations.count == without?.durableCount)
    #expect(without?.messageCount == 1)
    let with = log.takeBatch()
    #expect(with?.durableCount == 0)
    #expect(with?.messageCount == 0)
    #expect(with?.operations.isEmpty == false)
    #expect(!log.hasWork)
  }

  @Test func whereNothingWaitsThereIsNoGroup() {
    var waiting: [SegmentLog.Batch] = []
    #expect(BatchGroup.take(from: &waiting) == nil)
  }
}
