package import Telemetry

/// Makes the bytes of a recording, in the order in which they belong into the file.
///
/// Whatever it returns has to be appended, all of it and in that order; when that fails, the
/// recording is over, and what is in the file until then is good.
package struct RecordingWriter: Sendable {
  /// What the file begins with.
  package let opening: [UInt8]
  /// How long the file is when all that was returned is in it.
  package private(set) var bytes: Int
  private var encoder = SnapshotEncoder()

  /// Begins a recording.
  ///
  /// - Parameters:
  ///   - label: What is recorded: the broker's endpoint, say; cut off after 1 KiB.
  ///   - createdAt: The time of day.
  package init(label: String, createdAt: WallTime) {
    let text = Array(label.cut(toBytes: Limits.labelBytes).utf8)
    let version = UInt16(RecordingFormat.version)
    var opening = RecordingFormat.magic
    opening.append(integer: version)
    opening.append(integer: ~version)
    opening.append(integer: UInt32(text.count))
    opening.append(integer: createdAt.milliseconds)
    opening += text
    opening.append(integer: Checksum.of(opening[...], at: 0))
    self.opening = opening
    bytes = opening.count
  }

  /// Records a snapshot of the broker.
  ///
  /// - Parameter snapshot: Not older than the last one.
  /// - Returns: What to append to the file.
  /// - Throws: ``RecordingError/frameTooLong(bytes:limit:)``; the recording can go on without the
  ///   snapshot.
  package mutating func append(_ snapshot: BrokerSnapshot) throws(RecordingError) -> [UInt8] {
    try append(encoder.encode(snapshot))
  }

  /// Records a snapshot of the lab.
  ///
  /// - Parameters:
  ///   - snapshot: Not older than the last one.
  ///   - wallTime: The time of day.
  /// - Returns: What to append to the file.
  /// - Throws: ``RecordingError/frameTooLong(bytes:limit:)``; the recording can go on without the
  ///   snapshot.
  package mutating func append(
    _ snapshot: LabSnapshot,
    at wallTime: WallTime
  ) throws(RecordingError) -> [UInt8] {
    try append(encoder.encode(snapshot, wallTime: wallTime))
  }

  private mutating func append(_ frame: EncodedFrame) throws(RecordingError) -> [UInt8] {
    guard frame.payload.count <= Limits.payloadBytes else {
      // What comes next must not refer to what is not there.
      encoder.beginGroup()
      throw .frameTooLong(bytes: frame.payload.count, limit: Limits.payloadBytes)
    }
    let appended = frame.head.bytes(before: frame.payload, at: bytes) + frame.payload
    bytes += appended.count
    return appended
  }
}
