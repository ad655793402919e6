import Broker

/// What a user has to be for a request (RabbitMQ, "Management Plugin", "Permissions").
enum Access: String, Sendable {
  /// Nobody has to say who he is.
  case anybody
  /// Any of the tags, or a virtual host's user where the path names one.
  case management
  case policymaker
  case monitoring
  case administrator

  static let administratorTag = "administrator"
  static let monitoringTag = "monitoring"
  static let policymakerTag = "policymaker"
  static let managementTag = "management"

  /// Why a user may not; nil when it may.
  func refusal(of user: User) -> Refusal? {
    let tags = Set(user.tags)
    let isAdministrator = tags.contains(Self.administratorTag)
    switch self {
    case .anybody, .management: return nil
    case .policymaker:
      let isFine = isAdministrator || tags.contains(Self.policymakerTag)
      return isFine ? nil : .notAuthorised("Not policymaker user")
    case .monitoring:
      let isFine = isAdministrator || tags.contains(Self.monitoringTag)
      return isFine ? nil : .notAuthorised("Not monitor user")
    case .administrator:
      return isAdministrator ? nil : .notAuthorised("Not administrator user")
    }
  }

  /// Whether a user may log in at all.
  static func mayEnter(_ user: User) -> Bool {
    !Set(user.tags).isDisjoint(with: [
      administratorTag, monitoringTag, policymakerTag, managementTag,
    ])
  }
}

/// The methods that the management has.
enum Method: String, Sendable, CaseIterable {
  case get = "GET"
  case put = "PUT"
  case post = "POST"
  case delete = "DELETE"
}

/// A path and a method, what they do and who may do it.
struct Route: Sendable {
  /// Throws a ``Refusal``; a closure cannot say so by itself.
  typealias Handler = @Sendable (Call) async throws -> Answer

  let method: Method
  /// With names in braces, as in OpenAPI: `/api/queues/{vhost}/{name}`.
  let pattern: String
  let segments: [String]
  let access: Access
  /// One line for the written description.
  let summary: String
  /// Members of the request's object, for the written description.
  let members: [Member]
  let handler: Handler

  /// A member of a request's object.
  struct Member: Sendable {
    let name: String
    /// As JSON Schema names it.
    let type: String
    let isRequired: Bool

    init(_ name: String, _ type: String, isRequired: Bool = false) {
      self.name = name
      self.type = type
      self.isRequired = isRequired
    }
  }

  init(
    _ method: Method,
    _ pattern: String,
    _ access: Access = .management,
    _ summary: String,
    _ members: [Member] = [],
    handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = pattern
    segments = pattern.split(separator: "/").map(String.init)
    self.access = access
    self.summary = summary
    self.members = members
    self.handler = handler
  }

  /// The names in the pattern.
  var names: [String] {
    segments.filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
  }

  /// The values of the names in a path; nil when the path is another.
  func match(_ path: [String]) -> [String: String]? {
    guard path.count == segments.count else { return nil }
    var place: [String: String] = [:]
    for (segment, part) in zip(segments, path) {
      if segment.hasPrefix("{") {
        place[String(segment.dropFirst().dropLast())] = part
      } else if segment != part {
        return nil
      }
    }
    return place
  }
}

/// All routes, and the way from a request to one of them.
struct RouteTable: Sendable {
  let routes: [Route]

  /// What was found for a path.
  enum Found {
    case route(Route, [String: String])
    /// There are others for the path, with these methods.
    case methods([String])
    case nothing
  }

  /// Finds the route of a request; those without names in the pattern come first.
  func find(_ method: String, _ path: [String]) -> Found {
    let candidates = routes.compactMap { route in route.match(path).map { (route, $0) } }
    guard let best = candidates.map({ $0.1.count }).min() else { return .nothing }
    let alike = candidates.filter { $0.1.count == best }
    let wanted = method == "HEAD" ? "GET" : method
    if let found = alike.first(where: { $0.0.method.rawValue == wanted }) {
      return .route(found.0, found.1)
    }
    return .methods(Self.allowed(alike.map(\.0.method)))
  }

  /// In RabbitMQ's order.
  private static func allowed(_ methods: [Method]) -> [String] {
    let own = Method.allCases.filter(methods.contains).map(\.rawValue)
    return (methods.contains(.get) ? ["HEAD"] : []) + own + ["OPTIONS"]
  }
}
