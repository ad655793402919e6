import JSONText
import Testing

@testable import ManagementServer

/// The routes, and the description that is made of them.
@Suite struct RouteTableTests {
  private let routes = RouteTable.all.routes

  @Test func everyRouteIsThereOnce() {
    let keys = routes.map { "\($0.method.rawValue) \($0.pattern)" }
    #expect(Set(keys).count == keys.count)
    #expect(keys.count > 120)
  }

  @Test func aPathWithoutNamesComesFirst() throws {
    guard
      case .route(let route, let place) = RouteTable.all.find(
        "GET",
        ["api", "users", "without-permissions"]
      )
    else {
      Issue.record("not found")
      return
    }
    #expect(route.pattern == "/api/users/without-permissions")
    #expect(place.isEmpty)
  }

  @Test func everyPathIsDescribedWithItsMethods() throws {
    let document = OpenAPI.document(routes)
    #expect(document["openapi"] == "3.0.3")
    guard case .object(let paths)? = document["paths"] else {
      Issue.record("no paths")
      return
    }
    #expect(Set(paths.map(\.name)) == Set(routes.map(\.pattern)))
    var identifiers: Set<String> = []
    for path in paths {
      guard case .object(let methods) = path.value else { continue }
      let known = routes.filter { $0.pattern == path.name }.map { $0.method.rawValue.lowercased() }
      #expect(methods.map(\.name) == known)
      for method in methods {
        let identifier = try #require(method.value["operationId"]?.text)
        #expect(identifiers.insert(identifier).inserted, "\(identifier) is there twice")
        #expect(method.value["summary"]?.text?.isEmpty == false)
      }
    }
  }
}
