import AMQP
import AMQPClient
import NIOCore
import Synchronization
import TestSupport
import Testing

/// Many messages at once through our client.
@Suite(.timeLimit(.minutes(1))) struct ClientBatchTests {
  private func bodies(_ count: Int) -> [ByteBuffer] {
    (0..<count).map { ByteBuffer(integer: UInt32($0)) }
  }

  @Test func aBatchArrivesInOrderAndIsSettledOneByOne() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.setPrefetch(count: 300)
      let stream = try await channel.consume(queue)
      try await channel.publish(contentsOf: bodies(300), exchange: "", routingKey: queue)
      var seen: [UInt32] = []
      while seen.count < 300 {
        let batch = await stream.nextBatch(atMost: 70)
        try #require(!batch.isEmpty && batch.count <= 70)
        seen += batch.compactMap { $0.body.getInteger(at: $0.body.readerIndex) }
        try await channel.acknowledge(contentsOf: batch.map(\.deliveryTag))
      }
      #expect(seen == Array(0..<300))
      // What is acknowledged does not come back.
      try await channel.cancel(stream.consumerTag)
      try await channel.recover()
      #expect(try await channel.get(queue) == nil)
    }
  }

  @Test func eachMessageOfABatchIsConfirmedOnce() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.confirmSelect()
      let settled = Mutex<[Int]>([])
      let errors = Mutex<[ClientError]>([])
      try await channel.publishConfirmed(
        contentsOf: bodies(200),
        exchange: "",
        routingKey: queue
      ) { index, error in
        settled.withLock { $0.append(index) }
        if let error { errors.withLock { $0.append(error) } }
      }
      try await wait(for: "200 confirms") { settled.withLock { $0.count } == 200 }
      #expect(settled.withLock { $0.sorted() } == Array(0..<200))
      #expect(errors.withLock { $0.isEmpty })
    }
  }

  @Test func aBatchOnAChannelThatEndsIsToldWhy() async throws {
    try await ClientBroker.withChannel { channel in
      try await channel.confirmSelect()
      let errors = Mutex<[ClientError?]>([])
      try await channel.publishConfirmed(
        contentsOf: bodies(3),
        exchange: "sluice no such exchange",
        routingKey: ""
      ) { _, error in errors.withLock { $0.append(error) } }
      try await wait(for: "3 errors") { errors.withLock { $0.count } == 3 }
      #expect(errors.withLock { $0.allSatisfy { $0?.code == .channelClosed(.notFound) } })
      await #expect(throws: ClientError.self) {
        try await channel.publish(contentsOf: bodies(1), exchange: "", routingKey: "")
      }
    }
  }

  @Test func withoutConfirmSelectNothingIsSent() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      let code = try await codeThrown {
        try await channel.publishConfirmed(
          contentsOf: bodies(1),
          exchange: "",
          routingKey: queue
        ) { _, _ in }
      }
      #expect(code == .invalidArgument)
      #expect(try await channel.get(queue) == nil)
    }
  }

  @Test func aBatchOfNothingReturns() async throws {
    try await ClientBroker.withChannel { channel in
      try await channel.publish(contentsOf: [], exchange: "", routingKey: "")
      try await channel.acknowledge(contentsOf: [])
    }
  }

  @Test func aServerSaysWhoItIs() async throws {
    try await ClientBroker.run { broker in
      let connection = try await broker.connect()
      #expect(connection.serverProperties["product"]?.text == "RabbitMQ")
      await connection.close()
    }
  }
}
