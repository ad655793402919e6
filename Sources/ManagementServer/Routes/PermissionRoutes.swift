import Broker
import JSONText

extension RouteTable {
  static let permissionRoutes: [Route] = [
    Route(.get, "/api/permissions", .administrator, "Who may what.") { call in
      try await call.permissions { _ in true }
    },
    Route(.get, "/api/permissions/{vhost}/{user}", .administrator, "What one may there.") {
      call in
      let key = call.key
      guard let found = try await call.withBroker({ $0.permissions.first { $0.key == key } })
      else { throw Refusal.notFound }
      return .json(found.json)
    },
    Route(
      .put,
      "/api/permissions/{host}/{user}",
      .administrator,
      "Says what a user may in a virtual host.",
      [
        .init("configure", "string", isRequired: true), .init("write", "string", isRequired: true),
        .init("read", "string", isRequired: true),
      ]
    ) { call in
      let members = try call.members()
      try members.require("configure", "write", "read")
      let configure = try members.requiredText("configure")
      let write = try members.requiredText("write")
      let read = try members.requiredText("read")
      return try await call.put { broker, key in
        broker.setPermissions(
          of: key.user,
          in: key.host,
          configure: configure,
          write: write,
          read: read
        ).map { false }
      }
    },
    Route(.delete, "/api/permissions/{vhost}/{user}", .administrator, "Takes them away.") {
      call in
      let key = call.key
      try await call.anyOrMissing { $0.clearPermissions(of: key.user, in: key.host) }
      return .done
    },
    Route(.get, "/api/topic-permissions", .administrator, "Who may use which topics.") { call in
      try await call.topicPermissions { _ in true }
    },
    Route(
      .get,
      "/api/topic-permissions/{vhost}/{user}",
      .administrator,
      "Which topics one may use there."
    ) { call in
      let key = call.key
      return try await call.topicPermissions { $0 == key }
    },
    Route(
      .put,
      "/api/topic-permissions/{host}/{user}",
      .administrator,
      "Says which topics a user may use.",
      [
        .init("exchange", "string", isRequired: true), .init("write", "string", isRequired: true),
        .init("read", "string", isRequired: true),
      ]
    ) { call in
      let members = try call.members()
      try members.require("exchange", "write", "read")
      let exchange = try members.requiredText("exchange")
      let write = try members.requiredText("write")
      let read = try members.requiredText("read")
      return try await call.put { broker, key in
        broker.setTopicPermissions(
          of: key.user,
          in: key.host,
          exchange: exchange,
          write: write,
          read: read
        ).map { false }
      }
    },
    Route(.delete, "/api/topic-permissions/{vhost}/{user}", .administrator, "Frees topics.") {
      call in
      let key = call.key
      try await call.anyOrMissing { $0.clearTopicPermissions(of: key.user, in: key.host) }
      return .done
    },
    Route(
      .delete,
      "/api/topic-permissions/{vhost}/{user}/{exchange}",
      .administrator,
      "Frees the topics of one exchange."
    ) { call in
      let (key, exchange) = (call.key, call["exchange"])
      try await call.anyOrMissing {
        $0.clearTopicPermissions(of: key.user, in: key.host, exchange: exchange)
      }
      return .done
    },
  ]
}

/// What a user may in a virtual host, as texts.
struct PermissionListing: Sendable {
  let key: AccessControl.Key
  let configure: String
  let write: String
  let read: String

  var json: JSON {
    [
      "user": .string(key.user), "vhost": .string(key.host), "configure": .string(configure),
      "write": .string(write), "read": .string(read),
    ]
  }
}

extension Broker {
  /// Sorted by virtual host, then user.
  var permissions: [PermissionListing] {
    access.permissions.map { key, rule in
      PermissionListing(
        key: key,
        configure: rule.configure.text,
        write: rule.write.text,
        read: rule.read.text
      )
    }.sorted { ($0.key.host, $0.key.user) < ($1.key.host, $1.key.user) }
  }
}

extension Call {
  /// The user and the virtual host of the path.
  fileprivate var key: AccessControl.Key {
    AccessControl.Key(user: self["user"], host: place[Call.hostName] ?? self["host"])
  }

  func permissions(
    where isMeant: (AccessControl.Key) -> Bool
  ) async throws(Refusal) -> Answer {
    let all = try await withBroker { $0.permissions }
    return try ListQuery(query).answer(all.filter { isMeant($0.key) }) {
      $0.key.user
    } build: {
      $0.json
    }
  }

  func topicPermissions(
    where isMeant: (AccessControl.Key) -> Bool
  ) async throws(Refusal) -> Answer {
    let all = try await withBroker { broker in
      broker.access.topicPermissions.flatMap { key, rules in
        rules.map { (key: key, exchange: $0.text, write: $1.writeText, read: $1.readText) }
      }.sorted {
        ($0.key.host, $0.key.user, $0.exchange) < ($1.key.host, $1.key.user, $1.exchange)
      }
    }
    return try ListQuery(query).answer(all.filter { isMeant($0.key) }) {
      $0.key.user
    } build: { rule in
      [
        "user": .string(rule.key.user), "vhost": .string(rule.key.host),
        "exchange": .string(rule.exchange), "write": .string(rule.write),
        "read": .string(rule.read),
      ]
    }
  }

  /// Sets something of the path's user in the path's virtual host, both of which have to be there.
  fileprivate func put(
    _ body:
      @escaping @Sendable (Broker, AccessControl.Key) -> Result<Bool, OperationRefusal>
  ) async throws(Refusal) -> Answer {
    let key = key
    let areThere = try await withBroker {
      $0.access.users[key.user] != nil && $0.hosts[key.host] != nil
    }
    guard areThere else { throw Refusal.badRequest("vhost_or_user_not_found") }
    let wasThere = try await withBroker { $0.access.permissions[key] != nil }
    _ = try await tryAct { body($0, key) }
    return .put(isNew: !wasThere)
  }

  /// Whatever is refused here is not there.
  func anyOrMissing(
    _ body: @escaping @Sendable (Broker) -> Result<Void, OperationRefusal>
  ) async throws(Refusal) {
    guard case .success = try await act(body) else { throw Refusal.notFound }
  }
}
