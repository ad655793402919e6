import AMQP
import AMQPClient
import AMQPServer
import Foundation
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// The broker that a test of the client talks to: a new one of ours in this process.
///
/// With `SLUICE_INTEROP_PORT` in the environment it is whatever listens on that port of 127.0.0.1
/// instead, so that the client is held to RabbitMQ as well.
struct ClientBroker {
  let endpoint: ClientEndpoint
  let group: any EventLoopGroup

  /// Runs a test against a broker and stops it afterwards.
  static func run(_ body: (ClientBroker) async throws -> Void) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var server: BrokerServer?
    let port: Int
    if let text = ProcessInfo.processInfo.environment["SLUICE_INTEROP_PORT"] {
      port = try #require(Int(text))
    } else {
      let started = try await BrokerServer.start(
        ServerConfiguration(port: 0),
        logger: Logger(label: "client") { _ in SwiftLogNoOpLogHandler() }
      )
      server = started
      port = started.port
    }
    let broker = ClientBroker(
      endpoint: ClientEndpoint(host: "127.0.0.1", port: port),
      group: group
    )
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(broker))
    } catch {
      result = .failure(error)
    }
    await server?.stop()
    try await group.shutdownGracefully()
    try result.get()
  }

  /// Runs a test with an open channel.
  static func withChannel(_ body: (AMQPChannel) async throws -> Void) async throws {
    try await run { broker in
      let connection = try await broker.connect()
      let channel = try await connection.openChannel()
      try await body(channel)
      await connection.close()
    }
  }

  func connect(_ endpoint: ClientEndpoint? = nil) async throws(ClientError) -> AMQPConnection {
    try await AMQPConnection.open(endpoint ?? self.endpoint, name: "client tests", group: group)
  }
}

extension ByteBuffer {
  /// The body as text, for short comparisons.
  var text: String { String(decoding: readableBytesView, as: UTF8.self) }
}

/// The code of the ``ClientError`` that `body` must throw.
func codeThrown(by body: () async throws -> Void) async throws -> ClientError.Code {
  do {
    try await body()
  } catch let error as ClientError {
    return error.code
  }
  Issue.record("no error was thrown")
  return .cancelled
}

