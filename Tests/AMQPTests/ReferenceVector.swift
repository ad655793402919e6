import AMQP
import Testing

import struct NIOCore.ByteBuffer

/// A frame and the bytes that pika writes for it.
struct ReferenceVector: Sendable, CustomTestStringConvertible {
  let frame: Frame
  let hexadecimal: String

  init(_ frame: Frame, _ hexadecimal: String) {
    self.frame = frame
    self.hexadecimal = hexadecimal
  }

  var testDescription: String { String(hexadecimal.prefix(24)) }

  var bytes: [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
  }

  // Written by pika 1.2.0 (`pika.frame.Method(channel, method).marshal()` and its like), which is
  // generated from the specification's own grammar, so no mistake of ours can be in it.
  static let all = connection + channel + exchange + queue + basic + tx + confirm + content

  static let connection: [ReferenceVector] = [
    ReferenceVector(
      .method(
        channel: 0,
        .connectionStart(
          ConnectionStart(
            versionMajor: 0,
            versionMinor: 9,
            serverProperties: [
              "product": .text("RabbitMQ"), "capabilities": .table(["basic.nack": .boolean(true)]),
            ],
            mechanisms: "PLAIN AMQPLAIN",
            locales: "en_US"
          )
        )
      ),
      """
      0100 0000 0000 5900 0a00 0a00 0900 0000 3407 7072 6f64 7563 7453 0000 0008 5261 6262
      6974 4d51 0c63 6170 6162 696c 6974 6965 7346 0000 000d 0a62 6173 6963 2e6e 6163 6b74
      0100 0000 0e50 4c41 494e 2041 4d51 504c 4149 4e00 0000 0565 6e5f 5553 ce
      """
    ),
    ReferenceVector(
      .method(
        channel: 0,
        .connectionStartOk(
          ConnectionStartOk(
            clientProperties: [
              "bool": .boolean(true), "text": .text("schön"), "bytes": .bytes([0, 255]),
              "small": .signed32(-5), "large": .signed64(1099511627776),
              "decimal": .decimal(scale: 2, value: 1234), "time": .timestamp(1767323045),
              "table": .table(["inner": .boolean(false)]),
              "array": .array([.signed32(1), .text("two"), .void]), "void": .void,
            ],
            mechanism: "PLAIN",
            response: Array("\0guest\0guest".utf8),
            locale: "en_US"
          )
        )
      ),
      """
      0100 0000 0000 b000 0a00 0b00 0000 8c04 626f 6f6c 7401 0474 6578 7453 0000 0006 7363
      68c3 b66e 0562 7974 6573 7800 0000 0200 ff05 736d 616c 6c49 ffff fffb 056c 6172 6765
      6c00 0001 0000 0000 0007 6465 6369 6d61 6c44 0200 0004 d204 7469 6d65 5400 0000 0069
      5735 a505 7461 626c 6546 0000 0008 0569 6e6e 6572 7400 0561 7272 6179 4100 0000 0e49
      0000 0001 5300 0000 0374 776f 5604 766f 6964 5605 504c 4149 4e00 0000 0c00 6775 6573
      7400 6775 6573 7405 656e 5f55 53ce
      """
    ),
    ReferenceVector(
      .method(channel: 0, .connectionSecure(ConnectionSecure(challenge: Array("who".utf8)))),
      "0100 0000 0000 0b00 0a00 1400 0000 0377 686f ce"
    ),
    ReferenceVector(
      .method(channel: 0, .connectionSecureOk(ConnectionSecureOk(response: Array("me".utf8)))),
      "0100 0000 0000 0a00 0a00 1500 0000 026d 65ce"
    ),
    ReferenceVector(
      .method(
        channel: 0,
        .connectionTune(ConnectionTune(channelMax: 2047, frameMax: 131_072, heartbeat: 60))
      ),
      "0100 0000 0000 0c00 0a00 1e07 ff00 0200 0000 3cce"
    ),
    ReferenceVector(
      .method(
        channel: 0,
        .connectionTuneOk(ConnectionTuneOk(channelMax: 2047, frameMax: 131_072, heartbeat: 60))
      ),
      "0100 0000 0000 0c00 0a00 1f07 ff00 0200 0000 3cce"
    ),
    ReferenceVector(
      .method(channel: 0, .connectionOpen(ConnectionOpen(virtualHost: "/"))),
      "0100 0000 0000 0800 0a00 2801 2f00 00ce"
    ),
    ReferenceVector(
      .method(channel: 0, .connectionOpenOk(ConnectionOpenOk())),
      "0100 0000 0000 0500 0a00 2900 ce"
    ),
    ReferenceVector(
      .method(
        channel: 0,
        .connectionClose(
          ConnectionClose(replyCode: 320, replyText: "CONNECTION_FORCED", classID: 60, methodID: 40)
        )
      ),
      """
      0100 0000 0000 1c00 0a00 3201 4011 434f 4e4e 4543 5449 4f4e 5f46 4f52 4345 4400 3c00
      28ce
      """
    ),
    ReferenceVector(
      .method(channel: 0, .connectionCloseOk(ConnectionCloseOk())),
      "0100 0000 0000 0400 0a00 33ce"
    ),
    ReferenceVector(
      .method(channel: 0, .connectionBlocked(ConnectionBlocked(reason: "low on memory"))),
      "0100 0000 0000 1200 0a00 3c0d 6c6f 7720 6f6e 206d 656d 6f72 79ce"
    ),
    ReferenceVector(
      .method(channel: 0, .connectionUnblocked(ConnectionUnblocked())),
      "0100 0000 0000 0400 0a00 3dce"
    ),
  ]

