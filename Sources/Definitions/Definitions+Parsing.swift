import AMQP
import Broker
import JSONText
import WebText

extension Definitions {
  /// Reads RabbitMQ's JSON, from its management or from `rabbitmqctl`.
  ///
  /// Members that it does not know are left out, as RabbitMQ does.
  ///
  /// - Throws: ``DefinitionsError`` for the first mistake.
  package init(parsing bytes: [UInt8]) throws(DefinitionsError) {
    let document: JSON
    do {
      document = try JSON(parsing: bytes)
    } catch {
      throw DefinitionsError(
        Self.position(of: error.offset, in: bytes),
        "is not JSON: \(error.problem.words)",
        "give what RabbitMQ exports"
      )
    }
    let root = Place(value: document, path: "")
    users = try root.all("users", Self.user)
    virtualHosts = try root.all("vhosts", Self.virtualHost)
    permissions = try root.all("permissions", Self.permissions)
    topicPermissions = try root.all("topic_permissions", Self.topicPermissions)
    policies = try root.all("policies", Self.policy)
    queues = try root.all("queues", Self.queue)
    exchanges = try root.all("exchanges", Self.exchange)
    bindings = try root.all("bindings", Self.binding)
    try readParameters(root)
  }

  private static func position(of offset: Int, in bytes: [UInt8]) -> String {
    let before = bytes.prefix(offset)
    let newline = UInt8(ascii: "\n")
    let line = before.count { $0 == newline } + 1
    let column = before.count - (before.lastIndex(of: newline) ?? -1)
    return "line \(line), column \(column)"
  }

  private static func virtualHost(
    _ place: Place
  ) throws(DefinitionsError) -> VirtualHostDefinition {
    var note = VirtualHost.Note()
    note.description = try place.optional("description")?.text() ?? ""
    if let given = try place.optional("tags") { note.tags = try tags(given) }
    return VirtualHostDefinition(name: try place.required("name").name(), note: note)
  }

  private static func user(_ place: Place) throws(DefinitionsError) -> UserDefinition {
    let name = try place.required("name").name()
    var algorithm = PasswordHash.Algorithm.sha256
    if let given = try place.optional("hashing_algorithm") {
      guard let known = PasswordHash.Algorithm(rawValue: try given.text()) else {
        let names = PasswordHash.Algorithm.allCases.map(\.rawValue).joined(separator: ", ")
        throw given.fault("is not known", "give one of \(names)")
      }
      algorithm = known
    }
    var password = UserDefinition.Password.hash(PasswordHash(algorithm: algorithm, bytes: []))
    if let hash = try place.optional("password_hash") {
      guard let bytes = Base64.decode(try hash.text()) else {
        throw hash.fault("is not base64", "give the hash as RabbitMQ exports it")
      }
      password = .hash(PasswordHash(algorithm: algorithm, bytes: bytes))
    } else if let clear = try place.optional("password") {
      password = .clear(try clear.text())
    }
    return UserDefinition(
      name: name,
      password: password,
      tags: try tags(try place.required("tags")),
      limits: try place.optional("limits")?.table() ?? [:]
    )
  }

