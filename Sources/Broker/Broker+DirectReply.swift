import AMQP
import Telemetry
import struct NIOCore.ByteBuffer

/// Answers that go straight to the channel of who asked (RabbitMQ, "Direct Reply-to").
extension Broker {
  /// Answers beyond this much unsent output are dropped, as if the asker had gone: nothing else
  /// bounds what others may send to a client that does not read.
  private static let unreadRepliesBytesLimit = 64 << 20

  /// Adds the reply consumer of a channel; a channel has one at most.
  func consumeReplies(
    _ request: ConsumeRequest,
    on channel: Channel
  ) -> Result<Name, Violation> {
    guard request.isAutomaticallyAcknowledged else {
      return .failure(Violation(.preconditionFailed, "reply consumer cannot acknowledge"))
    }
    guard channel.replyConsumer == nil else {
      return .failure(Violation(.preconditionFailed, "reply consumer already set"))
    }
    // Two parts and the signs at the end, as RabbitMQ makes them: php-amqp's tests look at them.
    let unique = "\(takeIdentifier()).\(makeName())=="
    let consumer = ReplyConsumer(
      name: Name("\(ReplyConsumer.address.text).\(unique)"),
      tag: request.tag,
      channel: channel
    )
    channel.replyConsumer = consumer
    replyConsumers[consumer.name] = consumer
    return .success(consumer.tag)
  }

  /// Ends the reply consumer of a channel; answers that come later are unroutable.
  func endReplies(of channel: Channel) {
    guard let consumer = channel.replyConsumer else { return }
    channel.replyConsumer = nil
    replyConsumers[consumer.name] = nil
  }

  /// Puts the channel's own name where a request asks for answers to the common one.
  ///
  /// The reference passes to the result, or ends with a failure.
  ///
  /// - Returns: 404 when there is no such exchange, 406 when the channel waits for no answers.
  @inline(never)
  func addressed(_ message: Message, on channel: Channel) -> Result<Message, Violation> {
    defer { message.release() }
    let host = channel.connection.host
    let exchange = Name(message.exchange)
    guard host.exchanges[exchange] != nil else {
      return .failure(.noExchange(exchange, in: host))
    }
    guard let consumer = channel.replyConsumer else {
      return .failure(Violation(.preconditionFailed, "fast reply consumer does not exist"))
    }
    var properties = message.rawProperties
    properties.setText(.replyTo, consumer.name.bytes)
    let rewritten = message.rewritten(
      properties: properties,
      traits: message.traits.subtracting(.directReply),
      enteredAt: message.enteredAt
    )
    return rewritten.map { .success($0) }
      ?? .failure(Violation(.resourceError, "no memory for \(message.bodyBytes) bytes"))
  }

  /// Whether a message is an answer to somebody who waits for it.
  @inline(never)
  func isReply(_ message: Message, along route: Route) -> Bool {
    route.exchange.name.bytes.isEmpty && ReplyConsumer.isName(message.routingKey)
      && replyConsumers[Name(message.routingKey)] != nil
  }

  /// Sends an answer to the channel that its routing key names.
  ///
  /// It counts as a message that passed through a queue and was acknowledged. Its delivery tag is
  /// the next one's too, as in RabbitMQ: nobody acknowledges it.
  ///
  /// - Returns: false when nobody waits under that name; the reference is then still the caller's.
  func deliverReply(_ message: Message, from exchange: Exchange) -> Bool {
    guard
      exchange.name.bytes.isEmpty,
      ReplyConsumer.isName(message.routingKey),
      let consumer = replyConsumers[Name(message.routingKey)]
    else { return false }
    let channel = consumer.channel
    let connection = channel.connection
    guard connection.output.readableBytes < Self.unreadRepliesBytesLimit else { return false }
    var head = channel.methodHead(BasicDeliver.identifier)
    head.append(UInt8(truncatingIfNeeded: consumer.tag.bytes.count))
    head += consumer.tag.bytes
    // Safe: `write` copies the head into the output before it returns.
    withUnsafeBytes(of: channel.unacked.nextTag.bigEndian) { head += $0 }
    head.append(0)
    head.withUnsafeMutableBytes { bytes in
      connection.write(message, head: bytes, tail: UnsafeRawBufferPointer(start: nil, count: 0))
    }
    markDirty(connection)
    sums.published += 1
    sums.enqueued += 1
    sums.delivered += 1
    sums.acknowledged += 1
    exchange.published += 1
    exchange.routed += 1
    message.release()
    return true
  }

  /// What a declaration of a name for answers is told, whatever else it asks for; nil for others.
  func replyQueueStatus(
    _ name: Name,
    on channel: Channel
  ) -> Result<QueueStatus, Violation>? {
    let isOwn = ReplyConsumer.isName(name.bytes)
    guard isOwn || name == ReplyConsumer.address else { return nil }
    if isOwn, replyConsumers[name] == nil {
      return .failure(.noQueue(name, in: channel.connection.host))
    }
    channel.lastDeclaredQueue = name
    return .success(QueueStatus(name: name, messageCount: 0, consumerCount: 1))
  }
}
