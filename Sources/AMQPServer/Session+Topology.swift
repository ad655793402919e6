import AMQP
import Broker

/// Exchanges, queues and bindings.
extension Session {
  func perform(_ declare: ExchangeDeclare, on channel: SessionChannel) -> Violation? {
    if let violation = change(declare, in: channel.channel.connection.host) { return violation }
    if !declare.noWait { send(ExchangeDeclareOk(), channel: channel.channel.number) }
    return nil
  }

  private func change(_ declare: ExchangeDeclare, in host: VirtualHost) -> Violation? {
    let name = Name(declare.exchange)
    if declare.passive { return broker.checkExchange(name, in: host) }
    guard let type = ExchangeType(rawValue: declare.type) else {
      let fault = declare.type.isEmpty ? "invalid" : "unknown"
      return Violation(.commandInvalid, "\(fault) exchange type '\(declare.type)'")
    }
    return broker.declareExchange(
      ExchangeDeclaration(
        name: name,
        type: type,
        isDurable: declare.durable,
        isAutoDelete: declare.autoDelete,
        isInternal: declare.`internal`,
        arguments: declare.arguments
      ),
      in: host
    )
  }

  func perform(_ delete: ExchangeDelete, on channel: SessionChannel) -> Violation? {
    let violation = broker.deleteExchange(
      Name(delete.exchange),
      onlyIfUnused: delete.ifUnused,
      in: channel.channel.connection.host
    )
    if let violation { return violation }
    if !delete.noWait { send(ExchangeDeleteOk(), channel: channel.channel.number) }
    return nil
  }

  func perform(_ bind: ExchangeBind, on channel: SessionChannel) -> Violation? {
    let violation = broker.bindExchange(
      Name(bind.destination),
      to: Name(bind.source),
      key: Name(bind.routingKey),
      arguments: bind.arguments,
      in: channel.channel.connection.host
    )
    if violation == nil, !bind.noWait { send(ExchangeBindOk(), channel: channel.channel.number) }
    return violation
  }

  func perform(_ unbind: ExchangeUnbind, on channel: SessionChannel) -> Violation? {
    let violation = broker.unbindExchange(
      Name(unbind.destination),
      from: Name(unbind.source),
      key: Name(unbind.routingKey),
      arguments: unbind.arguments,
      in: channel.channel.connection.host
    )
    if violation == nil, !unbind.noWait {
      send(ExchangeUnbindOk(), channel: channel.channel.number)
    }
    return violation
  }

  func perform(_ declare: QueueDeclare, on channel: SessionChannel) -> Violation? {
    let name = Name(declare.queue)
    let result: Result<QueueStatus, Violation>
    if declare.passive {
      result = broker.checkQueue(name, on: channel.channel)
    } else {
      result = broker.declareQueue(
        QueueDeclaration(
          name: name,
          isDurable: declare.durable,
          isExclusive: declare.exclusive,
          isAutoDelete: declare.autoDelete,
          arguments: declare.arguments
        ),
        on: channel.channel
      )
    }
    return answer(result, noWait: declare.noWait) { status in
      send(
        QueueDeclareOk(
          queue: status.name.text,
          messageCount: UInt32(clamping: status.messageCount),
          consumerCount: UInt32(clamping: status.consumerCount)
        ),
        channel: channel.channel.number
      )
    }
  }

  func perform(_ bind: QueueBind, on channel: SessionChannel) -> Violation? {
    queueName(bind.queue, on: channel) { name in
      // Both empty: the routing key is the queue's name too (AMQP 0-9-1, queue.bind).
      let usesQueueName = bind.queue.isEmpty && bind.routingKey.isEmpty
      let violation = broker.bind(
        name,
        to: Name(bind.exchange),
        key: usesQueueName ? name : Name(bind.routingKey),
        arguments: bind.arguments,
        for: channel.channel.connection
      )
      if violation == nil, !bind.noWait {
        send(QueueBindOk(), channel: channel.channel.number)
      }
      return violation
    }
  }

  func perform(_ unbind: QueueUnbind, on channel: SessionChannel) -> Violation? {
    queueName(unbind.queue, on: channel) { name in
      let violation = broker.unbind(
        name,
        from: Name(unbind.exchange),
        key: Name(unbind.routingKey),
        arguments: unbind.arguments,
        for: channel.channel.connection
      )
      if violation == nil { send(QueueUnbindOk(), channel: channel.channel.number) }
      return violation
    }
  }

  func perform(_ purge: QueuePurge, on channel: SessionChannel) -> Violation? {
    queueName(purge.queue, on: channel) { name in
      let result = broker.purgeQueue(name, for: channel.channel.connection)
      return answer(result, noWait: purge.noWait) { count in
        send(
          QueuePurgeOk(messageCount: UInt32(clamping: count)),
          channel: channel.channel.number
        )
      }
    }
  }

  func perform(_ delete: QueueDelete, on channel: SessionChannel) -> Violation? {
    queueName(delete.queue, on: channel) { name in
      let result = broker.deleteQueue(
        name,
        onlyIfUnused: delete.ifUnused,
        onlyIfEmpty: delete.ifEmpty,
        for: channel.channel.connection
      )
      return answer(result, noWait: delete.noWait) { count in
        send(
          QueueDeleteOk(messageCount: UInt32(clamping: count)),
          channel: channel.channel.number
        )
      }
    }
  }
}
