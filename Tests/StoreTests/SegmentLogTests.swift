import NIOCore
import Store
import TestSupport
import Testing

@Suite(.computing) struct SegmentLogTests {
  private func newLog(
    segmentBytes: Int = StoreLimits.segmentBytes
  ) throws -> (SegmentLog, SimulatedDisk) {
    var disk = SimulatedDisk()
    return (try disk.recover(segmentBytes: segmentBytes).log, disk)
  }

  @Test func anEmptyDirectoryHasNothing() throws {
    var disk = SimulatedDisk()
    let (log, messages, faults) = try disk.recover()
    #expect(messages.isEmpty)
    #expect(faults.isEmpty)
    #expect(!log.hasWork)
  }

  @Test func whatWasAppendedComesBackInOrderWithAllOfIt() throws {
    var (log, disk) = try newLog()
    let texts = ["one", "", String(repeating: "long ", count: 5_000), "four"]
    var expected: [Recovered] = []
    for (index, text) in texts.enumerated() {
      let queues = Array(1...UInt32(index + 1))
      let position = try StoredText(text: text, queues: queues).append(to: &log)
      expected += queues.map { Recovered(position: position, text: text, queue: $0) }
      try disk.carryOut(&log)
    }
    let found = try disk.recover()
    #expect(found.messages == expected)
    #expect(found.faults.isEmpty)
    var parts: [[String]] = []
    _ = try Recovery.run(disk) { message in
      let record = message.record
      parts.append(
        [record.exchange, record.routingKey, record.properties]
          .map { String(decoding: $0, as: UTF8.self) } + ["\(record.enteredAt)"]
      )
      return message.queues.count
    }
    #expect(parts == Array(repeating: ["exchange", "exc", "ex", "7"], count: 4))
  }

  /// A sync is quicker when the file need not become longer for it.
  @Test func zerosAreWrittenAheadWhereSmallBatchesFollowEachOther() throws {
    var (log, disk) = try newLog()
    var extensions: [Bool] = []
    for bytes in [10, 10, 10, 20_000, 10, 20_000, 10, 900_000, 200_000, 10, 10] {
      let text = String(repeating: "x", count: bytes)
      _ = try StoredText(text: text, queues: [1]).append(to: &log)
      let taken = log.takeBatch()
      let batch = try #require(taken)
      extensions.append(batch.operations.contains { if case .extend = $0 { true } else { false } })
      for operation in batch.operations { try disk.perform(operation) }
      log.finished(batch)
    }
    // The second makes room for a mebibyte, the last for what comes after that.
    let numbers = extensions.indices.filter { extensions[$0] }
    #expect(numbers == [1, 10])
  }

  /// A broker that stops in order: what waited is synced, and where the records end is noted.
  @Test func aLogThatIsClosedLeavesNothingToDoubt() throws {
    var (log, disk) = try newLog()
    for text in ["a", "b"] { _ = try StoredText(text: text, queues: [1]).append(to: &log) }
    log.close()
    try disk.carryOut(&log)
    #expect(!log.hasWork)
    var random = SplitMix(seed: 1)
    disk.cutPower(using: &random)
    let file = SegmentLog.file(of: Position(segment: 1, offset: 0))
    let length = try #require(disk.list()[file])
    var damaged = disk
    damaged.flip(file, at: length - 8)
    let found = try disk.recover()
    #expect(found.messages.map(\.text) == ["a", "b"])
    #expect(found.faults == [])
    #expect(try damaged.recover().faults.contains { $0.isLoss })
  }

  /// Else a slow disk would let memory grow: segments are closed while one batch is on its way.
  @Test func whatIsOnItsWayToTheDiskWaitsToo() throws {
    var (log, _) = try newLog(segmentBytes: 1_000)
    let text = String(repeating: "x", count: 100)
    for _ in 1...50 { _ = try StoredText(text: text, queues: [1]).append(to: &log) }
    #expect(log.waitingBytes > 5_000)
    let taken = log.takeBatch()
    let batch = try #require(taken)
    #expect(log.waitingBytes > 5_000)
    log.finished(batch)
    #expect(log.waitingBytes == 0)
  }

  @Test func aMessageIsDurableWhenItsBatchIsDoneAndNotBefore() throws {
    var (log, disk) = try newLog()
    let position = try StoredText(text: "a", queues: [1]).append(to: &log)
    #expect(log.durable <= position)
    let taken = log.takeBatch()
    let batch = try #require(taken)
    #expect(batch.isDurable)
    #expect(batch.operations.contains { if case .sync = $0 { true } else { false } })
    #expect(log.durable <= position)
    for operation in batch.operations { try disk.perform(operation) }
    log.finished(batch)
    #expect(log.durable > position)
  }

