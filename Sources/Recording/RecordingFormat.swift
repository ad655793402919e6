internal import Telemetry

/// The file of a recording: a head, and frames behind it until the end.
///
/// Numbers are little endian.
///
/// Head:
///
///      0  8  magic: `SLUICE`, a carriage return and a line feed
///      8  2  version of the format
///     10  2  the version with every bit turned, so that a damaged one is not taken for a newer one
///     12  4  length of the label, at most 1,024
///     16  8  when the recording began, in milliseconds since 1970 (UTC)
///     24  n  label: what was recorded, in UTF-8
///    24+n 4  checksum of all before
///
/// The first 12 bytes mean the same in every version. Frame:
///
///      0  4  length of the payload, at most 64 MiB
///      4  1  content: 1 the broker, 2 the lab, 3 both
///      5  1  1 for a key frame, else 0
///      6  2  zero
///      8  8  when the snapshot was made, in nanoseconds of the recording machine's clock
///     16  8  the same as a time of day, in milliseconds since 1970 (UTC)
///     24  4  checksum of the payload
///     28  4  checksum of the 28 bytes before
///     32  n  payload: see SnapshotEncoder
///
/// A checksum is a CRC-32C of the offset in the file (8 bytes) and the bytes. The frames are read up
/// to the first one whose checksums are wrong or which is not all there: that is where a recording
/// ends whose machine went down, and everything before is good. The first frame is a key frame.
enum RecordingFormat {
  /// The version that is written; older ones are read as well, once there are any.
  static let version = 1
  static let magic = Array("SLUICE\r\n".utf8)
  /// The part of the head that means the same in every version.
  static let prefixBytes = 12
  /// The head without the label and the checksum.
  static let headBytes = 24
  static let frameHeadBytes = 32
  static let checksumBytes = 4
}

extension [UInt8] {
  /// Appends an integer, little endian.
  mutating func append<Integer: FixedWidthInteger>(integer: Integer) {
    var rest = integer
    for _ in 0..<MemoryLayout<Integer>.size {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}

extension ArraySlice<UInt8> {
  /// The integer that is so many bytes behind the beginning, little endian.
  func integer<Integer: FixedWidthInteger>(at offset: Int, as type: Integer.Type) -> Integer {
    var value: Integer = 0
    for index in (0..<MemoryLayout<Integer>.size).reversed() {
      value = value << 8 | Integer(truncatingIfNeeded: self[startIndex + offset + index])
    }
    return value
  }
}

extension FrameHead {
  /// The head of a frame as it is in the file.
  ///
  /// - Parameters:
  ///   - payload: What follows.
  ///   - offset: Where in the file the frame begins.
  /// - Returns: ``RecordingFormat/frameHeadBytes`` of them.
  func bytes(before payload: [UInt8], at offset: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(integer: UInt32(payload.count))
    bytes.append(content.rawValue)
    bytes.append(isKey ? 1 : 0)
    bytes.append(integer: UInt16(0))
    bytes.append(integer: at.nanoseconds)
    bytes.append(integer: wallTime.milliseconds)
    let place = offset + RecordingFormat.frameHeadBytes
    bytes.append(integer: Checksum.of(payload[...], at: place))
    bytes.append(integer: Checksum.of(bytes[...], at: offset))
    return bytes
  }

  /// Reads the head of a frame.
  ///
  /// - Parameters:
  ///   - bytes: ``RecordingFormat/frameHeadBytes`` of them.
  ///   - offset: Where in the file they are.
  /// - Returns: nil when they are no such head; else the head, the length of the payload and its
  ///   checksum.
  static func read(
    _ bytes: ArraySlice<UInt8>,
    at offset: Int
  ) -> (head: FrameHead, payloadBytes: Int, checksum: UInt32)? {
    let sum = bytes.integer(at: 28, as: UInt32.self)
    let length = bytes.integer(at: 0, as: UInt32.self)
    guard sum == Checksum.of(bytes.prefix(28), at: offset), length <= Limits.payloadBytes,
      let content = Content(rawValue: bytes[bytes.startIndex + 4]),
      bytes[bytes.startIndex + 5] <= 1, bytes.integer(at: 6, as: UInt16.self) == 0
    else { return nil }
    let head = FrameHead(
      content: content,
      isKey: bytes[bytes.startIndex + 5] == 1,
      at: Instant(nanoseconds: bytes.integer(at: 8, as: Int64.self)),
      wallTime: WallTime(milliseconds: bytes.integer(at: 16, as: Int64.self))
    )
    return (head, Int(length), bytes.integer(at: 24, as: UInt32.self))
  }
}
