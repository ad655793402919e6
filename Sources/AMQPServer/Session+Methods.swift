import AMQP
import Broker

// Safe: the payload is decoded into values before the call that brought it returns.

extension Session {
  /// Does what a method other than publish and acknowledge asks for.
  @inline(never)
  func receiveRareMethod(_ payload: UnsafeRawBufferPointer, on channel: SessionChannel) {
    switch decodeMethod(payload) {
    case .failure(let error): fail(error, decoding: payload)
    case .success(let received):
      let method = received.withoutLineBreaks
      let isRestricted = broker.isRestricted(channel.channel.connection)
      let refusal = isRestricted ? permissionRefusal(of: method, on: channel) : nil
      if let violation = refusal ?? perform(method, on: channel) {
        fail(violation, on: channel, method: method.identifier)
      }
    }
  }

  private func perform(_ method: Method, on channel: SessionChannel) -> Violation? {
    switch method {
    case .channelOpen: Violation(.channelError, "second 'channel.open' seen")
    case .channelClose: close(channel)
    case .channelFlow(let flow): perform(flow, on: channel)
    case .exchangeDeclare(let declare): perform(declare, on: channel)
    case .exchangeDelete(let delete): perform(delete, on: channel)
    case .exchangeBind(let bind): perform(bind, on: channel)
    case .exchangeUnbind(let unbind): perform(unbind, on: channel)
    case .queueDeclare(let declare): perform(declare, on: channel)
    case .queueBind(let bind): perform(bind, on: channel)
    case .queueUnbind(let unbind): perform(unbind, on: channel)
    case .queuePurge(let purge): perform(purge, on: channel)
    case .queueDelete(let delete): perform(delete, on: channel)
    case .basicQos(let qos): perform(qos, on: channel)
    case .basicConsume(let consume): perform(consume, on: channel)
    case .basicCancel(let cancel): perform(cancel, on: channel)
    case .basicGet(let get): perform(get, on: channel)
    case .basicAck(let ack):
      settle(ack.deliveryTag, isMultiple: ack.multiple, as: .acknowledged, on: channel)
    case .basicNack(let nack):
      settle(
        nack.deliveryTag,
        isMultiple: nack.multiple,
        as: nack.requeue ? .requeued : .discarded,
        on: channel
      )
    case .basicReject(let reject):
      settle(
        reject.deliveryTag,
        isMultiple: false,
        as: reject.requeue ? .requeued : .discarded,
        on: channel
      )
    case .basicRecover(let recover): perform(recover, on: channel)
    case .basicRecoverAsync(let recover): recoverWithoutAnswer(recover, on: channel)
    case .confirmSelect(let select): perform(select, on: channel)
    case .txSelect: selectTransactions(on: channel)
    case .txCommit: commit(channel)
    case .txRollback: rollBack(channel)
    case .accessRequest: grantAccess(on: channel)
    case .basicDeliver, .basicReturn, .basicGetOk: awaitContent(of: method, on: channel)
    default:
      Violation(.commandInvalid, "unimplemented method")
    }
  }

  private func grantAccess(on channel: SessionChannel) -> Violation? {
    send(AccessRequestOk(), channel: channel.channel.number)
    return nil
  }

  /// Even for what is refused, its content comes first.
  private func awaitContent(of method: Method, on channel: SessionChannel) -> Violation? {
    channel.content.begin(ofServers: method.identifier)
    return nil
  }

  private func close(_ channel: SessionChannel) -> Violation? {
    let number = channel.channel.number
    broker.closeChannel(channel.channel)
    channels[Int(number)] = nil
    send(ChannelCloseOk(), channel: number)
    return nil
  }

  private func perform(_ flow: ChannelFlow, on channel: SessionChannel) -> Violation? {
    guard flow.active else { return Violation(.notImplemented, "active=false") }
    send(ChannelFlowOk(active: true), channel: channel.channel.number)
    return nil
  }

  private func settle(
    _ tag: UInt64,
    isMultiple: Bool,
    as settlement: Settlement,
    on channel: SessionChannel
  ) -> Violation? {
    broker.settle(tag, isMultiple: isMultiple, as: settlement, on: channel.channel)
  }

  private func perform(_ qos: BasicQos, on channel: SessionChannel) -> Violation? {
    guard qos.prefetchSize == 0 else {
      return Violation(.notImplemented, "prefetch_size!=0 (\(qos.prefetchSize))")
    }
    broker.setPrefetch(qos.prefetchCount, isGlobal: qos.global, on: channel.channel)
    send(BasicQosOk(), channel: channel.channel.number)
    return nil
  }

  private func perform(_ recover: BasicRecover, on channel: SessionChannel) -> Violation? {
    guard recover.requeue else { return Violation(.notImplemented, "requeue=false") }
    broker.recover(channel.channel)
    send(BasicRecoverOk(), channel: channel.channel.number)
    return nil
  }

  private func recoverWithoutAnswer(
    _ recover: BasicRecoverAsync,
    on channel: SessionChannel
  ) -> Violation? {
    guard recover.requeue else { return Violation(.notImplemented, "requeue=false") }
    broker.recover(channel.channel)
    return nil
  }

  private func perform(_ consume: BasicConsume, on channel: SessionChannel) -> Violation? {
    queueName(consume.queue, on: channel) { name in
      let request = ConsumeRequest(
        queue: name,
        tag: Name(consume.consumerTag),
        isAutomaticallyAcknowledged: consume.noAck,
        isExclusive: consume.exclusive,
        arguments: consume.arguments
      )
      return answer(broker.consume(request, on: channel.channel), noWait: consume.noWait) { tag in
        send(BasicConsumeOk(consumerTag: tag.text), channel: channel.channel.number)
      }
    }
  }

  private func perform(_ cancel: BasicCancel, on channel: SessionChannel) -> Violation? {
    broker.cancel(Name(cancel.consumerTag), on: channel.channel)
    if !cancel.noWait {
      send(BasicCancelOk(consumerTag: cancel.consumerTag), channel: channel.channel.number)
    }
    return nil
  }

  private func perform(_ get: BasicGet, on channel: SessionChannel) -> Violation? {
    queueName(get.queue, on: channel) { name in
      broker.get(from: name, isAutomaticallyAcknowledged: get.noAck, on: channel.channel)
    }
  }

  /// An empty queue name means the queue last declared on the channel.
  func queueName(
    _ text: String,
    on channel: SessionChannel,
    _ body: (Name) -> Violation?
  ) -> Violation? {
    if !text.isEmpty { return body(Name(text)) }
    guard let last = channel.channel.lastDeclaredQueue else {
      return Violation(.notFound, "no previously declared queue")
    }
    return body(last)
  }

  /// Sends the answer unless the client asked for none.
  func answer<Value>(
    _ result: Result<Value, Violation>,
    noWait: Bool,
    _ send: (Value) -> Void
  ) -> Violation? {
    switch result {
    case .failure(let violation): return violation
    case .success(let value):
      if !noWait { send(value) }
      return nil
    }
  }
}
