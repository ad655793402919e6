import AMQP
import Broker
import Definitions
import Foundation
import JSONText
import Testing

/// RabbitMQ's definitions come in, and go out as they came.
@Suite struct DefinitionsTests {
  private func broker() -> Broker {
    var count = 0
    return Broker {
      count += 1
      return "name-\(count)"
    }
  }

  private func sample(_ name: String) throws -> [UInt8] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
    return Array(try Data(contentsOf: folder.appending(path: "Samples/\(name).json")))
  }

  private func apply(_ definitions: Definitions, to broker: Broker) throws {
    try definitions.apply(to: broker) { _ in PasswordHash(algorithm: .md5, bytes: [1]) }
  }

  private func error(in text: String) -> String? {
    do {
      let definitions = try Definitions(parsing: Array(text.utf8))
      try apply(definitions, to: broker())
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The lists of a document, each as a set, since RabbitMQ orders them by chance.
  private func lists(_ bytes: [UInt8]) throws -> [String: Set<JSON>] {
    guard case .object(let members) = try JSON(parsing: bytes) else { return [:] }
    var lists: [String: Set<JSON>] = [:]
    for member in members {
      guard case .array(let values) = member.value else { continue }
      lists[member.name] = Set(values.map(sorted))
    }
    // Its own identity is no definition of ours to make up.
    return lists
  }

  private func sorted(_ value: JSON) -> JSON {
    switch value {
    case .object(let members):
      .object(
        members.map { JSON.Member(name: $0.name, value: sorted($0.value)) }
          .sorted { $0.name < $1.name }
      )
    case .array(let values): .array(values.map(sorted))
    case .null, .boolean, .integer, .number, .string: value
    }
  }

  @Test func whatRabbitMQExportedIsExportedTheSame() throws {
    let bytes = try sample("rabbitmq-3.10-management")
    let broker = broker()
    try apply(Definitions(parsing: bytes), to: broker)
    let expected = try lists(bytes)
    let actual = try lists(Definitions(of: broker).bytes)
    #expect(expected.keys.sorted() == actual.keys.sorted())
    for (name, values) in expected {
      #expect(actual[name] == values, "\(name)")
    }
    #expect(broker.brokenInvariants() == [])
  }

  @Test func theExportOfRabbitmqctlMeansTheSame() throws {
    var fromTool = try Definitions(parsing: sample("rabbitmq-3.10-ctl"))
    var fromManagement = try Definitions(parsing: sample("rabbitmq-3.10-management"))
    // The tool writes an object among the global parameters as pairs, and leaves the cluster's
    // identity and internal exchanges out.
    fromTool.parameters.removeAll { $0.key.host == nil }
    fromManagement.parameters.removeAll { $0.key.host == nil }
    fromManagement.exchanges.removeAll { $0.declaration.isInternal }
    let (one, other) = (broker(), broker())
    try apply(fromTool, to: one)
    try apply(fromManagement, to: other)
    let exported = try lists(Definitions(of: one).bytes)
    for (name, values) in try lists(Definitions(of: other).bytes) {
      #expect(exported[name] == values, "\(name)")
    }
    #expect(exported["queues"]?.count == 8)
  }

  @Test func anExportIsReadAgain() throws {
    let broker = broker()
    try apply(Definitions(parsing: sample("rabbitmq-3.10-management")), to: broker)
    let definitions = Definitions(of: broker)
    let again = self.broker()
    try apply(Definitions(parsing: definitions.bytes), to: again)
    #expect(Definitions(of: again) == definitions)
  }

  @Test func whatIsImportedTakesEffect() throws {
    let broker = broker()
    try apply(Definitions(parsing: sample("rabbitmq-3.10-management")), to: broker)
    let host = try #require(broker.hosts["acc"])
    #expect(host.queues[Name("args")]?.arguments["x-message-ttl"] == .signed64(5_000))
    #expect(host.queues[Name("tie3")]?.policy.policyName == "pb")
    #expect(host.exchanges[Name("tp")]?.bindingCount == 3)
    #expect(broker.access.refusal(ofOpening: "acc", by: "lim") == nil)
    #expect(broker.access.users["lim"]?.password.bytes.count == 36)
  }

  @Test func namesOfTheBrokersOwnComeBack() throws {
    let broker = broker()
    let text = """
      {"queues": [{"name": "amq.gen-x", "vhost": "/", "durable": true, "auto_delete": false,
                   "arguments": {"a": 1, "b": 1.5, "c": "t", "d": true, "e": [1, {"f": 2}]}}],
       "bindings": [{"source": "none", "vhost": "/", "destination": "none",
                     "destination_type": "queue", "routing_key": "", "arguments": {}}]}
      """
    try apply(Definitions(parsing: Array(text.utf8)), to: broker)
    #expect(
      broker.host.queues[Name("amq.gen-x")]?.arguments == [
        "a": .signed64(1), "b": .double(1.5), "c": .text("t"), "d": .boolean(true),
        "e": .array([.signed64(1), .table(["f": .signed64(2)])]),
      ]
    )
  }

  @Test func aPasswordInClearIsHashed() throws {
    let broker = broker()
    let text = #"{"users": [{"name": "u", "password": "p", "tags": "a, b"}]}"#
    try apply(Definitions(parsing: Array(text.utf8)), to: broker)
    #expect(broker.access.users["u"]?.password == PasswordHash(algorithm: .md5, bytes: [1]))
    #expect(broker.access.users["u"]?.tags == ["a", "b"])
  }

  @Test(arguments: [
    ("{\n \"users\": [}", "line 2, column 12: is not JSON: '}' is not expected; give what"),
    ("[]", "the document: is an array; give an object"),
    (#"{"users": 1}"#, "users: is a number; give an array"),
    (#"{"users": [{"tags": []}]}"#, "users[0].name: is missing; add it"),
    (#"{"users": [{"name": "u"}]}"#, "users[0].tags: is missing; add it"),
    (
      #"{"users": [{"name": "u", "tags": [], "password_hash": "!!"}]}"#,
      "users[0].password_hash: is not base64; give the hash as RabbitMQ exports it"
    ),
    (
      #"{"users": [{"name": "u", "tags": [], "hashing_algorithm": "rot13"}]}"#,
      "users[0].hashing_algorithm: is not known; give one of rabbit_password_hashing_sha256"
    ),
    (
      #"{"queues": [{"name": "q", "vhost": "/", "durable": 1, "auto_delete": false}]}"#,
      "queues[0].durable: is a number; give true or false"
    ),
    (
      #"{"queues": [{"name": "q", "vhost": "x", "durable": true, "auto_delete": false}]}"#,
      "queues[0].vhost: there is no virtual host 'x'; add it to vhosts"
    ),
    (
      """
      {"queues": [{"name": "q", "vhost": "/", "durable": true, "auto_delete": false,
                   "arguments": {"x-message-ttl": null}}]}
      """,
      "queues[0].arguments.x-message-ttl: is null; give a value, or leave it out"
    ),
    (
      """
      {"exchanges": [{"name": "e", "vhost": "/", "type": "nonsense", "durable": true,
                      "auto_delete": false, "internal": false, "arguments": {}}]}
      """,
      "exchanges[0].type: is not an exchange type; give one of direct"
    ),
    (
      #"{"permissions": [{"user":"no","vhost":"/","configure":"","write":"","read":""}]}"#,
      "permissions[0]: there is no user 'no'; correct it or leave it out"
    ),
    (
      #"{"policies": [{"vhost":"/","name":"p","pattern":"x","definition":{"bad":1}}]}"#,
      "policies 'p': [{<<\"bad\">>,1}] are not recognised policy settings; correct it or"
    ),
    (
      """
      {"bindings": [{"source": "e", "vhost": "/", "destination": "q",
                     "destination_type": "moon", "routing_key": ""}]}
      """,
      "bindings[0].destination_type: is neither queue nor exchange; give one of these"
    ),
  ])
  func aMistakeIsNamedWithItsPlaceAndMend(text: String, line: String) throws {
    let found = error(in: text)
    let error = try #require(found)
    #expect(error.hasPrefix(line), "\(error)")
    #expect(!error.contains("\n"))
  }
}
