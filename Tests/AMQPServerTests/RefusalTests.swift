import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

@testable import AMQPServer

/// What a peer does wrong, and the answer that RabbitMQ 3.10 gives to it.
@Suite struct RefusalTests {
  private func closing(
    _ methods: any MethodArguments...,
    channel: UInt16 = 1
  ) throws -> SessionClient.Closing? {
    try SessionClient.closing(methods, channel: channel)
  }

  private func closing(raw bytes: [UInt8]) throws -> SessionClient.Closing? {
    let client = try SessionClient.opened()
    client.send(bytes: ByteBuffer(bytes: bytes))
    return try client.closing()
  }

  @Test func brokenFramesAre501() throws {
    let badEnd: [UInt8] = [1, 0, 1, 0, 0, 0, 4, 0, 60, 0, 40, 0]
    let unknownType: [UInt8] = [7, 0, 1, 0, 0, 0, 0, 0xCE]
    let tooLarge: [UInt8] = [3, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]
    let shortMethod: [UInt8] = [1, 0, 1, 0, 0, 0, 2, 0, 60, 0xCE]
    for bytes in [badEnd, unknownType, tooLarge, shortMethod] {
      #expect(try closing(raw: bytes)?.code == 501)
    }
  }

  /// The client has not agreed to longer ones yet.
  @Test(arguments: [(4_096, nil), (4_097, 501)] as [(Int, UInt16?)])
  func aLongFrameBeforeTheTuningIs501(payloadBytes: Int, code: UInt16?) throws {
    let client = SessionClient()
    client.send(bytes: ByteBuffer(bytes: ProtocolHeader.bytes))
    let method = ConnectionStartOk(
      clientProperties: ["text": .string([])],
      mechanism: "PLAIN",
      response: Array("\0guest\0guest".utf8)
    )
    var shortest = ByteBuffer()
    shortest.writeMethod(method, channel: 0)
    var longer = method
    let missing = payloadBytes - (shortest.readableBytes - Limits.frameOverheadBytes)
    longer.clientProperties = ["text": .string([UInt8](repeating: 120, count: missing))]
    client.send(longer, channel: 0)
    #expect(try client.closing()?.code == code)
  }

  /// A method, open channel or not, whose arguments are cut short or go on too long.
  @Test(arguments: [
    (MethodIdentifier(classID: 50, methodID: 10), [] as [UInt8]),
    (MethodIdentifier(classID: 50, methodID: 10), [0, 0, 4, 110, 111]),
    (MethodIdentifier(classID: 60, methodID: 40), [0, 0, 0, 4, 110, 111]),
    (MethodIdentifier(classID: 60, methodID: 40), [0, 0, 0, 0, 0, 122]),
    (MethodIdentifier(classID: 60, methodID: 80), [0, 0]),
    (MethodIdentifier(classID: 20, methodID: 40), [0, 0]),
    (MethodIdentifier(classID: 20, methodID: 20), [0, 0]),
  ])
  func argumentsThatCannotBeDecodedAre501(
    _ method: MethodIdentifier,
    _ arguments: [UInt8]
  ) throws {
    for channel: UInt8 in [1, 7] {
      let head: [UInt8] = [1, 0, channel, 0, 0, 0, UInt8(4 + arguments.count)]
      let identifier: [UInt8] = [0, UInt8(method.classID), 0, UInt8(method.methodID)]
      let client = try SessionClient.opened()
      client.send(bytes: ByteBuffer(bytes: head + identifier + arguments + [0xCE]))
      guard case .connectionClose(let close) = try client.methods().first else {
        Issue.record("no close for \(arguments) of \(method) on channel \(channel)")
        return
      }
      #expect(close.replyCode == 501)
      #expect(MethodIdentifier(classID: close.classID, methodID: close.methodID) == method)
    }
  }

