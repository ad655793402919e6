import AMQP
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
    declareExchange(declaration, in: host, storeNumber: nil)
  }

  /// As ``declareExchange(_:in:)``; a number is that of an exchange that is restored.
  func declareExchange(
    _ declaration: ExchangeDeclaration,
    in host: VirtualHost,
    storeNumber: UInt32?
  ) -> Violation? {
    if declaration.name.bytes.isEmpty { return Self.defaultExchangeRefusal }
    if let existing = host.exchanges[declaration.name] {
      return existing.difference(from: declaration)
    }
    if let violation = reservedName(declaration.name, of: "exchange") { return violation }
    if let violation = declaration.refusal(in: host) { return violation }
    let holdsStored = declaration.isDurable && declaration.type == .delayed
    let exchange = Exchange(
      declaration,
      storeNumber: holdsStored ? storeNumber ?? store?.takeQueueNumber() : nil,
      in: host
    )
    host.exchanges[declaration.name] = exchange
    if exchange.isDurable { noteDurable(.exchange(exchange)) }
    applyPolicies(to: exchange)
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
    guard !name.bytes.starts(with: "amq.".utf8) else {
      return Violation(
        .accessRefused,
        "deletion of system exchange '\(name.text)' in vhost '\(host.name)' not allowed"
      )
    }
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

  /// Deletes an auto-delete exchange that lost its last binding.
  func removeIfUnbound(_ exchange: Exchange) {
    if exchange.isAutoDelete, exchange.bindingCount == 0 { remove(exchange) }
  }

  /// Deletes an exchange with the bindings from it and to it, then the auto-delete exchanges that
  /// have lost their last binding by that.
  func remove(_ exchange: Exchange) {
    var pending = [exchange]
    while let exchange = pending.popLast() {
      guard exchange.host.exchanges[exchange.name] === exchange else { continue }
      exchange.host.exchanges[exchange.name] = nil
      if exchange.isDurable { noteDurable(.exchangeGone(exchange)) }
      exchange.removeAllBindings()
      for source in exchange.sources.values.sorted(by: { $0.name < $1.name }) {
        source.removeBindings(to: .exchange(exchange))
        if source.isAutoDelete, source.bindingCount == 0 { pending.append(source) }
      }
      discardDelayed(of: exchange)
      exchange.host.routes.removeAll()
      record(.information, "exchange '\(exchange.name.text)' deleted")
    }
    topologyChanged()
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
}
