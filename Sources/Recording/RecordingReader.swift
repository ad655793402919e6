package import Telemetry

/// The bytes of a recording, read as they are needed.
package protocol RecordingBytes: Sendable {
  /// How many there are; asked for once.
  var count: Int { get }

  /// Reads some.
  ///
  /// - Parameter range: Within ``count``.
  /// - Returns: The bytes; fewer when the file has become shorter meanwhile.
  /// - Throws: ``RecordingError/unreadable(_:)``.
  func read(_ range: Range<Int>) throws(RecordingError) -> ArraySlice<UInt8>
}

extension [UInt8]: RecordingBytes {
  /// A recording that is in memory as a whole.
  ///
  /// - Parameter range: Within ``count``.
  /// - Returns: All of the bytes.
  package func read(_ range: Range<Int>) -> ArraySlice<UInt8> { self[range] }
}

/// Where a recording ends before its file does.
package struct RecordingDamage: Sendable, Hashable, CustomStringConvertible {
  /// What is wrong there.
  package enum Kind: Sendable, Hashable {
    /// The file ends in the middle of a snapshot.
    case cutShort
    /// What is there was not written by a recorder, or not at that place.
    case corrupted
    /// There is more than can be replayed.
    case tooLong
  }

  /// Where the first snapshot that is not good begins, in bytes.
  package var offset: Int
  package var kind: Kind
  /// The time of day of the last snapshot that is; nil when none is.
  package var lastGood: WallTime?
  /// How many snapshots are good.
  package var goodCount: Int

  /// One sentence for a person.
  package var description: String {
    let what =
      switch kind {
      case .cutShort: "ends in the middle of a snapshot"
      case .corrupted: "is damaged"
      case .tooLong: "is longer than can be replayed"
      }
    let until = lastGood.map { " (until \(Format.time($0, offsetSeconds: 0)) UTC)" } ?? ""
    return
      "the recording \(what) at byte \(offset); \(goodCount) snapshots before it are good\(until)"
  }
}

/// Opens a recording: finds its frames, up to the first one that is damaged.
package struct RecordingReader<Bytes: RecordingBytes>: FrameSource {
  /// What was recorded, as the file says: not yet made safe for a terminal.
  package let label: String
  /// When the recording began.
  package let createdAt: WallTime
  /// Set when the file goes on behind the last good frame.
  package private(set) var damage: RecordingDamage?
  private let bytes: Bytes
  private var index: [Entry] = []

  /// What is known of a frame.
  private struct Entry {
    var head: FrameHead
    var offset: Int
    var payloadBytes: Int
    var checksum: UInt32
  }

  /// Reads the whole file once, and keeps some 50 bytes for each frame.
  ///
  /// - Parameter bytes: The file.
  /// - Throws: ``RecordingError/notARecording``, ``RecordingError/newerVersion(found:known:)``,
  ///   ``RecordingError/damagedHead``, or what the bytes throw; damage further on is not thrown.
  package init(_ bytes: Bytes) throws(RecordingError) {
    self.bytes = bytes
    let count = bytes.count
    let prefix = try bytes.read(0..<min(RecordingFormat.prefixBytes, count))
    try Self.checkPrefix(prefix)
    let fixed = try bytes.read(0..<min(RecordingFormat.headBytes, count))
    guard fixed.count == RecordingFormat.headBytes else { throw .damagedHead }
    let labelBytes = Int(fixed.integer(at: 12, as: UInt32.self))
    let end = RecordingFormat.headBytes + labelBytes
    guard labelBytes <= Limits.labelBytes, end + RecordingFormat.checksumBytes <= count else {
      throw .damagedHead
    }
    let head = try bytes.read(0..<end + RecordingFormat.checksumBytes)
    guard head.count == end + RecordingFormat.checksumBytes,
      head.integer(at: end, as: UInt32.self) == Checksum.of(head.prefix(end), at: 0),
      let label = String(
        validating: head.prefix(end).dropFirst(RecordingFormat.headBytes),
        as: UTF8.self
      )
    else { throw .damagedHead }
    self.label = label
    createdAt = WallTime(milliseconds: head.integer(at: 16, as: Int64.self))
    try findFrames(from: end + RecordingFormat.checksumBytes, to: count)
  }

  private static func checkPrefix(_ prefix: ArraySlice<UInt8>) throws(RecordingError) {
    guard prefix.starts(with: RecordingFormat.magic) else { throw .notARecording }
    guard prefix.count == RecordingFormat.prefixBytes else { throw .damagedHead }
    let version = prefix.integer(at: 8, as: UInt16.self)
    guard prefix.integer(at: 10, as: UInt16.self) == ~version, version > 0 else {
      throw .damagedHead
    }
    guard version <= RecordingFormat.version else {
      throw .newerVersion(found: Int(version), known: RecordingFormat.version)
    }
  }

  private mutating func findFrames(from start: Int, to end: Int) throws(RecordingError) {
    var offset = start
    while offset < end {
      let payload = offset + RecordingFormat.frameHeadBytes
      guard payload <= end else { return stop(.cutShort, at: offset) }
      guard index.count < Limits.indexedFrames else { return stop(.tooLong, at: offset) }
      let bytesOfHead = try bytes.read(offset..<payload)
      guard bytesOfHead.count == RecordingFormat.frameHeadBytes else {
        return stop(.cutShort, at: offset)
      }
      guard let read = FrameHead.read(bytesOfHead, at: offset), !index.isEmpty || read.head.isKey
      else { return stop(.corrupted, at: offset) }
      guard read.payloadBytes <= end - payload else { return stop(.cutShort, at: offset) }
      let entry = Entry(
        head: read.head,
        offset: payload,
        payloadBytes: read.payloadBytes,
        checksum: read.checksum
      )
      guard try self.payload(of: entry) != nil else { return stop(.corrupted, at: offset) }
      index.append(entry)
      offset = payload + read.payloadBytes
    }
  }

  private mutating func stop(_ kind: RecordingDamage.Kind, at offset: Int) {
    damage = RecordingDamage(
      offset: offset,
      kind: kind,
      lastGood: index.last?.head.wallTime,
      goodCount: index.count
    )
  }

  /// The payload of a frame; nil when it is not the one that was written.
  private func payload(of entry: Entry) throws(RecordingError) -> ArraySlice<UInt8>? {
    let payload = try bytes.read(entry.offset..<entry.offset + entry.payloadBytes)
    guard payload.count == entry.payloadBytes,
      Checksum.of(payload, at: entry.offset) == entry.checksum
    else { return nil }
    return payload
  }

  /// How many frames are good.
  package var frameCount: Int { index.count }

  /// What the index has of a frame.
  ///
  /// - Parameter index: From 0 to below ``frameCount``.
  /// - Returns: The head of the frame.
  package func head(_ index: Int) -> FrameHead { self.index[index].head }

  /// Reads a frame again, and checks it again.
  ///
  /// - Parameter index: From 0 to below ``frameCount``.
  /// - Returns: The frame.
  /// - Throws: ``RecordingError/meaninglessFrame(index:)`` when somebody has written to the file since
  ///   it was opened, or what the bytes throw.
  package func frame(_ index: Int) throws(RecordingError) -> EncodedFrame {
    let entry = self.index[index]
    guard let payload = try payload(of: entry) else { throw .meaninglessFrame(index: index) }
    return EncodedFrame(head: entry.head, payload: Array(payload))
  }
}