  @Test func aTransientMessageWaitsForNoSyncAndIsGoneAfterARestart() throws {
    var (log, disk) = try newLog()
    _ = try StoredText(text: "first", queues: [1]).append(to: &log)
    try disk.carryOut(&log)
    _ = try StoredText(text: "transient", queues: [1], isPersistent: false).append(to: &log)
    let taken = log.takeBatch()
    let batch = try #require(taken)
    #expect(!batch.isDurable)
    #expect(!batch.operations.contains { if case .sync = $0 { true } else { false } })
    for operation in batch.operations { try disk.perform(operation) }
    let messages = try disk.recover().messages
    #expect(messages.map(\.text) == ["first"])
  }

  @Test func whatIsSettledInAllItsQueuesIsGoneAndTheRestStays() throws {
    var (log, disk) = try newLog()
    let first = try StoredText(text: "a", queues: [1, 2]).append(to: &log)
    let second = try StoredText(text: "b", queues: [1]).append(to: &log)
    try disk.carryOut(&log)
    log.settle(Settlement(position: first, queue: 1, returnCount: 0))
    log.settle(Settlement(position: second, queue: 1, returnCount: 1))
    log.settle(Settlement(position: second, queue: 1, returnCount: 2))
    try disk.carryOut(&log)
    var found = try disk.recover()
    #expect(
      found.messages == [
        Recovered(position: first, text: "a", queue: 2),
        Recovered(position: second, text: "b", queue: 1, returnCount: 2),
      ]
    )
    found.log.settle(Settlement(position: first, queue: 2, returnCount: 0))
    try disk.carryOut(&found.log)
    let messages = try disk.recover().messages
    #expect(messages.map(\.text) == ["b"])
  }

  @Test func aSegmentInWhichNothingLivesIsDeleted() throws {
    var (log, disk) = try newLog(segmentBytes: 200)
    var positions: [Position] = []
    for number in 0..<20 {
      positions.append(try StoredText(text: "\(number)", queues: [1]).append(to: &log))
      try disk.carryOut(&log)
    }
    let before = disk.list().keys.filter { $0.hasSuffix(".log") }.count
    #expect(before > 4)
    for position in positions.dropLast() {
      log.settle(Settlement(position: position, queue: 1, returnCount: 0))
    }
    try disk.carryOut(&log)
    #expect(disk.list().keys.filter { $0.hasSuffix(".log") }.count == 1)
    let found = try disk.recover()
    #expect(found.messages.map(\.text) == ["19"])
    #expect(found.faults.isEmpty)
  }

  @Test func theEndOfASegmentIsWorkByItself() throws {
    var (log, disk) = try newLog(segmentBytes: 100)
    let first = try StoredText(text: "first", queues: [1]).append(to: &log)
    _ = try StoredText(text: "second", queues: [1]).append(to: &log)
    _ = try StoredText(text: "third", queues: [1]).append(to: &log)
    try disk.carryOut(&log)
    #expect(!log.hasWork)
    log.settle(Settlement(position: first, queue: 1, returnCount: 0))
    #expect(log.hasWork)
    try disk.carryOut(&log)
    #expect(disk.list()["0000000001.log"] == nil)
  }

  @Test func positionsAreNotGivenTwice() throws {
    var (log, disk) = try newLog()
    var seen: Set<Position> = []
    for round in 0..<5 {
      let position = try StoredText(text: "\(round)", queues: [1]).append(to: &log)
      #expect(seen.insert(position).inserted)
      try disk.carryOut(&log)
      if round % 2 == 0 { log.settle(Settlement(position: position, queue: 1, returnCount: 0)) }
      try disk.carryOut(&log)
      log = try disk.recover().log
    }
  }

  @Test func aFailedBatchIsDoneFromWhereItFailed() throws {
    var (log, disk) = try newLog()
    _ = try StoredText(text: "a", queues: [1]).append(to: &log)
    let taken = log.takeBatch()
    let batch = try #require(taken)
    for index in batch.operations.indices {
      disk.stopsAt = disk.operationCount + 1
      let refused = Result { try disk.perform(batch.operations[index]) }
      #expect(throws: StoreError.self) { try refused.get() }
      disk.stopsAt = nil
      try disk.perform(batch.operations[index])
    }
    log.finished(batch)
    let messages = try disk.recover().messages
    #expect(messages.map(\.text) == ["a"])
  }
}
