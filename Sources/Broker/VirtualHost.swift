/// A name space of exchanges and queues.
///
/// - Isolation: the broker's loop.
package final class VirtualHost {
  package let name: String
  package internal(set) var exchanges: [Name: Exchange] = [:]
  package internal(set) var queues: [Name: Queue] = [:]
  var routes = RouteCache()

  init(name: String) {
    self.name = name
    declarePredeclaredExchanges()
  }

  /// The exchanges that every virtual host has (AMQP 0-9-1 section 3.1.3).
  private func declarePredeclaredExchanges() {
    let predeclared: [(String, ExchangeType)] = [
      ("", .direct), ("amq.direct", .direct), ("amq.fanout", .fanout), ("amq.topic", .topic),
    ]
    for (name, type) in predeclared {
      let declaration = ExchangeDeclaration(name: Name(name), type: type, isDurable: true)
      exchanges[declaration.name] = Exchange(declaration, in: self, isPredeclared: true)
    }
  }
}
