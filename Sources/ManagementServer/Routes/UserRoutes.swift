import AMQP
import AMQPServer
import Broker
import Definitions
import JSONText
import WebText

extension RouteTable {
  static let userRoutes: [Route] = [
    Route(.get, "/api/users", .administrator, "The users.") { call in
      try await call.users { _ in true }
    },
    Route(.get, "/api/users/without-permissions", .administrator, "Those that may nothing.") {
      call in
      let able = try await call.withBroker { Set($0.access.permissions.keys.map(\.user)) }
      return try await call.users { !able.contains($0.name) }
    },
    Route(.get, "/api/users/{user}", .administrator, "One user.") { call in
      let name = call["user"]
      guard let user = try await call.withBroker({ $0.access.users[name] }) else {
        throw Refusal.notFound
      }
      return .json(user.json)
    },
    Route(
      .put,
      "/api/users/{user}",
      .administrator,
      "Makes a user, or changes one.",
      [
        .init("password", "string"), .init("password_hash", "string"),
        .init("hashing_algorithm", "string"), .init("tags", "string", isRequired: true),
      ]
    ) { call in
      try await call.putUser()
    },
    Route(.delete, "/api/users/{user}", .administrator, "Deletes a user.") { call in
      let name = call["user"]
      try await call.deleteUsers([name], isOneMissing: .notFound)
      return .done
    },
    Route(
      .post,
      "/api/users/bulk-delete",
      .administrator,
      "Deletes several users, or none when one of them is not there.",
      [.init("users", "array", isRequired: true)]
    ) { call in
      guard case .array(let elements)? = try call.members()["users"] else {
        throw Refusal.missing(["users"])
      }
      var names: [String] = []
      for element in elements {
        guard let name = element.text else { throw Refusal.badRequest("not_string", element.plain) }
        names.append(name)
      }
      try await call.deleteUsers(names, isOneMissing: nil)
      return .done
    },
    Route(.get, "/api/users/{user}/permissions", .administrator, "What a user may.") { call in
      let user = call["user"]
      try await call.demandUser(user)
      return try await call.permissions { $0.user == user }
    },
    Route(
      .get,
      "/api/users/{user}/topic-permissions",
      .administrator,
      "Which topics a user may use."
    ) { call in
      let user = call["user"]
      try await call.demandUser(user)
      return try await call.topicPermissions { $0.user == user }
    },
  ]
}

extension User {
  fileprivate var json: JSON {
    [
      "name": .string(name), "password_hash": .string(Base64.encode(password.bytes)),
      "hashing_algorithm": .string(password.algorithm.rawValue),
      "tags": .array(tags.map { .string($0) }), "limits": JSON(limits),
    ]
  }
}

extension Call {
  fileprivate func users(
    where isMeant: (User) -> Bool
  ) async throws(Refusal) -> Answer {
    let users = try await withBroker { Array($0.access.users.values) }
    let meant = users.filter(isMeant).sorted { $0.name < $1.name }
    return try ListQuery(query).answer(meant) {
      $0.name
    } build: {
      $0.json
    }
  }

  /// - Throws: 404 when there is no such user.
  func demandUser(_ name: String) async throws(Refusal) {
    guard try await withBroker({ $0.access.users[name] != nil }) else { throw Refusal.notFound }
  }

  fileprivate func putUser() async throws(Refusal) -> Answer {
    let name = self["user"]
    let members = try members()
    guard let tags = members["tags"] ?? members["administrator"] else {
      throw Refusal.badRequest("tags_not_present")
    }
    let password = try Self.password(members)
    let made = User(name: name, password: password, tags: try Self.tags(tags))
    let isNew = try await tryAct { broker in
      var made = made
      let old = broker.access.users[name]
      made.limits = old?.limits ?? [:]
      return broker.putUser(made).map { old == nil }
    }
    return .put(isNew: isNew)
  }

  /// As RabbitMQ does, a user without a password is one that cannot log in with one.
  private static func password(_ members: Members) throws(Refusal) -> PasswordHash {
    var algorithm = PasswordHash.Algorithm.sha256
    if let name = try members.text("hashing_algorithm") {
      guard let known = PasswordHash.Algorithm(rawValue: name) else {
        throw Refusal.badRequest("unknown hashing_algorithm '\(name)'")
      }
      algorithm = known
    }
    if let text = try members.text("password_hash") {
      guard let bytes = Base64.decode(text) else { throw Refusal.badRequest("not_base64", text) }
      return PasswordHash(algorithm: algorithm, bytes: bytes)
    }
    if let password = try members.text("password") {
      return PasswordHash(of: Array(password.utf8), algorithm: algorithm)
    }
    return PasswordHash(algorithm: algorithm, bytes: [])
  }

  /// A list, or a text with commas.
  static func tags(_ json: JSON) throws(Refusal) -> [String] {
    switch json {
    case .string(let text):
      return text.split(separator: ",").map { part in
        String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
    case .array(let elements):
      var tags: [String] = []
      for element in elements {
        guard let tag = element.text else { throw Refusal.badRequest("not_string", element.plain) }
        tags.append(tag)
      }
      return tags
    default: throw Refusal.badRequest("not_string", json.plain)
    }
  }

  /// Deletes users, or none when one of them is not there.
  fileprivate func deleteUsers(
    _ names: [String],
    isOneMissing refusal: Refusal?
  ) async throws(Refusal) {
    let missing: String? = try await act { broker in
      if let missing = names.first(where: { broker.access.users[$0] == nil }) { return missing }
      for name in names { _ = broker.deleteUser(name) }
      return nil
    }
    if let missing { throw refusal ?? .badRequest("no_such_user", missing) }
  }
}
