import AMQP
import Broker

/// Which permissions each method needs (RabbitMQ, "Access Control").
///
/// Publishing is not here: the engine asks where it finds the route.
extension Session {
  /// Why the user may not do this; nil when it may, and when the method fails for another reason
  /// that RabbitMQ finds first.
  @inline(never)
  func permissionRefusal(of method: Method, on channel: SessionChannel) -> Violation? {
    let connection = channel.channel.connection
    switch method {
    case .exchangeDeclare(let declare) where !declare.passive:
      return refusal(of: declare, connection)
    case .exchangeDelete(let delete):
      let isOwn = delete.exchange.isEmpty || delete.exchange.hasPrefix("amq.")
      return isOwn ? nil : refuse(.configure, .exchange(Name(delete.exchange)), connection)
    case .exchangeBind(let bind):
      let target = Resource.exchange(Name(bind.destination))
      return refusal(ofBinding: target, bind.source, bind.routingKey, connection)
    case .exchangeUnbind(let unbind):
      let target = Resource.exchange(Name(unbind.destination))
      return refusal(ofBinding: target, unbind.source, unbind.routingKey, connection)
    case .queueDeclare(let declare) where !declare.passive:
      return refusal(of: declare, connection)
    case .queueBind(let bind):
      guard let queue = queue(bind.queue, channel) else { return nil }
      return refusal(ofBinding: queue, bind.exchange, bind.routingKey, connection)
    case .queueUnbind(let unbind):
      guard let queue = queue(unbind.queue, channel) else { return nil }
      return refusal(ofBinding: queue, unbind.exchange, unbind.routingKey, connection)
    case .queueDelete(let delete):
      return queue(delete.queue, channel).flatMap { refuse(.configure, $0, connection) }
    case .queuePurge(let purge):
      return queue(purge.queue, channel).flatMap { refuse(.read, $0, connection) }
    case .basicGet(let get):
      return queue(get.queue, channel).flatMap { refuse(.read, $0, connection) }
    case .basicConsume(let consume):
      if consume.queue == Self.replyQueue { return nil }
      return queue(consume.queue, channel).flatMap { refuse(.read, $0, connection) }
    default: return nil
    }
  }

  /// The pseudo-queue of direct replies, which everybody may use.
  private static let replyQueue = "amq.rabbitmq.reply-to"

  private func refuse(
    _ permission: Permission,
    _ resource: Resource,
    _ connection: Connection
  ) -> Violation? {
    broker.refusal(permission, on: resource, for: connection)
  }

  /// The queue that a method means: an empty name is the last declared.
  private func queue(_ name: String, _ channel: SessionChannel) -> Resource? {
    name.isEmpty ? channel.channel.lastDeclaredQueue.map { .queue($0) } : .queue(Name(name))
  }

  private func refusal(of declare: ExchangeDeclare, _ connection: Connection) -> Violation? {
    guard ExchangeType(rawValue: declare.type) != nil, !declare.exchange.isEmpty else {
      return nil
    }
    let name = Name(declare.exchange)
    if let refusal = refuse(.configure, .exchange(name), connection) { return refusal }
    guard connection.host.exchanges[name] == nil, !declare.exchange.hasPrefix("amq."),
      let alternate = declare.arguments["alternate-exchange"]?.text
    else { return nil }
    return refuse(.read, .exchange(name), connection)
      ?? refuse(.write, .exchange(Name(alternate)), connection)
  }

  private func refusal(of declare: QueueDeclare, _ connection: Connection) -> Violation? {
    let exists = connection.host.queues[Name(declare.queue)] != nil
    guard exists || !declare.queue.hasPrefix("amq.") else { return nil }
    // The broker has yet to choose a name; all that it may choose begin like this.
    let name = Name(declare.queue.isEmpty ? "amq.gen-" + broker.newName() : declare.queue)
    if let refusal = refuse(.configure, .queue(name), connection) { return refusal }
    guard !exists, let exchange = declare.arguments["x-dead-letter-exchange"]?.text else {
      return nil
    }
    return refuse(.read, .queue(name), connection)
      ?? refuse(.write, .exchange(Name(exchange)), connection)
  }

  private func refusal(
    ofBinding destination: Resource,
    _ source: String,
    _ key: String,
    _ connection: Connection
  ) -> Violation? {
    refuse(.write, destination, connection)
      ?? refuse(.read, .exchange(Name(source)), connection)
      ?? broker.topicRefusal(.read, on: Name(source), key: Name(key), for: connection)
  }
}
