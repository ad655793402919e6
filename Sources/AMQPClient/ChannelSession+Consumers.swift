import AMQP
import NIOCore

// What the server sends on a channel, and the consumers that it is for.
extension ChannelSession {
  func methodReceived(_ method: Method) throws(Violation) {
    switch state {
    case .opening, .open:
      try openMethodReceived(method)
    case .closing:
      if case .channelCloseOk = method { end(.channelClosedByUs) }
      // Both sides closed at once: each answers the other.
      if case .channelClose = method { connection.writeMethod(ChannelCloseOk(), channel: number) }
    case .closed:
      break
    }
  }

  private func openMethodReceived(_ method: Method) throws(Violation) {
    if case .channelClose(let close) = method {
      closedByServer(close)
      return
    }
    guard !isAssembling else {
      throw Violation(
        code: .unexpectedFrame,
        text: "\(method.identifier.name) came on channel \(number) within a message"
      )
    }
    switch method.arguments {
    case let deliver as BasicDeliver: assemble(.deliver(deliver))
    case let getOk as BasicGetOk: assemble(.getOk(getOk))
    case let returned as BasicReturn: assemble(.returned(returned))
    case let ack as BasicAck:
      for entry in try confirms.settled(tag: ack.deliveryTag, multiple: ack.multiple) {
        entry.waiter.settle(entry.acknowledged)
      }
    case let nack as BasicNack:
      for entry in try confirms.settled(tag: nack.deliveryTag, multiple: nack.multiple) {
        entry.waiter.settle(.failure(entry.nacked))
      }
    case let cancel as BasicCancel: cancelledByServer(cancel)
    case let flow as ChannelFlow:
      isFlowActive = flow.active
      connection.writeMethod(ChannelFlowOk(active: flow.active), channel: number)
      releasePublishes()
    default: try answerReceived(method)
    }
  }

  private func closedByServer(_ close: ChannelClose) {
    connection.writeMethod(ChannelCloseOk(), channel: number)
    let cause = MethodIdentifier(classID: close.classID, methodID: close.methodID)
    end(
      ClientError(
        code: .channelClosed(ReplyCode(rawValue: close.replyCode)),
        message: closeMessage(close.replyCode, close.replyText, cause)
      )
    )
  }

  func contentReceived(_ content: ContentAssembly.Content) throws(Violation) {
    switch content.carrier {
    case .deliver(let deliver):
      try deliveryReceived(Delivery(deliver, content))
    case .getOk(let getOk):
      fetched = Delivery(getOk, content)
      try answerReceived(.basicGetOk(getOk))
    case .returned(let returned):
      returnReceived(ReturnedMessage(returned, content))
    }
  }

  private func deliveryReceived(_ delivery: Delivery) throws(Violation) {
    guard let consumer = consumers[delivery.consumerTag] else {
      throw Violation(
        code: .commandInvalid,
        text: "a delivery came on channel \(number) for a consumer that is not registered"
      )
    }
    switch consumer.offer(delivery) {
    case .taken:
      break
    case .takenAndFull:
      connection.bufferFilled(consumer)
    case .refused:
      let error = ClientError(
        code: .limitReached,
        message: "nobody reads the deliveries of consumer \(delivery.consumerTag)"
      )
      close(nil, code: .resourceError, error: error)
    }
  }

  // MARK: - Consumers

  func consume(_ method: BasicConsume, _ waiter: Waiter<DeliveryBuffer>) {
    guard consumers[method.consumerTag] == nil else {
      let message = "consumer tag \(method.consumerTag) is in use on channel \(number)"
      waiter.settle(.failure(ClientError(code: .invalidArgument, message: message)))
      return
    }
    let pending = PendingMethod(
      method: .basicConsume(method),
      isAbandoned: { waiter.isSettled },
      answered: { [self] answer in
        guard case .basicConsumeOk(let consumeOk) = answer,
          let buffer = makeBuffer(consumeOk.consumerTag, noAck: method.noAck)
        else { return false }
        consumers[consumeOk.consumerTag] = buffer
        if !waiter.settle(.success(buffer)) { abandon(buffer) }
        return true
      },
      failed: { waiter.settle(.failure($0)) }
    )
    call(pending)
  }

  private func makeBuffer(_ consumerTag: String, noAck: Bool) -> DeliveryBuffer? {
    guard let eventLoop = connection.context?.eventLoop else { return nil }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let status = connection.status
    return DeliveryBuffer(
      consumerTag: consumerTag,
      noAck: noAck,
      // With acknowledgements the server stops at the prefetch count by itself.
      countLimit: max(prefetchCount + 1, ClientLimits.bufferedDeliveries),
      drained: {
        guard !status.hasEnded else { return }
        eventLoop.execute { bound.value.caughtUp(consumerTag) }
      }
    )
  }

