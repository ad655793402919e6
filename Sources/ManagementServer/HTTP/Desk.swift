import Broker
import WebText

/// A request as it came, whatever brought it.
struct Inquiry: Sendable {
  var method: String
  /// Path and query.
  var target: String
  var authorization: String?
  /// Why something is closed, in the user's words.
  var reason: String?
  var body: [UInt8] = []
  /// `address:port`.
  var peer = "127.0.0.1:0"

  init(method: String, target: String) {
    self.method = method
    self.target = target
  }
}

/// Finds who is to answer a request, and whether the one who asks may have the answer.
struct Desk: Sendable {
  let office: Office
  let table: RouteTable

  /// Answers a request.
  ///
  /// - Throws: A ``Refusal``.
  func answer(_ inquiry: Inquiry) async throws -> Answer {
    let parts = inquiry.target.split(
      separator: "?",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    let path = try Self.segments(parts.first ?? "")
    let lists = try Self.query(parts.count > 1 ? parts[1] : "")
    let found = table.find(inquiry.method, path)
    if inquiry.method == "OPTIONS", case .methods(let allowed) = found {
      throw Refusal(status: 200, allowed: allowed)
    }
    if case .route(let route, let place) = found, route.access == .anybody {
      return try await route.handler(
        Call(office: office, user: .guest, place: place, lists: lists)
      )
    }
    guard path.first == "api" else { throw Refusal.notFound }
    let user = try await Login(office).user(of: inquiry.authorization, from: inquiry.peer)
    switch found {
    case .nothing: throw Refusal.notFound
    case .methods(let allowed): throw Refusal.methodNotAllowed(allowed)
    case .route(let route, let place):
      if let refusal = route.access.refusal(of: user) { throw refusal }
      var call = Call(office: office, user: user, place: place, lists: lists)
      call.query = lists.compactMapValues(\.last)
      call.body = inquiry.body
      call.isDeclaring = route.method == .put
      call.reason = inquiry.reason
      try await call.checkHost()
      return try await route.handler(call)
    }
  }

  /// The parts of a path; nothing after the last stroke is no part.
  private static func segments(_ path: Substring) throws(Refusal) -> [String] {
    var segments: [String] = []
    for part in path.split(separator: "/") {
      guard let text = PercentCoding.decode(part) else { throw Refusal(status: 400) }
      segments.append(text)
    }
    return segments
  }

  private static func query(_ text: Substring) throws(Refusal) -> [String: [String]] {
    var query: [String: [String]] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentCoding.decode(parts[0], isQuery: true),
        let value = PercentCoding.decode(parts.count > 1 ? parts[1] : "", isQuery: true)
      else { throw Refusal(status: 400) }
      query[name, default: []].append(value)
    }
    return query
  }
}
