/// A name space of exchanges and queues.
///
/// - Isolation: the broker's loop.
package final class VirtualHost {
  package let name: String
  /// What management keeps of it for people.
  package internal(set) var note = Note()
  package internal(set) var exchanges: [Name: Exchange] = [:]
  package internal(set) var queues: [Name: Queue] = [:]
  package internal(set) var policies = PolicyTable()
  package internal(set) var operatorPolicies = PolicyTable()
  var routes = RouteCache()
  /// What went over channels that are closed, and what a person fetched and published.
  var departed = ChannelCounts()
  /// Of connections that are closed.
  var departedBytes = (received: UInt64(0), sent: UInt64(0))

  /// Words about a virtual host (RabbitMQ, "Virtual Hosts", "Metadata").
  package struct Note: Sendable, Hashable {
    package var description: String
    package var tags: [String]

    package init(description: String = "", tags: [String] = []) {
      self.description = description
      self.tags = tags
    }
  }

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
