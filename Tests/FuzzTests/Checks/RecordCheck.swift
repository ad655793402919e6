import NIOCore

@testable import Store

/// A data directory of any bytes is recovered without a trap, twice with the same messages, and can
/// be added to afterwards.
///
/// The input's first byte says how much of the rest is the list of segments and how much the
/// settlements; what remains is the segment. It is read as it is, and once more with the checksums
/// put right, for else chance would hardly get behind the first.
enum RecordCheck {
  static func findings(_ bytes: [UInt8]) -> [String] {
    guard let first = bytes.first else { return [] }
    let rest = bytes.dropFirst()
    let list = Array(rest.prefix(Int(first >> 4) * 16))
    let settlements = Array(rest.dropFirst(list.count).prefix(Int(first & 0xF) * 16))
    let segment = Array(rest.dropFirst(list.count + settlements.count))
    let files = [
      "segments": list, "0000000001.ack": settlements, "0000000001.log": segment,
    ].filter { $0.key != "segments" || !list.isEmpty }
    var right = files
    right["0000000001.log"] = withRightSums(segment)
    return findings(MemoryDisk(files: files)) + findings(MemoryDisk(files: right))
  }

  private static func findings(_ disk: MemoryDisk) -> [String] {
    // Another version is refused, which is right.
    guard let first = try? recover(disk), let second = try? recover(first.disk) else { return [] }
    var found: [String] = []
    if first.messages != second.messages { found.append("a second recovery finds other messages") }
    let positions = first.messages.map(\.position)
    if positions != positions.sorted() { found.append("messages are out of order") }
    var log = second.log
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    let record = MessageRecord(
      isPersistent: true,
      enteredAt: 1,
      queues: [77],
      exchange: empty,
      routingKey: empty,
      properties: empty,
      body: empty
    )
    // An empty record is never too long: the finding says that it was refused.
    guard let position = try? log.append(record, at: 1), let batch = log.takeBatch() else {
      return found + ["nothing can be appended"]
    }
    var disk = second.disk
    for operation in batch.operations { disk.perform(operation) }
    let added = first.messages + [Message(position: position, body: [], queues: [77])]
    // A refusal is a difference, and so a finding.
    if (try? recover(disk))?.messages != added { found.append("what was appended is not there") }
    return found
  }

  private struct Message: Hashable {
    var position: Position
    var body: [UInt8]
    var queues: [UInt32]
  }

  private static func recover(
    _ disk: MemoryDisk
  ) throws(StoreError) -> (messages: [Message], log: SegmentLog, disk: MemoryDisk) {
    var messages: [Message] = []
    let outcome = try Recovery.run(disk) { message in
      messages.append(
        Message(
          position: message.position,
          body: Array(message.record.body),
          queues: message.queues.map(\.number)
        )
      )
      return message.queues.count
    }
    return (messages, outcome.log, outcome.disk)
  }

  // Safe: the checksum reads the bytes during the call only.
  /// Puts the checksum of everything that has the form of a record right.
  private static func withRightSums(_ segment: [UInt8]) -> [UInt8] {
    var bytes = segment
    var offset = SegmentFormat.headBytes
    while offset + SegmentFormat.recordHeadBytes <= bytes.count {
      let length = (4..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * ($1 - 4)) }
      let end = offset + SegmentFormat.recordHeadBytes + length
      guard RecordKind(rawValue: bytes[offset + 8]) != nil, end <= bytes.count else {
        offset += SegmentFormat.alignment
        continue
      }
      var checksum = Checksum(segment: 1, offset: UInt32(offset))
      bytes[(offset + 4)..<end].withUnsafeBytes { checksum.add($0) }
      for place in 0..<4 {
        bytes[offset + place] = UInt8(truncatingIfNeeded: checksum.value >> (8 * place))
      }
      offset = SegmentFormat.aligned(end)
    }
    return bytes
  }
}

/// Files in memory; nothing is ever lost.
private struct MemoryDisk: Disk {
  var files: [String: [UInt8]]

  func list() -> [String: Int] { files.mapValues(\.count) }

  func read(_ file: String, at offset: Int, count: Int) -> ByteBuffer {
    ByteBuffer(bytes: files[file, default: []].dropFirst(offset).prefix(count))
  }

  mutating func perform(_ operation: DiskOperation) {
    switch operation {
    case .create(let file, _): files[file] = []
    case .write(let file, let offset, let bytes):
      var content = files[file, default: []]
      let end = offset + bytes.readableBytes
      if content.count < end { content += [UInt8](repeating: 0, count: end - content.count) }
      content.replaceSubrange(offset..<end, with: bytes.readableBytesView)
      files[file] = content
    case .extend, .punch, .sync, .syncDirectory: break
    case .rename(let from, let to): files[to] = files.removeValue(forKey: from)
    case .delete(let file): files[file] = nil
    }
  }
}
