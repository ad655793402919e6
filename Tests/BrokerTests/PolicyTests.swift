import AMQP
import Broker
import Testing

/// Policies: what they may say, which of them counts, and that they count at once.
@Suite struct PolicyTests {
  private func policy(
    _ name: String,
    _ pattern: String = "^q",
    target: String = "all",
    priority: Double = 0,
    says definition: FieldTable,
    kind: Policy.Kind = .user
  ) throws(OperationRefusal) -> Policy {
    try Policy(
      name: name,
      pattern: pattern,
      target: target,
      priority: priority,
      definition: definition,
      kind: kind
    )
  }

  private func applied(_ broker: Broker, to queue: String) -> AppliedPolicy? {
    broker.host.queues[Name(queue)]?.policy
  }

  private static let ten: FieldTable = ["max-length": .signed64(10)]

  @Test func theGreatestPriorityCountsThenTheLaterName() throws {
    let broker = makeBroker()
    try TestClient(broker).declare("q")
    for (name, priority) in [("a", 1.0), ("c", 1.5), ("b", 1.5), ("d", -1)] {
      try broker.putPolicy(policy(name, priority: priority, says: Self.ten), in: "/").get()
    }
    #expect(applied(broker, to: "q")?.policyName == "c")
    try broker.deletePolicy("c", in: "/").get()
    #expect(applied(broker, to: "q")?.policyName == "b")
    // The same name again replaces.
    try broker.putPolicy(policy("b", priority: -5, says: Self.ten), in: "/").get()
    #expect(applied(broker, to: "q")?.policyName == "a")
  }

