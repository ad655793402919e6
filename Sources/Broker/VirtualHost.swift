/// A name space of exchanges and queues.
///
/// - Isolation: the broker's loop.
package final class VirtualHost {
  package let name: String
  package internal(set) var exchanges: [Name: Exchange] = [:]
  package internal(set) var queues: [Name: Queue] = [:]
  package internal(set) var policies = PolicyTable()
  package internal(set) var operatorPolicies = PolicyTable()
  var routes = RouteCache()

  init(name: String) {
    self.name = name
    declarePredeclaredExchanges()
  }

  deinit {
    for exchange in exchanges.values { exchange.removeAllBindings() }
  }

  /// The exchanges that every virtual host has (AMQP 0-9-1 section 3.1.3, and RabbitMQ's own).
  private func declarePredeclaredExchanges() {
    let predeclared: [(String, ExchangeType)] = [
      ("", .direct), ("amq.direct", .direct), ("amq.fanout", .fanout), ("amq.topic", .topic),
      ("amq.headers", .headers), ("amq.match", .headers), ("amq.rabbitmq.trace", .topic),
    ]
    for (name, type) in predeclared {
      let declaration = ExchangeDeclaration(
        name: Name(name),
        type: type,
        isDurable: true,
        isInternal: name == "amq.rabbitmq.trace"
      )
      exchanges[declaration.name] = Exchange(declaration, in: self, isPredeclared: true)
    }
  }
}
