import AMQP
import TestSupport

import struct NIOCore.ByteBuffer

/// Frames with random contents, the same ones for the same seed.
struct RandomFrames {
  private var random: SplitMix

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
  }

  /// One method of every kind, in the order of ``AMQP/Method/allTypes``.
  mutating func methods() -> [Method] {
    connectionAndChannel() + exchange() + queue() + basicConfirmAndTx()
  }

  private mutating func connectionAndChannel() -> [Method] {
    [
      .connectionStart(
        ConnectionStart(
          versionMajor: integer(),
          versionMinor: integer(),
          serverProperties: table(),
          mechanisms: text(),
          locales: text()
        )
      ),
      .connectionStartOk(
        ConnectionStartOk(
          clientProperties: table(),
          mechanism: text(),
          response: bytes(),
          locale: text()
        )
      ),
      .connectionSecure(ConnectionSecure(challenge: bytes())),
      .connectionSecureOk(ConnectionSecureOk(response: bytes())),
      .connectionTune(
        ConnectionTune(channelMax: integer(), frameMax: integer(), heartbeat: integer())
      ),
      .connectionTuneOk(
        ConnectionTuneOk(channelMax: integer(), frameMax: integer(), heartbeat: integer())
      ),
      .connectionOpen(ConnectionOpen(virtualHost: text())),
      .connectionOpenOk(ConnectionOpenOk()),
      .connectionClose(
        ConnectionClose(
          replyCode: integer(),
          replyText: text(),
          classID: integer(),
          methodID: integer()
        )
      ),
      .connectionCloseOk(ConnectionCloseOk()),
      .connectionBlocked(ConnectionBlocked(reason: text())),
      .connectionUnblocked(ConnectionUnblocked()),
      .connectionUpdateSecret(ConnectionUpdateSecret(newSecret: bytes(), reason: text())),
      .connectionUpdateSecretOk(ConnectionUpdateSecretOk()),
      .channelOpen(ChannelOpen()),
      .channelOpenOk(ChannelOpenOk()),
      .channelFlow(ChannelFlow(active: bit())),
      .channelFlowOk(ChannelFlowOk(active: bit())),
      .channelClose(
        ChannelClose(
          replyCode: integer(),
          replyText: text(),
          classID: integer(),
          methodID: integer()
        )
      ),
      .channelCloseOk(ChannelCloseOk()),
      .accessRequest(
        AccessRequest(
          realm: text(),
          exclusive: bit(),
          passive: bit(),
          active: bit(),
          write: bit(),
          read: bit()
        )
      ),
      .accessRequestOk(AccessRequestOk(ticket: integer())),
    ]
  }

  private mutating func exchange() -> [Method] {
    [
      .exchangeDeclare(
        ExchangeDeclare(
          exchange: text(),
          type: text(),
          passive: bit(),
          durable: bit(),
          autoDelete: bit(),
          internal: bit(),
          noWait: bit(),
          arguments: table()
        )
      ),
      .exchangeDeclareOk(ExchangeDeclareOk()),
      .exchangeDelete(ExchangeDelete(exchange: text(), ifUnused: bit(), noWait: bit())),
      .exchangeDeleteOk(ExchangeDeleteOk()),
      .exchangeBind(
        ExchangeBind(
          destination: text(),
          source: text(),
          routingKey: text(),
          noWait: bit(),
          arguments: table()
        )
      ),
      .exchangeBindOk(ExchangeBindOk()),
      .exchangeUnbind(
        ExchangeUnbind(
          destination: text(),
          source: text(),
          routingKey: text(),
          noWait: bit(),
          arguments: table()
        )
      ),
      .exchangeUnbindOk(ExchangeUnbindOk()),
    ]
  }

  private mutating func queue() -> [Method] {
    [
      .queueDeclare(
        QueueDeclare(
          queue: text(),
          passive: bit(),
          durable: bit(),
          exclusive: bit(),
          autoDelete: bit(),
          noWait: bit(),
          arguments: table()
        )
      ),
      .queueDeclareOk(
        QueueDeclareOk(queue: text(), messageCount: integer(), consumerCount: integer())
      ),
      .queueBind(
        QueueBind(
          queue: text(),
          exchange: text(),
          routingKey: text(),
          noWait: bit(),
          arguments: table()
        )
      ),
      .queueBindOk(QueueBindOk()),
      .queuePurge(QueuePurge(queue: text(), noWait: bit())),
      .queuePurgeOk(QueuePurgeOk(messageCount: integer())),
      .queueDelete(QueueDelete(queue: text(), ifUnused: bit(), ifEmpty: bit(), noWait: bit())),
      .queueDeleteOk(QueueDeleteOk(messageCount: integer())),
      .queueUnbind(
        QueueUnbind(queue: text(), exchange: text(), routingKey: text(), arguments: table())
      ),
      .queueUnbindOk(QueueUnbindOk()),
    ]
  }

  private mutating func basicConfirmAndTx() -> [Method] {
    [
      .basicQos(BasicQos(prefetchSize: integer(), prefetchCount: integer(), global: bit())),
      .basicQosOk(BasicQosOk()),
      .basicConsume(
        BasicConsume(
          queue: text(),
          consumerTag: text(),
          noLocal: bit(),
          noAck: bit(),
          exclusive: bit(),
          noWait: bit(),
          arguments: table()
        )
      ),
      .basicConsumeOk(BasicConsumeOk(consumerTag: text())),
      .basicCancel(BasicCancel(consumerTag: text(), noWait: bit())),
      .basicCancelOk(BasicCancelOk(consumerTag: text())),
      .basicPublish(
        BasicPublish(exchange: text(), routingKey: text(), mandatory: bit(), immediate: bit())
      ),
      .basicReturn(
        BasicReturn(replyCode: integer(), replyText: text(), exchange: text(), routingKey: text())
      ),
      .basicDeliver(
        BasicDeliver(
          consumerTag: text(),
          deliveryTag: integer(),
          redelivered: bit(),
          exchange: text(),
          routingKey: text()
        )
      ),
      .basicGet(BasicGet(queue: text(), noAck: bit())),
      .basicGetOk(
        BasicGetOk(
          deliveryTag: integer(),
          redelivered: bit(),
          exchange: text(),
          routingKey: text(),
          messageCount: integer()
        )
      ),
      .basicGetEmpty(BasicGetEmpty()),
      .basicAck(BasicAck(deliveryTag: integer(), multiple: bit())),
      .basicReject(BasicReject(deliveryTag: integer(), requeue: bit())),
      .basicRecoverAsync(BasicRecoverAsync(requeue: bit())),
      .basicRecover(BasicRecover(requeue: bit())),
      .basicRecoverOk(BasicRecoverOk()),
      .basicNack(BasicNack(deliveryTag: integer(), multiple: bit(), requeue: bit())),
      .confirmSelect(ConfirmSelect(noWait: bit())),
      .confirmSelectOk(ConfirmSelectOk()),
      .txSelect(TxSelect()),
      .txSelectOk(TxSelectOk()),
      .txCommit(TxCommit()),
      .txCommitOk(TxCommitOk()),
      .txRollback(TxRollback()),
      .txRollbackOk(TxRollbackOk()),
    ]
  }

  /// Methods of every kind on random channels, some headers and bodies, and a heartbeat.
  mutating func frames() -> [Frame] {
    var frames: [Frame] = methods().map { .method(channel: integer(), $0) }
    for _ in 0..<8 {
      frames.append(.header(channel: integer(), contentHeader()))
      frames.append(.body(channel: integer(), ByteBuffer(bytes: bytes())))
    }
    return frames + [.heartbeat]
  }

  mutating func contentHeader() -> ContentHeader {
    ContentHeader(bodyBytes: integer(), properties: properties())
  }

  mutating func properties() -> BasicProperties {
    BasicProperties(
      contentType: bit() ? text() : nil,
      contentEncoding: bit() ? text() : nil,
      headers: bit() ? table() : nil,
      deliveryMode: bit() ? integer() : nil,
      priority: bit() ? integer() : nil,
      correlationID: bit() ? text() : nil,
      replyTo: bit() ? text() : nil,
      expiration: bit() ? text() : nil,
      messageID: bit() ? text() : nil,
      timestamp: bit() ? integer() : nil,
      type: bit() ? text() : nil,
      userID: bit() ? text() : nil,
      appID: bit() ? text() : nil,
      clusterID: bit() ? text() : nil
    )
  }

  mutating func table(depth: Int = 0) -> FieldTable {
    FieldTable(
      entries: (0..<Int.random(in: 0...4, using: &random)).map { _ in
        FieldTable.Entry(key: text(), value: value(depth: depth))
      }
    )
  }

  /// A value of any type; containers only down to the third level, or the size would explode.
  mutating func value(depth: Int) -> FieldValue {
    switch Int.random(in: 0..<(depth < 3 ? 17 : 15), using: &random) {
    case 0: .boolean(bit())
    case 1: .signed8(integer())
    case 2: .unsigned8(integer())
    case 3: .signed16(integer())
    case 4: .unsigned16(integer())
    case 5: .signed32(integer())
    case 6: .unsigned32(integer())
    case 7: .signed64(integer())
    case 8: .float(Float.random(in: -1e30...1e30, using: &random))
    case 9: .double(Double.random(in: -1e300...1e300, using: &random))
    case 10: .decimal(scale: integer(), value: integer())
    case 11: .string(bytes())
    case 12: .timestamp(integer())
    case 13: .void
    case 14: .bytes(bytes())
    case 15:
      .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1) })
    default: .table(table(depth: depth + 1))
    }
  }

  /// Short texts mostly, some of several bytes a character, now and then the longest possible.
  mutating func text() -> String {
    if Int.random(in: 0..<40, using: &random) == 0 {
      return String(repeating: "x", count: Limits.shortStringBytes)
    }
    let letters = Array("abz.#*-_ äß€漢🚀\u{0}\u{7F}")
    return String(
      (0..<Int.random(in: 0...9, using: &random)).map { _ in
        letters.randomElement(using: &random) ?? "a"
      }
    )
  }

  mutating func bytes() -> [UInt8] {
    (0..<Int.random(in: 0...20, using: &random)).map { _ in integer() }
  }

  mutating func bit() -> Bool {
    Bool.random(using: &random)
  }

  /// Any value, the two ends of the range more often than chance.
  mutating func integer<Value: FixedWidthInteger>() -> Value {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: .min
    case 1: .max
    default: Value.random(in: .min ... .max, using: &random)
    }
  }
}
