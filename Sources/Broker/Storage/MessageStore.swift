import DequeModule
import struct NIOCore.ByteBuffer
package import Store

/// The broker's side of the message log: what is in it, and what waits for the disk.
///
/// The engine appends and settles; the server carries out what ``takeBatch()`` says, one batch after
/// the other, and tells ``Broker/diskFinished(_:)``.
///
/// - Isolation: the broker's loop.
package final class MessageStore {
  private var log: SegmentLog
  /// Only reads, and only what was written.
  package var disk: any Disk
  /// Milliseconds since 1970 at the broker's instant 0.
  ///
  /// It does not change, so that a clock that jumps does not end messages' times.
  private let epochMilliseconds: Int64
  /// The number of the newest stored queue that ever was.
  private(set) var lastQueueNumber: UInt32 = 0
  /// Why nothing is stored any more; nil while all is well.
  package private(set) var failure: String?
  /// Messages that were to be read back and were not there, since they were last asked for.
  private var lost: [Position] = []
  /// When memory was last looked at, in nanoseconds of the broker's clock.
  var lookedAt: Int64 = 0
  /// Bytes in memory that are to be moved to the disk.
  var excessBytes = 0
  /// Where they are to come from, the longest queue first.
  var longQueues: Deque<Queue> = []
  /// What all ready messages may take in memory together, in bytes.
  package var memoryBytes = 64 << 20

  /// Queue numbers of messages that are in the log for room in memory, not for a restart.
  private static let noQueue: [UInt32] = [0]
  /// Records this close to each other are read at once.
  private static let gapBytes: UInt32 = 32 << 10
  private static let pieceBytes: UInt32 = 512 << 10

  /// - Parameters:
  ///   - log: As a recovery left it.
  ///   - disk: To read messages back from.
  ///   - epochMilliseconds: What the wall clock said at the broker's instant 0.
  package init(_ log: SegmentLog, on disk: any Disk, epochMilliseconds: Int64) {
    self.log = log
    self.disk = disk
    self.epochMilliseconds = epochMilliseconds
  }

  /// Set when it is not known which queues there were: then messages of unknown ones are kept in
  /// queues of their own.
  package var keepsUnknownQueues = false

  /// Goes on behind what a recovery found.
  package func goOn(with log: SegmentLog) { self.log = log }

  func takeQueueNumber() -> UInt32 {
    lastQueueNumber += 1
    return lastQueueNumber
  }

  /// Never gives this number, or one before it, to a new queue.
  func noteQueueNumber(_ number: UInt32) { lastQueueNumber = max(lastQueueNumber, number) }

  // MARK: - What waits for the disk

  /// Where the next record goes.
  var end: Position { log.end }
  /// All before it is on the disk.
  var durable: Position { log.durable }
  /// Bytes of messages that are not known to be in the files yet.
  package var waitingBytes: Int { log.waitingBytes }

  /// Takes what the disk is to do next.
  ///
  /// - Parameters:
  ///   - first: Files that must be on the disk before the messages are.
  ///   - settling: Whether also what nobody waits for is taken.
  /// - Returns: nil for nothing.
  package func takeBatch(
    afterSyncOf first: [String] = [],
    settling: Bool = true
  ) -> SegmentLog.Batch? {
    failure == nil ? log.takeBatch(afterSyncOf: first, settling: settling) : nil
  }

  /// Whether there is something for ``takeBatch(afterSyncOf:settling:)``.
  package var hasWork: Bool { failure == nil && log.hasWork }
  /// Whether somebody waits for it.
  package var isUrgent: Bool { log.isUrgent }

  func finished(_ batch: SegmentLog.Batch) { log.finished(batch) }

  /// The number of a segment for ``Store/Compaction``; nil for none.
  package func takeSparse() -> UInt32? { failure == nil ? log.takeSparse() : nil }

  /// Notes that nothing more comes.
  package func close() { log.close() }

  func fail(_ text: String) { failure = failure ?? text }

  // MARK: - Messages

  /// Appends a message, which gets its position.
  ///
  /// - Returns: false when it cannot be kept.
  func append(_ message: Message, for queues: [UInt32]) -> Bool {
    guard failure == nil else { return false }
    guard let position = write(message, for: queues, isPersistent: true) else { return false }
    message.position = position
    return true
  }

  /// Says what became of a message in a queue.
  func settle(_ message: Message, in queue: Queue, returnCount: UInt32 = 0) {
    guard let position = message.position else { return }
    let isPaged = message.traits.contains(.pagedIn)
    guard isPaged || queue.isStored else { return }
    settle(position, of: queue, isPaged: isPaged, returnCount: returnCount)
  }

  /// Says that an exchange of this number holds a message back no more.
  func settle(_ message: Message, of number: UInt32, isForgotten: Bool) {
    guard failure == nil, let position = message.position else { return }
    if isForgotten {
      log.forget(position)
    } else {
      log.settle(Store.Settlement(position: position, queue: number, returnCount: 0))
    }
  }

  /// As ``settle(_:in:returnCount:)`` for a message that is not in memory.
  func settle(_ entry: PagedMessages.Entry, in queue: Queue) {
    settle(entry.position, of: queue, isPaged: entry.isPaged, returnCount: 0)
  }

  private func settle(
    _ position: Position,
    of queue: Queue,
    isPaged: Bool,
    returnCount: UInt32
  ) {
    guard failure == nil, !isPaged || returnCount == 0 else { return }
    // Nobody asks after a restart for what a deleted queue had, or for what made room in memory.
    if isPaged || queue.isDeleted {
      log.forget(position)
    } else {
      log.settle(
        Store.Settlement(
          position: position,
          queue: queue.storeNumbers[0],
          returnCount: returnCount
        )
      )
    }
  }

  /// Makes sure that a message is in the log, to make room in memory.
  ///
  /// - Returns: Where it is, and whether for this queue's sake alone; nil when the log takes none.
  func page(_ message: Message, of queue: Queue) -> (position: Position, isPaged: Bool)? {
    let isPaged = message.traits.contains(.pagedIn)
    if let position = message.position, isPaged || queue.isStored { return (position, isPaged) }
    guard failure == nil,
      let position = write(message, for: Self.noQueue, isPersistent: false)
    else { return nil }
    return (position, true)
  }

  private func write(_ message: Message, for queues: [UInt32], isPersistent: Bool) -> Position? {
    let enteredAt = epochMilliseconds + message.enteredAt / 1_000_000
    let record = MessageRecord(
      isPersistent: isPersistent,
      notes: message.notes,
      enteredAt: enteredAt,
      queues: queues,
      exchange: message.exchange,
      routingKey: message.routingKey,
      properties: message.properties,
      body: message.body
    )
    // What is too long for the log stays in memory.
    return try? log.append(record, at: enteredAt)
  }

  /// Makes a message of a record; the caller owns its one reference.
  ///
  /// - Returns: nil when there is no memory for it.
  func message(of record: MessageRecord, at position: Position, isPaged: Bool) -> Message? {
    var traits = MessageTraits(rawValue: UInt8(truncatingIfNeeded: record.notes))
    traits.remove(.pagedIn)
    if isPaged { traits.insert(.pagedIn) }
    let message = Message.reserve(
      exchange: record.exchange,
      routingKey: record.routingKey,
      properties: record.properties,
      traits: traits,
      priority: UInt8(truncatingIfNeeded: record.notes >> 8),
      bodyBytes: record.body.count,
      enteredAt: instant(of: record)
    )
    message?.bodyForWriting.copyMemory(from: record.body)
    message?.position = position
    return message
  }

  private func instant(of record: MessageRecord) -> Int64 {
    (record.enteredAt - epochMilliseconds).multipliedReportingOverflow(by: 1_000_000).partialValue
  }

  // MARK: - Reading back

  /// Reads messages; nil in place of one that is not there.
  func load(_ entries: [PagedMessages.Entry]) -> [Message?] {
    var messages: [Message?] = []
    messages.reserveCapacity(entries.count)
    var start = 0
    while start < entries.count {
      let end = endOfPiece(entries, from: start)
      messages += loadPiece(entries[start..<end])
      start = end
    }
    return messages
  }

  /// Whether ``takeLost()`` has any.
  var hasLost: Bool { !lost.isEmpty }

  /// What was lost since this was asked for last.
  func takeLost() -> [Position] {
    defer { lost = [] }
    return lost
  }

  private func endOfPiece(_ entries: [PagedMessages.Entry], from start: Int) -> Int {
    let first = entries[start].position
    let isWritten = first < log.written
    let limit =
      isWritten ? Self.pieceBytes : UInt32(log.unwrittenBytes(at: first)?.readableBytes ?? 0)
    var end = start + 1
    while end < entries.count {
      let (last, next) = (entries[end - 1].position, entries[end].position)
      let isNear =
        next.segment == first.segment && next > last
        && next.offset - last.offset < Self.gapBytes
        && next.offset - first.offset < limit
        && isWritten == (next < log.written)
      guard isNear else { break }
      end += 1
    }
    return end
  }

  private func loadPiece(_ entries: ArraySlice<PagedMessages.Entry>) -> [Message?] {
    guard let first = entries.first, let last = entries.last else { return [] }
    let span = Int(last.position.offset - first.position.offset)
    // Names and properties are nearly always shorter.
    var bytes = span + last.bodyBytes + 2_048
    while true {
      let (messages, needed) = read(entries, in: piece(at: first.position, bytes: bytes))
      guard needed > bytes else {
        for (entry, message) in zip(entries, messages) where message == nil {
          lost.append(entry.position)
        }
        return messages
      }
      for message in messages { message?.release() }
      bytes = needed
    }
  }

  /// - Returns: What was read, and how long the piece must be for what was cut off.
  private func read(
    _ entries: ArraySlice<PagedMessages.Entry>,
    in piece: ByteBuffer
  ) -> ([Message?], neededBytes: Int) {
    var messages: [Message?] = []
    var needed = 0
    // Safe: records are borrowed from the piece during the call only.
    piece.withUnsafeReadableBytes { piece in
      MessageReading.read(entries.map(\.position), in: piece) { position, reading in
        let entry = entries[entries.startIndex + messages.count]
        switch reading {
        case .message(let record):
          messages.append(message(of: record, at: position, isPaged: entry.isPaged))
        case .cut(let bytes):
          let start = position.offset - entries[entries.startIndex].position.offset
          needed = max(needed, Int(start) + bytes)
          messages.append(nil)
        case .broken:
          messages.append(nil)
        }
      }
    }
    return (messages, needed)
  }

  /// Bytes of a segment that begin with a record.
  private func piece(at position: Position, bytes: Int) -> ByteBuffer {
    if position >= log.written { return log.unwrittenBytes(at: position) ?? ByteBuffer() }
    let file = SegmentLog.file(of: position)
    // What cannot be read is as lost as what is not there.
    return (try? disk.read(file, at: Int(position.offset), count: bytes)) ?? ByteBuffer()
  }
}

extension Message {
  /// What the log keeps of a message beside its parts.
  fileprivate var notes: UInt16 { UInt16(priority) << 8 | UInt16(traits.rawValue) }
}

@available(*, unavailable)
extension MessageStore: Sendable {}
