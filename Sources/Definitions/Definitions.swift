package import AMQP
package import Broker

/// Everything of a broker but its messages, as RabbitMQ's definitions have it.
///
/// A value that knows neither file nor broker; ``init(parsing:)`` reads RabbitMQ's JSON, ``bytes``
/// writes it, ``apply(to:hashing:)`` makes it true of a broker and ``init(of:)`` copies a broker.
package struct Definitions: Sendable, Hashable {
  package var users: [UserDefinition] = []
  package var virtualHosts: [VirtualHostDefinition] = []
  package var permissions: [PermissionsDefinition] = []
  package var topicPermissions: [TopicPermissionsDefinition] = []
  package var parameters: [ParameterDefinition] = []
  package var policies: [PolicyDefinition] = []
  package var queues: [QueueDefinition] = []
  package var exchanges: [ExchangeDefinition] = []
  package var bindings: [BindingDefinition] = []

  package init() {}
}

/// A virtual host, and what is said about it.
package struct VirtualHostDefinition: Sendable, Hashable {
  package var name: String
  package var note: VirtualHost.Note
}

/// A user, with the hash of its password or, in files that people write, the password itself.
package struct UserDefinition: Sendable, Hashable {
  package var name: String
  package var password: Password
  package var tags: [String]
  package var limits: FieldTable

  /// What is known of a password.
  package enum Password: Sendable, Hashable {
    case hash(PasswordHash)
    case clear(String)
  }
}

/// What a user may do in a virtual host.
package struct PermissionsDefinition: Sendable, Hashable {
  package var user: String
  package var virtualHost: String
  package var configure: String
  package var write: String
  package var read: String
}

/// Which routing keys of a topic exchange a user may use.
package struct TopicPermissionsDefinition: Sendable, Hashable {
  package var user: String
  package var virtualHost: String
  package var exchange: String
  package var write: String
  package var read: String
}

/// A value that management keeps; global when it has no virtual host.
package struct ParameterDefinition: Sendable, Hashable {
  package var key: ParameterKey
  package var value: FieldValue
}

/// A policy or operator policy.
package struct PolicyDefinition: Sendable, Hashable {
  package var kind: Policy.Kind
  package var virtualHost: String
  package var name: String
  package var pattern: String
  package var target: String
  package var definition: FieldTable
  package var priority: Double
}

/// A queue.
package struct QueueDefinition: Sendable, Hashable {
  package var virtualHost: String
  package var declaration: QueueDeclaration
}

/// An exchange.
package struct ExchangeDefinition: Sendable, Hashable {
  package var virtualHost: String
  package var declaration: ExchangeDeclaration
}

/// A binding.
package struct BindingDefinition: Sendable, Hashable {
  package var virtualHost: String
  package var binding: BindingDescription
}

/// What is wrong with definitions: where, what, and how it is mended.
package struct DefinitionsError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The value's place, as `queues[3].durable`, or a line and column of the text.
  package var place: String
  package var problem: String
  package var mend: String

  init(_ place: String, _ problem: String, _ mend: String) {
    self.place = place
    self.problem = problem
    self.mend = mend
  }

  package var description: String { "\(place): \(problem); \(mend)" }
}
