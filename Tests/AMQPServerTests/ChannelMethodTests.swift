import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

@testable import AMQPServer

/// The methods of channels and of channel 0, and RabbitMQ 3.10.8's answers to them.
@Suite struct ChannelMethodTests {
  private typealias Closing = SessionClient.Closing

  private func answers(_ methods: any MethodArguments..., channel: UInt16 = 1) throws -> [Method] {
    let client = try SessionClient.opened()
    for method in methods { client.send(method, channel: channel) }
    return try client.methods()
  }

  private func closing(
    _ methods: any MethodArguments...,
    channel: UInt16 = 1
  ) throws -> SessionClient.Closing? {
    try SessionClient.closing(methods, channel: channel)
  }

  @Test func whatMeansLittleIsAnsweredAllTheSame() throws {
    #expect(try answers(AccessRequest()) == [.accessRequestOk(AccessRequestOk(ticket: 1))])
    #expect(try answers(ChannelFlow(active: true)) == [.channelFlowOk(ChannelFlowOk(active: true))])
    #expect(
      try answers(BasicCancel(consumerTag: "none")).map(\.identifier.name) == ["basic.cancel-ok"]
    )
    #expect(try answers(BasicRecoverAsync(requeue: true)) == [])
    #expect(try answers(BasicRecover(requeue: true)).map(\.identifier.name) == ["basic.recover-ok"])
    let update = ConnectionUpdateSecret(newSecret: [1], reason: "it expires")
    #expect(
      try answers(update, channel: 0) == [.connectionUpdateSecretOk(ConnectionUpdateSecretOk())]
    )
  }

  @Test func transactionsAreAnsweredStepByStep() throws {
    let names = try answers(TxSelect(), TxSelect(), TxCommit(), TxRollback()).map(\.identifier.name)
    #expect(names == ["tx.select-ok", "tx.select-ok", "tx.commit-ok", "tx.rollback-ok"])
  }

  private static let refusals: [([any MethodArguments], UInt16, String)] = [
    ([TxCommit()], 406, "PRECONDITION_FAILED - channel is not transactional"),
    ([TxRollback()], 406, "PRECONDITION_FAILED - channel is not transactional"),
    (
      [TxSelect(), ConfirmSelect()], 406,
      "PRECONDITION_FAILED - cannot switch from tx to confirm mode"
    ),
    (
      [ConfirmSelect(), TxSelect()], 406,
      "PRECONDITION_FAILED - cannot switch from confirm to tx mode"
    ),
    ([BasicQos(prefetchSize: 1, prefetchCount: 0)], 540, "NOT_IMPLEMENTED - prefetch_size!=0 (1)"),
    ([BasicRecover(requeue: false)], 540, "NOT_IMPLEMENTED - requeue=false"),
    ([BasicRecoverAsync(requeue: false)], 540, "NOT_IMPLEMENTED - requeue=false"),
    ([ChannelFlow(active: false)], 540, "NOT_IMPLEMENTED - active=false"),
    (
      [BasicPublish(exchange: "", routingKey: "", immediate: true)], 540,
      "NOT_IMPLEMENTED - immediate=true"
    ),
    ([ChannelFlowOk(active: true)], 503, "COMMAND_INVALID - unimplemented method"),
    ([BasicCancelOk(consumerTag: "t")], 503, "COMMAND_INVALID - unimplemented method"),
    (
      [ConnectionUpdateSecret(newSecret: [], reason: "")], 503,
      "COMMAND_INVALID - unimplemented method"
    ),
    ([ChannelOpen()], 504, "CHANNEL_ERROR - second 'channel.open' seen"),
    ([BasicReject(deliveryTag: 5)], 406, "PRECONDITION_FAILED - unknown delivery tag 5"),
    (
      [BasicNack(deliveryTag: 5, multiple: true)], 406,
      "PRECONDITION_FAILED - unknown delivery tag 5"
    ),
    ([BasicAck(deliveryTag: 0)], 406, "PRECONDITION_FAILED - unknown delivery tag 0"),
    (
      [BasicConsume(queue: "amq.rabbitmq.reply-to", consumerTag: "")], 406,
      "PRECONDITION_FAILED - reply consumer cannot acknowledge"
    ),
  ]

  @Test(arguments: refusals.indices) func refusalsAreRabbitMQs(index: Int) throws {
    let (methods, code, text) = Self.refusals[index]
    let client = try SessionClient.opened()
    for method in methods { client.send(method, channel: 1) }
    let closing = try client.closing()
    #expect(closing?.code == code)
    #expect(closing?.text == text)
  }

  @Test func tagZeroWithMultipleIsAllThereIs() throws {
    let names = try answers(
      BasicNack(deliveryTag: 0, multiple: true),
      BasicAck(deliveryTag: 0, multiple: true),
      BasicQos(prefetchCount: 0)
    ).map(\.identifier.name)
    #expect(names == ["basic.qos-ok"])
  }

  @Test func methodsOutOfPlaceAre504() throws {
    let running = "CHANNEL_ERROR - unexpected method in connection state running"
    for method in [
      QueueDeclare(queue: "q"), ChannelOpen(), ConnectionOpen(), BasicQos(prefetchCount: 0),
    ]
      as [any MethodArguments]
    {
      let closing = try closing(method, channel: 0)
      #expect(closing == Closing(scope: .connection, code: 504, text: running))
    }
    for method in [BasicQos(prefetchCount: 0), ChannelCloseOk()] as [any MethodArguments] {
      #expect(
        try closing(method, channel: 5)
          == Closing(scope: .connection, code: 504, text: "CHANNEL_ERROR - expected 'channel.open'")
      )
    }
  }

  @Test func closesThatCrossAreBothAnswered() throws {
    let client = try SessionClient.opened()
    client.publish("x", to: "none", key: "k")
    #expect(try client.closing()?.code == 404)
    client.send(
      ChannelClose(replyCode: 200, replyText: "", classID: 0, methodID: 0),
      channel: 1
    )
    client.send(BasicQos(prefetchCount: 0), channel: 1)
    #expect(try client.methods() == [.channelCloseOk(ChannelCloseOk())])
    client.send(ChannelOpen(), channel: 1)
    #expect(
      try client.closing()
        == Closing(
          scope: .connection,
          code: 504,
          text: "CHANNEL_ERROR - second 'channel.open' seen"
        )
    )
  }

  @Test func aClientsCloseEndsAllItsChannels() throws {
    let broker = Broker { "unique" }
    let client = try SessionClient.opened(broker: broker)
    client.send(ChannelOpen(), channel: 2)
    client.send(QueueDeclare(queue: "q"), channel: 1)
    client.publish("x", key: "q")
    client.send(BasicConsume(queue: "q", consumerTag: "t"), channel: 2)
    _ = client.output()
    client.send(
      ConnectionClose(replyCode: 200, replyText: "bye", classID: 0, methodID: 0),
      channel: 0
    )
    #expect(try client.methods() == [.connectionCloseOk(ConnectionCloseOk())])
    #expect(broker.totals.ready == 1)
    #expect(broker.connections.isEmpty)
  }

  private static let noHeader =
    "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead"
  private static let noBody =
    "UNEXPECTED_FRAME - expected content body, got non content body frame instead"
  private static let noMethod =
    "UNEXPECTED_FRAME - expected method frame, got non method frame instead"
  private static let header: [UInt8] = [
    2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0xCE,
  ]
  private static let body: [UInt8] = [3, 0, 1, 0, 0, 0, 1, 120, 0xCE]
  private static let weight: [UInt8] = [
    2, 0, 1, 0, 0, 0, 14, 0, 60, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0xCE,
  ]
  private static let otherClass: [UInt8] = [
    2, 0, 1, 0, 0, 0, 14, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0xCE,
  ]
  private static let bodyOnZero: [UInt8] = [3, 0, 0, 0, 0, 0, 2, 120, 121, 0xCE]
  private static let heartbeat: [UInt8] = [8, 0, 1, 0, 0, 0, 0, 0xCE]

  private static let misplaced: [([UInt8], Bool, String)] = [
    (header, false, noMethod), (body, false, noMethod), (body, true, noHeader),
    (header + header, true, noBody), (weight, true, noHeader),
    (
      otherClass, true,
      "UNEXPECTED_FRAME - expected content header for class 60, got one for class 40 instead"
    ),
    (bodyOnZero, false, "UNEXPECTED_FRAME - type 3, all octets = <<120,121>>"),
    (heartbeat, false, "UNEXPECTED_FRAME - type 8, all octets = <<>>"),
  ]

  @Test(arguments: misplaced.indices) func framesOutOfPlaceAre505(index: Int) throws {
    let (bytes, isAfterPublish, text) = Self.misplaced[index]
    let client = try SessionClient.opened()
    if isAfterPublish { client.send(BasicPublish(exchange: "", routingKey: "q"), channel: 1) }
    client.send(bytes: ByteBuffer(bytes: bytes))
    #expect(try client.closing() == Closing(scope: .connection, code: 505, text: text))
  }

  /// RabbitMQ waits for the content even of a method that it refuses.
  @Test func aServersMethodIsRefusedOnceItsContentComes() throws {
    let deliver = BasicDeliver(
      consumerTag: "t",
      deliveryTag: 1,
      redelivered: false,
      exchange: "",
      routingKey: ""
    )
    #expect(try closing(deliver) == nil)
    #expect(
      try closing(deliver, BasicQos(prefetchCount: 0))
        == Closing(scope: .connection, code: 505, text: Self.noHeader)
    )
    let client = try SessionClient.opened()
    client.send(deliver, channel: 1)
    client.send(bytes: ByteBuffer(bytes: Self.header))
    #expect(try client.closing()?.code == 503)
  }

  @Test func aLongReplyTextEndsWithDots() throws {
    let name = String(repeating: "a", count: 255)
    let text = try #require(
      try closing(QueueDeclare(queue: name, passive: true))?.text
    )
    #expect(text.utf8.count == 255)
    #expect(text.hasPrefix("NOT_FOUND - no queue 'aaa"))
    #expect(text.hasSuffix("aaa..."))
  }

  @Test func theServerSaysWhatItCan() throws {
    guard case .table(let capabilities) = ServerProperties.table["capabilities"] else {
      Issue.record("no capabilities")
      return
    }
    let names = [
      "authentication_failure_close", "basic.nack", "connection.blocked",
      "consumer_cancel_notify", "consumer_priorities", "direct_reply_to",
      "exchange_exchange_bindings", "per_consumer_qos", "publisher_confirms",
    ]
    #expect(capabilities.entries.map(\.key).sorted() == names)
    #expect(capabilities.entries.map(\.value).allSatisfy { $0 == .boolean(true) })
    for key in ["platform", "copyright", "information", "cluster_name"] {
      #expect(ServerProperties.table[key]?.text?.lowercased().contains("sluice") == true, "\(key)")
    }
    #expect(ServerProperties.table["product"]?.text == "RabbitMQ")
    #expect(ServerProperties.table["version"]?.text == "3.10.8")
  }
}
