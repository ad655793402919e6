import AMQP
import Broker
import Definitions
import JSONText

extension RouteTable {
  static let limitRoutes: [Route] = [
    Route(.get, "/api/vhost-limits", .management, "The limits of virtual hosts.") { call in
      let visible = try await call.visibleHosts()
      return try await call.hostLimits { visible.contains($0) }
    },
    Route(.get, "/api/vhost-limits/{vhost}", .management, "Those of one.") { call in
      let host = call[Call.hostName]
      return try await call.hostLimits { $0 == host }
    },
    Route(
      .put,
      "/api/vhost-limits/{vhost}/{name}",
      .administrator,
      "Limits a virtual host.",
      [.init("value", "integer", isRequired: true)]
    ) { call in
      let (name, value) = try call.limit(of: ["max-connections", "max-queues"], "limits")
      try await call.changeHostLimits { $0[name] = .signed64(value) }
      return .done
    },
    Route(.delete, "/api/vhost-limits/{vhost}/{name}", .administrator, "Frees it.") { call in
      let name = call["name"]
      try await call.changeHostLimits { $0[name] = nil }
      return .done
    },
    Route(.get, "/api/user-limits", .management, "The limits of users.") { call in
      try await call.userLimits { _ in true }
    },
    Route(.get, "/api/user-limits/{user}", .management, "Those of one.") { call in
      let user = call["user"]
      try await call.demandUser(user)
      return try await call.userLimits { $0 == user }
    },
    Route(
      .put,
      "/api/user-limits/{user}/{name}",
      .administrator,
      "Limits a user.",
      [.init("value", "integer", isRequired: true)]
    ) { call in
      let (name, value) = try call.limit(of: ["max-connections", "max-channels"], "user-limits")
      try await call.changeUserLimits { $0[name] = .signed64(value) }
      return .done
    },
    Route(.delete, "/api/user-limits/{user}/{name}", .administrator, "Frees it.") { call in
      let name = call["name"]
      try await call.changeUserLimits { $0[name] = nil }
      return .done
    },
  ]
}

extension ParameterKey {
  /// Where the limits of a virtual host are kept, as RabbitMQ keeps them.
  fileprivate static func limits(of host: String) -> ParameterKey {
    ParameterKey(host: host, component: "vhost-limits", name: "limits")
  }
}

extension Call {
  /// The limit that the path and the body name.
  fileprivate func limit(
    of known: Set<String>,
    _ kind: String
  ) throws(Refusal) -> (String, Int64) {
    let name = self["name"]
    let members = try members()
    try members.require("value")
    let value = members["value"] ?? .null
    let isForHost = kind == "limits"
    guard known.contains(name) else {
      let shown = value.text.map { "<<\"\($0)\">>" } ?? value.plain
      let text = "Unrecognised terms [{<<\"\(name)\">>,\(shown)}] in \(kind)"
      throw Refusal.badRequest(isForHost ? "Validation failed\n\n\(text)\n" : text)
    }
    guard let number = value.integer else {
      let text = "\(name) should be a number, actually was <<\"\(value.plain)\">>"
      throw Refusal.badRequest(isForHost ? "Validation failed\n\n\(text)\n" : text)
    }
    return (name, number)
  }

  fileprivate func hostLimits(
    of isMeant: @escaping @Sendable (String) -> Bool
  ) async throws(Refusal) -> Answer {
    let all: [JSON] = try await withBroker { broker in
      broker.hosts.keys.filter(isMeant).sorted().compactMap { host in
        guard case .table(let limits)? = broker.parameters[.limits(of: host)], !limits.isEmpty
        else { return nil }
        return ["vhost": .string(host), "value": JSON(limits)]
      }
    }
    return .json(.array(all))
  }

  fileprivate func userLimits(
    of isMeant: @escaping @Sendable (String) -> Bool
  ) async throws(Refusal) -> Answer {
    let all: [JSON] = try await withBroker { broker in
      broker.access.users.values.filter { isMeant($0.name) && !$0.limits.isEmpty }
        .sorted { $0.name < $1.name }
        .map { ["user": .string($0.name), "value": JSON($0.limits)] }
    }
    return .json(.array(all))
  }

  fileprivate func changeHostLimits(
    _ change: @escaping @Sendable (inout FieldTable) -> Void
  ) async throws(Refusal) {
    let key = ParameterKey.limits(of: self[Call.hostName])
    try await tryAct { broker -> Result<Void, OperationRefusal> in
      var limits: FieldTable = [:]
      if case .table(let kept)? = broker.parameters[key] { limits = kept }
      change(&limits)
      return broker.setParameter(key, to: .table(limits))
    }
  }

  fileprivate func changeUserLimits(
    _ change: @escaping @Sendable (inout FieldTable) -> Void
  ) async throws(Refusal) {
    let name = self["user"]
    try await demandUser(name)
    try await tryAct { broker -> Result<Void, OperationRefusal> in
      guard var user = broker.access.users[name] else {
        return .failure(OperationRefusal("there is no user '\(name)'", code: .notFound))
      }
      change(&user.limits)
      return broker.putUser(user)
    }
  }
}
