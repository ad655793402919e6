import NIOCore

/// A message that was in queues when the program ended.
package struct RecoveredMessage {
  package let position: Position
  package let record: MessageRecord
  /// The queues that it had not left, and how often it had come back to each.
  package let queues: [(number: UInt32, returnCount: UInt32)]
}

/// Reads a data directory, whatever state a crash or a failing disk left it in.
///
/// - Isolation: none.
package struct Recovery<D: Disk> {
  let source: D
  /// The names and lengths that were there at the beginning.
  private(set) var files: [String: Int] = [:]
  private(set) var faults: [StoreFault] = []
  /// What each segment that was read has in it.
  private(set) var facts: [SegmentFacts] = []
  private var list = SegmentList()
  /// Whether the file of the list is one.
  private(set) var hasList = false
  /// The segments to be read, in order.
  private var numbers: [UInt32] = []
  private var segments: [UInt32: SegmentLog.Segment] = [:]
  /// The number of the newest segment that ever was.
  private var newest: UInt32 = 0
  /// Where the records of each segment end.
  private var ends: [UInt32: UInt32] = [:]

  /// What was found.
  package struct Outcome {
    package var log: SegmentLog
    package var faults: [StoreFault]
    package var disk: D
  }

  /// Finds out which segments there are, and that this program may read them.
  init(_ disk: D) throws(StoreError) {
    source = disk
    files = try disk.list()
    numbers = try segmentsToRead()
    for number in numbers { try checkHead(number) }
  }

  /// Reads all that is there and makes the directory ready to be written to.
  ///
  /// It may be stopped at any point and done again.
  ///
  /// - Parameters:
  ///   - disk: The directory.
  ///   - segmentBytes: How long new segments get.
  ///   - message: Called for each message that is still in a queue, in the order in which they
  ///     were appended; says how many of its queues want it.
  /// - Returns: A log that goes on behind what was found, and what could not be read.
  /// - Throws: ``StoreError/unknownVersion(file:found:known:)`` before anything is changed;
  ///   ``StoreError/system(call:file:code:)``.
  package static func run(
    _ disk: D,
    segmentBytes: Int = StoreLimits.segmentBytes,
    message: (RecoveredMessage) -> Int
  ) throws(StoreError) -> Outcome {
    var recovery = try Recovery(disk)
    try recovery.readMessages(message)
    var disk = disk
    try recovery.tidy(&disk)
    let log = SegmentLog(
      segments: recovery.segments,
      list: recovery.list,
      newest: recovery.newest,
      segmentBytes: segmentBytes
    )
    return Outcome(log: log, faults: recovery.faults, disk: disk)
  }

  /// Reads all segments; nothing is changed.
  ///
  /// - Parameter message: As for ``run(_:segmentBytes:message:)``; what it throws ends the reading.
  /// - Throws: ``StoreError/system(call:file:code:)``, and what `message` throws.
  mutating func readMessages(
    _ message: (RecoveredMessage) throws(StoreError) -> Int
  ) throws(StoreError) {
    for number in numbers { try read(number, message) }
  }

  private mutating func segmentsToRead() throws(StoreError) -> [UInt32] {
    let found = Set(files.keys.compactMap(SegmentFormat.segment(of:)))
    try readList(isNeeded: !found.isEmpty)
    guard hasList else { return found.sorted() }
    for number in list.segments.keys.sorted() where !found.contains(number) {
      faults.append(.missing(file: SegmentFormat.file(of: number)))
    }
    // One that the list does not name was about to be deleted, or made and not yet named. What it
    // holds of the second kind nobody was told to be safe, but it is whole.
    newest = list.segments.keys.max() ?? 0
    return found.filter { list.segments[$0] != nil || $0 > newest || list.brokenCount > 0 }
      .sorted()
  }

  /// - Parameter isNeeded: Whether there are segments; the list is there before the first.
  /// - Throws: ``StoreError/unknownVersion(file:found:known:)``;
  ///   ``StoreError/system(call:file:code:)``.
  private mutating func readList(isNeeded: Bool) throws(StoreError) {
    guard isNeeded || files[SegmentList.file] != nil else { return }
    if files[SegmentList.file] != nil {
      do throws(StoreError) {
        list = try SegmentList(bytes(of: SegmentList.file))
        hasList = true
      } catch .notAStore {
        hasList = false
      }
    }
    if !hasList || list.brokenCount > 0 { faults.append(.brokenHead(file: SegmentList.file)) }
  }

  private mutating func checkHead(_ number: UInt32) throws(StoreError) {
    let file = SegmentFormat.file(of: number)
    let bytes = try source.read(file, at: 0, count: SegmentFormat.headBytes)
    let head = try SegmentHead(bytes, file: file)
    // A file that was made and not written to has nothing that could be lost.
    if head?.segment != number, bytes.readableBytesView.contains(where: { $0 != 0 }) {
      faults.append(.brokenHead(file: file))
    }
  }

  private mutating func read(
    _ number: UInt32,
    _ message: (RecoveredMessage) throws(StoreError) -> Int
  ) throws(StoreError) {
    let file = SegmentFormat.file(of: number)
    let bytes = try bytes(of: file)
    let (settled, settlementCount) = try readSettlements(of: number)
    var segment = SegmentLog.Segment()
    segment.settlementBytes = settlementBytes(of: number)
    // Safe: the bytes outlive the scan and all that it hands out.
    let scan = try bytes.withUnsafeReadableBytes { (bytes) throws(StoreError) in
      try SegmentScan(bytes, of: number, settled: settled, message)
    }
    segment.references = scan.references
    segment.total = segment.references + settled.values.count { $0 == 0 }
    facts.append(
      SegmentFacts(
        file: file,
        bytes: files[file] ?? 0,
        recordCount: scan.recordCount,
        liveCount: scan.liveCount,
        settlementCount: settlementCount
      )
    )
    noteFaults(of: scan, in: number, fileBytes: UInt32(bytes.readableBytes))
    if files[file] ?? 0 > StoreLimits.fileBytes {
      faults.append(.unfinished(file: file, from: UInt32(StoreLimits.fileBytes)))
    }
    segments[number] = segment
    newest = max(newest, number)
  }

  /// Tells lost records from those that were never finished.
  private mutating func noteFaults(of scan: SegmentScan, in number: UInt32, fileBytes: UInt32) {
    let file = SegmentFormat.file(of: number)
    let knownEnd = list.segments[number] ?? 0
    let headEnd = list.segments[number] == nil ? 0 : UInt32(SegmentFormat.headBytes)
    let groupEnd = scan.durable.segment == number ? scan.durable.offset : 0
    let durableEnd = max(knownEnd, groupEnd, headEnd)
    // The last record may be whole without its padding.
    var end = min(scan.end, fileBytes)
    for range in scan.broken {
      if range.lowerBound < durableEnd {
        let upper = min(range.upperBound, durableEnd)
        faults.append(.lost(file: file, from: range.lowerBound, to: upper))
      } else {
        end = min(end, range.lowerBound)
        if knownEnd == 0 { faults.append(.unfinished(file: file, from: range.lowerBound)) }
      }
    }
    let seen = min(fileBytes, max(scan.end, scan.broken.last?.upperBound ?? 0))
    if seen < durableEnd { faults.append(.lost(file: file, from: seen, to: durableEnd)) }
    ends[number] = max(end, durableEnd)
  }

  /// Reads what became of a segment's messages.
  ///
  /// - Returns: For each offset and queue what became last, and how many entries there were.
  private mutating func readSettlements(
    of number: UInt32
  ) throws(StoreError) -> (settled: [UInt64: UInt32], count: Int) {
    let file = SegmentFormat.settlementsFile(of: number)
    guard files[file] != nil else { return ([:], 0) }
    let (entries, brokenCount) = try bytes(of: file).withUnsafeReadableBytes {
      Settlement.read($0, of: number)
    }
    if brokenCount > 0 { faults.append(.settlementsLost(file: file, count: brokenCount)) }
    var settled: [UInt64: UInt32] = [:]
    settled.reserveCapacity(entries.count)
    for entry in entries {
      settled[UInt64(entry.position.offset) << 32 | UInt64(entry.queue)] = entry.returnCount
    }
    return (settled, entries.count)
  }

  /// Where the next entry goes: behind all that is there, broken or not.
  private func settlementBytes(of number: UInt32) -> Int {
    let bytes = files[SegmentFormat.settlementsFile(of: number)] ?? 0
    let entryBytes = SettlementFormat.entryBytes
    return (bytes + entryBytes - 1) / entryBytes * entryBytes
  }

  /// Reads a whole file; of one that is too long to be the store's, the beginning.
  private func bytes(of file: String) throws(StoreError) -> ByteBuffer {
    try source.read(file, at: 0, count: min(files[file] ?? 0, StoreLimits.fileBytes))
  }

  /// Writes the list of segments anew, and deletes those in which nothing lives.
  private mutating func tidy(_ disk: inout D) throws(StoreError) {
    segments = segments.filter { $0.value.references > 0 }
    list = SegmentList(of: ends.filter { segments[$0.key] != nil })
    let bytes = list.bytes
    // A crash of the program alone leaves what was written, but not yet on the disk.
    for number in segments.keys.sorted() {
      try disk.perform(.sync(file: SegmentFormat.file(of: number)))
    }
    let rewritten: [DiskOperation] = [
      .create(file: SegmentList.newFile, bytes: bytes.readableBytes),
      .write(file: SegmentList.newFile, offset: 0, bytes),
      .sync(file: SegmentList.newFile),
      .rename(from: SegmentList.newFile, to: SegmentList.file),
      .syncDirectory,
    ]
    for operation in rewritten { try disk.perform(operation) }
    let kept = Set(
      segments.keys.flatMap {
        [SegmentFormat.file(of: $0), SegmentFormat.settlementsFile(of: $0)]
      }
    )
    for file in files.keys.sorted() where file.hasSuffix(".log") || file.hasSuffix(".ack") {
      if !kept.contains(file) { try disk.perform(.delete(file: file)) }
    }
  }
}
