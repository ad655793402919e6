/// Why something cannot be recorded or read back.
package enum RecordingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file begins like no recording.
  case notARecording
  /// A later Sluice wrote it.
  case newerVersion(found: Int, known: Int)
  /// It is a recording, but what comes before the first frame is damaged.
  case damagedHead
  /// The snapshot is too large for a frame.
  case frameTooLong(bytes: Int, limit: Int)
  /// The frame came whole, and what is in it means nothing.
  case meaninglessFrame(index: Int)
  /// Whoever reads the file for us could not; a sentence says why.
  case unreadable(String)

  /// One sentence for a person.
  package var description: String {
    switch self {
    case .notARecording:
      "this is not a recording of Sluice"
    case .newerVersion(let found, let known):
      "this recording has format \(found), and this Sluice reads formats up to \(known): "
        + "replay it with the version that recorded it, or a later one"
    case .damagedHead:
      "the beginning of this recording is damaged, so that nothing in it can be read"
    case .frameTooLong(let bytes, let limit):
      "a snapshot takes \(bytes) bytes, more than the \(limit) that a recording can hold"
    case .meaninglessFrame(let index):
      "snapshot \(index + 1) of this recording cannot be understood"
    case .unreadable(let reason):
      reason
    }
  }
}
