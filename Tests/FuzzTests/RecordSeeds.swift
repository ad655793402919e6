import NIOCore

@testable import Store

/// Data directories for the fuzzer to begin with.
enum RecordSeeds {
  static let all: [String: [UInt8]] = [
    "empty": [0],
    "messages": [0] + segment(count: 3),
    "settled": [1] + settlements + segment(count: 3),
    "listed": [0x21] + Array(list.bytes.readableBytesView) + settlements + segment(count: 2),
    "torn": [0] + segment(count: 2).dropLast(20),
  ]

  private static let settlements: [UInt8] = {
    let position = Position(segment: 1, offset: 56)
    var bytes = ByteBuffer()
    bytes.writeSettlement(Settlement(position: position, queue: 1, returnCount: 0), at: 0)
    return Array(bytes.readableBytesView)
  }()

  private static let list = SegmentList(of: [1: 0])

  private static func segment(count: Int) -> [UInt8] {
    var bytes = SegmentHead(segment: 1, begunAt: 1_000).bytes
    let start = Position(segment: 1, offset: UInt32(bytes.readableBytes))
    bytes.writeGroup(durable: start, at: start)
    let text = Array("exchange".utf8)
    text.withUnsafeBytes { text in
      for number in 1...count {
        let record = MessageRecord(
          isPersistent: number != 2,
          enteredAt: 7,
          queues: (1...UInt32(number)).map { $0 },
          exchange: text,
          routingKey: UnsafeRawBufferPointer(rebasing: text[..<1]),
          properties: UnsafeRawBufferPointer(rebasing: text[..<2]),
          body: text
        )
        bytes.writeMessage(
          record,
          at: Position(segment: 1, offset: UInt32(bytes.readableBytes))
        )
      }
    }
    return Array(bytes.readableBytesView)
  }
}
