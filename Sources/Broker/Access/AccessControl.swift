import AMQP

/// Who may use the broker, and what each may do in which virtual host.
package struct AccessControl {
  package internal(set) var users: [String: User] = [User.guest.name: .guest]
  package internal(set) var permissions: [Key: Permissions] = [
    Key(user: User.guest.name, host: "/"): .full
  ]
  package internal(set) var topicPermissions: [Key: [Name: TopicPermissions]] = [:]

  /// Users that only clients of this machine may be (RabbitMQ, `loopback_users`).
  package internal(set) var loopbackUsers: Set<String> = [User.guest.name]

  /// The names of the virtual hosts.
  package internal(set) var hosts: Set<String> = ["/"]

  package init() {}

  /// A user in a virtual host.
  package struct Key: Hashable {
    package let user: String
    package let host: String

    package init(user: String, host: String) {
      self.user = user
      self.host = host
    }
  }

  /// Why a user may not open a connection to a virtual host; nil when it may.
  package func refusal(ofOpening host: String, by user: String) -> Violation? {
    guard hosts.contains(host) else {
      return Violation(.notAllowed, "vhost \(host) not found")
    }
    guard permissions[Key(user: user, host: host)] != nil else {
      return Violation(.notAllowed, "access to vhost '\(host)' refused for user '\(user)'")
    }
    return nil
  }

  /// Whether a user may publish in the name of others (RabbitMQ, "Validated User-ID").
  package func mayImpersonate(_ user: String) -> Bool {
    users[user]?.tags.contains("impersonator") == true
  }
}

/// What a connection's user may do in the connection's virtual host, looked up once and again only
/// after a change.
struct ConnectionAccess {
  /// ``Broker/accessGeneration`` when it was looked up; 0 is before any.
  private(set) var generation: UInt64 = 0
  /// Whether anything may be forbidden; clear for nearly every client.
  private(set) var isRestricted = true
  private(set) var permissions: Permissions?
  private(set) var topicPermissions: [Name: TopicPermissions] = [:]
  /// The exchange that was last found to be allowed to publish to.
  var lastWritable: Name?

  init() {}

  init(of user: String, in host: String, from access: AccessControl, generation: UInt64) {
    let key = AccessControl.Key(user: user, host: host)
    self.generation = generation
    permissions = access.permissions[key]
    topicPermissions = access.topicPermissions[key] ?? [:]
    isRestricted = permissions?.isFull != true || !topicPermissions.isEmpty
  }

  func allows(_ permission: Permission, on resource: Resource) -> Bool {
    !isRestricted || permissions?.allow(permission, on: resource) == true
  }
}
