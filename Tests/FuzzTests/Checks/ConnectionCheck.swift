import AMQP
import NIOCore

/// Whatever two clients send after their handshake, the broker keeps its books and its frames.
///
/// The input is a row of records, each for one of the clients, so that the fuzzer need not find
/// out about frame sizes and end octets before it reaches what lies behind them:
///
///     [ operation 3 bits | client 1 | channel 2 | frame type 2 | length | payload ]
///
/// - Operations 0 to 3 send a frame of up to 255 bytes; 4 does and ends the turn after it.
/// - 5 sends a frame with a length of 16 bits.
/// - 6 lets time pass: its length is a power of two, in nanoseconds. The turn ends.
/// - 7 sends raw bytes, which are a frame only if the fuzzer made them one.
enum ConnectionCheck {
  private static let recordsLimit = 64

  static func findings(_ bytes: [UInt8]) -> [String] {
    let stage = FuzzStage()
    play(bytes, on: stage)
    stage.leave()
    return stage.findings
  }

  static func play(_ bytes: [UInt8], on stage: FuzzStage) {
    var input = bytes[...]
    for _ in 0..<recordsLimit {
      guard let head = input.popFirst() else { break }
      let operation = head & 7
      var length = Int(input.popFirst() ?? 0)
      if operation == 5 { length = length << 8 | Int(input.popFirst() ?? 0) }
      let client = Int(head >> 3 & 1)
      if operation == 6 {
        stage.pass(nanoseconds: 1 << Int64(length % 42))
        continue
      }
      let payload = Array(input.prefix(length))
      input = input.dropFirst(length)
      if operation == 7 {
        stage.send(payload, from: client)
      } else {
        let type = FrameType.allCases[Int(head >> 6)]
        stage.send(frame(type, channel: UInt16(head >> 4 & 3), payload), from: client)
        if operation == 4 { stage.endTurn() }
      }
    }
  }

  private static func frame(_ type: FrameType, channel: UInt16, _ payload: [UInt8]) -> [UInt8] {
    let size = UInt32(payload.count)
    let sizeBytes = (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }
    return [type.rawValue, 0, UInt8(channel)] + sizeBytes + payload + [Limits.frameEnd]
  }
}
