import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

@testable import AMQPServer

/// Publisher confirms, direct reply-to and operator closings through the wire.
@Suite struct ConfirmTests {
  private func publish(_ client: SessionClient, key: String, isMandatory: Bool = false) {
    var bytes = ByteBuffer()
    bytes.writeMethod(
      BasicPublish(exchange: "", routingKey: key, mandatory: isMandatory),
      channel: 1
    )
    bytes.writeContent(
      header: ContentHeader(classID: 60, bodyBytes: 1, properties: BasicProperties()),
      body: ByteBuffer(string: "x"),
      channel: 1,
      maximumFrameBytes: Limits.defaultFrameBytes
    )
    client.send(bytes: bytes)
  }

  @Test func aReturnComesBeforeItsConfirm() throws {
    let client = try SessionClient.opened()
    client.send(ConfirmSelect(), channel: 1)
    client.send(ConfirmSelect(), channel: 1)
    publish(client, key: "nowhere", isMandatory: true)
    publish(client, key: "nowhere")
    let methods = try client.methods()
    #expect(
      methods.map(\.identifier.name) == [
        "confirm.select-ok", "confirm.select-ok", "basic.return", "basic.ack",
      ]
    )
    // One confirm covers all of a turn.
    #expect(methods.last == .basicAck(BasicAck(deliveryTag: 2, multiple: true)))
    publish(client, key: "nowhere")
    #expect(try client.methods() == [.basicAck(BasicAck(deliveryTag: 3, multiple: false))])
  }

  @Test func aChannelThatClosesConfirmsFirst() throws {
    let client = try SessionClient.opened()
    client.send(ConfirmSelect(noWait: true), channel: 1)
    publish(client, key: "nowhere")
    client.send(
      ChannelClose(replyCode: 200, replyText: "", classID: 0, methodID: 0),
      channel: 1
    )
    #expect(try client.methods().map(\.identifier.name) == ["basic.ack", "channel.close-ok"])
    client.send(ChannelOpen(), channel: 1)
    publish(client, key: "nowhere")
    #expect(try client.methods().map(\.identifier.name) == ["channel.open-ok"])
  }

  @Test func aRequestAndItsAnswerNeedNoQueueForTheAnswer() throws {
    let client = try SessionClient.opened()
    client.send(QueueDeclare(queue: "q"), channel: 1)
    client.send(
      BasicConsume(queue: "amq.rabbitmq.reply-to", consumerTag: "r", noAck: true),
      channel: 1
    )
    client.publish("?", key: "q", properties: BasicProperties(replyTo: "amq.rabbitmq.reply-to"))
    client.send(BasicGet(queue: "q", noAck: true), channel: 1)
    let name = try #require(
      client.frames().compactMap { frame in
        if case .header(_, let header) = frame { header.properties.replyTo } else { nil }
      }.first
    )
    let server = try SessionClient.opened(broker: client.broker)
    server.publish("!", key: name)
    _ = server.output()
    let frames = try client.frames()
    #expect(frames.contains(.body(channel: 1, ByteBuffer(string: "!"))))
    guard case .method(1, .basicDeliver(let deliver)) = frames.first else {
      Issue.record("no delivery")
      return
    }
    #expect(deliver.consumerTag == "r")
    #expect(deliver.routingKey == name)
  }

  @Test func anOperatorClosesOneChannel() throws {
    let client = try SessionClient.opened()
    client.session.fail(Violation(.preconditionFailed, "stuck"), onChannel: 7)
    client.session.fail(Violation(.preconditionFailed, "stuck"), onChannel: 1)
    client.session.fail(Violation(.preconditionFailed, "stuck"), onChannel: 1)
    #expect(
      try client.methods() == [
        .channelClose(
          ChannelClose(
            replyCode: 406,
            replyText: "PRECONDITION_FAILED - stuck",
            classID: 0,
            methodID: 0
          )
        )
      ]
    )
    client.send(ChannelCloseOk(), channel: 1)
    client.send(ChannelOpen(), channel: 1)
    #expect(try client.methods() == [.channelOpenOk(ChannelOpenOk())])
  }

  @Test func commandsSayInOneLineWhatTheyDid() throws {
    let client = try SessionClient.opened()
    let broker = client.broker
    client.send(QueueDeclare(queue: "q"), channel: 1)
    client.send(BasicConsume(queue: "q", consumerTag: "t"), channel: 1)
    let identity = BrokerIdentity(label: "test", endpoint: "", startedAt: .zero)
    let consumer = try #require(broker.snapshot(of: identity).consumers.first).identifier
    let connection = try #require(client.session.connection).identifier
    let perform = { (command: OperatorCommand) in command.perform(on: broker) }
    #expect(
      perform(.setPrefetch(consumer: consumer, count: 5)) == .success("consumer t may hold 5 now")
    )
    #expect(
      perform(.setPrefetch(consumer: consumer, count: 0))
        == .success("consumer t has no prefetch limit now")
    )
    #expect(perform(.cancelConsumer(identifier: consumer)) == .success("cancelled consumer t"))
    #expect(
      perform(.cancelConsumer(identifier: consumer))
        == .failure(OperatorRefusal(message: "that consumer is gone"))
    )
    // Without a socket there is nobody to tell.
    #expect(
      perform(.closeConnection(identifier: connection, reason: "r"))
        == .failure(OperatorRefusal(message: "that connection is gone"))
    )
    #expect(
      perform(.closeChannel(connection: connection, number: 1, reason: "r"))
        == .failure(OperatorRefusal(message: "connection 'tester' has no channel 1"))
    )
  }
}
