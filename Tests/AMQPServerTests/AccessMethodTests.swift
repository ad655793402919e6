import AMQP
import Broker
import Testing

@testable import AMQPServer

/// Which permission each method needs; texts and order as RabbitMQ 3.10.8 answers.
@Suite struct AccessMethodTests {
  private func client(
    configure: String = "",
    write: String = "",
    read: String = ""
  ) throws -> SessionClient {
    let broker = Broker { "unique" }
    let guest = try SessionClient.opened(broker: broker)
    guest.send(QueueDeclare(queue: "xc", durable: true), channel: 1)
    guest.send(ExchangeDeclare(exchange: "xe", type: "fanout"), channel: 1)
    guest.send(ExchangeDeclare(exchange: "tp", type: "topic"), channel: 1)
    _ = try guest.frames()
    let password = PasswordHash(of: Array("lim".utf8))
    try broker.putUser(User(name: "lim", password: password)).get()
    try broker.setPermissions(of: "lim", in: "/", configure: configure, write: write, read: read)
      .get()
    return try SessionClient.opened(broker: broker, user: "lim")
  }

  private func text(_ resource: String) -> String {
    "ACCESS_REFUSED - access to \(resource) in vhost '/' refused for user 'lim'"
  }

  private func expectRefused(
    _ method: some MethodArguments,
    _ resource: String,
    configure: String = "",
    write: String = "",
    read: String = "",
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let client = try client(configure: configure, write: write, read: read)
    client.send(method, channel: 1)
    #expect(
      try client.closing() == .init(scope: .channel, code: 403, text: text(resource)),
      sourceLocation: location
    )
  }

  private func expectAllowed(
    _ method: some MethodArguments,
    configure: String = "",
    write: String = "",
    read: String = "",
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let client = try client(configure: configure, write: write, read: read)
    client.send(method, channel: 1)
    #expect(try client.closing() == nil, sourceLocation: location)
  }

  @Test func declaringAndDeletingNeedConfigure() throws {
    try expectRefused(QueueDeclare(queue: "nq"), "queue 'nq'")
    try expectRefused(QueueDeclare(queue: "xc", durable: true), "queue 'xc'")
    try expectRefused(QueueDeclare(queue: ""), "queue 'amq.gen-unique'")
    try expectRefused(QueueDelete(queue: "nope"), "queue 'nope'")
    try expectRefused(ExchangeDeclare(exchange: "ne", type: "fanout"), "exchange 'ne'")
    try expectRefused(ExchangeDeclare(exchange: "amq.ne", type: "fanout"), "exchange 'amq.ne'")
    try expectRefused(ExchangeDelete(exchange: "xe"), "exchange 'xe'")
    try expectAllowed(QueueDeclare(queue: ""), configure: "^amq\\.gen")
    try expectAllowed(QueueDelete(queue: "xc"), configure: "^xc$")
    try expectAllowed(ExchangeDeclare(exchange: "ne", type: "fanout"), configure: "^ne$")
  }

  @Test func lookingNeedsNothing() throws {
    try expectAllowed(QueueDeclare(queue: "xc", passive: true))
    try expectAllowed(ExchangeDeclare(exchange: "xe", passive: true))
  }

  @Test func takingMessagesNeedsRead() throws {
    try expectRefused(BasicGet(queue: "xc"), "queue 'xc'", configure: ".*", write: ".*")
    try expectRefused(BasicGet(queue: "nope"), "queue 'nope'")
    try expectRefused(BasicConsume(queue: "xc"), "queue 'xc'")
    try expectRefused(QueuePurge(queue: "xc"), "queue 'xc'")
    try expectAllowed(BasicGet(queue: "xc"), read: "^xc$")
    try expectAllowed(BasicConsume(queue: "xc"), read: "^xc$")
    try expectAllowed(QueuePurge(queue: "xc"), read: "^xc$")
    try expectAllowed(BasicConsume(queue: "amq.rabbitmq.reply-to", noAck: true))
  }

  @Test func bindingNeedsWriteOnTheDestinationAndReadOnTheSource() throws {
    let bind = QueueBind(queue: "xc", exchange: "xe", routingKey: "k")
    try expectRefused(bind, "queue 'xc'", read: ".*")
    try expectRefused(bind, "exchange 'xe'", write: ".*")
    try expectAllowed(bind, write: "^xc$", read: "^xe$")
    try expectRefused(QueueUnbind(queue: "xc", exchange: "xe", routingKey: "k"), "queue 'xc'")
    try expectRefused(QueueBind(queue: "nope", exchange: "none"), "exchange 'none'", write: ".*")
    let between = ExchangeBind(destination: "xe", source: "amq.direct", routingKey: "k")
    try expectRefused(between, "exchange 'xe'")
    try expectRefused(between, "exchange 'amq.direct'", write: ".*")
    try expectRefused(
      ExchangeUnbind(destination: "xe", source: "amq.direct", routingKey: "k"),
      "exchange 'xe'"
    )
  }

  @Test func whereMessagesMayGoOnNeedsReadAndWrite() throws {
    let queue = QueueDeclare(queue: "nq", arguments: ["x-dead-letter-exchange": .text("dx")])
    try expectRefused(queue, "queue 'nq'", configure: ".*")
    try expectRefused(queue, "exchange 'dx'", configure: ".*", read: ".*")
    try expectAllowed(queue, configure: ".*", write: "^dx$", read: ".*")
    let toDefault = QueueDeclare(queue: "nq", arguments: ["x-dead-letter-exchange": .text("")])
    try expectRefused(toDefault, "exchange 'amq.default'", configure: ".*", read: ".*")
    let exchange = ExchangeDeclare(
      exchange: "ne",
      type: "fanout",
      arguments: ["alternate-exchange": .text("ax")]
    )
    try expectRefused(exchange, "exchange 'ne'", configure: ".*")
    try expectRefused(exchange, "exchange 'ax'", configure: ".*", read: ".*")
  }

  /// A pattern sees the name that is declared, not the one that was sent.
  @Test func lineBreaksHideNoNameFromAPattern() throws {
    let hidden = QueueDeclare(queue: "se\ncret")
    try expectRefused(hidden, "queue 'secret'", configure: "^(?!secret)")
    try expectAllowed(hidden, configure: "^secret$")
  }

  @Test func publishingNeedsWrite() throws {
    let refused = try client()
    refused.publish("a", key: "xc")
    #expect(
      try refused.closing()
        == .init(scope: .channel, code: 403, text: text("exchange 'amq.default'"))
    )
    let allowed = try client(write: "^amq\\.default$")
    allowed.publish("a", key: "xc")
    #expect(try allowed.closing() == nil)
  }

  @Test func bindingToATopicNeedsItsKey() throws {
    let client = try client(configure: ".*", write: ".*", read: ".*")
    try client.broker.setTopicPermissions(of: "lim", in: "/", exchange: "tp", write: "", read: "^a")
      .get()
    client.send(QueueBind(queue: "xc", exchange: "tp", routingKey: "a.b"), channel: 1)
    #expect(try client.closing() == nil)
    client.send(QueueBind(queue: "xc", exchange: "tp", routingKey: "z"), channel: 1)
    #expect(
      try client.closing()
        == .init(scope: .channel, code: 403, text: text("topic 'z' in exchange 'tp'"))
    )
  }

  @Test func whatRabbitMQFindsFirstIsFoundFirst() throws {
    func expect(
      _ method: some MethodArguments,
      _ scope: Violation.Scope,
      _ code: UInt16,
      _ text: String
    ) throws {
      let client = try client()
      client.send(method, channel: 1)
      #expect(try client.closing() == .init(scope: scope, code: code, text: text))
    }
    try expect(
      ExchangeDeclare(exchange: "ne", type: "nonsense"),
      .connection,
      503,
      "COMMAND_INVALID - unknown exchange type 'nonsense'"
    )
    try expect(
      QueueDeclare(queue: "amq.x"),
      .channel,
      403,
      "ACCESS_REFUSED - queue name 'amq.x' contains reserved prefix 'amq.*'"
    )
    try expect(
      ExchangeDelete(exchange: "amq.direct"),
      .channel,
      403,
      "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed"
    )
  }

  @Test func aSessionOpensTheVirtualHostThatItAsksFor() throws {
    let broker = Broker { "unique" }
    _ = try broker.addHost("other").get()
    let refused = try SessionClient.opening(broker, virtualHost: "other")
    #expect(
      try refused.closing()
        == .init(
          scope: .connection,
          code: 530,
          text: "NOT_ALLOWED - access to vhost 'other' refused for user 'guest'"
        )
    )
    let missing = try SessionClient.opening(broker, virtualHost: "none")
    #expect(
      try missing.closing()
        == .init(scope: .connection, code: 530, text: "NOT_ALLOWED - vhost none not found")
    )
    try broker.setPermissions(of: "guest", in: "other", configure: ".*", write: ".*", read: ".*")
      .get()
    let client = try SessionClient.opened(broker: broker, virtualHost: "other")
    client.send(QueueDeclare(queue: "q"), channel: 1)
    _ = try client.frames()
    #expect(broker.hosts["other"]?.queues[Name("q")] != nil)
    #expect(broker.host.queues[Name("q")] == nil)
  }
}

extension SessionClient {
  /// A session that has said all of the handshake; what came of it is unread.
  static func opening(_ broker: Broker, virtualHost: String) throws -> SessionClient {
    let client = SessionClient(broker: broker, virtualHost: virtualHost)
    client.send(bytes: client.handshakeBytes)
    return client
  }
}
