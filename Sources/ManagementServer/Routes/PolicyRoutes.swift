import AMQP
import Broker
import Definitions
import JSONText

extension RouteTable {
  static let policyRoutes: [Route] =
    PolicyRoutes(kind: .user, path: "policies", access: .policymaker).all
    + PolicyRoutes(kind: .operator, path: "operator-policies", access: .administrator).all
}

/// The routes of policies of one kind.
private struct PolicyRoutes {
  let kind: Policy.Kind
  let path: String
  let access: Access

  var all: [Route] {
    let one = "/api/\(path)/{vhost}/{name}"
    return [
      Route(.get, "/api/\(path)", .management, "The policies.") { [kind] call in
        let visible = try await call.visibleHosts()
        return try await call.policies(kind) { visible.contains($0) }
      },
      Route(.get, "/api/\(path)/{vhost}", .management, "Those of a virtual host.") {
        [kind] call in
        let host = call[Call.hostName]
        return try await call.policies(kind) { $0 == host }
      },
      Route(.get, one, .management, "One policy.") { [kind] call in
        let (host, name) = (call[Call.hostName], call["name"])
        let found = try await call.withBroker { broker in
          broker.policies(kind).first { $0.host == host && $0.policy.name == name }?.json
        }
        guard let found else { throw Refusal.notFound }
        return .json(found)
      },
      Route(
        .put,
        one,
        access,
        "Sets a policy.",
        [
          .init("pattern", "string", isRequired: true),
          .init("definition", "object", isRequired: true), .init("priority", "number"),
          .init("apply-to", "string"),
        ]
      ) { [kind] call in
        try await call.putPolicy(kind)
      },
      Route(.delete, one, access, "Deletes a policy.") { [kind] call in
        let (host, name) = (call[Call.hostName], call["name"])
        try await call.anyOrMissing { $0.deletePolicy(name, kind: kind, in: host) }
        return .done
      },
    ]
  }
}

/// A policy and where it is.
struct PolicyListing {
  let host: String
  let policy: Policy

  var json: JSON {
    let priority = Int64(exactly: policy.priority).map { JSON.integer($0) }
    return [
      "vhost": .string(host), "name": .string(policy.name),
      "pattern": .string(policy.pattern.text), "apply-to": .string(policy.target.rawValue),
      "definition": JSON(policy.definition), "priority": priority ?? .number(policy.priority),
    ]
  }
}

extension Broker {
  /// Sorted by virtual host, those that count first in front.
  func policies(_ kind: Policy.Kind) -> [PolicyListing] {
    hosts.values.sorted { $0.name < $1.name }.flatMap { host in
      let table = kind == .user ? host.policies : host.operatorPolicies
      return table.policies.map { PolicyListing(host: host.name, policy: $0) }
    }
  }
}

extension Call {
  fileprivate func policies(
    _ kind: Policy.Kind,
    in isMeant: @escaping @Sendable (String) -> Bool
  ) async throws(Refusal) -> Answer {
    let all = try await withBroker { broker in
      broker.policies(kind).filter { isMeant($0.host) }.map(\.json)
    }
    return try ListQuery(query).answer(all) {
      $0["name"]?.text ?? ""
    } build: {
      $0
    }
  }

  fileprivate func putPolicy(_ kind: Policy.Kind) async throws(Refusal) -> Answer {
    let members = try members()
    try members.require("pattern", "definition")
    let pattern = try members.requiredText("pattern")
    let definition = try members.arguments("definition")
    let target = try members.text("apply-to") ?? Policy.Target.all.rawValue
    guard let priority = (members["priority"] ?? 0).number else {
      throw Refusal.badRequest(
        "Validation failed\n\npriority should be a number, actually was "
          + "<<\"\(members["priority"]?.plain ?? "")\">>\n"
      )
    }
    let (host, name) = (self[Call.hostName], self["name"])
    let isNew = try await act { broker in
      let isNew = !broker.policies(kind).contains { $0.host == host && $0.policy.name == name }
      return Self.policy(name, pattern, target, priority, definition, kind).flatMap {
        broker.putPolicy($0, kind: kind, in: host).map { isNew }
      }
    }
    switch isNew {
    case .success(let isNew): return .put(isNew: isNew)
    case .failure(let refusal):
      throw Refusal.badRequest("Validation failed\n\n\(refusal.message)\n")
    }
  }

  private static func policy(
    _ name: String,
    _ pattern: String,
    _ target: String,
    _ priority: Double,
    _ definition: FieldTable,
    _ kind: Policy.Kind
  ) -> Result<Policy, OperationRefusal> {
    do {
      return .success(
        try Policy(
          name: name,
          pattern: pattern,
          target: target,
          priority: priority,
          definition: definition,
          kind: kind
        )
      )
    } catch {
      return .failure(error)
    }
  }
}
