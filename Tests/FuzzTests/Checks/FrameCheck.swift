import AMQP
import NIOCore

/// Any bytes are frames or a ``CodecError``, however they are cut, and frames survive a round trip.
enum FrameCheck {
  /// Short enough that libFuzzer reaches what lies at the limit.
  private static let frameBytesLimit = 4_096

  static func findings(_ bytes: [UInt8]) -> [String] {
    let whole = decode([bytes[...]])
    var found: [String] = []
    // The first byte chooses the cut, so that the fuzzer can look for a bad one.
    let cut = Int(bytes.first ?? 0) % (bytes.count + 1)
    let halves = decode([bytes[..<cut], bytes[cut...]])
    if halves != whole { found.append("a cut at \(cut) changes what is read") }
    let octets = decode(bytes.indices.map { bytes[$0..<($0 + 1)] })
    if octets != whole { found.append("reading by the byte changes what is read") }
    for frame in whole.frames {
      let again = encoded(frame)
      let other = decode([again[...]])
      if other.error != nil || other.frames.count != 1 || encoded(other.frames[0]) != again {
        found.append("\(frame) is not the same after a round trip")
      }
    }
    return found
  }

  private struct Outcome: Equatable {
    var frames: [Frame] = []
    var error: CodecError?

    /// By their bytes, because a number that is not equal to itself may be among them.
    static func == (left: Outcome, right: Outcome) -> Bool {
      left.error == right.error && left.frames.map(encoded) == right.frames.map(encoded)
    }
  }

  private static func decode(_ pieces: [ArraySlice<UInt8>]) -> Outcome {
    var decoder = FrameDecoder(maximumFrameBytes: frameBytesLimit)
    var outcome = Outcome()
    for piece in pieces {
      decoder.append(ByteBuffer(bytes: piece))
      do {
        while let frame = try decoder.next() { outcome.frames.append(frame) }
      } catch {
        outcome.error = error
      }
    }
    return outcome
  }

  private static func encoded(_ frame: Frame) -> [UInt8] {
    var buffer = ByteBuffer()
    buffer.writeFrame(frame)
    return Array(buffer.readableBytesView)
  }
}
