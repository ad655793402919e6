import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

@testable import AMQPServer

/// Methods of class exchange and bindings over the wire, with RabbitMQ 3.10.8's answers.
@Suite struct ExchangeMethodTests {
  private typealias Refusal = (method: any MethodArguments, code: UInt16, text: String)

  private static func declare(
    _ type: String,
    _ arguments: FieldTable = [:],
    name: String = "e"
  ) -> ExchangeDeclare {
    ExchangeDeclare(exchange: name, type: type, arguments: arguments)
  }

  private static func bind(
    _ exchange: String,
    _ key: String,
    _ arguments: FieldTable = [:]
  )
    -> QueueBind
  {
    QueueBind(queue: "q", exchange: exchange, routingKey: key, arguments: arguments)
  }

  private static let onDefault = "ACCESS_REFUSED - operation not permitted on the default exchange"
  private static let hash = "x-consistent-hash"
  private static let delayed = "x-delayed-message"

  private static let refusals: [Refusal] = [
    (declare("nope"), 503, "COMMAND_INVALID - unknown exchange type 'nope'"),
    (declare("nope", name: "amq.x"), 503, "COMMAND_INVALID - unknown exchange type 'nope'"),
    (declare("direct", name: ""), 403, onDefault),
    (
      declare("direct", ["alternate-exchange": .signed32(5)], name: "amq.x"), 403,
      "ACCESS_REFUSED - exchange name 'amq.x' contains reserved prefix 'amq.*'"
    ),
    (
      declare("direct", ["alternate-exchange": .signed32(5)]), 406,
      "PRECONDITION_FAILED - invalid type 'signedint' for arg 'alternate-exchange' in exchange 'e' "
        + "in vhost '/'"
    ),
    (
      declare(hash, ["hash-header": .text("a"), "hash-property": .text("message_id")]), 406,
      "PRECONDITION_FAILED - hash-header and hash-property are mutually exclusive"
    ),
    (
      declare(hash, ["hash-property": .text("user_id")]), 406,
      "PRECONDITION_FAILED - Unsupported property: user_id"
    ),
    (
      declare(hash, ["hash-property": .text("")]), 406,
      "PRECONDITION_FAILED - Unsupported property: "
    ),
    (declare(hash, ["hash-header": .signed32(5)]), 541, "INTERNAL_ERROR"),
    (
      declare(delayed), 406,
      "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type"
    ),
    (
      declare(delayed, ["x-delayed-type": .signed32(1)]), 406,
      "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type"
    ),
    (
      declare(delayed, ["x-delayed-type": .text(delayed)]), 406,
      "PRECONDITION_FAILED - Invalid argument, 'x-delayed-message' can't be used for "
        + "'x-delayed-type'"
    ),
    (
      declare(delayed, ["x-delayed-type": .text("nope")]), 503,
      "COMMAND_INVALID - unknown exchange type 'nope'"
    ),
    (
      declare(delayed, ["x-delayed-type": .text(hash), "hash-property": .text("x")]), 406,
      "PRECONDITION_FAILED - Unsupported property: x"
    ),
    (
      ExchangeDeclare(exchange: "none", type: "direct", passive: true), 404,
      "NOT_FOUND - no exchange 'none' in vhost '/'"
    ),
    (ExchangeDeclare(exchange: "", type: "direct", passive: true), 403, onDefault),
    (ExchangeDelete(exchange: ""), 403, onDefault),
    (
      ExchangeDelete(exchange: "amq.direct"), 403,
      "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed"
    ),
    (
      ExchangeDelete(exchange: "amq.foo"), 403,
      "ACCESS_REFUSED - deletion of system exchange 'amq.foo' in vhost '/' not allowed"
    ),
    (
      ExchangeBind(destination: "amq.fanout", source: "none"), 404,
      "NOT_FOUND - no exchange 'none' in vhost '/'"
    ),
    (
      ExchangeBind(destination: "none", source: "amq.fanout"), 404,
      "NOT_FOUND - no exchange 'none' in vhost '/'"
    ),
    (
      ExchangeBind(destination: "none", source: "first"), 404,
      "NOT_FOUND - no exchange 'first' in vhost '/'"
    ),
    (ExchangeBind(destination: "none", source: ""), 403, onDefault),
    (ExchangeBind(destination: "", source: "amq.fanout"), 403, onDefault),
    (ExchangeUnbind(destination: "amq.fanout", source: ""), 403, onDefault),
    (ExchangeUnbind(destination: "", source: "amq.fanout"), 403, onDefault),
    (
      ExchangeBind(
        destination: "amq.direct",
        source: "amq.headers",
        arguments: ["x-match": .text("zz")]
      ), 406,
      "PRECONDITION_FAILED - Invalid x-match field value <<\"zz\">>; expected all, any, all-with-x, "
        + "or any-with-x"
    ),
    (bind("none", ""), 404, "NOT_FOUND - no exchange 'none' in vhost '/'"),
    (bind("", "k"), 403, onDefault),
    (
      QueueBind(queue: "none", exchange: "absent"), 404,
      "NOT_FOUND - no exchange 'absent' in vhost '/'"
    ),
    (QueueBind(queue: "none", exchange: ""), 403, onDefault),
    (
      QueueBind(queue: "none", exchange: "amq.direct"), 404,
      "NOT_FOUND - no queue 'none' in vhost '/'"
    ),
    (
      bind("amq.headers", "", ["x-match": .text("a\n\"")]), 406,
      "PRECONDITION_FAILED - Invalid x-match field value <<\"a\\n\\\"\">>; expected all, any, "
        + "all-with-x, or any-with-x"
    ),
    (
      bind("amq.match", "", ["x-match": .text("\u{20AC}")]), 406,
      "PRECONDITION_FAILED - Invalid x-match field value <<226,130,172>>; expected all, any, "
        + "all-with-x, or any-with-x"
    ),
    (
      bind("amq.headers", "", ["x-match": .boolean(true)]), 406,
      "PRECONDITION_FAILED - Invalid x-match field type bool (value true); expected longstr"
    ),
    (
      bind("amq.headers", "", ["x-match": .void]), 406,
      "PRECONDITION_FAILED - Invalid x-match field type void (value undefined); expected longstr"
    ),
    (
      bind("amq.headers", "", ["x-match": .table(["a": .signed32(1)])]), 406,
      "PRECONDITION_FAILED - Invalid x-match field type table (value [{<<\"a\">>,signedint,1}]); "
        + "expected longstr"
    ),
    (
      bind("hash", "0"), 406,
      "PRECONDITION_FAILED - The binding key must be greater than 0"
    ),
    (
      bind("hash", "-1"), 406,
      "PRECONDITION_FAILED - The binding key must be greater than 0"
    ),
    (
      bind("hash", ""), 406,
      "PRECONDITION_FAILED - The binding key must be an integer: <<>>"
    ),
    (
      bind("hash", "1.5"), 406,
      "PRECONDITION_FAILED - The binding key must be an integer: <<\"1.5\">>"
    ),
  ]

