import AMQPServer
import Broker
import Definitions
import JSONText

extension RouteTable {
  static let definitionRoutes: [Route] = [
    Route(.get, "/api/definitions", .administrator, "Everything but the messages.") { call in
      .bytes(try await call.withBroker { Definitions(of: $0) }.bytes, type: "application/json")
    },
    Route(.post, "/api/definitions", .administrator, "Adds all that the body has, or nothing.") {
      call in
      try await call.importDefinitions(into: nil)
    },
    Route(.get, "/api/definitions/{vhost}", .administrator, "That of a virtual host.") { call in
      let host = call[Call.hostName]
      let all = try await call.withBroker { Definitions(of: $0) }
      return .json(all.only(of: host))
    },
    Route(.post, "/api/definitions/{vhost}", .administrator, "Adds to a virtual host.") { call in
      try await call.importDefinitions(into: call[Call.hostName])
    },
  ]
}

extension Definitions {
  /// What is of one virtual host, without its name, as RabbitMQ exports it.
  fileprivate func only(of host: String) -> JSON {
    var part = Definitions()
    part.queues = queues.filter { $0.virtualHost == host }
    part.exchanges = exchanges.filter { $0.virtualHost == host }
    part.bindings = bindings.filter { $0.virtualHost == host }
    part.policies = policies.filter { $0.virtualHost == host }
    part.parameters = parameters.filter { $0.key.host == host }
    let shown: Set = [
      "rabbit_version", "parameters", "policies", "queues", "exchanges", "bindings",
    ]
    let named: Set = ["parameters", "policies"]
    // It was written by ourselves just now.
    guard case .object(let members)? = try? JSON(parsing: part.bytes) else { return [:] }
    return .object(
      members.filter { shown.contains($0.name) }.map { member in
        named.contains(member.name)
          ? member : .init(name: member.name, value: member.value.withoutHosts)
      }
    )
  }
}

extension JSON {
  /// An array of objects without their members `vhost`.
  fileprivate var withoutHosts: JSON {
    guard case .array(let elements) = self else { return self }
    return .array(
      elements.map { element in
        guard case .object(let members) = element else { return element }
        return .object(members.filter { $0.name != "vhost" })
      }
    )
  }

  /// The same with a virtual host in each object of its arrays that has none.
  fileprivate func inHost(_ host: String) -> JSON {
    guard case .object(let members) = self else { return self }
    let kinds: Set = ["queues", "exchanges", "bindings", "policies", "parameters"]
    return .object(
      members.filter { kinds.contains($0.name) }.map { member in
        guard case .array(let elements) = member.value else { return member }
        let placed = elements.map { element -> JSON in
          guard case .object(let members) = element else { return element }
          return .object(
            members.filter { $0.name != "vhost" } + [.init(name: "vhost", value: .string(host))]
          )
        }
        return .init(name: member.name, value: .array(placed))
      }
    )
  }
}

extension Call {
  /// Adds definitions, after they were tried on a copy: a mistake changes nothing.
  fileprivate func importDefinitions(into host: String?) async throws(Refusal) -> Answer {
    var json: JSON
    do {
      json = try JSON(parsing: body)
    } catch {
      throw Refusal.badRequest("failed_to_parse_json")
    }
    if let host { json = json.inHost(host) }
    let definitions: Definitions
    do {
      definitions = try Definitions(parsing: json.bytes)
    } catch {
      throw Refusal.badRequest(error.description)
    }
    let problem = try await act { broker -> String? in
      do throws(DefinitionsError) {
        try definitions.apply(to: try broker.copyWithoutMessages()) { _ in
          User.guest.password
        }
        try definitions.apply(to: broker) { PasswordHash(of: Array($0.utf8)) }
        return nil
      } catch {
        return error.description
      }
    }
    if let problem { throw Refusal.badRequest(problem) }
    return .done
  }
}

extension Broker {
  /// A broker with the same definitions, to try something on.
  fileprivate func copyWithoutMessages() throws(DefinitionsError) -> Broker {
    let copy = Broker { "" }
    copy.queueCountLimit = queueCountLimit
    try Definitions(of: self).apply(to: copy) { _ in User.guest.password }
    return copy
  }
}
