import AMQP
import AMQPClient

extension CaseRunner {
  /// What a case publishes to and reads from.
  struct Topology {
    var exchange = ""
    var routingKey = ""
    var queues: [String] = []
    /// Each on its own connection, in the order of the queues.
    var channels: [AMQPChannel] = []
  }

  /// Makes the queues, each on the connection of its consumer.
  ///
  /// Queues that need not outlive a connection are exclusive. The others are noted before they are
  /// declared, and expire when nobody uses them.
  func declare(_ consumers: [AMQPConnection]) async throws(ClientError) -> Topology {
    let base = Naming.unique()
    var topology = Topology()
    if workload.queueCount > 1 { topology.exchange = "\(base).fanout" }
    for (index, connection) in consumers.enumerated() {
      let channel = try await connection.openChannel()
      if !topology.exchange.isEmpty, index == 0 {
        leftovers.expect(exchange: topology.exchange)
        try await channel.declareExchange(topology.exchange, type: "fanout")
      }
      let name = workload.queueCount > 1 ? "\(base).\(index + 1)" : base
      if workload.isDurable {
        leftovers.expect(queue: name)
        try await channel.declareQueue(name, durable: true, arguments: durableArguments)
        try await channel.setPrefetch(count: Limits.prefetch)
      } else {
        try await channel.declareQueue(name, exclusive: true)
      }
      if !topology.exchange.isEmpty {
        try await channel.bindQueue(name, exchange: topology.exchange)
      }
      topology.queues.append(name)
      topology.channels.append(channel)
    }
    if topology.exchange.isEmpty { topology.routingKey = base }
    return topology
  }

  private var durableArguments: FieldTable {
    var arguments = queueType.arguments
    arguments["x-expires"] = .signed32(Limits.expiryMilliseconds)
    return arguments
  }
}

/// Names of what is made for a comparison.
package enum Naming {
  /// What they all begin with.
  package static let prefix = "sluice.compare."

  /// Returns a name that nobody else has.
  static func unique() -> String {
    prefix + String(UInt64.random(in: .min ... .max), radix: 36)
  }
}
