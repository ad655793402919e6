import AMQP
import AMQPClient
import NIOCore

extension Feature {
  /// What publishers are offered.
  static let publisherFeatures = [
    Feature(
      name: "publisher confirms",
      capability: "publisher_confirms",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.confirmSelect()
          try await stage.channel.publishConfirmed([1], exchange: "", routingKey: queue)
        }
        return true
      }
    ),
    Feature(
      name: "transactions (tx)",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        let channel = stage.channel
        try await stage.attempt { () throws(ClientError) in
          _ = try await channel.call(.txSelect(TxSelect()), answer: TxSelectOk.self)
        }
        try await stage.publish("rolled back", to: queue)
        try await stage.attempt { () throws(ClientError) in
          _ = try await channel.call(.txRollback(TxRollback()), answer: TxRollbackOk.self)
        }
        try await stage.publish("committed", to: queue)
        try await stage.attempt { () throws(ClientError) in
          _ = try await channel.call(.txCommit(TxCommit()), answer: TxCommitOk.self)
        }
        return try await stage.reaches(1, queue)
      }
    ),
    Feature(
      name: "immediate flag",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.publish(
            ByteBuffer(bytes: [1]),
            exchange: "",
            routingKey: queue,
            immediate: true
          )
        }
        // Nobody consumes: where the flag means something the message comes back.
        for await message in stage.channel.returns { return message.replyCode == 313 }
        // The wait ends with the channel; a refusal (540) is thrown by the next call on it.
        _ = try await stage.reaches(0, queue)
        return nil
      }
    ),
    Feature(
      name: "direct reply-to",
      capability: "direct_reply_to",
      probe: { stage throws(ProbeRefusal) in
        let requests = try await stage.declareQueue()
        let replies = try await stage.attempt { () throws(ClientError) in
          try await stage.channel.consume("amq.rabbitmq.reply-to", noAck: true)
        }
        let properties = BasicProperties(replyTo: "amq.rabbitmq.reply-to")
        try await stage.publish("question", to: requests, properties)
        guard let request = try await stage.take(requests), let place = request.properties.replyTo
        else { return nil }
        try await stage.publish("answer", to: place)
        return await !replies.nextBatch(atMost: 1).isEmpty
      }
    ),
  ]

  /// What consumers are offered.
  static let consumerFeatures = [
    Feature(
      name: "basic.nack",
      capability: "basic.nack",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        try await stage.publish("x", to: queue)
        guard let message = try await stage.take(queue, noAck: false) else { return nil }
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.nack(message.deliveryTag)
        }
        return try await stage.take(queue)?.redelivered == true
      }
    ),
    Feature(
      name: "basic.recover",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        try await stage.publish("x", to: queue)
        guard try await stage.take(queue, noAck: false) != nil else { return nil }
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.recover()
        }
        return try await stage.take(queue)?.redelivered == true
      }
    ),
    Feature(
      name: "consumer cancel notify",
      capability: "consumer_cancel_notify",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        return try await stage.attempt { () throws(ClientError) in
          let stream = try await stage.channel.consume(queue)
          let deleting = try await stage.connection.openChannel()
          try await deleting.deleteQueue(queue)
          _ = await stream.nextBatch(atMost: 1)
          return stream.end == .cancelledByServer
        }
      }
    ),
    Feature(
      name: "consumer priorities",
      capability: "consumer_priorities",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue()
        let streams = try await stage.attempt { () throws(ClientError) in
          let low = try await stage.channel.consume(queue, tag: "low", noAck: true)
          let high = try await stage.channel.consume(
            queue,
            tag: "high",
            noAck: true,
            arguments: ["x-priority": .signed32(10)]
          )
          return (low, high)
        }
        // In turns the first consumer would get every second one.
        let count = 4
        for _ in 0..<count { try await stage.publish("x", to: queue) }
        var seen = 0
        while seen < count {
          let batch = await streams.1.nextBatch(atMost: count)
          if batch.isEmpty { break }
          seen += batch.count
        }
        return seen == count
      }
    ),
    Feature(
      name: "per-consumer qos",
      capability: "per_consumer_qos",
      probe: { stage throws(ProbeRefusal) in
        let queues = [try await stage.declareQueue(), try await stage.declareQueue()]
        for queue in queues { try await stage.publish("x", to: queue) }
        return try await stage.attempt { () throws(ClientError) in
          try await stage.channel.setPrefetch(count: 1)
          for queue in queues {
            let stream = try await stage.channel.consume(queue)
            // A limit for the whole channel would hold the second one back.
            guard await !stream.nextBatch(atMost: 1).isEmpty else { return false }
          }
          return true
        }
      }
    ),
  ]
}