@Suite(.timeLimit(.minutes(1))) struct ClientTests {
  @Test func aMessageKeepsItsPropertiesAndBody() async throws {
    try await ClientBroker.withChannel { channel in
      // All but `expiration`, which would change what the broker does with the message.
      let properties = BasicProperties(
        contentType: "application/json",
        contentEncoding: "identity",
        headers: ["attempt": .signed32(3), "nested": .table(["yes": .boolean(true)])],
        deliveryMode: 2,
        priority: 4,
        correlationID: "correlation",
        replyTo: "answers",
        messageID: "message 1",
        timestamp: 1_700_000_000,
        type: "payment.succeeded",
        userID: "guest",
        appID: "tests",
        clusterID: ""
      )
      let queue = try await channel.declareQueue(exclusive: true).name
      let body = Array("{\"sum\": 12}".utf8)
      try await channel.publish(body, exchange: "", routingKey: queue, properties: properties)
      let stream = try await channel.consume(queue)
      var reader = stream.makeAsyncIterator()
      let delivery = try #require(await reader.next())
      #expect(delivery.properties == properties)
      #expect(Array(delivery.body.readableBytesView) == body)
      #expect(delivery.routingKey == queue)
      #expect(delivery.exchange == "")
      #expect(delivery.consumerTag == stream.consumerTag)
      #expect(!delivery.redelivered)
      try await channel.acknowledge(delivery.deliveryTag)
    }
  }

  @Test(arguments: [0, 1, 131_064, 131_065, 1_000_000])
  func aBodyOfAnyLengthArrivesWhole(_ bytes: Int) async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      let body = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) }
      try await channel.confirmSelect()
      try await channel.publishConfirmed(body, exchange: "", routingKey: queue)
      let delivery = try #require(await channel.get(queue, noAck: true))
      // Compared here: a failed expectation would print a million differences.
      let isSame = Array(delivery.body.readableBytesView) == body
      #expect(isSame)
    }
  }

  @Test func messagesArriveInOrderAndAreAcknowledged() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.setPrefetch(count: 10)
      let stream = try await channel.consume(queue)
      async let published: Void = {
        for number in 0..<1000 {
          try await channel.publish(Array("\(number)".utf8), exchange: "", routingKey: queue)
        }
      }()
      var next = 0
      for await delivery in stream {
        #expect(delivery.body.text == "\(next)")
        try await channel.acknowledge(delivery.deliveryTag)
        next += 1
        if next == 1000 { break }
      }
      try await published
      try await channel.cancel(stream.consumerTag)
      #expect(try await channel.declareQueue(queue, passive: true).messageCount == 0)
    }
  }

  @Test func aReaderMayCallTheServerWhileItsBufferIsFull() async throws {
    let count = ClientLimits.bufferedDeliveries + 500
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      let copies = try await channel.declareQueue(exclusive: true).name
      try await channel.confirmSelect()
      for number in 0..<count {
        try await channel.publish(Array("\(number)".utf8), exchange: "", routingKey: queue)
      }
      let stream = try await channel.consume(queue, noAck: true)
      var seen = 0
      for await delivery in stream {
        try await channel.publishConfirmed(delivery.body, exchange: "", routingKey: copies)
        seen += 1
        if seen == count { break }
      }
      #expect(try await channel.declareQueue(copies, passive: true).messageCount == count)
    }
  }

  @Test func concurrentPublishersAreEachConfirmed() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.confirmSelect()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<300 {
          group.addTask {
            try await channel.publishConfirmed(
              [UInt8(number & 255)],
              exchange: "",
              routingKey: queue
            )
          }
        }
        try await group.waitForAll()
      }
      #expect(try await channel.declareQueue(queue, passive: true).messageCount == 300)
      #expect(try await channel.purgeQueue(queue) == 300)
    }
  }

  @Test func onlyTheUnroutableOfManyMandatoryMessagesIsReturned() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.confirmSelect()
      let outcomes = await withTaskGroup(of: (Int, ClientError.Code?).self) { group in
        for number in 0..<60 {
          group.addTask {
            do throws(ClientError) {
              let key = number % 3 == 0 ? "nowhere \(queue)" : queue
              let body = [UInt8(number)]
              try await channel.publishConfirmed(
                body,
                exchange: "",
                routingKey: key,
                mandatory: true
              )
              return (number, nil)
            } catch {
              return (number, error.code)
            }
          }
        }
        return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
      for number in 0..<60 {
        let expected: ClientError.Code? = number % 3 == 0 ? .returned : nil
        #expect(outcomes[number] == expected)
      }
    }
  }

  @Test func aMandatoryMessageThatNobodyWaitsForComesBack() async throws {
    try await ClientBroker.withChannel { channel in
      let key = "nowhere \(UInt64.random(in: 0 ... .max))"
      let properties = BasicProperties(messageID: "lost")
      try await channel.publish(
        [1, 2, 3],
        exchange: "",
        routingKey: key,
        mandatory: true,
        properties: properties
      )
      var returns = channel.returns.makeAsyncIterator()
      let message = try #require(await returns.next())
      #expect(message.replyCode == ReplyCode.noRoute.rawValue)
      #expect(message.routingKey == key)
      #expect(message.properties == properties)
      #expect(Array(message.body.readableBytesView) == [1, 2, 3])
    }
  }

  @Test func publishingConfirmedOnAnUnconfirmingChannelIsRefused() async throws {
    try await ClientBroker.withChannel { channel in
      let code = try await codeThrown {
        try await channel.publishConfirmed([], exchange: "", routingKey: "somewhere")
      }
      #expect(code == .invalidArgument)
    }
  }

  @Test func getAnswersWithNothingOrOneMessage() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      #expect(try await channel.get(queue) == nil)
      try await channel.publish(Array("one".utf8), exchange: "", routingKey: queue)
      let first = try #require(await channel.get(queue))
      #expect(first.body.text == "one")
      #expect(!first.redelivered)
      try await channel.reject(first.deliveryTag, requeue: true)
      let second = try #require(await channel.get(queue))
      #expect(second.redelivered)
      try await channel.nack(second.deliveryTag, requeue: false)
      #expect(try await channel.get(queue) == nil)
    }
  }

  @Test func recoverPutsBackWhatIsNotAcknowledged() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.publish(Array("held".utf8), exchange: "", routingKey: queue)
      _ = try #require(await channel.get(queue))
      try await channel.recover()
      let again = try #require(await channel.get(queue, noAck: true))
      #expect(again.redelivered)
    }
  }

  @Test func exchangesRouteWhatIsBound() async throws {
    try await ClientBroker.withChannel { channel in
      let exchange = "client tests \(UInt64.random(in: 0 ... .max))"
      try await channel.declareExchange(exchange, type: "topic", autoDelete: true)
      try await channel.declareExchange(exchange, type: "topic", passive: true)
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.bindQueue(queue, exchange: exchange, routingKey: "payment.#")
      try await channel.publish([1], exchange: exchange, routingKey: "payment.succeeded")
      let delivery = try #require(await channel.get(queue, noAck: true))
      #expect(delivery.exchange == exchange)
      #expect(delivery.routingKey == "payment.succeeded")
      try await channel.unbindQueue(queue, exchange: exchange, routingKey: "payment.#")
      let gone = try await codeThrown {
        try await channel.declareExchange(exchange, type: "topic", passive: true)
      }
      #expect(gone == .channelClosed(.notFound))
    }
  }
}
