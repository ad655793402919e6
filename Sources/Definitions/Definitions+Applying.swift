import AMQP
package import Broker

extension Definitions {
  /// Adds all this to a broker; what is there already stays, or changes when it is of management.
  ///
  /// - Parameters:
  ///   - broker: Left with what came before the mistake, when there is one.
  ///   - hash: Hashes a password that is given in clear.
  /// - Throws: ``DefinitionsError`` with the place in RabbitMQ's JSON.
  package func apply(
    to broker: Broker,
    hashing hash: (String) -> PasswordHash
  ) throws(DefinitionsError) {
    for (index, user) in users.enumerated() {
      let password =
        switch user.password {
        case .hash(let hash): hash
        case .clear(let text): hash(text)
        }
      let made = User(name: user.name, password: password, tags: user.tags, limits: user.limits)
      try check(broker.putUser(made), "users[\(index)].name")
    }
    for (index, host) in virtualHosts.enumerated() {
      try check(broker.addHost(host.name).map { _ in }, "vhosts[\(index)].name")
      if host.note != VirtualHost.Note() {
        try check(broker.setNote(host.note, ofHost: host.name), "vhosts[\(index)]")
      }
    }
    try applyAccess(to: broker)
    try applyManagement(to: broker)
    try applyTopology(to: broker)
  }

  private func applyAccess(to broker: Broker) throws(DefinitionsError) {
    for (index, rule) in permissions.enumerated() {
      let result = broker.setPermissions(
        of: rule.user,
        in: rule.virtualHost,
        configure: rule.configure,
        write: rule.write,
        read: rule.read
      )
      try check(result, "permissions[\(index)]")
    }
    for (index, rule) in topicPermissions.enumerated() {
      let result = broker.setTopicPermissions(
        of: rule.user,
        in: rule.virtualHost,
        exchange: rule.exchange,
        write: rule.write,
        read: rule.read
      )
      try check(result, "topic_permissions[\(index)]")
    }
  }

  private func applyManagement(to broker: Broker) throws(DefinitionsError) {
    for parameter in parameters {
      try check(
        broker.setParameter(parameter.key, to: parameter.value),
        "parameters '\(parameter.key.name)'"
      )
    }
    for definition in policies {
      let list = definition.kind == .user ? "policies" : "parameters"
      let place = "\(list) '\(definition.name)'"
      let policy: Policy
      do {
        policy = try Policy(
          name: definition.name,
          pattern: definition.pattern,
          target: definition.target,
          priority: definition.priority,
          definition: definition.definition,
          kind: definition.kind
        )
      } catch {
        throw DefinitionsError(place, error.message, "correct it or leave it out")
      }
      let host = definition.virtualHost
      try check(broker.putPolicy(policy, kind: definition.kind, in: host), place)
    }
  }

  private func applyTopology(to broker: Broker) throws(DefinitionsError) {
    for (index, queue) in queues.enumerated() {
      let place = "queues[\(index)]"
      let host = try host(queue.virtualHost, of: broker, place)
      try check(broker.importQueue(queue.declaration, in: host), place)
    }
    for (index, exchange) in exchanges.enumerated() {
      let place = "exchanges[\(index)]"
      let host = try host(exchange.virtualHost, of: broker, place)
      try check(broker.importExchange(exchange.declaration, in: host), place)
    }
    for (index, binding) in bindings.enumerated() {
      let place = "bindings[\(index)]"
      let host = try host(binding.virtualHost, of: broker, place)
      try check(broker.importBinding(binding.binding, in: host), place)
    }
  }

  private func host(
    _ name: String,
    of broker: Broker,
    _ place: String
  ) throws(DefinitionsError) -> VirtualHost {
    if let host = broker.hosts[name] { return host }
    throw DefinitionsError(
      "\(place).vhost",
      "there is no virtual host '\(name)'",
      "add it to vhosts"
    )
  }

  private func check(
    _ result: Result<Void, OperationRefusal>,
    _ place: String
  ) throws(DefinitionsError) {
    guard case .failure(let refusal) = result else { return }
    throw DefinitionsError(place, refusal.message, "correct it or leave it out")
  }

  private func check(_ violation: Violation?, _ place: String) throws(DefinitionsError) {
    guard let violation else { return }
    throw DefinitionsError(place, violation.text, "correct it or leave it out")
  }
}
