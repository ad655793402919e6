import AMQP
import Broker
import Telemetry
import Testing

/// What RabbitMQ 3.10.8 did with the same bindings and headers.
@Suite struct HeadersExchangeTests {
  let broker = makeBroker()

  private struct Case {
    var arguments: FieldTable
    var headers: FieldTable?
    var isMatch: Bool

    init(_ arguments: FieldTable, _ headers: FieldTable?, _ isMatch: Bool) {
      self.arguments = arguments
      self.headers = headers
      self.isMatch = isMatch
    }
  }

  private static let one: FieldTable = ["a": .signed32(1), "x-match": .text("all")]
  private static let any: FieldTable = [
    "a": .signed32(1), "b": .signed32(2), "x-match": .text("any"),
  ]
  private static let withX: FieldTable = ["x-match": .text("all-with-x"), "x-q": .signed32(2)]
  private static let nested: FieldTable = ["a": .array([.signed32(1), .text("x")])]
  private static let table: FieldTable = ["a": .table(["k": .signed32(1), "l": .signed32(2)])]

  private static let cases: [Case] = [
    Case([:], nil, true), Case([:], [:], true), Case([:], ["a": .void], true),
    Case(one, nil, false), Case(one, [:], false), Case(one, ["a": .signed32(1)], true),
    Case(one, ["a": .signed32(2)], false), Case(one, ["a": .boolean(true)], false),
    Case(one, ["a": .signed64(1)], true), Case(one, ["a": .double(1)], true),
    Case(one, ["a": .text("1")], false), Case(one, ["b": .signed32(2), "a": .signed32(1)], true),
    Case(any, nil, false), Case(any, ["a": .signed32(1)], true),
    Case(any, ["b": .signed32(2)], true), Case(any, ["c": .signed32(1)], false),
    Case(any, ["a": .signed32(2), "b": .signed32(2)], true),
    Case(["x-match": .text("any")], nil, false),
    Case(["x-match": .text("any")], ["a": .signed32(1)], false),
    Case(["a": .signed32(1), "x-q": .signed32(2)], ["a": .signed32(1)], true),
    Case(["a": .signed32(1), "x-q": .signed32(2)], ["a": .signed32(1), "x-q": .void], true),
    Case(withX, ["a": .signed32(1)], false), Case(withX, ["x-q": .signed32(2)], true),
    Case(withX, ["x-q": .signed32(3)], false),
    Case(["x-q": .signed32(2), "x-match": .text("any")], ["x-q": .signed32(2)], false),
    Case(["x-q": .signed32(2), "x-match": .text("any-with-x")], ["x-q": .signed32(2)], true),
    Case(["x-match": .text("any-with-x")], ["x-match": .text("any-with-x")], false),
    Case(["a": .void], ["a": .signed32(5)], true), Case(["a": .void], ["b": .void], false),
    Case(["a": .void], ["a": .void], true),
    Case(nested, nested, true), Case(nested, ["a": .array([.signed32(1)])], false),
    Case(nested, ["a": .array([.signed64(1), .text("x")])], false),
    Case(table, table, true),
    Case(table, ["a": .table(["l": .signed32(2), "k": .signed32(1)])], false),
    Case(["a": .text("x")], ["a": .bytes([120])], true),
    Case(["a": .boolean(true)], ["a": .signed32(1)], false),
    Case(["a": .boolean(true)], ["a": .boolean(true)], true),
  ]

  @Test(arguments: cases.indices) func aBindingMatchesAsInRabbitMQ(index: Int) throws {
    let test = Self.cases[index]
    let client = TestClient(broker)
    try client.declare("q")
    #expect(client.bind("q", to: "amq.headers", arguments: test.arguments) == nil)
    if let headers = test.headers {
      client.publish("x", to: "amq.headers", headers: headers)
    } else {
      client.publish("x", to: "amq.headers", key: "")
    }
    #expect(broker.depth("q") == (test.isMatch ? 1 : 0), "\(test)")
    broker.expectSound()
  }

  @Test func routesByHeadersAreNotRemembered() throws {
    let client = TestClient(broker)
    try client.declareQueues("one", "two")
    client.bind("one", to: "amq.match", arguments: ["n": .signed32(1)])
    client.bind("two", to: "amq.match", arguments: ["n": .signed32(2)])
    for number: Int32 in [1, 2, 2, 3] {
      client.publish("x", to: "amq.match", headers: ["n": .signed32(number)])
    }
    #expect(broker.depth("one") == 1)
    #expect(broker.depth("two") == 2)
    #expect(broker.exchange("amq.match")?.unroutable == 1)
  }

  @Test func bindingsThatDifferInArgumentsGoOneByOne() throws {
    let client = TestClient(broker)
    try client.declare("q")
    for number: Int32 in [1, 2] {
      client.bind("q", to: "amq.headers", arguments: ["n": .signed32(number)])
    }
    let unbound = broker.unbind(
      Name("q"),
      from: Name("amq.headers"),
      key: Name(""),
      arguments: ["n": .signed32(1)],
      for: client.connection
    )
    #expect(unbound == nil)
    for number: Int32 in [1, 2] {
      client.publish("\(number)", to: "amq.headers", headers: ["n": .signed32(number)])
    }
    #expect(try client.get("q", noAck: true)?.text == "2")
    #expect(broker.depth("q") == 0)
  }
}
