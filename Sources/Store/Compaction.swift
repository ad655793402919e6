import NIOCore

// Safe: the bytes of the segment outlive the reader that looks through them.

/// Gives back what dead messages of a segment take on the disk, while others in it live.
///
/// Records keep their places, since their positions are kept in memory: where dead ones follow each
/// other, "nothing" is written over the first, as long as all of them, and the file system is told
/// that the rest is not needed. A segment that is deleted meanwhile is no error.
///
/// - Isolation: none; another thread may append to newer segments and write settlements.
package enum Compaction {
  /// What is shorter gives back too few whole blocks.
  private static let shortestBytes: UInt32 = 32 << 10
  /// A record's head must not be torn: it lies in one sector.
  private static let sectorBytes: UInt32 = 512

  /// Makes a closed segment sparse.
  ///
  /// - Parameters:
  ///   - segment: Its number; nothing is appended to it any more.
  ///   - disk: Its directory.
  /// - Returns: How many bytes were given back, about.
  /// - Throws: ``StoreError/system(call:file:code:)``; what was done until then is right.
  package static func run(
    _ segment: UInt32,
    on disk: inout some Disk
  ) throws(StoreError) -> Int {
    let files = try disk.list()
    let log = SegmentFormat.file(of: segment)
    let settlements = SegmentFormat.settlementsFile(of: segment)
    guard let logBytes = files[log], let settlementBytes = files[settlements] else { return 0 }
    let settled = try settled(
      disk.read(settlements, at: 0, count: settlementBytes),
      of: segment
    )
    let bytes = try disk.read(log, at: 0, count: logBytes)
    var freed = 0
    for range in deadRanges(in: bytes, of: segment, settled: settled) {
      var head = ByteBuffer()
      head.writeNothing(
        bytes: Int(range.upperBound - range.lowerBound),
        at: Position(segment: segment, offset: range.lowerBound)
      )
      let end = Int(range.lowerBound) + head.readableBytes
      try disk.perform(.write(file: log, offset: Int(range.lowerBound), head))
      try disk.perform(.punch(file: log, offset: end, bytes: Int(range.upperBound) - end))
      freed += range.count
    }
    return freed
  }

  /// Offset and queue of each message that has left the queue.
  private static func settled(_ bytes: ByteBuffer, of segment: UInt32) -> Set<UInt64> {
    let entries = bytes.withUnsafeReadableBytes { Settlement.read($0, of: segment).entries }
    var settled = Set<UInt64>(minimumCapacity: entries.count)
    for entry in entries where entry.returnCount == 0 {
      settled.insert(UInt64(entry.position.offset) << 32 | UInt64(entry.queue))
    }
    return settled
  }

  private static func deadRanges(
    in bytes: ByteBuffer,
    of segment: UInt32,
    settled: Set<UInt64>
  ) -> [Range<UInt32>] {
    var ranges: [Range<UInt32>] = []
    var start: UInt32?
    func end(at offset: UInt32) {
      defer { start = nil }
      guard let start, offset - start >= shortestBytes else { return }
      ranges.append(start..<offset)
    }
    bytes.withUnsafeReadableBytes { bytes in
      var reader = SegmentReader(bytes, segment: segment)
      while let item = reader.next() {
        guard case .record(let record, let offset) = item else {
          // What is broken is left to those who look into it.
          if case .broken(let range) = item { end(at: range.lowerBound) }
          continue
        }
        if isDead(record, at: offset, settled) {
          if start == nil, offset % sectorBytes <= sectorBytes - 16 { start = offset }
        } else {
          end(at: offset)
        }
      }
      if let start, start < reader.end { end(at: reader.end) }
    }
    return ranges
  }

  private static func isDead(_ record: Record, at offset: UInt32, _ settled: Set<UInt64>) -> Bool {
    switch record {
    // The list of segments knows where a closed one ends; its groups have nothing more to say.
    case .group, .nothing: true
    case .message(let message):
      message.queues.allSatisfy { settled.contains(UInt64(offset) << 32 | UInt64($0)) }
    }
  }
}
