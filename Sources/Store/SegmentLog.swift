package import NIOCore

/// Appends messages to numbered files, and remembers which were settled.
///
/// A log is a row of segments; only the last is written. A position names a record for ever: it is
/// never reused, so it can be kept in memory for as long as the message lives. A segment of which
/// every message has left all its queues is deleted.
///
///     segment 7            segment 8                 segment 9 (open)
///     [record][record]     [record][settled]         [record]▏← append
///
/// The log does nothing itself: ``takeBatch()`` says what is to be done with the disk, in order.
/// Nothing is durable until a batch that contains it is done; after a crash a reader sees all that
/// was durable, and of the rest whole records only.
///
/// - Isolation: none; whoever owns the value calls it from one place at a time.
package struct SegmentLog {
  /// All before it is on the disk.
  package private(set) var durable: Position
  /// Where the next record goes.
  package private(set) var end: Position
  /// What is live of each segment that is there, the open one included.
  package private(set) var segments: [UInt32: Segment] = [:]

  private var list: SegmentList
  private var isOpen = false
  /// Records of the open segment that no batch has taken.
  private var records = ByteBuffer()
  private var recordsOffset = 0
  /// Messages that no batch has taken, those of a segment that was closed since too.
  private var messageCount = 0
  /// Where the open segment's file ends, if zeros were written behind its records.
  private var fileBytes = 0
  /// Whether the last batch with records was a small one.
  private var wasSmall = false
  /// What was taken by a batch that is not done; it cannot be read from the disk yet.
  private var unwritten: [(position: Position, bytes: ByteBuffer)] = []
  private var unfinishedBytes = 0
  /// Segments with settlements that no batch has taken.
  private var touched: [UInt32] = []
  /// Segments of which little is live, and how often that was seen.
  private var sparse: [UInt32: Int] = [:]
  private var operations: [DiskOperation] = []
  /// Segments that no batch has deleted yet.
  private var dropped: [UInt32] = []
  private var needsSync = false
  private let segmentBytes: Int

  /// How much of a segment is in use.
  package struct Segment: Hashable, Sendable {
    /// Message and queue pairs that are not settled.
    package internal(set) var references = 0
    /// How long its settlements' file is, in bytes.
    package internal(set) var settlementBytes = 0
    /// Message and queue pairs that there ever were.
    var total = 0
    /// With as few references it is worth the while to make it sparse; 0 when it never is.
    fileprivate var sparseReferences = 0
    /// Settlements that no batch has taken.
    fileprivate var waiting = ByteBuffer()

    /// Whether it may be empty or sparse.
    fileprivate var isToBeLookedAt: Bool { references <= sparseReferences }

    fileprivate mutating func add(_ count: Int) {
      references += count
      total += count
    }

    /// - Returns: Whether there was none waiting before.
    fileprivate mutating func add(_ settlement: Settlement) -> Bool {
      let isFirst = waiting.readableBytes == 0
      waiting.writeSettlement(settlement, at: settlementBytes)
      settlementBytes += SettlementFormat.entryBytes
      if settlement.returnCount == 0 { references -= 1 }
      return isFirst
    }
  }

  /// What a disk is to do; it is one step for all that wait for it.
  package struct Batch: Sendable, Hashable {
    package let operations: [DiskOperation]
    /// Up to here all is durable once they are done.
    package let end: Position
    /// Whether it has persistent messages in it, and so a sync.
    package let isDurable: Bool
    /// How many operations it takes until they are durable; nobody waits for the rest.
    package let durableCount: Int
    package let messageCount: Int
  }

  /// A log behind the segments of ``Recovery``; it begins one of its own.
  ///
  /// - Parameters:
  ///   - segments: What is live of the segments that are there.
  ///   - list: As it stands in its file.
  ///   - newest: The number of the newest segment that ever was; 0 when there was none.
  ///   - segmentBytes: How long a segment gets.
  init(
    segments: [UInt32: Segment] = [:],
    list: SegmentList = SegmentList(),
    newest: UInt32 = 0,
    segmentBytes: Int = StoreLimits.segmentBytes
  ) {
    self.segments = segments
    self.list = list
    self.segmentBytes = segmentBytes
    end = Position(segment: newest + 1, offset: UInt32(SegmentFormat.headBytes))
    durable = end
    for number in segments.keys.sorted() { noteClosed(number) }
  }

  /// A log with nothing in it and nothing before it.
  package static var empty: SegmentLog { SegmentLog() }

  /// Whether there is something to be done with the disk.
  package var hasWork: Bool {
    records.readableBytes > 0 || !touched.isEmpty || !operations.isEmpty || !dropped.isEmpty
  }

  /// Whether somebody waits for the disk to have what waits for ``takeBatch()``.
  package var isUrgent: Bool { needsSync || records.readableBytes > 0 }

  /// Bytes of messages that are not known to be in the files yet, whether a batch has them or not.
  package var waitingBytes: Int { unfinishedBytes + records.readableBytes }

  /// Appends a message.
  ///
  /// - Complexity: O(bytes of the message); no system call.
  /// - Parameters:
  ///   - record: Names one queue at least.
  ///   - wallTime: Now, in milliseconds since 1970, for the head of a new segment.
  /// - Returns: The record's position, for ever.
  /// - Throws: ``StoreError/recordTooLong(bytes:limit:)``; the log is then unchanged.
  package mutating func append(
    _ record: MessageRecord,
    at wallTime: Int64
  ) throws(StoreError) -> Position {
    let bytes = SegmentFormat.recordHeadBytes + record.payloadBytes
    guard bytes <= StoreLimits.recordBytes else {
      throw .recordTooLong(bytes: bytes, limit: StoreLimits.recordBytes)
    }
    if isOpen, Int(end.offset) >= segmentBytes { closeSegment() }
    if !isOpen { openSegment(at: wallTime) }
    if records.readableBytes == 0 { beginGroup() }
    let position = end
    records.writeMessage(record, at: position)
    advance()
    messageCount += 1
    segments[position.segment, default: Segment()].add(record.queues.count)
    if record.isPersistent { needsSync = true }
    return position
  }

  /// Notes what became of a message in one queue.
  package mutating func settle(_ settlement: Settlement) {
    let number = settlement.position.segment
    guard let index = segments.index(forKey: number) else { return }
    if segments.values[index].add(settlement) { touched.append(number) }
    if segments.values[index].isToBeLookedAt { dropIfEmpty(number) }
  }

  /// Lets go of a message in one queue without a note: nobody will ask for it after a restart,
  /// because the queue is gone.
  package mutating func forget(_ position: Position) {
    guard let index = segments.index(forKey: position.segment) else { return }
    segments.values[index].references -= 1
    if segments.values[index].isToBeLookedAt { dropIfEmpty(position.segment) }
  }

  /// The bytes from a record on that are not known to be in its file yet; nil when they are.
  ///
  /// - Returns: Bytes that begin with the record.
  package func unwrittenBytes(at position: Position) -> ByteBuffer? {
    if position.segment == end.segment, Int(position.offset) >= recordsOffset, isOpen {
      return Self.slice(of: records, from: recordsOffset, at: position)
    }
    guard let piece = unwritten.last(where: { $0.position <= position }),
      piece.position.segment == position.segment
    else { return nil }
    return Self.slice(of: piece.bytes, from: Int(piece.position.offset), at: position)
  }

  /// All before it is in the files, durable or not.
  package var written: Position {
    if let first = unwritten.first { return first.position }
    return isOpen ? Position(segment: end.segment, offset: UInt32(recordsOffset)) : end
  }

  /// The name of the file that a position is in.
  package static func file(of position: Position) -> String {
    SegmentFormat.file(of: position.segment)
  }

  private static func slice(
    of bytes: ByteBuffer,
    from offset: Int,
    at position: Position
  ) -> ByteBuffer? {
    let skipped = Int(position.offset) - offset
    return bytes.getSlice(
      at: bytes.readerIndex + skipped,
      length: max(0, bytes.readableBytes - skipped)
    )
  }

  /// Takes all that waits to be done.
  ///
  /// - Parameters:
  ///   - first: Files that must be on the disk before the messages are.
  ///   - settling: Whether also what nobody waits for is taken.
  /// - Returns: nil when there is nothing.
  package mutating func takeBatch(
    afterSyncOf first: [String] = [],
    settling: Bool = true
  ) -> Batch? {
    guard settling ? hasWork || !first.isEmpty : isUrgent else { return nil }
    let isSmall = records.readableBytes < Self.smallBytes
    let isAnotherSmall = isSmall && wasSmall
    if records.readableBytes > 0 { wasSmall = isSmall }
    writeRecords()
    if needsSync, isOpen, isAnotherSmall { extendFile() }
    // Settlements come after the sync: a message is nowhere else before it is here.
    var operations = first.map { .sync(file: $0) } + operations
    // A segment that was closed was synced by that.
    if needsSync, isOpen { operations.append(.sync(file: SegmentFormat.file(of: end.segment))) }
    let durableCount = operations.count
    if settling { operations += settlements() + deletions() }
    let batch = Batch(
      operations: operations,
      end: end,
      isDurable: needsSync,
      durableCount: durableCount,
      messageCount: messageCount
    )
    self.operations = []
    messageCount = 0
    needsSync = false
    return batch
  }

  private mutating func settlements() -> [DiskOperation] {
    defer { touched = [] }
    var operations: [DiskOperation] = []
    for number in touched.sorted() {
      guard let segment = segments[number] else { continue }
      segments[number]?.waiting = ByteBuffer()
      let bytes = segment.waiting
      let file = SegmentFormat.settlementsFile(of: number)
      let offset = segment.settlementBytes - bytes.readableBytes
      if offset == 0 { operations.append(.create(file: file, bytes: 0)) }
      operations.append(.write(file: file, offset: offset, bytes))
    }
    return operations
  }

  /// The disk has done a batch, or as much of it as makes its messages durable; batches are done in
  /// their order.
  package mutating func finished(_ batch: Batch) {
    unwritten.removeAll { $0.position < batch.end }
    unfinishedBytes = unwritten.reduce(0) { $0 + $1.bytes.readableBytes }
    if batch.isDurable { durable = max(durable, batch.end) }
  }

  private mutating func dropIfEmpty(_ number: UInt32) {
    guard number != end.segment, let segment = segments[number] else { return }
    if segment.references == 0 {
      drop(number)
    } else if segment.references <= segment.sparseReferences {
      segments[number]?.sparseReferences = segment.references / Self.sparseFactor
      if sparse[number] == nil { sparse[number] = 0 }
    }
  }

  /// A segment gets no more records: from now on it may become sparse.
  private mutating func noteClosed(_ number: UInt32) {
    guard let total = segments[number]?.total else { return }
    segments[number]?.sparseReferences = total / Self.sparseFactor
    dropIfEmpty(number)
  }

  /// The number of a closed segment of which so little is live that ``Compaction`` is worth it;
  /// asked for once a second.
  ///
  /// What is being drained is gone soon, so a segment is named only when it was asked for many times
  /// since it became one.
  ///
  /// - Returns: nil when there is none; each is named again only when much less of it lives.
  package mutating func takeSparse() -> UInt32? {
    for number in sparse.keys { sparse[number]? += 1 }
    let old = sparse.filter { $0.value > Self.sparseSeconds }.keys.min()
    if let old { sparse[old] = nil }
    return old
  }

  private static let sparseSeconds = 10
  /// A segment is made sparse when a quarter of it lives, then a quarter of that, and so on.
  private static let sparseFactor = 4

  /// Where few messages share a sync, the time that it takes is what their publishers wait for.
  ///
  /// One small batch among long ones is not worth the zeros.
  private mutating func extendFile() {
    guard recordsOffset > fileBytes, recordsOffset < segmentBytes else { return }
    let bytes = min(Self.extensionBytes, segmentBytes - recordsOffset)
    let file = SegmentFormat.file(of: end.segment)
    operations.append(.extend(file: file, offset: recordsOffset, bytes: bytes))
    fileBytes = recordsOffset + bytes
  }

  private static let smallBytes = 16 << 10
  private static let extensionBytes = 1 << 20

  private mutating func drop(_ number: UInt32) {
    segments[number] = nil
    sparse[number] = nil
    dropped.append(number)
  }

  private mutating func deletions() -> [DiskOperation] {
    guard !dropped.isEmpty else { return [] }
    defer { dropped = [] }
    let notes = dropped.map { list.remove($0) }
    let files = dropped.flatMap {
      [SegmentFormat.file(of: $0), SegmentFormat.settlementsFile(of: $0)]
    }
    return notes + [.sync(file: SegmentList.file)] + files.map { .delete(file: $0) }
  }

  /// Notes where the records end: whatever is broken before that is then known to be lost.
  ///
  /// Called when nothing is appended any more.
  package mutating func close() {
    guard isOpen else { return }
    closeSegment()
    operations.append(.sync(file: SegmentList.file))
  }

  private mutating func openSegment(at wallTime: Int64) {
    let number = end.segment
    let head = SegmentHead(segment: number, begunAt: wallTime)
    operations += [
      .create(file: SegmentFormat.file(of: number), bytes: segmentBytes),
      .write(file: SegmentFormat.file(of: number), offset: 0, head.bytes),
      // The list must not name a file that a power cut may take or empty.
      .sync(file: SegmentFormat.file(of: number)),
      .syncDirectory,
      list.put(number),
      .sync(file: SegmentList.file),
    ]
    segments[number] = Segment()
    recordsOffset = SegmentFormat.headBytes
    fileBytes = 0
    isOpen = true
  }

  private mutating func closeSegment() {
    let number = end.segment
    writeRecords()
    // What the list calls the end is durable by then.
    operations.append(.sync(file: SegmentFormat.file(of: number)))
    operations.append(list.put(number, end: end.offset))
    end = Position(segment: number + 1, offset: UInt32(SegmentFormat.headBytes))
    isOpen = false
    noteClosed(number)
  }

  private mutating func beginGroup() {
    records.writeGroup(durable: durable, at: end)
    advance()
  }

  private mutating func advance() {
    end = Position(
      segment: end.segment,
      offset: UInt32(recordsOffset + records.readableBytes)
    )
  }

  private mutating func writeRecords() {
    guard records.readableBytes > 0 else { return }
    let file = SegmentFormat.file(of: end.segment)
    operations.append(.write(file: file, offset: recordsOffset, records))
    let position = Position(segment: end.segment, offset: UInt32(recordsOffset))
    unwritten.append((position, records))
    unfinishedBytes += records.readableBytes
    recordsOffset += records.readableBytes
    records = ByteBuffer()
  }
}
