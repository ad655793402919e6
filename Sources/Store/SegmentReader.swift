/// Reads the records of one segment's file, and goes on behind what is broken.
///
/// - Isolation: none.
struct SegmentReader {
  // Safe: the bytes are borrowed from whoever made the reader and outlive it; each record is
  // measured against them before it is looked into.
  private let bytes: UnsafeRawBufferPointer
  /// What the checksum of each record begins with.
  private let segmentSum: Checksum
  /// Where in the file the bytes begin.
  private let base: Int
  private var offset: Int
  /// Whether anybody wants to know the queues.
  private let readsQueues: Bool
  /// Those of the message before: most go where that one went, and need no array of their own.
  private var latestQueues: [UInt32] = []
  /// How many more bytes may be summed in search of the record after a broken one.
  private var searchBytes: Int

  /// What comes next in the file.
  enum Item {
    case record(Record, at: UInt32)
    /// Bytes with no valid record in them; zeros at the end of the file are none of these.
    case broken(Range<UInt32>)
  }

  /// - Parameters:
  ///   - bytes: The whole file, its head included.
  ///   - segment: Its number.
  init(_ bytes: UnsafeRawBufferPointer, segment: UInt32) {
    self.bytes = bytes
    segmentSum = Checksum(segment: UInt64(segment))
    base = 0
    readsQueues = true
    offset = SegmentFormat.headBytes
    searchBytes = bytes.count * StoreLimits.searchFactor
  }

  /// Where what was read last ends.
  var end: UInt32 { UInt32(offset) }

  /// - Parameters:
  ///   - piece: Bytes of the file that begin with a record.
  ///   - position: The record's.
  init(_ piece: UnsafeRawBufferPointer, from position: Position) {
    bytes = piece
    segmentSum = Checksum(segment: UInt64(position.segment))
    base = Int(position.offset)
    readsQueues = false
    offset = 0
    searchBytes = 0
  }

  /// The message at a position of the piece that this reads.
  mutating func message(at position: Position) -> MessageReading {
    let start = Int(position.offset) - base
    let payload = start + SegmentFormat.recordHeadBytes
    guard start >= 0, payload <= bytes.count else {
      return .cut(bytes: SegmentFormat.recordHeadBytes)
    }
    let end = payload + Int(integer(at: start + 4, as: UInt32.self))
    guard end <= bytes.count else { return .cut(bytes: end - start) }
    guard case .message(let message)? = record(at: start)?.0 else { return .broken }
    return .message(message)
  }

  /// The next record, or the bytes in which there is none; nil at the end.
  mutating func next() -> Item? {
    guard offset + SegmentFormat.recordHeadBytes <= bytes.count else { return nil }
    let start = offset
    if let (record, end) = record(at: start) {
      offset = end
      return .record(record, at: UInt32(start))
    }
    if bytes[start...].allSatisfy({ $0 == 0 }) {
      offset = bytes.count
      return nil
    }
    offset += SegmentFormat.alignment
    while offset + SegmentFormat.recordHeadBytes <= bytes.count, searchBytes > 0 {
      if record(at: offset) != nil {
        return .broken(UInt32(start)..<UInt32(offset))
      }
      offset += SegmentFormat.alignment
    }
    offset = bytes.count
    return .broken(UInt32(start)..<UInt32(bytes.count))
  }

  /// The record that begins there, and where the next one does; nil when there is none.
  private mutating func record(at start: Int) -> (Record, end: Int)? {
    let payload = start + SegmentFormat.recordHeadBytes
    guard payload <= bytes.count, let kind = RecordKind(rawValue: bytes[start + 8]) else {
      return nil
    }
    let payloadBytes = Int(integer(at: start + 4, as: UInt32.self))
    guard payloadBytes <= bytes.count - payload else { return nil }
    let end = payload + payloadBytes
    let summedEnd = kind == .nothing ? payload : end
    searchBytes -= summedEnd - start
    var checksum = segmentSum
    checksum.add(UInt32(truncatingIfNeeded: base + start))
    checksum.add(UnsafeRawBufferPointer(rebasing: bytes[(start + 4)..<summedEnd]))
    guard checksum.value == integer(at: start, as: UInt32.self),
      let record = parse(kind, from: payload, to: end, head: start)
    else { return nil }
    return (record, min(SegmentFormat.aligned(end), bytes.count))
  }

  private mutating func parse(
    _ kind: RecordKind,
    from start: Int,
    to end: Int,
    head: Int
  ) -> Record? {
    var cursor = start
    /// The next bytes, and nil when there are not so many.
    func take(_ count: Int) -> UnsafeRawBufferPointer? {
      guard count >= 0, count <= end - cursor else { return nil }
      defer { cursor += count }
      return UnsafeRawBufferPointer(rebasing: bytes[cursor..<(cursor + count)])
    }
    if kind == .nothing { return .nothing(bytes: end - head) }
    guard let first = take(8) else { return nil }
    let number = UInt64(littleEndian: first.loadUnaligned(as: UInt64.self))
    guard kind == .message else { return .group(durable: Position(packed: number)) }
    let queueCount = Int(integer(at: head + 12, as: UInt32.self))
    guard let queues = take(4 * queueCount),
      let exchangeBytes = take(1)?.first, let exchange = take(Int(exchangeBytes)),
      let keyBytes = take(1)?.first, let key = take(Int(keyBytes)),
      let propertyBytes = take(4)?.loadUnaligned(as: UInt32.self),
      let properties = take(Int(UInt32(littleEndian: propertyBytes))),
      let body = take(end - cursor)
    else { return nil }
    return .message(
      MessageRecord(
        isPersistent: bytes[head + 9] & 1 != 0,
        notes: integer(at: head + 10, as: UInt16.self),
        enteredAt: Int64(bitPattern: number),
        queues: readsQueues ? numbers(queues) : [],
        exchange: exchange,
        routingKey: key,
        properties: properties,
        body: body
      )
    )
  }

  private mutating func numbers(_ bytes: UnsafeRawBufferPointer) -> [UInt32] {
    let number = { (index: Int) in
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }
    let indices = 0..<(bytes.count / 4)
    let isSame = indices == latestQueues.indices
    if !isSame || indices.contains(where: { latestQueues[$0] != number($0) }) {
      latestQueues = indices.map(number)
    }
    return latestQueues
  }

  private func integer<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number {
    Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
