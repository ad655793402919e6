import AMQP
package import Broker

extension Definitions {
  /// Copies all that a broker holds, sorted by names.
  ///
  /// As with RabbitMQ, what is exclusive to a connection and what every virtual host has is left
  /// out.
  package init(of broker: Broker) {
    let hosts = broker.hosts.values.sorted { $0.name < $1.name }
    virtualHosts = hosts.map { VirtualHostDefinition(name: $0.name, note: $0.note) }
    copyAccess(of: broker)
    parameters = broker.parameters.sorted { $0.key < $1.key }
      .map { ParameterDefinition(key: $0.key, value: $0.value) }
    for host in hosts {
      policies += host.policies.policies.map { PolicyDefinition($0, .user, host) }
      policies += host.operatorPolicies.policies.map { PolicyDefinition($0, .operator, host) }
      copyTopology(of: host)
    }
  }

  private mutating func copyAccess(of broker: Broker) {
    users = broker.access.users.values.sorted { $0.name < $1.name }.map { user in
      UserDefinition(
        name: user.name,
        password: .hash(user.password),
        tags: user.tags,
        limits: user.limits
      )
    }
    permissions = broker.access.permissions.map { key, rule in
      PermissionsDefinition(
        user: key.user,
        virtualHost: key.host,
        configure: rule.configure.text,
        write: rule.write.text,
        read: rule.read.text
      )
    }
    permissions.sort { ($0.virtualHost, $0.user) < ($1.virtualHost, $1.user) }
    topicPermissions = broker.access.topicPermissions.flatMap { key, rules in
      rules.map { exchange, rule in
        TopicPermissionsDefinition(
          user: key.user,
          virtualHost: key.host,
          exchange: exchange.text,
          write: rule.writeText,
          read: rule.readText
        )
      }
    }
    topicPermissions.sort {
      ($0.virtualHost, $0.user, $0.exchange) < ($1.virtualHost, $1.user, $1.exchange)
    }
  }

  private mutating func copyTopology(of host: VirtualHost) {
    let shared = host.queues.values.filter { !$0.isExclusive }.sorted { $0.name < $1.name }
    queues += shared.map { queue in
      QueueDefinition(
        virtualHost: host.name,
        declaration: QueueDeclaration(
          name: queue.name,
          isDurable: queue.isDurable,
          isAutoDelete: queue.isAutoDelete,
          arguments: queue.arguments
        )
      )
    }
    let all = host.exchanges.values.sorted { $0.name < $1.name }
    exchanges += all.filter { !$0.isPredeclared }.map { exchange in
      ExchangeDefinition(
        virtualHost: host.name,
        declaration: ExchangeDeclaration(
          name: exchange.name,
          type: exchange.type,
          isDurable: exchange.isDurable,
          isAutoDelete: exchange.isAutoDelete,
          isInternal: exchange.isInternal,
          arguments: exchange.arguments
        )
      )
    }
    for binding in all.flatMap(\.bindingDescriptions) {
      let isOfOne =
        binding.destinationKind == .queue
        && host.queues[binding.destination]?.isExclusive == true
      if !isOfOne { bindings.append(BindingDefinition(virtualHost: host.name, binding: binding)) }
    }
  }
}

extension PolicyDefinition {
  fileprivate init(_ policy: Policy, _ kind: Policy.Kind, _ host: VirtualHost) {
    self.init(
      kind: kind,
      virtualHost: host.name,
      name: policy.name,
      pattern: policy.pattern.text,
      target: policy.target.rawValue,
      definition: policy.definition,
      priority: policy.priority
    )
  }
}
