import AMQP
import NIOCore

/// One record of a script for ``ConnectionCheck``.
struct ConnectionRecord {
  let bytes: [UInt8]

  /// A method of a client; the turn ends after it.
  static func method(
    _ method: some MethodArguments,
    client: UInt8 = 0,
    channel: UInt8 = 1
  ) -> ConnectionRecord {
    var buffer = ByteBuffer()
    buffer.writeMethod(method, channel: UInt16(channel))
    return frame(buffer, type: 0, client: client, channel: channel, endsTurn: true)
  }

  /// A message for an exchange, as method, header and body.
  static func publish(
    _ text: String,
    to exchange: String = "",
    key: String = "q",
    _ properties: BasicProperties = BasicProperties(),
    isMandatory: Bool = false
  ) -> ConnectionRecord {
    var method = ByteBuffer()
    let publish = BasicPublish(exchange: exchange, routingKey: key, mandatory: isMandatory)
    method.writeMethod(publish, channel: 1)
    var content = ByteBuffer()
    let header = ContentHeader(bodyBytes: UInt64(text.utf8.count), properties: properties)
    content.writeFrame(.header(channel: 1, header))
    var body = ByteBuffer()
    body.writeFrame(.body(channel: 1, ByteBuffer(string: text)))
    return ConnectionRecord(
      bytes: frame(method, type: 0, endsTurn: false).bytes
        + frame(content, type: 1, endsTurn: false).bytes
        + frame(body, type: 2, endsTurn: true).bytes
    )
  }

  /// Two to this power nanoseconds pass.
  static func pass(_ exponent: UInt8) -> ConnectionRecord {
    ConnectionRecord(bytes: [6, exponent])
  }

  /// The record of a whole frame, whose head and end octet the check makes anew.
  private static func frame(
    _ frame: ByteBuffer,
    type: UInt8,
    client: UInt8 = 0,
    channel: UInt8 = 1,
    endsTurn: Bool
  ) -> ConnectionRecord {
    let payload = frame.readableBytesView.dropFirst(Limits.frameHeadBytes).dropLast()
    let head = (endsTurn ? 4 : 0) | client << 3 | channel << 4 | type << 6
    return ConnectionRecord(bytes: [head, UInt8(truncatingIfNeeded: payload.count)] + payload)
  }
}

extension CorpusSeeds {
  private static let deadLetters: FieldTable = [
    "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text("q"),
    "x-max-priority": .signed32(3), "x-expires": .signed32(1_000),
  ]

  static let connection: [String: [ConnectionRecord]] = [
    "publish": [
      .method(ConfirmSelect()), .publish("one"), .publish("two", to: "amq.topic", key: "a.b"),
      .publish("three", key: "nowhere", isMandatory: true), .method(BasicGet(queue: "q")),
    ],
    "consume": [
      .method(BasicQos(prefetchSize: 0, prefetchCount: 2)),
      .method(BasicConsume(queue: "q", consumerTag: "c")),
      .method(BasicConsume(queue: "q", consumerTag: "d"), client: 1), .publish("one"),
      .publish("two"), .publish("three"),
      .method(BasicNack(deliveryTag: 1, multiple: true, requeue: true)),
      .method(BasicAck(deliveryTag: 2, multiple: false)),
      .method(BasicCancel(consumerTag: "c")), .method(BasicRecover(requeue: true)),
    ],
    "limits": [
      .publish("1", key: "l"), .publish("2", key: "l"), .publish("3", key: "l"),
      .publish("4", key: "l", BasicProperties(priority: 2, expiration: "5")), .pass(30),
      .method(BasicGet(queue: "q", noAck: true)), .pass(40),
    ],
    "dead-letters": [
      .method(QueueDeclare(queue: "p", arguments: deadLetters), client: 1),
      .publish("1", key: "p", BasicProperties(priority: 9)), .publish("2", key: "p"),
      .method(BasicGet(queue: "p"), client: 1),
      .method(BasicReject(deliveryTag: 1, requeue: false), client: 1), .pass(41),
      .method(QueuePurge(queue: "q")), .method(QueueDelete(queue: "q")),
    ],
    "transaction": [
      .method(TxSelect()), .publish("one"), .method(TxCommit()), .method(BasicGet(queue: "q")),
      .method(BasicAck(deliveryTag: 1, multiple: false)), .method(TxRollback()),
    ],
    "exchanges": [
      .method(
        ExchangeDeclare(
          exchange: "x",
          type: "headers",
          arguments: ["alternate-exchange": .text("amq.fanout")]
        )
      ),
      .method(ExchangeBind(destination: "amq.fanout", source: "x", routingKey: "")),
      .method(QueueBind(queue: "l", exchange: "x", arguments: ["x-match": .text("any")])),
      .publish("one", to: "x", BasicProperties(headers: ["CC": .array([.text("l")])])),
      .method(ExchangeUnbind(destination: "amq.fanout", source: "x", routingKey: "")),
      .method(ExchangeDelete(exchange: "x")),
    ],
    "reply": [
      .method(BasicConsume(queue: "amq.rabbitmq.reply-to", consumerTag: "r", noAck: true)),
      .publish("question", BasicProperties(replyTo: "amq.rabbitmq.reply-to")),
      .method(ChannelFlow(active: false)), .method(ChannelClose(replyCode: 200, replyText: "")),
      .method(ChannelOpen()), .method(ConnectionClose(replyCode: 200, replyText: ""), channel: 0),
    ],
  ]
}