  /// A list, or in older files a text with commas.
  private static func tags(_ place: Place) throws(DefinitionsError) -> [String] {
    if case .string(let text) = place.value {
      return text.split(separator: ",").map { part in
        String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    }
    var tags: [String] = []
    for tag in try place.elements() { tags.append(try tag.text()) }
    return tags
  }

  private static func permissions(
    _ place: Place
  ) throws(DefinitionsError) -> PermissionsDefinition {
    PermissionsDefinition(
      user: try place.required("user").name(),
      virtualHost: try place.required("vhost").name(),
      configure: try place.required("configure").text(),
      write: try place.required("write").text(),
      read: try place.required("read").text()
    )
  }

  private static func topicPermissions(
    _ place: Place
  ) throws(DefinitionsError) -> TopicPermissionsDefinition {
    TopicPermissionsDefinition(
      user: try place.required("user").name(),
      virtualHost: try place.required("vhost").name(),
      exchange: try place.required("exchange").name(),
      write: try place.required("write").text(),
      read: try place.required("read").text()
    )
  }

  private static func policy(_ place: Place) throws(DefinitionsError) -> PolicyDefinition {
    try policy(
      place,
      kind: .user,
      name: try place.required("name").text(),
      virtualHost: try place.required("vhost").name()
    )
  }

  private static func policy(
    _ place: Place,
    kind: Policy.Kind,
    name: String,
    virtualHost: String
  ) throws(DefinitionsError) -> PolicyDefinition {
    PolicyDefinition(
      kind: kind,
      virtualHost: virtualHost,
      name: name,
      pattern: try place.required("pattern").text(),
      target: try place.optional("apply-to")?.text() ?? Policy.Target.all.rawValue,
      definition: try place.required("definition").table(),
      priority: try place.optional("priority")?.number() ?? 0
    )
  }

  private mutating func readParameters(_ root: Place) throws(DefinitionsError) {
    for place in try root.optional("parameters")?.elements() ?? [] {
      let host = try place.required("vhost").name()
      let component = try place.required("component").text()
      let name = try place.required("name").text()
      let value = try place.required("value")
      if component == Self.operatorPolicy {
        policies.append(
          try Self.policy(value, kind: .operator, name: name, virtualHost: host)
        )
      } else {
        let key = ParameterKey(host: host, component: component, name: name)
        parameters.append(ParameterDefinition(key: key, value: try value.fieldValue()))
      }
    }
    for place in try root.optional("global_parameters")?.elements() ?? [] {
      let name = try place.required("name").text()
      let key = ParameterKey(host: nil, component: "", name: name)
      let value = try place.required("value").fieldValue()
      parameters.append(ParameterDefinition(key: key, value: value))
    }
  }

  /// The component under which operator policies are parameters.
  static let operatorPolicy = "operator_policy"

  private static func queue(_ place: Place) throws(DefinitionsError) -> QueueDefinition {
    let name = try place.required("name")
    guard !(try name.name()).isEmpty else { throw name.fault("is empty", "give the queue a name") }
    return QueueDefinition(
      virtualHost: try place.required("vhost").name(),
      declaration: QueueDeclaration(
        name: Name(try name.name()),
        isDurable: try place.required("durable").boolean(),
        isAutoDelete: try place.required("auto_delete").boolean(),
        arguments: try place.optional("arguments")?.table() ?? [:]
      )
    )
  }

  private static func exchange(_ place: Place) throws(DefinitionsError) -> ExchangeDefinition {
    let type = try place.required("type")
    guard let known = ExchangeType(rawValue: try type.text()) else {
      let names = ExchangeType.allCases.map(\.rawValue).joined(separator: ", ")
      throw type.fault("is not an exchange type", "give one of \(names)")
    }
    return ExchangeDefinition(
      virtualHost: try place.required("vhost").name(),
      declaration: ExchangeDeclaration(
        name: Name(try place.required("name").name()),
        type: known,
        isDurable: try place.required("durable").boolean(),
        isAutoDelete: try place.required("auto_delete").boolean(),
        isInternal: try place.optional("internal")?.boolean() ?? false,
        arguments: try place.optional("arguments")?.table() ?? [:]
      )
    )
  }

  private static func binding(_ place: Place) throws(DefinitionsError) -> BindingDefinition {
    let kind = try place.required("destination_type")
    guard let known = BindingDescription.DestinationKind(rawValue: try kind.text()) else {
      throw kind.fault("is neither queue nor exchange", "give one of these")
    }
    return BindingDefinition(
      virtualHost: try place.required("vhost").name(),
      binding: BindingDescription(
        source: Name(try place.required("source").name()),
        destinationKind: known,
        destination: Name(try place.required("destination").name()),
        routingKey: Name(try place.required("routing_key").name()),
        arguments: try place.optional("arguments")?.table() ?? [:]
      )
    )
  }
}

extension JSONError.Problem {
  fileprivate var words: String {
    switch self {
    case .endsTooEarly: "it ends too early"
    case .unexpectedByte(let byte):
      (0x20..<0x7F).contains(byte)
        ? "'\(Character(Unicode.Scalar(byte)))' is not expected" : "byte \(byte) is not expected"
    case .notUTF8: "a string is not UTF-8"
    case .badEscape: "an escape means nothing"
    case .badNumber: "a number is malformed"
    case .tooDeep(let limit): "it is more than \(limit) levels deep"
    case .textAfterValue: "something follows the document"
    }
  }
}
