import AMQPServer
import Broker
import JSONText

/// One request to the management, who makes it, and what it is about.
struct Call: Sendable {
  let office: Office
  var user: User
  /// The parts of the path that the pattern names, decoded.
  var place: [String: String] = [:]
  /// The last value of each name in the query.
  var query: [String: String] = [:]
  /// All values of each name, in their order.
  var lists: [String: [String]] = [:]
  var body: [UInt8] = []
  /// Whether something is to be made at the path.
  var isDeclaring = false
  /// Why something is closed, in the user's words.
  var reason: String?

  /// A part of the path; the route's pattern has it.
  subscript(name: String) -> String { place[name] ?? "" }

  /// Does something with the engine in one turn.
  ///
  /// - Throws: 503 while the broker is down.
  func withBroker<Value: Sendable>(
    _ body: @escaping @Sendable (Broker) -> Value
  ) async throws(Refusal) -> Value {
    guard let value = await office.broker.withBroker(body) else { throw .brokerIsDown }
    return value
  }

  /// As ``withBroker(_:)``, for what may be refused.
  func tryBroker<Value: Sendable>(
    _ body: @escaping @Sendable (Broker) -> Result<Value, Refusal>
  ) async throws(Refusal) -> Value {
    switch try await withBroker(body) {
    case .success(let value): return value
    case .failure(let refusal): throw refusal
    }
  }

  /// Copies what is to be listed.
  func listing(_ parts: ListingParts) async throws(Refusal) -> BrokerListing {
    office.statistics.noteInterest()
    return try await withBroker { $0.listing(parts) }
  }

  /// The body as an object; an empty body is an object without members, as in RabbitMQ.
  ///
  /// - Throws: 400 `not_json`.
  func members() throws(Refusal) -> Members {
    if body.isEmpty { return Members([]) }
    guard case .object(let members)? = parsed else { throw .notJSON }
    return Members(members)
  }

  private var parsed: JSON? {
    // RabbitMQ says no more than that it is none.
    try? JSON(parsing: body)
  }

  var isAdministrator: Bool { user.tags.contains(Access.administratorTag) }
  var isMonitor: Bool { user.tags.contains(Access.monitoringTag) || isAdministrator }
}

/// The members of a request's object, read by RabbitMQ's rules.
struct Members: Sendable {
  let all: [JSON.Member]

  init(_ all: [JSON.Member]) {
    self.all = all
  }

  subscript(name: String) -> JSON? { all.first { $0.name == name }?.value }

  /// - Throws: 400 that names all that are missing.
  func require(_ names: String...) throws(Refusal) {
    let missing = names.filter { self[$0] == nil }
    guard missing.isEmpty else { throw .missing(missing) }
  }

  /// A truth value, also as text.
  func boolean(_ name: String) throws(Refusal) -> Bool {
    switch self[name] {
    case nil, .null?: return false
    case .boolean(let value)?: return value
    case "true"?: return true
    case "false"?: return false
    case let other?: throw .badRequest("not_boolean", other.plain)
    }
  }

  /// A whole number, also as text.
  func integer(_ name: String) throws(Refusal) -> Int? {
    switch self[name] {
    case nil, .null?: return nil
    case .integer(let value)?: return Int(value)
    case .string(let text)?:
      guard let value = Int(text) else { throw .badRequest("not_integer", text) }
      return value
    case let other?: throw .badRequest("not_integer", other.plain)
    }
  }

  func text(_ name: String) throws(Refusal) -> String? {
    switch self[name] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    case let other?: throw .badRequest("not_string", "\(name): \(other.plain)")
    }
  }

  /// A text that has to be there.
  func requiredText(_ name: String) throws(Refusal) -> String {
    guard let text = try text(name) else { throw .missing([name]) }
    return text
  }
}

extension JSON {
  /// The value as a person would write it in a sentence.
  var plain: String {
    if case .string(let text) = self { return text }
    return String(decoding: bytes, as: UTF8.self)
  }
}