  private func prepared() throws -> SessionClient {
    let client = try SessionClient.opened()
    client.send(QueueDeclare(queue: "q"), channel: 1)
    client.send(ExchangeDeclare(exchange: "hash", type: Self.hash), channel: 1)
    _ = try client.frames()
    return client
  }

  @Test(arguments: refusals.indices) func whatRabbitMQRefusesIsRefusedInItsWords(
    index: Int
  ) throws {
    let refusal = Self.refusals[index]
    let client = try prepared()
    client.send(refusal.method, channel: 1)
    let closing = try client.closing()
    #expect(closing?.code == refusal.code)
    #expect(closing?.text == refusal.text)
    #expect(client.broker.brokenInvariants() == [])
  }

  @Test(arguments: ["10", "+2", "01"]) func aWeightIsANumber(key: String) throws {
    let client = try prepared()
    client.send(Self.bind("hash", key), channel: 1)
    #expect(try client.methods() == [.queueBindOk(QueueBindOk())])
  }

  private static let alternate = "alternate-exchange"
  private static let differences: [(ExchangeDeclare, ExchangeDeclare, String)] = [
    (
      declare("direct"), declare("fanout"),
      "'type' for exchange 'e' in vhost '/': received 'fanout' but current is 'direct'"
    ),
    (
      declare("direct"), ExchangeDeclare(exchange: "e", durable: true),
      "'durable' for exchange 'e' in vhost '/': received 'true' but current is 'false'"
    ),
    (
      declare("direct"), ExchangeDeclare(exchange: "e", autoDelete: true),
      "'auto_delete' for exchange 'e' in vhost '/': received 'true' but current is 'false'"
    ),
    (
      declare("direct"), ExchangeDeclare(exchange: "e", internal: true),
      "'internal' for exchange 'e' in vhost '/': received 'true' but current is 'false'"
    ),
    (
      declare("direct"), declare("direct", [alternate: .text("b")]),
      "'alternate-exchange' for exchange 'e' in vhost '/': received the value 'b' of type "
        + "'longstr' but current is none"
    ),
    (
      declare("direct", [alternate: .text("a")]), declare("direct"),
      "'alternate-exchange' for exchange 'e' in vhost '/': received none but current is the value "
        + "'a' of type 'longstr'"
    ),
    (
      declare("direct", [alternate: .text("a")]), declare("direct", [alternate: .text("b")]),
      "'alternate-exchange' for exchange 'e' in vhost '/': received 'b' but current is 'a'"
    ),
    (
      declare("direct", [alternate: .text("a")]), declare("direct", [alternate: .signed32(5)]),
      "'alternate-exchange' for exchange 'e' in vhost '/': received '5' but current is 'a'"
    ),
  ]

