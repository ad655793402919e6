// Safe: the bytes of a segment outlive its reader and all that it hands out.

/// What one segment's bytes turned out to be, read from the first to the last.
///
/// It is not nested in ``Recovery``, which is generic: the metadata of what is would be looked up for
/// each of millions of records.
struct SegmentScan {
  private(set) var broken: [Range<UInt32>] = []
  /// Whole records of any kind.
  private(set) var recordCount = 0
  /// Messages that some queue has not left.
  private(set) var liveCount = 0
  /// How many queues want them.
  private(set) var references = 0
  /// Where the last whole record ends, its padding included.
  private(set) var end = UInt32(SegmentFormat.headBytes)
  /// Up to where all was durable when the last group was begun.
  private(set) var durable = Position(segment: 0, offset: 0)
  private let settled: [UInt64: UInt32]
  /// Of millions most had left no queue and went where the one before went.
  private var latest: (numbers: [UInt32], queues: [(number: UInt32, returnCount: UInt32)])

  /// - Parameters:
  ///   - bytes: The whole file.
  ///   - segment: Its number.
  ///   - settled: For each offset and queue what became last.
  ///   - message: Called for each message that is still in a queue; says how many of its queues
  ///     want it.
  /// - Throws: What `message` throws.
  init(
    _ bytes: UnsafeRawBufferPointer,
    of segment: UInt32,
    settled: [UInt64: UInt32],
    _ message: (RecoveredMessage) throws(StoreError) -> Int
  ) throws(StoreError) {
    self.settled = settled
    latest = ([], [])
    var reader = SegmentReader(bytes, segment: segment)
    while let item = reader.next() {
      note(item)
      guard case .record(.message(let record), let offset) = item, record.isPersistent else {
        continue
      }
      let queues = queues(of: record, at: offset)
      guard !queues.isEmpty else { continue }
      liveCount += 1
      let position = Position(segment: segment, offset: offset)
      references += try message(
        RecoveredMessage(position: position, record: record, queues: queues)
      )
    }
  }

  private mutating func note(_ item: SegmentReader.Item) {
    if case .record = item { recordCount += 1 }
    switch item {
    case .broken(let range): broken.append(range)
    case .record(.group(let durable), let offset):
      end = offset + UInt32(SegmentFormat.aligned(SegmentFormat.recordHeadBytes + 8))
      self.durable = max(self.durable, durable)
    case .record(.nothing(let bytes), let offset):
      end = offset + UInt32(SegmentFormat.aligned(bytes))
    case .record(.message(let message), let offset):
      let bytes = SegmentFormat.recordHeadBytes + message.payloadBytes
      end = offset + UInt32(SegmentFormat.aligned(bytes))
    }
  }

  /// The queues that a message had not left.
  private mutating func queues(
    of record: MessageRecord,
    at offset: UInt32
  ) -> [(number: UInt32, returnCount: UInt32)] {
    guard settled.isEmpty else {
      return record.queues.compactMap { queue in
        let count = settled[UInt64(offset) << 32 | UInt64(queue)]
        return count == 0 ? nil : (number: queue, returnCount: count ?? 0)
      }
    }
    if record.queues != latest.numbers {
      latest = (record.queues, record.queues.map { (number: $0, returnCount: 0) })
    }
    return latest.queues
  }
}
