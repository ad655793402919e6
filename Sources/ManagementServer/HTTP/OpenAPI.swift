import JSONText

/// The written description of the management (OpenAPI 3.0), made of its routes, so that it cannot
/// say anything else than they do.
enum OpenAPI {
  static func document(_ routes: [Route]) -> JSON {
    let patterns = routes.map(\.pattern).reduce(into: [String]()) { patterns, pattern in
      if !patterns.contains(pattern) { patterns.append(pattern) }
    }
    return [
      "openapi": "3.0.3",
      "info": [
        "title": "Sluice Management", "version": "0.1.0",
        "description": "RabbitMQ's management HTTP API over Sluice's embedded broker.",
      ],
      "components": [
        "securitySchemes": ["basic": ["type": "http", "scheme": "basic"]]
      ],
      "paths": .object(
        patterns.map { pattern in
          let methods = routes.filter { $0.pattern == pattern }.map { route in
            JSON.Member(name: route.method.rawValue.lowercased(), value: operation(route))
          }
          return JSON.Member(name: pattern, value: .object(methods))
        }
      ),
    ]
  }

  private static func operation(_ route: Route) -> JSON {
    var members: [(String, JSON)] = [
      ("summary", .string(route.summary)), ("operationId", .string(identifier(route))),
      ("tags", [.string(route.access.rawValue)]), ("responses", responses(route)),
    ]
    if route.access != .anybody { members.append(("security", [["basic": []]])) }
    if !route.names.isEmpty {
      members.append(
        (
          "parameters",
          .array(
            route.names.map { name in
              [
                "name": .string(name), "in": "path", "required": true,
                "schema": ["type": "string"],
              ]
            }
          )
        )
      )
    }
    if !route.members.isEmpty { members.append(("requestBody", body(route.members))) }
    return object(members)
  }

  /// Unique, and fit for a name in generated code.
  private static func identifier(_ route: Route) -> String {
    let words = route.segments.drop { $0 == "api" }.map { segment in
      let isName = segment.hasPrefix("{")
      let plain = isName ? String(segment.dropFirst().dropLast()) : segment
      let parts = plain.split { !$0.isLetter && !$0.isNumber }
      return (isName ? "By" : "")
        + parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
    let name = words.isEmpty ? (route.segments.isEmpty ? "Index" : "ApiIndex") : words.joined()
    return route.method.rawValue.lowercased() + name
  }

  private static func body(_ members: [Route.Member]) -> JSON {
    var schema: [(String, JSON)] = [
      ("type", "object"),
      (
        "properties",
        .object(members.map { .init(name: $0.name, value: ["type": .string($0.type)]) })
      ),
    ]
    let required = members.filter(\.isRequired).map { JSON.string($0.name) }
    if !required.isEmpty { schema.append(("required", .array(required))) }
    return ["content": ["application/json": ["schema": object(schema)]]]
  }

  private static func responses(_ route: Route) -> JSON {
    func answer(_ text: JSON) -> JSON { ["description": text] }
    var members: [(String, JSON)] =
      switch route.method {
      case .get: [("200", answer("what was asked for"))]
      case .put: [("201", answer("made")), ("204", answer("changed, or there already"))]
      case .post: [("200", answer("the result")), ("201", answer("made")), ("204", answer("done"))]
      case .delete: [("204", answer("done"))]
      }
    if !route.members.isEmpty { members.append(("400", answer("the request makes no sense"))) }
    if route.access != .anybody { members.append(("401", answer("not this user"))) }
    if !route.names.isEmpty { members.append(("404", answer("no such thing"))) }
    return object(members)
  }
}
