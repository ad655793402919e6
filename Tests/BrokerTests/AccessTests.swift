import AMQP
import Broker
import Testing

/// What users may do, and what happens to their connections when that changes.
@Suite struct AccessTests {
  private func limited(
    _ broker: Broker,
    configure: String = "",
    write: String = "",
    read: String = ""
  ) throws -> TestClient {
    try broker.putUser(User(name: "lim", password: PasswordHash(algorithm: .sha256, bytes: [])))
      .get()
    try permit(broker, configure: configure, write: write, read: read)
    return TestClient(broker, user: "lim")
  }

  private func permit(
    _ broker: Broker,
    configure: String = "",
    write: String = "",
    read: String = ""
  ) throws {
    try broker.setPermissions(
      of: "lim",
      in: "/",
      configure: configure,
      write: write,
      read: read
    ).get()
  }

  @Test(arguments: [
    (".*", "anything", true), ("", "", true), ("", "q", false), ("^q", "q1", true),
    ("^q", "aq1", false), ("q", "aq1", true), ("^(a|b)$", "b", true), ("^(a|b)$", "ab", false),
    ("^q\\.[0-9]+$", "q.12", true), ("^q\\.[0-9]+$", "q.x", false),
  ])
  func aPatternIsSearchedForInTheName(pattern: String, name: String, isFound: Bool) throws {
    #expect(try Pattern(permission: pattern).matches(name) == isFound)
  }

  @Test func theEmptyPatternOfAPolicyIsFoundEverywhere() throws {
    #expect(try Pattern(policy: "").matches("q"))
  }

  @Test(arguments: ["(", "[a", "*a"])
  func aPatternThatIsNoExpressionIsRefused(pattern: String) {
    #expect(throws: OperationRefusal.self) { try Pattern(permission: pattern) }
  }

  @Test func theDefaultExchangeHasANameForPermissions() throws {
    let broker = makeBroker()
    let client = try limited(broker, write: "^amq\\.default$")
    _ = try TestClient(broker).declare("q")
    #expect(client.publish("a", key: "q") == nil)
    #expect(broker.depth("q") == 1)
    #expect(
      client.publish("b", to: "amq.direct", key: "q")
        == Violation(
          .accessRefused,
          "access to exchange 'amq.direct' in vhost '/' refused for user 'lim'"
        )
    )
    broker.expectSound()
  }

  @Test func aPublisherWithoutPermissionIsRefusedEvenForAnExchangeThatIsNotThere() throws {
    let client = try limited(makeBroker())
    #expect(
      client.publish("a", to: "none", key: "")
        == Violation(
          .accessRefused,
          "access to exchange 'none' in vhost '/' refused for user 'lim'"
        )
    )
  }

  @Test func permissionsThatChangeCountAtOnce() throws {
    let broker = makeBroker()
    let client = try limited(broker, write: ".*")
    _ = try TestClient(broker).declare("q")
    #expect(client.publish("a", key: "q") == nil)
    try permit(broker)
    #expect(client.publish("b", key: "q")?.code == .accessRefused)
    try permit(broker, write: "default")
    #expect(client.publish("c", key: "q") == nil)
    try broker.clearPermissions(of: "lim", in: "/").get()
    #expect(client.publish("d", key: "q")?.code == .accessRefused)
    #expect(broker.depth("q") == 2)
    broker.expectSound()
  }

  @Test func topicPermissionsLimitRoutingKeysAndKnowTheUser() throws {
    let broker = makeBroker()
    let client = try limited(broker, configure: ".*", write: ".*", read: ".*")
    try broker.setTopicPermissions(
      of: "lim",
      in: "/",
      exchange: "amq.topic",
      write: "^{username}\\.a",
      read: "^x"
    ).get()
    #expect(client.publish("a", to: "amq.topic", key: "lim.a") == nil)
    #expect(
      client.publish("b", to: "amq.topic", key: "other")
        == Violation(
          .accessRefused,
          "access to topic 'other' in exchange 'amq.topic' in vhost '/' refused for user 'lim'"
        )
    )
    #expect(client.publish("c", to: "amq.direct", key: "other") == nil)
    let connection = client.connection
    let topic = Name("amq.topic")
    #expect(
      broker.topicRefusal(.read, on: topic, key: Name("y"), for: connection)?.code == .accessRefused
    )
    #expect(broker.topicRefusal(.read, on: topic, key: Name("x1"), for: connection) == nil)
    try broker.clearTopicPermissions(of: "lim", in: "/", exchange: "amq.topic").get()
    #expect(client.publish("d", to: "amq.topic", key: "other") == nil)
  }

  @Test func aUserWithFullPermissionsIsNotRestricted() throws {
    let broker = makeBroker()
    #expect(!broker.isRestricted(TestClient(broker).connection))
    #expect(broker.isRestricted(try limited(broker, configure: ".*", write: ".*").connection))
    try permit(broker, configure: ".*", write: ".*", read: ".*")
    #expect(!broker.isRestricted(TestClient(broker, user: "lim").connection))
  }

  @Test func aDeletedUserLosesItsConnectionsAndPermissions() throws {
    let broker = makeBroker()
    let client = try limited(broker, write: ".*")
    let other = TestClient(broker)
    let transport = RecordingTransport()
    client.connection.transport = transport
    try broker.deleteUser("lim").get()
    #expect(transport.closed == [Violation(.connectionForced, "user 'lim' is deleted")])
    #expect(broker.connections[client.connection.identifier] == nil)
    #expect(broker.connections[other.connection.identifier] != nil)
    #expect(broker.access.refusal(ofOpening: "/", by: "lim")?.code == .notAllowed)
    #expect(throws: OperationRefusal.self) { try broker.deleteUser("lim").get() }
  }

  @Test func operationsOnWhatIsNotThereAreRefused() throws {
    let broker = makeBroker()
    #expect(
      broker.setPermissions(of: "no", in: "/", configure: "", write: "", read: "").message
        == "there is no user 'no'"
    )
    #expect(
      broker.setPermissions(of: "guest", in: "no", configure: "", write: "", read: "").message
        == "there is no virtual host 'no'"
    )
    #expect(
      broker.setPermissions(of: "guest", in: "/", configure: "(", write: "", read: "").message
        == "invalid regular expression '('"
    )
    #expect(broker.clearPermissions(of: "no", in: "/").message != nil)
    #expect(broker.clearTopicPermissions(of: "no", in: "/").message != nil)
    #expect(
      broker.putUser(User(name: "", password: User.guest.password)).message
        == "a user needs a name"
    )
  }
}