  @Test(arguments: differences.indices) func aSecondDeclarationMustBeLikeTheFirst(
    index: Int
  ) throws {
    let (first, second, text) = Self.differences[index]
    let client = try SessionClient.opened()
    client.send(first, channel: 1)
    #expect(try client.methods() == [.exchangeDeclareOk(ExchangeDeclareOk())])
    client.send(second, channel: 1)
    #expect(
      try client.closing()
        == SessionClient.Closing(
          scope: .channel,
          code: 406,
          text: "PRECONDITION_FAILED - inequivalent arg \(text)"
        )
    )
  }

  @Test func whatRabbitMQTakesIsTaken() throws {
    let client = try SessionClient.opened()
    let declarations = [
      Self.declare("direct"), Self.declare("direct", ["foo": .signed32(1)]),
      ExchangeDeclare(exchange: "amq.match", type: "headers", durable: true),
      ExchangeDeclare(
        exchange: "amq.rabbitmq.trace",
        type: "topic",
        durable: true,
        internal: true
      ),
      ExchangeDeclare(exchange: "amq.direct", type: "nope", passive: true),
      Self.declare(Self.hash, ["hash-header": .text("")], name: "h"),
      Self.declare("x-random", name: "r"),
      Self.declare(Self.delayed, ["x-delayed-type": .text("topic")], name: "d"),
      Self.declare("fanout", [Self.alternate: .text("absent")], name: "b\r\nreak"),
      ExchangeDeclare(exchange: "break", passive: true),
    ]
    for declaration in declarations {
      client.send(declaration, channel: 1)
      #expect(try client.methods() == [.exchangeDeclareOk(ExchangeDeclareOk())])
    }
  }

  @Test func exchangesAreBoundAndUnboundOverTheWire() throws {
    let client = try prepared()
    client.send(Self.bind("amq.direct", "k"), channel: 1)
    client.send(ExchangeBind(destination: "amq.direct", source: "amq.fanout"), channel: 1)
    #expect(
      try client.methods() == [.queueBindOk(QueueBindOk()), .exchangeBindOk(ExchangeBindOk())]
    )
    client.publish("m", to: "amq.fanout", key: "k")
    client.send(ExchangeUnbind(destination: "amq.direct", source: "amq.fanout"), channel: 1)
    #expect(try client.methods() == [.exchangeUnbindOk(ExchangeUnbindOk())])
    client.publish("m", to: "amq.fanout", key: "k")
    client.send(ExchangeUnbind(destination: "none", source: "amq.fanout"), channel: 1)
    #expect(try client.methods() == [.exchangeUnbindOk(ExchangeUnbindOk())])
    client.send(
      ExchangeBind(destination: "amq.direct", source: "amq.fanout", noWait: true),
      channel: 1
    )
    client.send(
      ExchangeUnbind(destination: "amq.direct", source: "amq.fanout", noWait: true),
      channel: 1
    )
    #expect(try client.methods().isEmpty)
    client.publish("m", to: "amq.fanout", key: "k")
    #expect(client.broker.totals.enqueued == 1)
    #expect(client.broker.totals.unroutable == 2)
  }

  @Test func anotherConnectionsQueueIsRefusedOnlyAfterItsBinding() throws {
    let owner = try SessionClient.opened()
    owner.send(QueueDeclare(queue: "mine", exclusive: true), channel: 1)
    let refused: [(FieldTable, UInt16)] = [(["x-match": .text("zz")], 406), ([:], 405)]
    for (arguments, code) in refused {
      let other = try SessionClient.opened(broker: owner.broker)
      other.send(
        QueueBind(queue: "mine", exchange: "amq.headers", arguments: arguments),
        channel: 1
      )
      #expect(try other.closing()?.code == code)
    }
  }

  /// RabbitMQ takes line breaks out of names, but not where a message is published.
  @Test func namesLoseTheirLineBreaks() throws {
    let client = try prepared()
    let methods: [any MethodArguments] = [
      ExchangeDeclare(exchange: "a\r\nb", type: "fanout"),
      QueueBind(queue: "\nq", exchange: "a\nb"),
      ExchangeBind(destination: "a\nb", source: "amq.\nfanout"),
    ]
    for method in methods { client.send(method, channel: 1) }
    client.publish("m", to: "amq.fanout", key: "k")
    #expect(client.broker.totals.enqueued == 1)
    client.send(QueueUnbind(queue: "q\r", exchange: "a\nb"), channel: 1)
    client.send(ExchangeUnbind(destination: "\nab", source: "amq.fanout\n"), channel: 1)
    client.publish("m", to: "ab", key: "k")
    #expect(client.broker.totals.unroutable == 1)
    client.send(ExchangeDelete(exchange: "a\nb"), channel: 1)
    #expect(client.broker.host.exchanges[Name("ab")] == nil)
    client.publish("m", to: "amq.\nfanout", key: "k")
    #expect(try client.closing()?.code == 404)
  }

  @Test func anotherConnectionsBindingIsKeptButOneThatIsNotThereIsNoError() throws {
    let owner = try SessionClient.opened()
    owner.send(QueueDeclare(queue: "mine", exclusive: true), channel: 1)
    owner.send(QueueBind(queue: "mine", exchange: "amq.direct", routingKey: "k"), channel: 1)
    let other = try SessionClient.opened(broker: owner.broker)
    other.send(QueueUnbind(queue: "mine", exchange: "amq.direct", routingKey: "no"), channel: 1)
    #expect(try other.methods() == [.queueUnbindOk(QueueUnbindOk())])
    other.send(QueueUnbind(queue: "mine", exchange: "amq.direct", routingKey: "k"), channel: 1)
    #expect(try other.closing()?.code == 405)
    owner.publish("m", to: "amq.direct", key: "k")
    #expect(owner.broker.totals.enqueued == 1)
  }

  @Test func copiesAndDelaysAreFoundInWhatAClientSends() throws {
    let client = try prepared()
    client.send(
      Self.declare(Self.delayed, ["x-delayed-type": .text("direct")], name: "later"),
      channel: 1
    )
    client.send(Self.bind("later", "k"), channel: 1)
    client.publish(
      "m",
      to: "later",
      key: "none",
      properties: BasicProperties(
        headers: ["x-delay": .signed32(7), "BCC": .array([.text("k")])]
      )
    )
    #expect(client.broker.totals.heldBack == 1)
    client.broker.advance(
      to: Instant(nanoseconds: client.broker.now + 7_000_000),
      wallTime: WallTime(milliseconds: 0)
    )
    client.broker.fireTimers()
    #expect(client.broker.totals.heldBack == 0)
    client.publish("m", key: "q", properties: BasicProperties(headers: ["CC": .text("x")]))
    #expect(
      try client.closing()?.text
        == "PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"CC\",longstr}"
    )
  }
}
