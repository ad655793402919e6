import AMQP
import Broker
import NIOCore
import Telemetry
import Testing

/// Answers without a queue, as RabbitMQ 3.10.8 gives them.
@Suite struct DirectReplyTests {
  let broker = makeBroker()
  let asker: TestClient
  let answerer: TestClient
  static let address = "amq.rabbitmq.reply-to"

  init() throws {
    asker = TestClient(broker, name: "asker")
    answerer = TestClient(broker, name: "answerer")
    try answerer.declare("requests")
  }

  private func request(_ text: String, properties: BasicProperties) -> Violation? {
    var buffer = ByteBuffer()
    properties.encode(into: &buffer)
    let message = Array("requests".utf8).withUnsafeBytes { key in
      buffer.withUnsafeReadableBytes { properties in
        Message.reserve(
          exchange: UnsafeRawBufferPointer(start: nil, count: 0),
          routingKey: key,
          properties: properties,
          traits: [.headers, .directReply],
          bodyBytes: text.utf8.count,
          enteredAt: 1
        )
      }
    }
    guard let message else { preconditionFailure("a test has memory") }
    Array(text.utf8).withUnsafeBytes { message.bodyForWriting.copyMemory(from: $0) }
    return broker.publish(message, on: asker.channel, isMandatory: false)
  }

  /// Asks, and gives the name that the answerer sees.
  private func ask() throws -> String {
    let properties = BasicProperties(
      headers: ["a": .signed32(1)],
      correlationID: "7",
      replyTo: Self.address
    )
    #expect(request("question", properties: properties) == nil)
    #expect(
      broker.get(
        from: Name("requests"),
        isAutomaticallyAcknowledged: true,
        on: answerer.channel
      ) == nil
    )
    let headers = try answerer.frames().compactMap { frame in
      if case .header(_, let header) = frame { header.properties } else { nil }
    }
    let seen = try #require(headers.first)
    #expect(seen.headers == properties.headers)
    #expect(seen.correlationID == "7")
    return try #require(seen.replyTo)
  }

  @Test func anAnswerGoesToTheChannelThatAsked() throws {
    #expect(try asker.consume(Self.address, tag: "r", noAck: true) == "r")
    let name = try ask()
    #expect(name.hasPrefix("\(Self.address)."))
    answerer.publish("answer", key: name)
    answerer.publish("another", key: name)
    // Nobody acknowledges them, so they use no delivery tag up.
    #expect(
      try asker.deliveries() == [
        Received(tag: 1, text: "answer", isRedelivered: false),
        Received(tag: 1, text: "another", isRedelivered: false),
      ]
    )
    #expect(broker.totals.imbalance == 0)
    #expect(broker.totals.unroutable == 0)
    #expect(broker.snapshot(of: broker.identity).queues.map(\.name) == ["requests"])
    broker.expectSound()
  }

  @Test func aMandatoryAnswerArrivesAndComesBackToo() throws {
    try asker.consume(Self.address, noAck: true)
    let name = try ask()
    answerer.publish("answer", key: name, isMandatory: true)
    #expect(try answerer.methods().map(\.identifier.name) == ["basic.return"])
    #expect(try asker.texts() == ["answer"])
  }

  @Test func anAnswerInATransactionNeedsNoCommit() throws {
    try asker.consume(Self.address, noAck: true)
    let name = try ask()
    #expect(broker.selectTransactions(on: answerer.channel) == nil)
    answerer.publish("answer", key: name)
    #expect(try asker.texts() == ["answer"])
  }

  @Test func whoIsGoneGetsNothing() throws {
    try asker.consume(Self.address, tag: "r", noAck: true)
    let name = try ask()
    broker.cancel(Name("r"), on: asker.channel)
    answerer.publish("late", key: name, isMandatory: true)
    answerer.publish("late", key: name)
    #expect(try answerer.methods().map(\.identifier.name) == ["basic.return"])
    #expect(try asker.texts() == [])
    try asker.consume(Self.address, tag: "r", noAck: true)
    let second = try ask()
    #expect(second != name)
    broker.closeConnection(asker.connection)
    answerer.publish("late", key: second)
    #expect(broker.totals.unroutable == 3)
    broker.expectSound()
  }

  @Test func theReplyConsumerIsOneAndCannotAcknowledge() throws {
    let consume = { (noAck: Bool) in
      broker.consume(
        ConsumeRequest(
          queue: Name(Self.address),
          tag: Name("r\(noAck)"),
          isAutomaticallyAcknowledged: noAck
        ),
        on: asker.channel
      )
    }
    #expect(
      consume(false)
        == .failure(Violation(.preconditionFailed, "reply consumer cannot acknowledge"))
    )
    #expect(consume(true) == .success(Name("rtrue")))
    #expect(
      consume(true) == .failure(Violation(.preconditionFailed, "reply consumer already set"))
    )
  }

  @Test func aQuestionWithoutAConsumerIs406() throws {
    let properties = BasicProperties(replyTo: Self.address)
    #expect(
      request("question", properties: properties)
        == Violation(.preconditionFailed, "fast reply consumer does not exist")
    )
    #expect(broker.depth("requests") == 0)
  }

  @Test func aDeclarationSaysWhetherSomebodyWaits() throws {
    try asker.consume(Self.address, tag: "r", noAck: true)
    let name = try ask()
    let declared = try answerer.declare(name)
    #expect(declared.name == Name(name))
    #expect(declared.messageCount == 0 && declared.consumerCount == 1)
    #expect(try broker.checkQueue(Name(name), on: answerer.channel).get() == declared)
    #expect(try answerer.declare(Self.address).consumerCount == 1)
    broker.cancel(Name("r"), on: asker.channel)
    #expect(
      broker.checkQueue(Name(name), on: answerer.channel)
        == .failure(Violation(.notFound, "no queue '\(name)' in vhost '/'"))
    )
    #expect(throws: Violation(.notFound, "no queue '\(name)' in vhost '/'")) {
      try answerer.declare(name)
    }
    #expect(broker.host.queues.count == 1)
  }

  @Test func theNameIsNoQueueForAnythingElse() throws {
    try asker.consume(Self.address, noAck: true)
    let name = try ask()
    #expect(answerer.bind(name, to: "amq.direct")?.code == .notFound)
    #expect(
      broker.get(from: Name(name), isAutomaticallyAcknowledged: true, on: answerer.channel)?.code
        == .notFound
    )
    #expect(throws: Violation.self) { try answerer.consume(name) }
    answerer.publish("x", key: Self.address, isMandatory: true)
    #expect(try answerer.methods().map(\.identifier.name) == ["basic.return"])
  }
}