  /// The body frame's payload is as long as frame-max, or one byte longer.
  @Test(arguments: [0, 1]) func aPayloadMayBeAsLongAsFrameMax(extra: Int) throws {
    let client = try SessionClient.opened()
    let payload = Limits.defaultFrameBytes + extra
    let head: [UInt8] = [3, 0, 1] + (0..<4).map { UInt8(payload >> (24 - 8 * $0) & 0xFF) }
    client.send(BasicPublish(exchange: "", routingKey: "k"), channel: 1)
    client.send(bytes: ByteBuffer(bytes: [2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 0] + [0, 0, 0, 0]))
    client.send(
      bytes: ByteBuffer(
        bytes: (0..<4).map { UInt8(payload >> (24 - 8 * $0) & 0xFF) } + [0, 0, 0xCE]
      )
    )
    client.send(
      bytes: ByteBuffer(bytes: head + [UInt8](repeating: 65, count: payload) + [0xCE])
    )
    #expect(try client.closing()?.code == (extra == 0 ? nil : 501))
  }

  @Test func contentOutOfPlaceIs505() throws {
    let body: [UInt8] = [3, 0, 1, 0, 0, 0, 1, 65, 0xCE]
    #expect(
      try closing(raw: body)
        == SessionClient.Closing(
          scope: .connection,
          code: 505,
          text: "UNEXPECTED_FRAME - expected method frame, got non method frame instead"
        )
    )
    let interrupted = try closing(
      BasicPublish(exchange: "", routingKey: "k"),
      QueueDeclare(queue: "q")
    )
    #expect(interrupted?.code == 505)
  }

  @Test func moreBodyThanAnnouncedIs505() throws {
    let client = try SessionClient.opened()
    var bytes = ByteBuffer()
    bytes.writeMethod(BasicPublish(exchange: "", routingKey: "k"), channel: 1)
    bytes.writeFrame(
      .header(
        channel: 1,
        ContentHeader(classID: 60, bodyBytes: 2, properties: BasicProperties())
      )
    )
    bytes.writeFrame(.body(channel: 1, ByteBuffer(string: "xyz")))
    client.send(bytes: bytes)
    #expect(try client.closing()?.code == 505)
  }

  @Test func aMessageBeyondTheLimitIs406() throws {
    let client = try SessionClient.opened()
    var bytes = ByteBuffer()
    bytes.writeMethod(BasicPublish(exchange: "", routingKey: "k"), channel: 1)
    bytes.writeFrame(
      .header(
        channel: 1,
        ContentHeader(classID: 60, bodyBytes: 134_217_729, properties: BasicProperties())
      )
    )
    client.send(bytes: bytes)
    #expect(
      try client.closing()
        == SessionClient.Closing(
          scope: .channel,
          code: 406,
          text: "PRECONDITION_FAILED - message size 134217729 is larger than configured max size "
            + "134217728"
        )
    )
  }

  @Test func channelsOutOfPlaceAre504() throws {
    #expect(try closing(QueueDeclare(queue: "q"), channel: 5)?.code == 504)
    #expect(try closing(ChannelOpen(), channel: 1)?.code == 504)
    #expect(try closing(QueueDeclare(queue: "q"), channel: 0)?.code == 504)
  }

  /// RabbitMQ counts the channels that are open; their numbers may be higher.
  @Test func oneChannelMoreThanNegotiatedIs530() throws {
    let client = try SessionClient.opened()
    client.send(ChannelOpen(), channel: 2_000)
    #expect(try client.methods() == [.channelOpenOk(ChannelOpenOk())])
    for number in UInt16(3)...10 { client.send(ChannelOpen(), channel: number) }
    #expect(try client.closing() == nil)
    client.send(ChannelOpen(), channel: 11)
    #expect(
      try client.closing()
        == SessionClient.Closing(
          scope: .connection,
          code: 530,
          text: "NOT_ALLOWED - number of channels opened (10) has reached the negotiated "
            + "channel_max (10)"
        )
    )
  }

  @Test func namesThatAreNotThereAre404() throws {
    #expect(
      try closing(BasicConsume(queue: "none", consumerTag: ""))
        == SessionClient.Closing(
          scope: .channel,
          code: 404,
          text: "NOT_FOUND - no queue 'none' in vhost '/'"
        )
    )
    #expect(
      try closing(ExchangeDeclare(exchange: "none", type: "direct", passive: true))?.code == 404
    )
    #expect(try closing(BasicGet(queue: "", noAck: true))?.code == 404)
  }

  @Test func anUnknownExchangeTypeIs503() throws {
    #expect(
      try closing(ExchangeDeclare(exchange: "e", type: "magic"))
        == SessionClient.Closing(
          scope: .connection,
          code: 503,
          text: "COMMAND_INVALID - unknown exchange type 'magic'"
        )
    )
  }

  @Test func anUnknownDeliveryTagIs406() throws {
    #expect(
      try closing(BasicAck(deliveryTag: 7))
        == SessionClient.Closing(
          scope: .channel,
          code: 406,
          text: "PRECONDITION_FAILED - unknown delivery tag 7"
        )
    )
  }

  private static let unavailable: [any MethodArguments] = [
    ChannelFlow(active: false),
    QueueDeclare(queue: "q", arguments: ["x-queue-type": .text("stream")]),
    BasicQos(prefetchSize: 1, prefetchCount: 0),
    BasicRecover(requeue: false), BasicRecoverAsync(requeue: false),
    BasicPublish(exchange: "", routingKey: "", immediate: true),
  ]

  @Test(arguments: unavailable.indices) func whatIsNotThereIs540(index: Int) throws {
    let method = Self.unavailable[index]
    let closing = try closing(method)
    #expect(closing?.code == 540, "\(type(of: method).name)")
    #expect(closing?.text.hasPrefix("NOT_IMPLEMENTED - ") == true)
  }

  @Test func aForeignUserIDIs406() throws {
    let client = try SessionClient.opened()
    client.publish("x", key: "k", properties: BasicProperties(userID: "root"))
    #expect(try client.closing()?.code == 406)
  }

  @Test func anImpersonatorMayNameAnotherUser() throws {
    let broker = Broker { "unique" }
    var guest = User.guest
    guest.tags.append("impersonator")
    try broker.putUser(guest).get()
    let client = try SessionClient.opened(broker: broker)
    client.publish("x", key: "k", properties: BasicProperties(userID: "root"))
    #expect(try client.closing() == nil)
  }

  @Test func methodsOfAServerAre503() throws {
    #expect(try closing(QueueDeclareOk(queue: "q", messageCount: 0, consumerCount: 0))?.code == 503)
    #expect(try closing(BasicGetEmpty())?.code == 503)
  }

  /// No single byte changed in a valid session makes the session trap or lose its ledger.
  @Test func aCorruptedByteNeverHurtsTheBroker() throws {
    let template = SessionClient()
    var bytes = template.handshakeBytes
    let start = bytes.readableBytes
    bytes.writeMethod(ChannelOpen(), channel: 1)
    bytes.writeMethod(QueueDeclare(queue: "q", arguments: ["a": .array([.void])]), channel: 1)
    bytes.writeMethod(BasicPublish(exchange: "", routingKey: "q"), channel: 1)
    bytes.writeContent(
      header: ContentHeader(
        classID: 60,
        bodyBytes: 3,
        properties: BasicProperties(headers: ["h": .table(["x": .text("y")])], messageID: "m")
      ),
      body: ByteBuffer(string: "abc"),
      channel: 1,
      maximumFrameBytes: 4_096
    )
    bytes.writeMethod(BasicGet(queue: "q"), channel: 1)
    bytes.writeMethod(BasicAck(deliveryTag: 1), channel: 1)
    for index in start..<bytes.readableBytes {
      for bit in 0..<8 {
        var corrupted = bytes
        let byte = try #require(bytes.getInteger(at: index, as: UInt8.self))
        corrupted.setInteger(byte ^ (1 << bit), at: index)
        let client = SessionClient()
        client.send(bytes: corrupted)
        _ = client.output()
        #expect(client.broker.brokenInvariants() == [], "bit \(bit) of byte \(index)")
        client.session.disconnected()
        #expect(client.broker.totals.imbalance == 0)
      }
    }
  }
}
