import AMQP

/// The checks of what a connection's user may do (RabbitMQ, "Access Control").
extension Broker {
  /// The unique part of a name, as the broker would choose one.
  package func newName() -> String { makeName() }

  /// Whether anything may be forbidden to the connection; false for nearly every client.
  @inline(__always)
  package func isRestricted(_ connection: Connection) -> Bool {
    if connection.access.generation != accessGeneration { lookUpAccess(of: connection) }
    return connection.access.isRestricted
  }

  @inline(never)
  private func lookUpAccess(of connection: Connection) {
    connection.access = ConnectionAccess(
      of: connection.identity.user,
      in: connection.host.name,
      from: access,
      generation: accessGeneration
    )
  }

  /// Why the connection's user may not do this; nil when it may.
  package func refusal(
    _ permission: Permission,
    on resource: Resource,
    for connection: Connection
  ) -> Violation? {
    guard isRestricted(connection), !connection.access.allows(permission, on: resource) else {
      return nil
    }
    return resource.refusal(to: connection.identity.user, in: connection.host)
  }

  /// Whether a user may do this in a virtual host, with a connection or without.
  package func allows(
    _ user: String,
    _ permission: Permission,
    on resource: Resource,
    in host: String
  ) -> Bool {
    access.permissions[AccessControl.Key(user: user, host: host)]?
      .allow(permission, on: resource) == true
  }

  /// Why the connection's user may not use this routing key on a topic exchange.
  ///
  /// Other exchanges, and those for which nothing is said, are free.
  package func topicRefusal(
    _ permission: Permission,
    on exchangeName: Name,
    key: Name,
    for connection: Connection
  ) -> Violation? {
    guard
      isRestricted(connection),
      let rules = connection.access.topicPermissions[exchangeName],
      connection.host.exchanges[exchangeName]?.type == .topic
    else { return nil }
    let pattern = permission == .write ? rules.write : rules.read
    guard !pattern.matches(key.text) else { return nil }
    return Violation(
      .accessRefused,
      """
      access to topic '\(key.text)' in exchange '\(exchangeName.text)' in vhost \
      '\(connection.host.name)' refused for user '\(connection.identity.user)'
      """
    )
  }

  /// Why the connection's user may not publish this message; asked only when its route is not
  /// the channel's last one, for every change of permissions changes all routes.
  @inline(never)
  func publishRefusal(of message: Message, on channel: Channel) -> Violation? {
    let connection = channel.connection
    guard isRestricted(connection) else { return nil }
    let exchange = Name(message.exchange)
    if connection.access.lastWritable != exchange {
      if let violation = refusal(.write, on: .exchange(exchange), for: connection) {
        return violation
      }
      connection.access.lastWritable = exchange
    }
    guard let target = connection.host.exchanges[exchange], !target.isInternal else { return nil }
    return topicRefusal(.write, on: exchange, key: Name(message.routingKey), for: connection)
  }
}
