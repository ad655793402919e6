import AMQP
import Broker
import JSONText
import WebText

extension Definitions {
  /// The release of RabbitMQ whose definitions these are like.
  private static let release = "3.10.8"

  /// RabbitMQ's JSON in UTF-8, on one line.
  package var bytes: [UInt8] {
    JSON.object([
      member("rabbit_version", .string(Self.release)),
      member("rabbitmq_version", .string(Self.release)),
      member("product_name", "Sluice"),
      member("users", .array(users.map(\.json))),
      member("vhosts", .array(virtualHosts.map(\.json))),
      member("permissions", .array(permissions.map(\.json))),
      member("topic_permissions", .array(topicPermissions.map(\.json))),
      member("parameters", .array(parametersOfHosts)),
      member("global_parameters", .array(globalParameters)),
      member("policies", .array(policies.filter { $0.kind == .user }.map(\.json))),
      member("queues", .array(queues.map(\.json))),
      member("exchanges", .array(exchanges.map(\.json))),
      member("bindings", .array(bindings.map(\.json))),
    ]).bytes + [UInt8(ascii: "\n")]
  }

  private var parametersOfHosts: [JSON] {
    let plain = parameters.filter { $0.key.host != nil }.map { parameter -> JSON in
      [
        "value": JSON(parameter.value), "vhost": .string(parameter.key.host ?? ""),
        "component": .string(parameter.key.component), "name": .string(parameter.key.name),
      ]
    }
    let policies = policies.filter { $0.kind == .operator }.map { policy -> JSON in
      [
        "value": .object(policy.members), "vhost": .string(policy.virtualHost),
        "component": .string(Self.operatorPolicy), "name": .string(policy.name),
      ]
    }
    return plain + policies
  }

  private var globalParameters: [JSON] {
    parameters.filter { $0.key.host == nil }.map { parameter in
      ["name": .string(parameter.key.name), "value": JSON(parameter.value)]
    }
  }
}

private func member(_ name: String, _ value: JSON) -> JSON.Member {
  JSON.Member(name: name, value: value)
}

extension VirtualHostDefinition {
  /// With what is said about it, if anything is.
  fileprivate var json: JSON {
    var members = [member("name", .string(name))]
    if !note.description.isEmpty {
      members.append(member("description", .string(note.description)))
    }
    if !note.tags.isEmpty { members.append(member("tags", .array(note.tags.map { .string($0) }))) }
    return .object(members)
  }
}

extension UserDefinition {
  fileprivate var json: JSON {
    let secret: [JSON.Member] =
      switch password {
      case .hash(let hash):
        [
          member("password_hash", .string(Base64.encode(hash.bytes))),
          member("hashing_algorithm", .string(hash.algorithm.rawValue)),
        ]
      case .clear(let text): [member("password", .string(text))]
      }
    return .object(
      [member("name", .string(name))] + secret
        + [
          member("tags", .array(tags.map { .string($0) })), member("limits", JSON(limits)),
        ]
    )
  }
}

extension PermissionsDefinition {
  fileprivate var json: JSON {
    [
      "user": .string(user), "vhost": .string(virtualHost), "configure": .string(configure),
      "write": .string(write), "read": .string(read),
    ]
  }
}

extension TopicPermissionsDefinition {
  fileprivate var json: JSON {
    [
      "user": .string(user), "vhost": .string(virtualHost), "exchange": .string(exchange),
      "write": .string(write), "read": .string(read),
    ]
  }
}

extension PolicyDefinition {
  fileprivate var json: JSON {
    .object(
      [member("vhost", .string(virtualHost)), member("name", .string(name))] + members
    )
  }

  fileprivate var members: [JSON.Member] {
    [
      member("pattern", .string(pattern)), member("apply-to", .string(target)),
      member("definition", JSON(definition)),
      member("priority", Int64(exactly: priority).map { .integer($0) } ?? .number(priority)),
    ]
  }
}

extension QueueDefinition {
  fileprivate var json: JSON {
    [
      "name": .string(declaration.name.text), "vhost": .string(virtualHost),
      "durable": .boolean(declaration.isDurable),
      "auto_delete": .boolean(declaration.isAutoDelete),
      "arguments": JSON(declaration.arguments),
    ]
  }
}

extension ExchangeDefinition {
  fileprivate var json: JSON {
    [
      "name": .string(declaration.name.text), "vhost": .string(virtualHost),
      "type": .string(declaration.type.rawValue), "durable": .boolean(declaration.isDurable),
      "auto_delete": .boolean(declaration.isAutoDelete),
      "internal": .boolean(declaration.isInternal), "arguments": JSON(declaration.arguments),
    ]
  }
}

extension BindingDefinition {
  fileprivate var json: JSON {
    [
      "source": .string(binding.source.text), "vhost": .string(virtualHost),
      "destination": .string(binding.destination.text),
      "destination_type": .string(binding.destinationKind.rawValue),
      "routing_key": .string(binding.routingKey.text), "arguments": JSON(binding.arguments),
    ]
  }
}
