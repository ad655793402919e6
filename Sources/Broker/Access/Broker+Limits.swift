import AMQP

/// The limits of virtual hosts and of users; a negative one is none (RabbitMQ, "Virtual Hosts",
/// "Per Vhost Limits", and "Access Control", "Per-User Resource Limits").
extension Broker {
  /// Why no connection more is let into a virtual host, or none of that user.
  ///
  /// - Returns: 530, or nil when there is room.
  package func refusal(ofConnectionTo host: VirtualHost, by user: String) -> Violation? {
    if let limit = limit("max-connections", of: host),
      connections.values.count(where: { $0.host === host }) >= limit
    {
      return Violation(
        .notAllowed,
        "access to vhost '\(host.name)' refused for user '\(user)': connection limit (\(limit)) "
          + "is reached"
      )
    }
    if let limit = limit("max-connections", of: user),
      connections.values.count(where: { $0.identity.user == user }) >= limit
    {
      return Violation(
        .notAllowed,
        "connection refused for user '\(user)': user connection limit (\(limit)) is reached"
      )
    }
    return nil
  }

  /// Why a connection's user may open no channel more.
  ///
  /// - Returns: 530, or nil when there is room.
  package func refusal(ofChannelOn connection: Connection) -> Violation? {
    let user = connection.identity.user
    guard let limit = limit("max-channels", of: user) else { return nil }
    let count = connections.values.lazy.filter { $0.identity.user == user }
      .reduce(0) { $0 + $1.channels.count }
    guard count >= limit else { return nil }
    return Violation(
      .notAllowed,
      "number of channels opened for user '\(user)' has reached the maximum allowed user limit of "
        + "(\(limit))"
    )
  }

  /// Why a virtual host takes no queue more.
  ///
  /// - Returns: 406, or nil when there is room.
  func refusal(ofNewQueue name: Name, in host: VirtualHost) -> Violation? {
    let limits = [limit("max-queues", of: host), queueCountLimit].compactMap { $0 }
    guard let limit = limits.min(), host.queues.count >= limit else { return nil }
    return .tooManyQueues(name, in: host, limit: limit)
  }

  private func limit(_ name: String, of host: VirtualHost) -> Int? {
    let key = ParameterKey(host: host.name, component: "vhost-limits", name: "limits")
    guard case .table(let limits)? = parameters[key] else { return nil }
    return limits.limit(name)
  }

  private func limit(_ name: String, of user: String) -> Int? {
    access.users[user]?.limits.limit(name)
  }
}

extension FieldTable {
  fileprivate func limit(_ name: String) -> Int? {
    guard let value = self[name]?.integer, value >= 0 else { return nil }
    return Int(value)
  }
}
