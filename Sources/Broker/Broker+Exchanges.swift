package import AMQP
import Telemetry

extension Broker {
  /// Declares an exchange, or finds one like it.
  ///
  /// - Returns: nil when it exists afterwards; 403 for a reserved name, 406 when one of the name
  ///   exists with other properties.
  package func declareExchange(
    _ declaration: ExchangeDeclaration,
    in host: VirtualHost
  ) -> Violation? {
    if declaration.name.bytes.isEmpty { return Self.defaultExchangeRefusal }
    if let existing = host.exchanges[declaration.name] {
      return difference(between: existing, and: declaration)
    }
    if let violation = reservedName(declaration.name, of: "exchange") { return violation }
    host.exchanges[declaration.name] = Exchange(declaration, in: host)
    topologyChanged()
    record(
      .information,
      "exchange '\(declaration.name.text)' (\(declaration.type.rawValue)) declared"
    )
    return nil
  }

  /// Looks for an exchange (`passive`).
  package func checkExchange(_ name: Name, in host: VirtualHost) -> Violation? {
    if name.bytes.isEmpty { return Self.defaultExchangeRefusal }
    return host.exchanges[name] == nil ? .noExchange(name, in: host) : nil
  }

  /// Deletes an exchange with its bindings; one that is not there is no error, as in RabbitMQ.
  ///
  /// - Returns: 403 for a predeclared one, 406 for `onlyIfUnused` when it has bindings.
  package func deleteExchange(
    _ name: Name,
    onlyIfUnused: Bool,
    in host: VirtualHost
  ) -> Violation? {
    if name.bytes.isEmpty { return Self.defaultExchangeRefusal }
    if let violation = reservedName(name, of: "exchange") { return violation }
    guard let exchange = host.exchanges[name] else { return nil }
    if onlyIfUnused, exchange.bindingCount > 0 {
      return Violation(
        .preconditionFailed,
        "exchange '\(name.text)' in vhost '\(host.name)' in use"
      )
    }
    remove(exchange)
    return nil
  }

  /// Binds a queue to an exchange.
  ///
  /// - Returns: 404 when either is missing, 405 when the queue is another's, 403 for the default
  ///   exchange.
  package func bind(
    _ queueName: Name,
    to exchangeName: Name,
    key: Name,
    arguments: FieldTable = [:],
    for connection: Connection
  ) -> Violation? {
    changeBinding(of: queueName, and: exchangeName, for: connection) { exchange, queue in
      guard exchange.bind(Binding(queue: queue, key: key, arguments: arguments)) else { return }
      queue.boundExchanges.insert(ObjectIdentifier(exchange))
      topologyChanged()
    }
  }

  /// Takes a binding away; one that is not there is no error, nor is a missing queue or
  /// exchange, as in RabbitMQ.
  ///
  /// - Returns: As for ``bind(_:to:key:arguments:for:)``.
  package func unbind(
    _ queueName: Name,
    from exchangeName: Name,
    key: Name,
    arguments: FieldTable = [:],
    for connection: Connection
  ) -> Violation? {
    if exchangeName.bytes.isEmpty { return Self.defaultExchangeRefusal }
    let host = connection.host
    guard host.queues[queueName] != nil, host.exchanges[exchangeName] != nil else { return nil }
    return changeBinding(of: queueName, and: exchangeName, for: connection) { exchange, queue in
      guard exchange.unbind(Binding(queue: queue, key: key, arguments: arguments)) else { return }
      topologyChanged()
      removeIfUnbound(exchange)
    }
  }

  private func changeBinding(
    of queueName: Name,
    and exchangeName: Name,
    for connection: Connection,
    _ change: (Exchange, Queue) -> Void
  ) -> Violation? {
    switch findQueue(queueName, for: connection) {
    case .failure(let violation): return violation
    case .success(let queue):
      if exchangeName.bytes.isEmpty { return Self.defaultExchangeRefusal }
      guard let exchange = queue.host.exchanges[exchangeName] else {
        return .noExchange(exchangeName, in: queue.host)
      }
      change(exchange, queue)
      return nil
    }
  }

  func removeIfUnbound(_ exchange: Exchange) {
    if exchange.isAutoDelete, exchange.bindingCount == 0 { remove(exchange) }
  }

  private func remove(_ exchange: Exchange) {
    exchange.host.exchanges[exchange.name] = nil
    exchange.host.routes.removeAll()
    topologyChanged()
    record(.information, "exchange '\(exchange.name.text)' deleted")
  }

  static let defaultExchangeRefusal = Violation(
    .accessRefused,
    "operation not permitted on the default exchange"
  )

  /// Names that begin with `amq.` are the broker's own (AMQP 0-9-1, exchange.declare).
  func reservedName(_ name: Name, of kind: String) -> Violation? {
    guard name.bytes.starts(with: "amq.".utf8) else { return nil }
    return Violation(
      .accessRefused,
      "\(kind) name '\(name.text)' contains reserved prefix 'amq.*'"
    )
  }

  private func difference(
    between exchange: Exchange,
    and declaration: ExchangeDeclaration
  ) -> Violation? {
    let entity = "exchange '\(exchange.name.text)' in vhost '\(exchange.host.name)'"
    let flags: [(String, Bool, Bool)] = [
      ("durable", declaration.isDurable, exchange.isDurable),
      ("auto_delete", declaration.isAutoDelete, exchange.isAutoDelete),
      ("internal", declaration.isInternal, exchange.isInternal),
    ]
    if declaration.type != exchange.type {
      return .inequivalent(
        "type",
        of: entity,
        received: declaration.type.rawValue,
        current: exchange.type.rawValue
      )
    }
    for (name, received, current) in flags where received != current {
      return .inequivalent(name, of: entity, received: "\(received)", current: "\(current)")
    }
    return nil
  }
}
