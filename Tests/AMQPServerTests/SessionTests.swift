import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

@testable import AMQPServer

@Suite struct SessionTests {
  @Test func theHandshakeAnswersStepByStep() throws {
    let client = SessionClient()
    client.send(bytes: client.handshakeBytes)
    let names = try client.methods().map(\.identifier.name)
    #expect(names == ["connection.start", "connection.tune", "connection.open-ok"])
    #expect(client.session.state == .open)
    #expect(client.session.connection?.identity.name == "tester")
    #expect(client.session.connection?.identity.processIdentifier == 42)
  }

  /// However the bytes of a whole session are cut in two, the answer is the same.
  @Test func anySplitOfTheStreamGivesTheSameAnswer() throws {
    let whole = SessionClient()
    let bytes = session(of: whole)
    whole.send(bytes: bytes)
    let expected = whole.output()
    #expect(expected.readableBytes > 100)
    for cut in 1..<bytes.readableBytes {
      let client = SessionClient()
      for range in [0..<cut, cut..<bytes.readableBytes] {
        let part = try #require(bytes.getSlice(at: range.lowerBound, length: range.count))
        client.send(bytes: part)
      }
      #expect(client.output() == expected, "cut at \(cut)")
    }
  }

  @Test func aSessionThatComesByteByByteWorksToo() throws {
    let whole = SessionClient()
    let bytes = session(of: whole)
    let client = SessionClient()
    for byte in bytes.readableBytesView { client.send(bytes: ByteBuffer(bytes: [byte])) }
    whole.send(bytes: bytes)
    #expect(client.output() == whole.output())
  }

  /// Handshake, a queue, three messages, a fetch and a farewell.
  private func session(of client: SessionClient) -> ByteBuffer {
    var bytes = client.handshakeBytes
    bytes.writeMethod(ChannelOpen(), channel: 1)
    bytes.writeMethod(QueueDeclare(queue: "q"), channel: 1)
    for text in ["", "one", "three"] {
      bytes.writeMethod(BasicPublish(exchange: "", routingKey: "q"), channel: 1)
      bytes.writeContent(
        header: ContentHeader(
          classID: 60,
          bodyBytes: UInt64(text.utf8.count),
          properties: BasicProperties(contentType: "text/plain", messageID: "7")
        ),
        body: ByteBuffer(string: text),
        channel: 1,
        maximumFrameBytes: 4_096
      )
    }
    bytes.writeMethod(BasicGet(queue: "q", noAck: true), channel: 1)
    bytes.writeMethod(
      ConnectionClose(replyCode: 200, replyText: "bye", classID: 0, methodID: 0),
      channel: 0
    )
    return bytes
  }

  @Test func propertiesComeBackAsTheyWent() throws {
    let client = try SessionClient.opened()
    let properties = BasicProperties(
      contentType: "application/json",
      headers: ["deep": .table(["list": .array([.signed32(1), .void])])],
      deliveryMode: 2,
      correlationID: "c",
      replyTo: "r",
      timestamp: 17,
      userID: "guest"
    )
    client.send(QueueDeclare(queue: "q"), channel: 1)
    client.publish("body", key: "q", properties: properties)
    client.send(BasicGet(queue: "q", noAck: true), channel: 1)
    let headers = try client.frames().compactMap { frame in
      if case .header(_, let header) = frame { header } else { nil }
    }
    #expect(headers.map(\.properties) == [properties])
  }

  @Test func aClientOf09IsServed() throws {
    let client = SessionClient()
    client.send(bytes: ByteBuffer(bytes: ProtocolHeader.bytesOf09))
    #expect(try client.frames().count == 1)
    #expect(client.session.state == .handshaking)
  }

  @Test func anotherProtocolGetsOurHeaderAndTheEnd() {
    let client = SessionClient()
    client.send(bytes: ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
    #expect(Array(client.output().readableBytesView) == ProtocolHeader.bytes)
    #expect(client.session.state == .finished)
  }

  @Test func afterAChannelErrorTheChannelIsDeafUntilItsCloseIsAnswered() throws {
    let client = try SessionClient.opened()
    client.publish("x", to: "none", key: "k")
    client.publish("x", to: "none", key: "k")
    client.send(QueueDeclare(queue: "ignored"), channel: 1)
    #expect(try client.closing()?.code == 404)
    #expect(client.broker.host.queues.isEmpty)
    client.send(ChannelCloseOk(), channel: 1)
    client.send(ChannelOpen(), channel: 1)
    client.send(QueueDeclare(queue: "heard"), channel: 1)
    #expect(client.broker.host.queues.count == 1)
  }

  @Test func aDisconnectGivesMessagesBack() throws {
    let broker = Broker { "unique" }
    let client = try SessionClient.opened(broker: broker)
    client.send(QueueDeclare(queue: "q"), channel: 1)
    client.send(BasicConsume(queue: "q", consumerTag: "t"), channel: 1)
    client.publish("x", key: "q")
    _ = client.output()
    #expect(broker.totals.unacked == 1)
    client.session.disconnected()
    #expect(broker.totals.unacked == 0)
    #expect(broker.totals.ready == 1)
    #expect(broker.brokenInvariants() == [])
  }

  @Test func anEmptyQueueNameMeansTheOneLastDeclared() throws {
    let client = try SessionClient.opened()
    client.send(QueueDeclare(queue: ""), channel: 1)
    client.send(QueueBind(queue: "", exchange: "amq.direct", routingKey: ""), channel: 1)
    client.publish("x", to: "amq.direct", key: "amq.gen-unique")
    client.send(BasicGet(queue: "", noAck: true), channel: 1)
    #expect(try client.methods().map(\.identifier.name).last == "basic.get-ok")
  }

  @Test func noWaitIsAnsweredWithSilence() throws {
    let client = try SessionClient.opened()
    client.send(QueueDeclare(queue: "q", noWait: true), channel: 1)
    client.send(
      QueueBind(queue: "q", exchange: "amq.fanout", routingKey: "", noWait: true),
      channel: 1
    )
    client.send(QueuePurge(queue: "q", noWait: true), channel: 1)
    client.send(ConfirmSelect(noWait: true), channel: 1)
    client.send(BasicConsume(queue: "q", consumerTag: "t", noWait: true), channel: 1)
    client.send(BasicCancel(consumerTag: "t", noWait: true), channel: 1)
    client.send(QueueDelete(queue: "q", noWait: true), channel: 1)
    #expect(try client.methods() == [])
    #expect(client.session.state == .open)
  }
}
