import Store
import TestSupport
import Testing

/// The power goes at the first operation, the second, the third, and so on through a history.
@Suite(.computing) struct PowerCutTests {
  private static let segmentBytes = 500

  /// What a history did, and what it was told.
  private struct Ledger {
    var appended: [Position: StoredText] = [:]
    var settled: Set<[UInt64]> = []
    /// Persistent messages before it were called durable.
    var durable = Position(segment: 0, offset: 0)

    func pairs(before end: Position) -> [(Position, StoredText, UInt32)] {
      appended.filter { $0.key < end && $0.value.isPersistent }.flatMap { position, message in
        message.queues.map { (position, message, $0) }
      }
    }
  }

  /// Does the next of the batches that wait, together where that may be; what is durable is told
  /// before the rest is done, as the server does.
  private func carryOut(
    _ waiting: inout [SegmentLog.Batch],
    of log: inout SegmentLog,
    on disk: inout SimulatedDisk,
    _ ledger: inout Ledger
  ) throws(StoreError) {
    guard let group = BatchGroup.take(from: &waiting) else { return }
    for operation in group.durable { try disk.perform(operation) }
    for batch in group.batches { log.finished(batch) }
    ledger.durable = log.durable
    for operation in group.rest { try disk.perform(operation) }
  }

  /// Appends, settles and syncs by chance, until the disk refuses.
  private func run(_ seed: UInt64, on disk: inout SimulatedDisk) -> (Ledger, isWhole: Bool) {
    var random = SplitMix(seed: seed)
    var ledger = Ledger()
    do throws(StoreError) {
      var log = try disk.recover(segmentBytes: Self.segmentBytes).log
      var live: [(Position, UInt32)] = []
      var waiting: [SegmentLog.Batch] = []
      for number in 0..<60 {
        let queues = (1...UInt32(3)).filter { _ in Bool.random(using: &random) } + [4]
        let message = StoredText(
          text: String(repeating: "\(number).", count: Int.random(in: 1...30, using: &random)),
          queues: queues,
          isPersistent: Int.random(in: 0..<5, using: &random) > 0
        )
        let position = try message.append(to: &log)
        ledger.appended[position] = message
        live += queues.map { (position, $0) }
        while live.count > 12 || (!live.isEmpty && Bool.random(using: &random)) {
          let (position, queue) = live.remove(at: Int.random(in: live.indices, using: &random))
          let returnCount: UInt32 = Int.random(in: 0..<4, using: &random) == 0 ? 3 : 0
          log.settle(Settlement(position: position, queue: queue, returnCount: returnCount))
          if returnCount == 0 {
            ledger.settled.insert([position.packed, UInt64(queue)])
          } else {
            live.append((position, queue))
          }
        }
        if Bool.random(using: &random) {
          waiting += log.takeBatch(settling: Bool.random(using: &random)).map { [$0] } ?? []
        }
        if Bool.random(using: &random) { try carryOut(&waiting, of: &log, on: &disk, &ledger) }
        ledger.durable = log.durable
      }
      while !waiting.isEmpty { try carryOut(&waiting, of: &log, on: &disk, &ledger) }
      try disk.carryOut(&log)
      ledger.durable = log.durable
      return (ledger, true)
    } catch {
      return (ledger, false)
    }
  }

  private func check(_ messages: [Recovered], against ledger: Ledger) {
    let found = Set(messages.map { [$0.position.packed, UInt64($0.queue)] })
    for (position, message, queue) in ledger.pairs(before: ledger.durable) {
      let pair = [position.packed, UInt64(queue)]
      if !ledger.settled.contains(pair) {
        #expect(found.contains(pair), "lost: \(message.text) of queue \(queue)")
      }
    }
    for message in messages {
      let appended = ledger.appended[message.position]
      #expect(appended?.text == message.text && appended?.queues.contains(message.queue) == true)
    }
    #expect(messages.map(\.position) == messages.map(\.position).sorted())
    #expect(found.count == messages.count)
  }

  @Test(arguments: UInt64(1)...3) func whateverTheMomentAllThatWasDurableIsThere(
    _ seed: UInt64
  ) throws {
    var cut = 1
    while true {
      var random = SplitMix(seed: seed &* 1_000 &+ UInt64(cut))
      var disk = SimulatedDisk()
      disk.stopsAt = cut
      let (ledger, isWhole) = run(seed, on: &disk)
      disk.cutPower(using: &random)
      // Once more, while it recovers.
      var again = disk
      again.stopsAt = again.operationCount + Int.random(in: 1...8, using: &random)
      let interrupted = Result { try again.recover() }
      again.cutPower(using: &random)

      let first = try disk.recover(segmentBytes: Self.segmentBytes)
      check(first.messages, against: ledger)
      #expect(first.faults.filter(\.isLoss) == [], "\(first.faults), cut at \(cut)")
      let second = try again.recover()
      #expect(second.messages == first.messages, "interrupted: \(interrupted), cut at \(cut)")
      try goOn(first.log, disk, after: first.messages)
      if isWhole { break }
      cut += 1
    }
    #expect(cut > 100)
  }

  /// What was recovered can be added to, and is there again.
  private func goOn(_ log: SegmentLog, _ disk: SimulatedDisk, after: [Recovered]) throws {
    var (log, disk) = (log, disk)
    let position = try StoredText(text: "later", queues: [9]).append(to: &log)
    try disk.carryOut(&log)
    let later = Recovered(position: position, text: "later", queue: 9)
    let found = try disk.recover()
    #expect(found.messages == after + [later])
    #expect(found.faults.filter(\.isLoss) == [], "\(found.faults)")
  }
}
