import NIOCore

extension ByteBuffer {
  /// Writes a message's record; the caller has checked its length.
  mutating func writeMessage(_ record: MessageRecord, at position: Position) {
    let payloadBytes = record.payloadBytes
    writeRecord(payloadBytes: payloadBytes, at: position) { writer in
      writer.head(
        .message,
        flags: record.isPersistent ? 1 : 0,
        notes: record.notes,
        queueCount: record.queues.count,
        payloadBytes: payloadBytes
      )
      writer.integer(record.enteredAt)
      for queue in record.queues { writer.integer(queue) }
      writer.integer(UInt8(truncatingIfNeeded: record.exchange.count))
      writer.copy(record.exchange)
      writer.integer(UInt8(truncatingIfNeeded: record.routingKey.count))
      writer.copy(record.routingKey)
      writer.integer(UInt32(truncatingIfNeeded: record.properties.count))
      writer.copy(record.properties)
      writer.copy(record.body)
    }
  }

  /// Writes the beginning of a group.
  mutating func writeGroup(durable: Position, at position: Position) {
    writeRecord(payloadBytes: 8, at: position) { writer in
      writer.head(.group, flags: 0, notes: 0, queueCount: 0, payloadBytes: 8)
      writer.integer(durable.packed)
    }
  }

  /// Writes the head of a record that stands for nothing; `bytes` is how long all of it is.
  mutating func writeNothing(bytes: Int, at position: Position) {
    let payloadBytes = bytes - SegmentFormat.recordHeadBytes
    var head = ByteBuffer()
    head.writeInteger(UInt32(truncatingIfNeeded: payloadBytes), endianness: .little)
    head.writeInteger(RecordKind.nothing.rawValue)
    head.writeRepeatingByte(0, count: 7)
    var checksum = Checksum(segment: UInt64(position.segment), offset: position.offset)
    head.withUnsafeReadableBytes { checksum.add($0) }
    writeInteger(checksum.value, endianness: .little)
    writeBuffer(&head)
  }

  /// Makes room for a record, lets it be written, and adds checksum and padding.
  private mutating func writeRecord(
    payloadBytes: Int,
    at position: Position,
    _ body: (inout RecordWriter) -> Void
  ) {
    let bytes = SegmentFormat.recordHeadBytes + payloadBytes
    let total = SegmentFormat.aligned(bytes)
    writeWithUnsafeMutableBytes(minimumWritableBytes: total) { buffer in
      guard let start = buffer.baseAddress else {
        preconditionFailure("reserved memory has an address")
      }
      start.storeBytes(of: 0, toByteOffset: total - 8, as: UInt64.self)
      var writer = RecordWriter(next: start)
      body(&writer)
      var checksum = Checksum(segment: UInt64(position.segment), offset: position.offset)
      checksum.add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[4..<bytes]))
      start.storeBytes(of: checksum.value.littleEndian, as: UInt32.self)
      return total
    }
  }
}

/// Writes a record into memory that was measured before.
private struct RecordWriter {
  // Safe: `writeRecord` reserves as many bytes as the record has, which `payloadBytes` counts.
  var next: UnsafeMutableRawPointer

  /// What comes before the payload; the checksum is put in afterwards.
  @inline(__always)
  mutating func head(
    _ kind: RecordKind,
    flags: UInt8,
    notes: UInt16,
    queueCount: Int,
    payloadBytes: Int
  ) {
    integer(UInt32(0))
    integer(UInt32(truncatingIfNeeded: payloadBytes))
    integer(kind.rawValue)
    integer(flags)
    integer(notes)
    integer(UInt32(truncatingIfNeeded: queueCount))
  }

  @inline(__always)
  mutating func integer<Number: FixedWidthInteger>(_ value: Number) {
    next.storeBytes(of: value.littleEndian, as: Number.self)
    next += MemoryLayout<Number>.size
  }

  @inline(__always)
  mutating func copy(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    next.copyMemory(from: start, byteCount: bytes.count)
    next += bytes.count
  }
}