@Suite struct VirtualHostTests {
  @Test func namesInTwoVirtualHostsDoNotMeet() throws {
    let broker = makeBroker()
    let other = try broker.addHost("other").get()
    try broker.setPermissions(of: "guest", in: "other", configure: ".*", write: ".*", read: ".*")
      .get()
    let here = TestClient(broker)
    let there = TestClient(broker, host: other)
    try here.declare("q")
    try there.declare("q")
    #expect(here.publish("a", key: "q") == nil)
    #expect(try there.get("q") == nil)
    #expect(try here.get("q")?.text == "a")
    #expect(
      there.publish("b", to: "none", key: "")?.text == "no exchange 'none' in vhost 'other'"
    )
    broker.expectSound()
  }

  @Test func aDeletedVirtualHostTakesAllThatIsInIt() throws {
    let broker = makeBroker()
    let host = try broker.addHost("other").get()
    try broker.setPermissions(of: "guest", in: "other", configure: ".*", write: ".*", read: ".*")
      .get()
    let client = TestClient(broker, host: host)
    let stays = TestClient(broker)
    let transport = RecordingTransport()
    client.connection.transport = transport
    try client.declare("q")
    client.publish("a", key: "q")
    client.publish("b", key: "q")
    try client.consume("q", prefetch: 1)
    _ = try client.deliveries()
    try broker.deleteHost("other").get()
    #expect(transport.closed == [Violation(.connectionForced, "vhost 'other' is deleted")])
    #expect(broker.hosts.keys.sorted() == ["/"])
    #expect(broker.depth("q") == nil)
    #expect(broker.connections.count == 1)
    #expect(broker.connections[stays.connection.identifier] != nil)
    #expect(
      broker.access.refusal(ofOpening: "other", by: "guest")
        == Violation(.notAllowed, "vhost other not found")
    )
    // One of the same name begins empty and without permissions.
    #expect(try broker.addHost("other").get().queues.isEmpty)
    #expect(
      broker.access.refusal(ofOpening: "other", by: "guest")
        == Violation(.notAllowed, "access to vhost 'other' refused for user 'guest'")
    )
    broker.expectSound()
  }

  @Test func whatCannotBeIsRefused() {
    let broker = makeBroker()
    #expect(broker.deleteHost("no").message == "there is no virtual host 'no'")
    #expect(
      broker.addHost(String(repeating: "x", count: 256)).map { _ in }.message
        == "a virtual host's name has at most 255 bytes"
    )
  }
}

extension Result where Failure == OperationRefusal {
  /// Why it was refused.
  var message: String? {
    if case .failure(let refusal) = self { refusal.message } else { nil }
  }
}

/// Notes how it was closed.
final class RecordingTransport: Transport {
  private(set) var closed: [Violation] = []

  func flush() {}
  func cut() {}
  func resumeReading() {}
  func close(for violation: Violation) { closed.append(violation) }
  func close(channel number: UInt16, for violation: Violation) {}
}
