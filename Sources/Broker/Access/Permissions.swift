import AMQP

/// What may be done to a queue or exchange.
package enum Permission: Sendable, Hashable {
  case configure
  case write
  case read
}

/// What a permission is asked for.
package enum Resource: Sendable, Hashable {
  case queue(Name)
  case exchange(Name)

  /// The default exchange has a name here, since it has none on the wire.
  private static let defaultExchange = "amq.default"

  /// The name that patterns are searched for in.
  var name: String {
    switch self {
    case .queue(let name): name.text
    case .exchange(let name): name.bytes.isEmpty ? Self.defaultExchange : name.text
    }
  }

  private var kind: String {
    switch self {
    case .queue: "queue"
    case .exchange: "exchange"
    }
  }

  func refusal(to user: String, in host: VirtualHost) -> Violation {
    Violation(
      .accessRefused,
      "access to \(kind) '\(name)' in vhost '\(host.name)' refused for user '\(user)'"
    )
  }
}

/// What a user may do in one virtual host: three patterns for the names of queues and exchanges.
package struct Permissions {
  package let configure: Pattern
  package let write: Pattern
  package let read: Pattern

  /// - Throws: ``OperationRefusal`` for a pattern that is no regular expression.
  package init(configure: String, write: String, read: String) throws(OperationRefusal) {
    self.configure = try Pattern(permission: configure)
    self.write = try Pattern(permission: write)
    self.read = try Pattern(permission: read)
  }

  private init(_ pattern: Pattern) {
    configure = pattern
    write = pattern
    read = pattern
  }

  /// All of everything.
  static var full: Permissions { Permissions(.everything) }

  /// Whether nothing is forbidden.
  var isFull: Bool {
    configure.matchesEverything && write.matchesEverything && read.matchesEverything
  }

  func allow(_ permission: Permission, on resource: Resource) -> Bool {
    switch permission {
    case .configure: configure.matches(resource.name)
    case .write: write.matches(resource.name)
    case .read: read.matches(resource.name)
    }
  }
}

/// Which routing keys of a topic exchange a user may publish with and bind with.
///
/// `{username}` and `{vhost}` in a pattern stand for the user's name and the virtual host's.
package struct TopicPermissions {
  /// As they were given.
  package let writeText: String
  package let readText: String
  let write: Pattern
  let read: Pattern

  /// - Throws: ``OperationRefusal`` for a pattern that is no regular expression.
  package init(
    write: String,
    read: String,
    user: String,
    host: String
  ) throws(OperationRefusal) {
    writeText = write
    readText = read
    func expanded(_ text: String) throws(OperationRefusal) -> Pattern {
      let text = text.replacing("{username}", with: user).replacing("{vhost}", with: host)
      return try Pattern(permission: text)
    }
    self.write = try expanded(write)
    self.read = try expanded(read)
  }
}
