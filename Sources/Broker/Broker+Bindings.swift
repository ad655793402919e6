package import AMQP

/// Bindings between exchanges and queues, and between exchanges.
extension Broker {
  /// Binds a queue to an exchange.
  ///
  /// - Returns: 404 when either is missing, 405 when the queue is another's, 403 for the default
  ///   exchange, 406 when the exchange's type refuses key or arguments.
  package func bind(
    _ queueName: Name,
    to exchangeName: Name,
    key: Name,
    arguments: FieldTable = [:],
    for connection: Connection
  ) -> Violation? {
    if exchangeName.bytes.isEmpty { return Self.defaultExchangeRefusal }
    let host = connection.host
    guard let exchange = host.exchanges[exchangeName] else {
      return .noExchange(exchangeName, in: host)
    }
    guard host.queues[queueName] != nil else { return .noQueue(queueName, in: host) }
    if let violation = exchange.refusal(ofKey: key, arguments) { return violation }
    switch findQueue(queueName, for: connection) {
    case .failure(let violation): return violation
    case .success(let queue):
      add(Binding(to: .queue(queue), key: key, arguments: arguments), to: exchange)
      return nil
    }
  }

  /// Takes a binding away; one that is not there is no error, nor is a missing queue or
  /// exchange, as in RabbitMQ.
  ///
  /// - Returns: 403 for the default exchange, 405 when the queue is another's.
  package func unbind(
    _ queueName: Name,
    from exchangeName: Name,
    key: Name,
    arguments: FieldTable = [:],
    for connection: Connection
  ) -> Violation? {
    if exchangeName.bytes.isEmpty { return Self.defaultExchangeRefusal }
    let host = connection.host
    guard let queue = host.queues[queueName], let exchange = host.exchanges[exchangeName] else {
      return nil
    }
    let binding = Binding(to: .queue(queue), key: key, arguments: arguments)
    guard exchange.contains(binding) else { return nil }
    if case .failure(let violation) = findQueue(queueName, for: connection) { return violation }
    take(binding, from: exchange)
    return nil
  }

  /// Binds an exchange to another, the source (RabbitMQ, "Exchange to Exchange Bindings").
  ///
  /// - Returns: As for ``bind(_:to:key:arguments:for:)``.
  package func bindExchange(
    _ destinationName: Name,
    to sourceName: Name,
    key: Name,
    arguments: FieldTable = [:],
    in host: VirtualHost
  ) -> Violation? {
    if sourceName.bytes.isEmpty || destinationName.bytes.isEmpty {
      return Self.defaultExchangeRefusal
    }
    guard let source = host.exchanges[sourceName] else { return .noExchange(sourceName, in: host) }
    guard let destination = host.exchanges[destinationName] else {
      return .noExchange(destinationName, in: host)
    }
    if let violation = source.refusal(ofKey: key, arguments) { return violation }
    add(Binding(to: .exchange(destination), key: key, arguments: arguments), to: source)
    return nil
  }

  /// Takes a binding between exchanges away; one that is not there is no error.
  ///
  /// - Returns: 403 for the default exchange.
  package func unbindExchange(
    _ destinationName: Name,
    from sourceName: Name,
    key: Name,
    arguments: FieldTable = [:],
    in host: VirtualHost
  ) -> Violation? {
    if sourceName.bytes.isEmpty || destinationName.bytes.isEmpty {
      return Self.defaultExchangeRefusal
    }
    guard
      let source = host.exchanges[sourceName],
      let destination = host.exchanges[destinationName]
    else { return nil }
    take(Binding(to: .exchange(destination), key: key, arguments: arguments), from: source)
    return nil
  }

  func add(_ binding: Binding, to exchange: Exchange) {
    binding.createdAt = now
    guard exchange.bind(binding) else { return }
    noteDurable(binding, of: exchange)
    topologyChanged()
  }

  func take(_ binding: Binding, from exchange: Exchange) {
    guard exchange.unbind(binding) else { return }
    noteDurable(binding, of: exchange, isGone: true)
    topologyChanged()
    removeIfUnbound(exchange)
  }

  /// Takes all bindings to a deleted queue away, and deletes auto-delete exchanges that lose their
  /// last one.
  func removeBindings(to queue: Queue) {
    for exchange in queue.boundExchanges.values.sorted(by: { $0.name < $1.name }) {
      exchange.removeBindings(to: .queue(queue))
      removeIfUnbound(exchange)
    }
  }
}

extension Exchange {
  /// Why this exchange's type takes no binding with that key and those arguments; nil when it does.
  func refusal(ofKey key: Name, _ arguments: FieldTable) -> Violation? {
    switch router {
    case .headers: HeadersRule.refusal(of: arguments)
    case .hash: HashTable.refusal(ofKey: key)
    case .queueName, .direct, .fanout, .topic, .chance: nil
    }
  }
}
