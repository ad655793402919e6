import AMQP

/// A binding and where it is.
package struct BindingListing: Sendable, Hashable {
  package var virtualHost: String
  package var description: BindingDescription
}

extension Broker {
  /// The bindings of a virtual host, or of all, with those that every queue has to the default
  /// exchange.
  ///
  /// - Parameter hostName: nil for all.
  /// - Returns: Sorted by virtual host; those to the default exchange first, as RabbitMQ lists them.
  package func bindings(in hostName: String? = nil) -> [BindingListing] {
    let hosts = hosts.values.filter { hostName == nil || $0.name == hostName }
      .sorted { $0.name < $1.name }
    return hosts.flatMap { host in
      let queues = host.queues.values.sorted { $0.name < $1.name }.map(\.defaultBinding)
      let others = host.exchanges.values.sorted { $0.name < $1.name }
        .flatMap(\.bindingDescriptions)
      return (queues + others).map { BindingListing(virtualHost: host.name, description: $0) }
    }
  }
}

extension Queue {
  /// AMQP 0-9-1 section 3.1.3.1: every queue is bound to the default exchange with its name.
  fileprivate var defaultBinding: BindingDescription {
    BindingDescription(
      source: Name(""),
      destinationKind: .queue,
      destination: name,
      routingKey: name,
      arguments: [:]
    )
  }
}
