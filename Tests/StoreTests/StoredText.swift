import Store
import TestSupport

/// A message of these tests: a text in some queues.
struct StoredText: Hashable {
  var text: String
  var queues: [UInt32]
  var isPersistent = true
  var notes: UInt16 = 0
  var enteredAt: Int64 = 7

  func append(to log: inout SegmentLog) throws(StoreError) -> Position {
    let bytes = Array(text.utf8)
    let result: Result<Position, StoreError> = bytes.withUnsafeBytes { body in
      Array("exchange".utf8).withUnsafeBytes { exchange in
        let record = MessageRecord(
          isPersistent: isPersistent,
          notes: notes,
          enteredAt: enteredAt,
          queues: queues,
          exchange: exchange,
          routingKey: UnsafeRawBufferPointer(rebasing: exchange[..<3]),
          properties: UnsafeRawBufferPointer(rebasing: exchange[..<2]),
          body: body
        )
        do throws(StoreError) {
          return .success(try log.append(record, at: 1_000))
        } catch {
          return .failure(error)
        }
      }
    }
    return try result.get()
  }
}

/// What a recovery hands out, kept.
struct Recovered: Hashable {
  var position: Position
  var text: String
  var queue: UInt32
  var returnCount: UInt32 = 0

  static func all(_ message: RecoveredMessage) -> [Recovered] {
    message.queues.map { queue in
      Recovered(
        position: message.position,
        text: String(decoding: message.record.body, as: UTF8.self),
        queue: queue.number,
        returnCount: queue.returnCount
      )
    }
  }
}

extension SimulatedDisk {
  /// Does all that a log has to do.
  mutating func carryOut(_ log: inout SegmentLog) throws(StoreError) {
    guard let batch = log.takeBatch() else { return }
    for operation in batch.operations { try perform(operation) }
    log.finished(batch)
  }

  /// Reads what is on the disk, and leaves the disk as the recovery does.
  mutating func recover(
    segmentBytes: Int = StoreLimits.segmentBytes
  ) throws(StoreError) -> (log: SegmentLog, messages: [Recovered], faults: [StoreFault]) {
    var messages: [Recovered] = []
    let outcome = try Recovery.run(self, segmentBytes: segmentBytes) {
      messages += Recovered.all($0)
      return $0.queues.count
    }
    self = outcome.disk
    return (outcome.log, messages, outcome.faults)
  }
}
