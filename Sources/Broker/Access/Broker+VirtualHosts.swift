package import AMQP
import Telemetry

/// Operations on virtual hosts, and on what management keeps for them.
extension Broker {
  /// Adds a virtual host; one that is there already stays as it is.
  package func addHost(_ name: String) -> Result<VirtualHost, OperationRefusal> {
    if let existing = hosts[name] { return .success(existing) }
    guard name.utf8.count <= Limits.shortStringBytes else {
      return .failure(
        OperationRefusal("a virtual host's name has at most \(Limits.shortStringBytes) bytes")
      )
    }
    let host = VirtualHost(name: name)
    hosts[name] = host
    access.hosts.insert(name)
    noteDurable(.management)
    topologyChanged()
    record(.information, "vhost '\(name)' created")
    return .success(host)
  }

  /// Says something about a virtual host.
  package func setNote(
    _ note: VirtualHost.Note,
    ofHost name: String
  ) -> Result<Void, OperationRefusal> {
    findHost(name).map { host in
      guard host.note != note else { return }
      host.note = note
      noteDurable(.management)
    }
  }

  /// Deletes a virtual host: its connections are closed, its queues and all that is kept for it go.
  package func deleteHost(_ name: String) -> Result<Void, OperationRefusal> {
    findHost(name).map { host in
      endConnections(because: "vhost '\(name)' is deleted") { $0.host === host }
      for queue in host.queues.values.sorted(by: { $0.number < $1.number }) { remove(queue) }
      for exchange in Array(host.exchanges.values) { remove(exchange) }
      departed.add(host.departed)
      if hasDurableChanges { hostsOfChanges.append(host) }
      hosts[name] = nil
      access.hosts.remove(name)
      access.permissions = access.permissions.filter { $0.key.host != name }
      access.topicPermissions = access.topicPermissions.filter { $0.key.host != name }
      parameters = parameters.filter { $0.key.host != name }
      accessChanged()
      topologyChanged()
      record(.warning, "vhost '\(name)' deleted")
    }
  }

  /// Keeps a value of management, of a virtual host or of the whole broker.
  package func setParameter(
    _ key: ParameterKey,
    to value: FieldValue
  ) -> Result<Void, OperationRefusal> {
    if let host = key.host, hosts[host] == nil {
      return .failure(OperationRefusal("there is no virtual host '\(host)'"))
    }
    parameters[key] = value
    noteDurable(.management)
    return .success(())
  }

  /// Forgets a value of management.
  package func clearParameter(_ key: ParameterKey) -> Result<Void, OperationRefusal> {
    guard parameters.removeValue(forKey: key) != nil else {
      return .failure(OperationRefusal("there is no parameter '\(key.name)'"))
    }
    noteDurable(.management)
    return .success(())
  }
}

/// The name of a value that management keeps, as a virtual host's limits (RabbitMQ, "Parameters").
package struct ParameterKey: Hashable, Sendable, Comparable {
  /// nil for a parameter of the whole broker.
  package let host: String?
  /// Empty for a parameter of the whole broker.
  package let component: String
  package let name: String

  package init(host: String?, component: String, name: String) {
    self.host = host
    self.component = component
    self.name = name
  }

  package static func < (left: ParameterKey, right: ParameterKey) -> Bool {
    (left.host ?? "", left.component, left.name) < (right.host ?? "", right.component, right.name)
  }
}