  private func caughtUp(_ consumerTag: String) {
    guard let consumer = consumers[consumerTag] else { return }
    connection.bufferDrained(consumer)
  }

  /// Ends a consumer's stream and forgets that it was full.
  func end(_ consumer: DeliveryBuffer, _ reason: ConsumerEnd) {
    consumer.finish(reason)
    connection.bufferDrained(consumer)
  }

  func cancel(_ consumerTag: String, _ waiter: Waiter<Void>) {
    guard failure != nil || consumers[consumerTag] != nil else {
      waiter.settle(.success(()))
      return
    }
    let pending = PendingMethod(
      method: .basicCancel(BasicCancel(consumerTag: consumerTag)),
      isAbandoned: { waiter.isSettled },
      answered: { [self] answer in
        guard case .basicCancelOk = answer else { return false }
        cancelled(consumerTag, .cancelledByClient)
        waiter.settle(.success(()))
        return true
      },
      failed: { waiter.settle(.failure($0)) }
    )
    call(pending)
  }

  private func cancelled(_ consumerTag: String, _ reason: ConsumerEnd) {
    if let consumer = consumers.removeValue(forKey: consumerTag) { end(consumer, reason) }
  }

  private func cancelledByServer(_ cancel: BasicCancel) {
    cancelled(cancel.consumerTag, .cancelledByServer)
    guard !cancel.noWait else { return }
    connection.writeMethod(BasicCancelOk(consumerTag: cancel.consumerTag), channel: number)
  }

  /// Nobody will read `buffer` any more: cancels its consumer and requeues what is unread.
  func abandon(_ buffer: DeliveryBuffer) {
    guard failure == nil else { return }
    guard consumers[buffer.consumerTag] === buffer else {
      requeue(buffer)
      return
    }
    // Requeued only after the cancel is answered, else the server would deliver them here again.
    let pending = PendingMethod(
      method: .basicCancel(BasicCancel(consumerTag: buffer.consumerTag)),
      isAbandoned: { false },
      answered: { [self] answer in
        guard case .basicCancelOk = answer else { return false }
        cancelled(buffer.consumerTag, .cancelledByClient)
        requeue(buffer)
        return true
      },
      failed: { _ in }
    )
    call(pending)
  }

  private func requeue(_ buffer: DeliveryBuffer) {
    for delivery in buffer.removeAll() where !buffer.noAck { requeue(delivery) }
  }

  private func requeue(_ delivery: Delivery) {
    let nack = BasicNack(deliveryTag: delivery.deliveryTag, requeue: true)
    connection.writeMethod(nack, channel: number)
  }

  // MARK: - Fetching one message

  func get(_ method: BasicGet, _ waiter: Waiter<Delivery?>) {
    let pending = PendingMethod(
      method: .basicGet(method),
      isAbandoned: { waiter.isSettled },
      answered: { [self] answer in
        if case .basicGetEmpty = answer {
          waiter.settle(.success(nil))
          return true
        }
        guard case .basicGetOk = answer, let delivery = fetched else { return false }
        fetched = nil
        if !waiter.settle(.success(delivery)), !method.noAck { requeue(delivery) }
        return true
      },
      failed: { waiter.settle(.failure($0)) }
    )
    call(pending)
  }
}

extension PublisherConfirms.Entry {
  fileprivate var acknowledged: Result<Void, ClientError> {
    guard let returned else { return .success(()) }
    let text =
      "\(returned.replyCode) \(returned.replyText): exchange '\(returned.exchange)', "
      + "routing key '\(returned.routingKey)'"
    return .failure(ClientError(code: .returned, message: text))
  }

  fileprivate var nacked: ClientError {
    ClientError(
      code: .nacked,
      message: "the server could not take a message for exchange '\(message.method.exchange)', "
        + "routing key '\(message.method.routingKey)'"
    )
  }
}

extension Delivery {
  fileprivate init(_ deliver: BasicDeliver, _ content: ContentAssembly.Content) {
    self.init(
      consumerTag: deliver.consumerTag,
      deliveryTag: deliver.deliveryTag,
      redelivered: deliver.redelivered,
      exchange: deliver.exchange,
      routingKey: deliver.routingKey,
      properties: content.properties,
      body: content.body
    )
  }

  fileprivate init(_ getOk: BasicGetOk, _ content: ContentAssembly.Content) {
    self.init(
      consumerTag: "",
      deliveryTag: getOk.deliveryTag,
      redelivered: getOk.redelivered,
      exchange: getOk.exchange,
      routingKey: getOk.routingKey,
      properties: content.properties,
      body: content.body
    )
  }
}

extension ReturnedMessage {
  fileprivate init(_ returned: BasicReturn, _ content: ContentAssembly.Content) {
    self.init(
      replyCode: returned.replyCode,
      replyText: returned.replyText,
      exchange: returned.exchange,
      routingKey: returned.routingKey,
      properties: content.properties,
      body: content.body
    )
  }
}