  static let channel: [ReferenceVector] = [
    ReferenceVector(
      .method(channel: 1, .channelOpen(ChannelOpen())),
      "0100 0100 0000 0500 1400 0a00 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .channelOpenOk(ChannelOpenOk())),
      "0100 0100 0000 0800 1400 0b00 0000 00ce"
    ),
    ReferenceVector(
      .method(channel: 1, .channelFlow(ChannelFlow(active: true))),
      "0100 0100 0000 0500 1400 1401 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .channelFlowOk(ChannelFlowOk(active: false))),
      "0100 0100 0000 0500 1400 1500 ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .channelClose(
          ChannelClose(
            replyCode: 404,
            replyText: "NOT_FOUND - no queue 'x'",
            classID: 50,
            methodID: 10
          )
        )
      ),
      """
      0100 0100 0000 2300 1400 2801 9418 4e4f 545f 464f 554e 4420 2d20 6e6f 2071 7565 7565
      2027 7827 0032 000a ce
      """
    ),
    ReferenceVector(
      .method(channel: 2047, .channelCloseOk(ChannelCloseOk())),
      "0107 ff00 0000 0400 1400 29ce"
    ),
  ]

  static let exchange: [ReferenceVector] = [
    ReferenceVector(
      .method(
        channel: 1,
        .exchangeDeclare(
          ExchangeDeclare(
            exchange: "logs",
            type: "fanout",
            passive: true,
            durable: false,
            autoDelete: true,
            internal: false,
            noWait: true,
            arguments: ["x-message-ttl": .signed32(60000), "x-dead-letter-exchange": .text("dead")]
          )
        )
      ),
      """
      0100 0100 0000 4a00 2800 0a00 0004 6c6f 6773 0666 616e 6f75 7415 0000 0033 0d78 2d6d
      6573 7361 6765 2d74 746c 4900 00ea 6016 782d 6465 6164 2d6c 6574 7465 722d 6578 6368
      616e 6765 5300 0000 0464 6561 64ce
      """
    ),
    ReferenceVector(
      .method(channel: 1, .exchangeDeclareOk(ExchangeDeclareOk())),
      "0100 0100 0000 0400 2800 0bce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .exchangeDelete(ExchangeDelete(exchange: "logs", ifUnused: true, noWait: false))
      ),
      "0100 0100 0000 0c00 2800 1400 0004 6c6f 6773 01ce"
    ),
    ReferenceVector(
      .method(channel: 1, .exchangeDeleteOk(ExchangeDeleteOk())),
      "0100 0100 0000 0400 2800 15ce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .exchangeBind(
          ExchangeBind(
            destination: "to",
            source: "from",
            routingKey: "a.b",
            noWait: true,
            arguments: ["x-message-ttl": .signed32(60000), "x-dead-letter-exchange": .text("dead")]
          )
        )
      ),
      """
      0100 0100 0000 4a00 2800 1e00 0002 746f 0466 726f 6d03 612e 6201 0000 0033 0d78 2d6d
      6573 7361 6765 2d74 746c 4900 00ea 6016 782d 6465 6164 2d6c 6574 7465 722d 6578 6368
      616e 6765 5300 0000 0464 6561 64ce
      """
    ),
    ReferenceVector(
      .method(channel: 1, .exchangeBindOk(ExchangeBindOk())),
      "0100 0100 0000 0400 2800 1fce"
    ),
    ReferenceVector(
      .method(
        channel: 1,
        .exchangeUnbind(
          ExchangeUnbind(
            destination: "to",
            source: "from",
            routingKey: "a.b",
            noWait: false,
            arguments: [:]
          )
        )
      ),
      "0100 0100 0000 1700 2800 2800 0002 746f 0466 726f 6d03 612e 6200 0000 0000 ce"
    ),
    ReferenceVector(
      .method(channel: 1, .exchangeUnbindOk(ExchangeUnbindOk())),
      "0100 0100 0000 0400 2800 33ce"
    ),
  ]

  static let content: [ReferenceVector] = [
    ReferenceVector(
      .header(channel: 1, ContentHeader(bodyBytes: 0, properties: BasicProperties())),
      "0200 0100 0000 0e00 3c00 0000 0000 0000 0000 0000 00ce"
    ),
    ReferenceVector(
      .header(
        channel: 1,
        ContentHeader(
          bodyBytes: 12,
          properties: BasicProperties(contentType: "text/plain", deliveryMode: 2)
        )
      ),
      "0200 0100 0000 1a00 3c00 0000 0000 0000 0000 0c90 000a 7465 7874 2f70 6c61 696e 02ce"
    ),
    ReferenceVector(
      .header(
        channel: 1,
        ContentHeader(
          bodyBytes: 8589934592,
          properties: BasicProperties(
            contentType: "application/json",
            contentEncoding: "gzip",
            headers: [
              "bool": .boolean(true), "text": .text("schön"), "bytes": .bytes([0, 255]),
              "small": .signed32(-5), "large": .signed64(1099511627776),
              "decimal": .decimal(scale: 2, value: 1234), "time": .timestamp(1767323045),
              "table": .table(["inner": .boolean(false)]),
              "array": .array([.signed32(1), .text("two"), .void]), "void": .void,
            ],
            deliveryMode: 1,
            priority: 9,
            correlationID: "c",
            replyTo: "r",
            expiration: "1000",
            messageID: "m",
            timestamp: 1_767_322_800,
            type: "t",
            userID: "guest",
            appID: "a",
            clusterID: "x"
          )
        )
      ),
      """
      0200 0100 0000 d500 3c00 0000 0000 0200 0000 00ff fc10 6170 706c 6963 6174 696f 6e2f
      6a73 6f6e 0467 7a69 7000 0000 8c04 626f 6f6c 7401 0474 6578 7453 0000 0006 7363 68c3
      b66e 0562 7974 6573 7800 0000 0200 ff05 736d 616c 6c49 ffff fffb 056c 6172 6765 6c00
      0001 0000 0000 0007 6465 6369 6d61 6c44 0200 0004 d204 7469 6d65 5400 0000 0069 5735
      a505 7461 626c 6546 0000 0008 0569 6e6e 6572 7400 0561 7272 6179 4100 0000 0e49 0000
      0001 5300 0000 0374 776f 5604 766f 6964 5601 0901 6301 7204 3130 3030 016d 0000 0000
      6957 34b0 0174 0567 7565 7374 0161 0178 ce
      """
    ),
    ReferenceVector(
      .body(channel: 1, ByteBuffer(string: "Hello World!")),
      "0300 0100 0000 0c48 656c 6c6f 2057 6f72 6c64 21ce"
    ),
    ReferenceVector(
      .heartbeat,
      "0800 0000 0000 00ce"
    ),
  ]
}
