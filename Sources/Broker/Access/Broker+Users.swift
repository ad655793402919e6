import AMQP
import Telemetry

/// Operations on users and their permissions, as management has them.
extension Broker {
  /// Adds a user or changes one.
  package func putUser(_ user: User) -> Result<Void, OperationRefusal> {
    guard !user.name.isEmpty else {
      return .failure(OperationRefusal("a user needs a name"))
    }
    let isNew = access.users.updateValue(user, forKey: user.name) == nil
    noteDurable(.management)
    record(.information, "user '\(user.name)' " + (isNew ? "created" : "changed"))
    return .success(())
  }

  /// Deletes a user with its permissions, and closes its connections.
  package func deleteUser(_ name: String) -> Result<Void, OperationRefusal> {
    guard access.users.removeValue(forKey: name) != nil else {
      return .failure(OperationRefusal("there is no user '\(name)'"))
    }
    access.permissions = access.permissions.filter { $0.key.user != name }
    access.topicPermissions = access.topicPermissions.filter { $0.key.user != name }
    accessChanged()
    endConnections(because: "user '\(name)' is deleted") { $0.identity.user == name }
    record(.warning, "user '\(name)' deleted")
    return .success(())
  }

  /// Says what a user may do in a virtual host.
  package func setPermissions(
    of user: String,
    in host: String,
    configure: String,
    write: String,
    read: String
  ) -> Result<Void, OperationRefusal> {
    findPlace(of: user, in: host).flatMap { key in
      attempt { () throws(OperationRefusal) in
        try Permissions(configure: configure, write: write, read: read)
      }.map { permissions in
        access.permissions[key] = permissions
        accessChanged()
        record(.information, "permissions of user '\(user)' in vhost '\(host)' set")
      }
    }
  }

  /// Takes all permissions in a virtual host away from a user.
  package func clearPermissions(of user: String, in host: String) -> Result<Void, OperationRefusal>
  {
    let key = AccessControl.Key(user: user, host: host)
    guard access.permissions.removeValue(forKey: key) != nil else {
      return .failure(OperationRefusal("user '\(user)' has no permissions in vhost '\(host)'"))
    }
    accessChanged()
    record(.warning, "permissions of user '\(user)' in vhost '\(host)' cleared")
    return .success(())
  }

  /// Says which routing keys of a topic exchange a user may use.
  package func setTopicPermissions(
    of user: String,
    in host: String,
    exchange: String,
    write: String,
    read: String
  ) -> Result<Void, OperationRefusal> {
    findPlace(of: user, in: host).flatMap { key in
      attempt { () throws(OperationRefusal) in
        try TopicPermissions(write: write, read: read, user: user, host: host)
      }.map { permissions in
        access.topicPermissions[key, default: [:]][Name(exchange)] = permissions
        accessChanged()
        record(.information, "topic permissions of user '\(user)' in vhost '\(host)' set")
      }
    }
  }

  /// Takes topic permissions in a virtual host away from a user, those for one exchange or all.
  package func clearTopicPermissions(
    of user: String,
    in host: String,
    exchange: String? = nil
  ) -> Result<Void, OperationRefusal> {
    let key = AccessControl.Key(user: user, host: host)
    guard var rules = access.topicPermissions[key],
      exchange.map({ rules.removeValue(forKey: Name($0)) != nil }) ?? true
    else {
      return .failure(
        OperationRefusal("user '\(user)' has no such topic permissions in vhost '\(host)'")
      )
    }
    access.topicPermissions[key] = exchange == nil || rules.isEmpty ? nil : rules
    accessChanged()
    record(.information, "topic permissions of user '\(user)' in vhost '\(host)' cleared")
    return .success(())
  }

  /// Says which users only clients of this machine may be.
  package func setLoopbackUsers(_ names: Set<String>) {
    access.loopbackUsers = names
  }

  private func findPlace(
    of user: String,
    in host: String
  ) -> Result<AccessControl.Key, OperationRefusal> {
    guard access.users[user] != nil else {
      return .failure(OperationRefusal("there is no user '\(user)'"))
    }
    return findHost(host).map { AccessControl.Key(user: user, host: $0.name) }
  }

  /// Every connection looks its permissions up again, and every route is found again.
  func accessChanged() {
    accessGeneration += 1
    topologyGeneration += 1
    noteDurable(.management)
  }

  /// Closes the connections that match (`connection.close` 320).
  func endConnections(because text: String, where isMeant: (Connection) -> Bool) {
    let meant = connections.values.filter(isMeant).sorted { $0.identifier < $1.identifier }
    for connection in meant {
      connection.transport?.close(for: Violation(.connectionForced, text))
      // The transport has done it, unless there is none.
      closeConnection(connection, because: .connectionClosedByBroker)
    }
  }
}

/// Turns what a call throws into a value.
func attempt<Value>(
  _ body: () throws(OperationRefusal) -> Value
) -> Result<Value, OperationRefusal> {
  do {
    return .success(try body())
  } catch {
    return .failure(error)
  }
}