  @Test func queuesAndExchangesThatComeLaterHaveTheirPolicies() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try broker.putPolicy(policy("p", target: "queues", says: Self.ten), in: "/").get()
    try broker.putPolicy(
      policy("x", "^e", target: "exchanges", says: ["alternate-exchange": .text("amq.fanout")]),
      in: "/"
    ).get()
    try client.declare("q1")
    try client.declare("other")
    try client.declare("e1")
    let exchange = ExchangeDeclaration(name: Name("e1"), type: .direct)
    #expect(broker.declareExchange(exchange, in: broker.host) == nil)
    #expect(applied(broker, to: "q1")?.definition == Self.ten)
    #expect(applied(broker, to: "other") == AppliedPolicy())
    #expect(applied(broker, to: "e1") == AppliedPolicy())
    #expect(broker.host.exchanges[Name("e1")]?.policy.policyName == "x")
  }

  @Test func aPolicyLimitsAQueueThatIsThereAndLetsItGoAgain() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try client.declare("q")
    for text in ["a", "b", "c"] { client.publish(text, key: "q") }
    try broker.putPolicy(policy("p", says: ["max-length": .signed64(2)]), in: "/").get()
    #expect(broker.depth("q") == 2)
    client.publish("d", key: "q")
    #expect(broker.depth("q") == 2)
    try broker.deletePolicy("p", in: "/").get()
    client.publish("e", key: "q")
    #expect(broker.depth("q") == 3)
    broker.expectSound()
  }

  @Test func anOperatorPolicyLimitsWhatAPolicyGives() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try client.declare("q")
    try broker.putPolicy(policy("p", says: ["max-length": .signed64(5)]), in: "/").get()
    try broker.putPolicy(
      policy("op", says: ["max-length": .signed64(1)], kind: .operator),
      kind: .operator,
      in: "/"
    ).get()
    for text in ["a", "b", "c"] { client.publish(text, key: "q") }
    #expect(broker.depth("q") == 1)
    #expect(applied(broker, to: "q")?.operatorPolicyName == "op")
    try broker.deletePolicy("op", kind: .operator, in: "/").get()
    #expect(applied(broker, to: "q")?.operatorPolicyName == nil)
    broker.expectSound()
  }

  @Test func aPolicyOfAnAlternateExchangeChangesRoutesAtOnce() throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try client.declare("all")
    #expect(client.bind("all", to: "amq.fanout") == nil)
    client.publish("a", to: "amq.direct", key: "nobody")
    try broker.putPolicy(
      policy("p", "^amq\\.direct$", says: ["alternate-exchange": .text("amq.fanout")]),
      in: "/"
    ).get()
    client.publish("b", to: "amq.direct", key: "nobody")
    #expect(try client.get("all")?.text == "b")
  }

  @Test(arguments: [
    ("delivery-limit", FieldValue.signed64(3), false, true),
    ("max-length", .signed64(3), true, true), ("queue-mode", .text("lazy"), true, false),
    ("max-age", .text("1D"), false, false), ("ha-mode", .text("all"), true, false),
  ])
  func aPolicyThatAQueueTypeDoesNotKnowDoesNotApply(
    key: String,
    value: FieldValue,
    isForClassic: Bool,
    isForQuorum: Bool
  ) throws {
    let broker = makeBroker()
    let client = TestClient(broker)
    try client.declare("qc")
    let quorum = QueueDeclaration(
      name: Name("qq"),
      isDurable: true,
      arguments: ["x-queue-type": .text("quorum")]
    )
    _ = try broker.declareQueue(quorum, on: client.channel).get()
    try broker.putPolicy(
      policy("p", says: FieldTable(entries: [.init(key: key, value: value)])),
      in: "/"
    )
    .get()
    #expect((applied(broker, to: "qc")?.policyName != nil) == isForClassic)
    #expect((applied(broker, to: "qq")?.policyName != nil) == isForQuorum)
  }

  // The texts are those of RabbitMQ 3.10.8's HTTP API for the same definitions.
  private static let refusals: [(FieldTable, String)] = [
    (["message-ttl": .signed64(-1)], "-1 is not a valid message TTL"),
    (["message-ttl": .text("a")], "<<\"a\">> is not a valid message TTL"),
    (["message-ttl": .double(1.5)], "1.5 is not a valid message TTL"),
    (["message-ttl": .void], "null is not a valid message TTL"),
    (["expires": .signed64(0)], "0 is not a valid queue expiry"),
    (["max-length": .signed64(-1)], "-1 is not a valid maximum length"),
    (["max-length-bytes": .signed64(-1)], "-1 is not a valid maximum length in bytes"),
    (["dead-letter-exchange": .signed64(1)], "1 is not a valid dead letter exchange name"),
    (["alternate-exchange": .signed64(1)], "1 is not a valid alternate exchange name"),
    (["overflow": .text("x")], "<<\"x\">> is not a valid overflow value"),
    (["queue-mode": .signed64(1)], "1 is not a valid queue-mode value"),
    (["queue-version": .signed64(3)], "3 is not a valid queue-version value"),
    (["queue-master-locator": .text("x")], "<<\"x\">> invalid queue-master-locator value"),
    (["ha-mode": .text("exactly")], "ha-mode=\"exactly\" takes an integer, none given"),
    (
      ["ha-sync-mode": .text("automatic")],
      "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown"
    ),
    (
      ["nonsense": .signed64(1), "bad": .signed64(2)],
      "[{<<\"bad\">>,2},{<<\"nonsense\">>,1}] are not recognised policy settings"
    ),
    ([:], "no policy provided"),
  ]

  @Test(arguments: refusals)
  func aDefinitionThatMeansNothingIsRefused(definition: FieldTable, text: String) {
    #expect(throws: OperationRefusal(text)) { try policy("p", says: definition) }
  }

  @Test func anOperatorMayOnlyLimit() {
    #expect(
      throws: OperationRefusal(
        "[{<<\"dead-letter-exchange\">>,<<\"x\">>}] are not recognised policy settings"
      )
    ) { try policy("p", says: ["dead-letter-exchange": .text("x")], kind: .operator) }
  }

  @Test func aTargetOrPatternThatMeansNothingIsRefused() {
    #expect(
      throws: OperationRefusal(
        "apply-to 'classic_queues' unrecognised; should be 'queues', 'exchanges' or 'all'"
      )
    ) { try policy("p", target: "classic_queues", says: Self.ten) }
    #expect(
      throws: OperationRefusal("pattern should be regular expression but is invalid: '('")
    ) { try policy("p", "(", says: Self.ten) }
  }

  @Test func whatIsNotThereCannotBeDeleted() {
    let broker = makeBroker()
    #expect(
      broker.deletePolicy("no", in: "/").message == "there is no policy 'no' in vhost '/'"
    )
    #expect(
      broker.deletePolicy("no", kind: .operator, in: "/").message
        == "there is no operator policy 'no' in vhost '/'"
    )
    #expect(broker.deletePolicy("no", in: "x").message == "there is no virtual host 'x'")
  }
}
