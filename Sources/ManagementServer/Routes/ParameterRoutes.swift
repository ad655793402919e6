import AMQP
import Broker
import Definitions
import JSONText

extension RouteTable {
  static let parameterRoutes: [Route] = [
    Route(.get, "/api/parameters", .policymaker, "The parameters of virtual hosts.") { call in
      try await call.parameters { _ in true }
    },
    Route(.get, "/api/parameters/{component}", .policymaker, "Those of a component.") { call in
      let component = call["component"]
      return try await call.parameters { $0.component == component }
    },
    Route(.get, "/api/parameters/{component}/{vhost}", .policymaker, "Those of one there.") {
      call in
      let (component, host) = (call["component"], call[Call.hostName])
      return try await call.parameters { $0.component == component && $0.host == host }
    },
    Route(.get, "/api/parameters/{component}/{vhost}/{name}", .policymaker, "One parameter.") {
      call in
      let (component, host) = (call["component"], call[Call.hostName])
      let name = call["name"]
      let found = try await call.withBroker { broker in
        broker.parameterListings.first {
          $0.component == component && $0.host == host && $0.name == name
        }
      }
      guard let found else { throw Refusal.notFound }
      return .json(found.json)
    },
    Route(
      .put,
      "/api/parameters/{component}/{vhost}/{name}",
      .policymaker,
      "Sets a parameter; there are none that a user sets by itself.",
      [.init("value", "object", isRequired: true)]
    ) { call in
      try call.members().require("value")
      throw Refusal.badRequest("Validation failed\n\ncomponent \(call["component"]) not found\n")
    },
    Route(
      .delete,
      "/api/parameters/{component}/{vhost}/{name}",
      .policymaker,
      "Deletes a parameter."
    ) { call in
      let key = ParameterKey(
        host: call[Call.hostName],
        component: call["component"],
        name: call["name"]
      )
      try await call.anyOrMissing { $0.clearParameter(key) }
      return .done
    },
    Route(.get, "/api/global-parameters", .policymaker, "The parameters of the broker.") { call in
      let all = try await call.withBroker { $0.globalParameters }
      return try ListQuery(call.query).answer(all) {
        $0["name"]?.text ?? ""
      } build: {
        $0
      }
    },
    Route(.get, "/api/global-parameters/{name}", .policymaker, "One of them.") { call in
      let name = JSON.string(call["name"])
      let found = try await call.withBroker { broker in
        broker.globalParameters.first { $0["name"] == name }
      }
      guard let found else { throw Refusal.notFound }
      return .json(found)
    },
    Route(
      .put,
      "/api/global-parameters/{name}",
      .administrator,
      "Sets one of them.",
      [.init("value", "object", isRequired: true)]
    ) { call in
      let members = try call.members()
      try members.require("value")
      let value = try members.fieldValue("value")
      let key = ParameterKey(host: nil, component: "", name: call["name"])
      let isNew = try await call.tryAct { broker in
        let isNew = broker.parameters[key] == nil
        return broker.setParameter(key, to: value).map { isNew }
      }
      return .put(isNew: isNew)
    },
    Route(.delete, "/api/global-parameters/{name}", .administrator, "Deletes one of them.") {
      call in
      let key = ParameterKey(host: nil, component: "", name: call["name"])
      try await call.anyOrMissing { $0.clearParameter(key) }
      return .done
    },
  ]
}

/// A parameter of a virtual host.
struct ParameterListing: Sendable {
  let component: String
  let host: String
  let name: String
  let value: JSON

  var json: JSON {
    [
      "component": .string(component), "vhost": .string(host), "name": .string(name),
      "value": value,
    ]
  }
}

extension Broker {
  /// Sorted; operator policies are parameters too, as in RabbitMQ.
  var parameterListings: [ParameterListing] {
    let kept = parameters.sorted { $0.key < $1.key }.compactMap { key, value in
      key.host.map {
        ParameterListing(component: key.component, host: $0, name: key.name, value: JSON(value))
      }
    }
    let policies = policies(.operator).map { listing in
      let shown: Set = ["pattern", "apply-to", "definition", "priority"]
      guard case .object(let members) = listing.json else { return JSON.null }
      return .object(members.filter { shown.contains($0.name) })
    }
    return kept
      + zip(self.policies(.operator), policies).map { listing, value in
        ParameterListing(
          component: "operator_policy",
          host: listing.host,
          name: listing.policy.name,
          value: value
        )
      }
  }

  /// Sorted by name.
  var globalParameters: [JSON] {
    parameters.filter { $0.key.host == nil }.sorted { $0.key < $1.key }
      .map { ["name": .string($0.key.name), "value": JSON($0.value)] }
  }
}

extension Call {
  fileprivate func parameters(
    where isMeant: (ParameterListing) -> Bool
  ) async throws(Refusal) -> Answer {
    let all = try await withBroker { $0.parameterListings }
    return try ListQuery(query).answer(all.filter(isMeant)) {
      $0.name
    } build: {
      $0.json
    }
  }
}
