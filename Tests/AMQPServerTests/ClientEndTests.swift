import AMQP
import AMQPClient
import NIOCore
import TestSupport
import Testing

/// How consumers, channels and connections end, and what everybody who waits is told.
@Suite(.timeLimit(.minutes(1))) struct ClientEndTests {
  @Test func aMissingQueueCostsTheChannelButNotTheConnection() async throws {
    try await ClientBroker.run { broker in
      let connection = try await broker.connect()
      let channel = try await connection.openChannel()
      let name = "missing \(UInt64.random(in: 0 ... .max))"
      let first = try await codeThrown { try await channel.declareQueue(name, passive: true) }
      #expect(first == .channelClosed(.notFound))
      let second = try await codeThrown { try await channel.declareQueue(exclusive: true) }
      #expect(second == .channelClosed(.notFound))
      await channel.close()
      #expect(connection.isOpen)
      let other = try await connection.openChannel()
      try await other.declareQueue(exclusive: true)
      await connection.close()
    }
  }

  @Test func deletingItsQueueEndsAStream() async throws {
    try await ClientBroker.run { broker in
      let connection = try await broker.connect()
      let channel = try await connection.openChannel()
      let other = try await connection.openChannel()
      let queue = try await channel.declareQueue(exclusive: true).name
      let stream = try await channel.consume(queue)
      #expect(stream.end == nil)
      try await other.deleteQueue(queue)
      var reader = stream.makeAsyncIterator()
      #expect(await reader.next() == nil)
      #expect(stream.end == .cancelledByServer)
      await connection.close()
    }
  }

  @Test func aCancelledConsumerKeepsWhatItHolds() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      for number in 0..<5 {
        try await channel.publish([UInt8(number)], exchange: "", routingKey: queue)
      }
      let stream = try await channel.consume(queue, tag: "keeper")
      #expect(stream.consumerTag == "keeper")
      var reader = stream.makeAsyncIterator()
      // The first one seen, the others are on their way or here: a round trip brings them.
      _ = try #require(await reader.next())
      try await channel.setPrefetch(count: 5)
      try await channel.cancel("keeper")
      var rest: [UInt8] = []
      while let delivery = await reader.next() {
        rest += Array(delivery.body.readableBytesView)
      }
      #expect(rest == Array(1...UInt8(rest.count)))
      #expect(stream.end == .cancelledByClient)
      try await channel.acknowledge(0, multiple: true)
    }
  }

  @Test func aDroppedStreamRequeuesWhatNobodyRead() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      for number in 0..<5 {
        try await channel.publish([UInt8(number)], exchange: "", routingKey: queue)
      }
      for await delivery in try await channel.consume(queue) {
        try await channel.acknowledge(delivery.deliveryTag)
        break
      }
      var left: DeclaredQueue?
      try await wait(for: "four messages and no consumer", seen: { "\(left as Any)" }) {
        left = try await channel.declareQueue(queue, passive: true)
        return left?.messageCount == 4 && left?.consumerCount == 0
      }
    }
  }

  @Test func aCancelledReaderStopsAndLosesNothing() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      let stream = try await channel.consume(queue, noAck: true)
      let task = Task {
        var count = 0
        for await _ in stream { count += 1 }
        return count
      }
      task.cancel()
      #expect(await task.value == 0)
      try await channel.publish(Array("kept".utf8), exchange: "", routingKey: queue)
      var reader = stream.makeAsyncIterator()
      #expect(await reader.next()?.body.text == "kept")
    }
  }

  @Test func aCancelledCallLeavesTheChannelUsable() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.publish(Array("kept".utf8), exchange: "", routingKey: queue)
      for _ in 0..<50 {
        let task = Task { try await channel.get(queue) }
        task.cancel()
        // Cancelled in time or not: a message that nobody got must be back in its queue.
        if case .success(let delivery?) = await task.result {
          try await channel.reject(delivery.deliveryTag, requeue: true)
        }
      }
      try await wait(for: "the message to be back") {
        try await channel.declareQueue(queue, passive: true).messageCount == 1
      }
    }
  }

  @Test func aCancelledTaskStillAcknowledgesWhatItHasDone() async throws {
    try await ClientBroker.withChannel { channel in
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.publish(Array("done".utf8), exchange: "", routingKey: queue)
      let delivery = try #require(await channel.get(queue))
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        try await channel.acknowledge(delivery.deliveryTag)
      }
      task.cancel()
      try await task.value
      try await channel.recover()
      #expect(try await channel.get(queue) == nil)
    }
  }

  @Test(arguments: UInt64(1)...3)
  func tasksCancelledAtAnyMomentNeitherWedgeNorLoseAnything(_ seed: UInt64) async throws {
    try await ClientBroker.run { broker in
      let connection = try await broker.connect()
      let channel = try await connection.openChannel()
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.confirmSelect()
      var confirmed: UInt32 = 0
      var attempted: UInt32 = 0
      var chance = seed
      for round in 0..<150 {
        let isPublish = round % 3 == 0
        let task = Task {
          switch round % 3 {
          case 0: try await channel.publishConfirmed([1], exchange: "", routingKey: queue)
          case 1:
            guard let delivery = try await channel.get(queue) else { return }
            try await channel.nack(delivery.deliveryTag)
          default: await (try connection.openChannel()).close()
          }
        }
        // A linear congruence is chance enough for how many turns the task gets.
        chance = chance &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        for _ in 0..<(chance >> 60) { await Task.yield() }
        if chance & 1 << 40 == 0 { task.cancel() }
        let result = await task.result
        attempted += isPublish ? 1 : 0
        if isPublish, case .success = result { confirmed += 1 }
      }
      // A cancelled `get` may have left a message with us; recovering brings all of them back.
      try await channel.recover()
      let left = try await channel.declareQueue(queue, passive: true).messageCount
      #expect(left >= confirmed && left <= attempted)
      #expect(confirmed > 0)
      await connection.close()
    }
  }

  @Test func closingAChannelFailsItsWaitersAndRequeues() async throws {
    try await ClientBroker.run { broker in
      let connection = try await broker.connect()
      let channel = try await connection.openChannel()
      let queue = try await channel.declareQueue(exclusive: true).name
      try await channel.publish(Array("held".utf8), exchange: "", routingKey: queue)
      let stream = try await channel.consume(queue)
      var reader = stream.makeAsyncIterator()
      _ = try #require(await reader.next())
      await channel.close()
      await channel.close()
      #expect(await reader.next() == nil)
      guard case .closed(let error) = stream.end else {
        Issue.record("the stream ended as \(stream.end as Any)")
        return
      }
      #expect(error.code == .channelClosed(.replySuccess))
      #expect(try await codeThrown { _ = try await channel.get(queue) } == error.code)
      let other = try await connection.openChannel()
      #expect(other.number == channel.number)
      #expect(try #require(await other.get(queue, noAck: true)).redelivered)
      await connection.close()
    }
  }

  @Test func closingAConnectionEndsEverythingOnIt() async throws {
    try await ClientBroker.run { broker in
      let connection = try await broker.connect()
      let channel = try await connection.openChannel()
      let queue = try await channel.declareQueue(exclusive: true).name
      let stream = try await channel.consume(queue)
      let reading = Task {
        for await _ in stream {}
      }
      let ending = Task { await connection.waitUntilClosed() }
      #expect(connection.isOpen)
      await connection.close()
      #expect(!connection.isOpen)
      await reading.value
      #expect(await ending.value == nil)
      await connection.close()
      let late = try await codeThrown { _ = try await connection.openChannel() }
      #expect(late == .connectionClosed(.replySuccess))
      let later = try await codeThrown {
        try await channel.publish([], exchange: "", routingKey: "")
      }
      #expect(later == .connectionClosed(.replySuccess))
    }
  }

  @Test func aWrongPasswordIsARefusalWithTheServersWords() async throws {
    try await ClientBroker.run { broker in
      var endpoint = broker.endpoint
      endpoint.password = "wrong"
      do {
        _ = try await broker.connect(endpoint)
        Issue.record("a wrong password opened a connection")
      } catch let error as ClientError {
        #expect(error.code == .handshakeFailed)
        #expect(error.message.contains("403"))
      }
    }
  }

  @Test func aMissingVirtualHostIsARefusal() async throws {
    try await ClientBroker.run { broker in
      var endpoint = broker.endpoint
      endpoint.virtualHost = "nowhere"
      let code = try await codeThrown { _ = try await broker.connect(endpoint) }
      #expect(code == .handshakeFailed)
    }
  }

  @Test func aPortWithoutAListenerIsAFailureToConnect() async throws {
    try await ClientBroker.run { broker in
      let endpoint = ClientEndpoint(host: "127.0.0.1", port: try FreePort.next())
      let code = try await codeThrown { _ = try await broker.connect(endpoint) }
      #expect(code == .connectFailed)
    }
  }

  @Test func aNameThatNoShortStringHoldsIsRefusedBeforeItIsSent() async throws {
    try await ClientBroker.withChannel { channel in
      let name = String(repeating: "x", count: 256)
      let code = try await codeThrown { try await channel.declareQueue(name) }
      #expect(code == .invalidArgument)
      try await channel.declareQueue(exclusive: true)
    }
  }

  @Test func headersThatNoFrameHoldsAreRefusedBeforeTheyAreSent() async throws {
    try await ClientBroker.withChannel { channel in
      let headers: FieldTable = ["long": .bytes([UInt8](repeating: 7, count: 200_000))]
      let properties = BasicProperties(headers: headers)
      let code = try await codeThrown {
        try await channel.publish([], exchange: "", routingKey: "x", properties: properties)
      }
      #expect(code == .limitReached)
      let other = try await codeThrown { try await channel.declareQueue(arguments: headers) }
      #expect(other == .limitReached)
      try await channel.declareQueue(exclusive: true)
    }
  }
}
