import AMQPClient
import Testing

@testable import Compare

/// What `--broker` takes.
@Suite struct BrokerChoiceTests {
  @Test func aNameAndAnAddressAreABroker() throws {
    let choice = try BrokerChoice("rabbit-1=amqp://ann:a=b@example.org:5673/orders")
    let endpoint = ClientEndpoint(
      host: "example.org",
      port: 5673,
      user: "ann",
      password: "a=b",
      virtualHost: "orders"
    )
    #expect(choice == .remote(name: "rabbit-1", endpoint: endpoint))
  }

  @Test func anAddressWithoutAUserIsForGuest() throws {
    #expect(
      try BrokerChoice("r=amqp://h") == .remote(name: "r", endpoint: ClientEndpoint(host: "h"))
    )
  }

  @Test func theEmbeddedOneNeedsNoAddress() throws {
    #expect(try BrokerChoice("embedded") == .embedded)
  }

  @Test(arguments: [
    ("amqp://ann:secret=x@h", "needs a name before it"), ("rabbit", "needs a name before it"),
    ("=amqp://h", "1 to 16"), ("a b=amqp://h", "1 to 16"),
    ("abcdefghijklmnopq=amqp://h", "1 to 16"), ("embedded=amqp://h", "embedded is taken"),
    ("r=http://ann:secret@h", "begins with amqp://"), ("r=amqps://ann:secret@h:x", "1 to 65535"),
    ("r=amqp://ann:secret@h:0", "1 to 65535"), ("r=", "begins with amqp://"),
  ])
  func whatIsNoBrokerIsSaidWithoutItsPassword(text: String, words: String) throws {
    let problem = #expect(throws: BrokerChoice.Problem.self) { try BrokerChoice(text) }
    let description = try #require(problem).description
    #expect(description.contains(words))
    #expect(!description.contains("secret"))
  }

  @Test func eachNameIsTakenOnce() {
    #expect(throws: BrokerChoice.Problem.self) {
      try BrokerChoice.all(["a=amqp://h", "a=amqp://i"])
    }
    #expect(throws: BrokerChoice.Problem.self) { try BrokerChoice.all(["embedded", "embedded"]) }
  }

  @Test func thereIsRoomForEightColumns() throws {
    let texts = (1...9).map { "b\($0)=amqp://h" }
    #expect(try BrokerChoice.all(Array(texts.prefix(8))).map(\.name).last == "b8")
    #expect(throws: BrokerChoice.Problem.self) { try BrokerChoice.all(texts) }
  }

  @Test(arguments: [("localhost", true), ("127.1.2.3", true), ("::1", true), ("10.0.0.1", false)])
  func onlyProcessesOfThisMachineAreLookedAt(host: String, isLocal: Bool) {
    let target = BrokerTarget(name: "x", endpoint: ClientEndpoint(host: host))
    #expect(target.isLocal == isLocal)
  }
}
