import AMQP
import NIOCore

/// Valid input for the fuzzer to begin with: without it, it would look for the methods first.
enum CorpusSeeds {
  /// By target and name.
  static let all: [String: [String: [UInt8]]] = [
    "frames": frames.mapValues { bytes($0) },
    "tables": tables,
    "connection": connection.mapValues { $0.flatMap(\.bytes) },
    "records": RecordSeeds.all,
  ]

  private static let full = BasicProperties(
    contentType: "text/plain",
    contentEncoding: "utf-8",
    headers: values,
    deliveryMode: 2,
    priority: 4,
    correlationID: "c",
    replyTo: "amq.rabbitmq.reply-to",
    expiration: "60000",
    messageID: "m",
    timestamp: 1_700_000_000,
    type: "t",
    userID: "guest",
    appID: "a"
  )

  private static let values: FieldTable = [
    "t": .boolean(true), "b": .signed8(-1), "s": .signed16(2), "I": .signed32(3),
    "l": .signed64(4), "f": .float(1), "d": .double(2), "D": .decimal(scale: 1, value: 2),
    "S": .text("x"), "A": .array([.signed32(1), .table(["k": .void])]), "T": .timestamp(3),
    "x": .bytes([1, 2]), "F": .table(["CC": .array([.text("q")])]), "V": .void,
  ]

  private static let frames: [String: @Sendable (inout ByteBuffer) -> Void] = [
    "heartbeat": { $0.writeHeartbeat() },
    "start": {
      $0.writeMethod(
        ConnectionStartOk(clientProperties: values, mechanism: "PLAIN", response: [0, 1, 0, 2]),
        channel: 0
      )
    },
    "declare": { $0.writeMethod(QueueDeclare(queue: "q", arguments: values), channel: 1) },
    "publish": { $0.writeContent("body", to: "amq.topic", key: "a.b", full, channel: 1) },
    "settle": {
      $0.writeMethod(BasicAck(deliveryTag: 1, multiple: true), channel: 1)
      $0.writeMethod(BasicNack(deliveryTag: 2, multiple: false, requeue: true), channel: 1)
    },
  ]

  private static let tables: [String: [UInt8]] = [
    "empty": [0, 0],
    "full": bytes { full.encode(into: &$0) },
    "headers": bytes { BasicProperties(headers: values).encode(into: &$0) },
    "table": [0, 0] + bytes { values.encode(into: &$0) },
    "expiration": bytes { BasicProperties(expiration: "1").encode(into: &$0) },
    "copies": bytes {
      BasicProperties(headers: ["CC": .array([.text("a")]), "BCC": .array([.text("b")])])
        .encode(into: &$0)
    },
  ]

  private static func bytes(_ write: (inout ByteBuffer) -> Void) -> [UInt8] {
    var buffer = ByteBuffer()
    write(&buffer)
    return Array(buffer.readableBytesView)
  }
}

extension ByteBuffer {
  /// Appends `basic.publish` with its content.
  fileprivate mutating func writeContent(
    _ text: String,
    to exchange: String,
    key: String,
    _ properties: BasicProperties,
    channel: UInt16
  ) {
    writeMethod(BasicPublish(exchange: exchange, routingKey: key), channel: channel)
    writeContent(
      header: ContentHeader(bodyBytes: UInt64(text.utf8.count), properties: properties),
      body: ByteBuffer(string: text),
      channel: channel,
      maximumFrameBytes: Limits.minimumFrameBytes
    )
  }
}
