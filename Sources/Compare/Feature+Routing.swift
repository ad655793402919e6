import AMQP
import AMQPClient
import NIOCore

extension Feature {
  /// What exchanges do beyond their types.
  static let exchangeFeatures = [
    Feature(
      name: "exchange to exchange bindings",
      capability: "exchange_exchange_bindings",
      probe: { stage throws(ProbeRefusal) in
        let source = try await stage.declareExchange(type: "fanout")
        let destination = try await stage.declareExchange(type: "fanout")
        let queue = try await stage.declareQueue()
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.bindQueue(queue, exchange: destination)
          _ = try await stage.channel.call(
            .exchangeBind(ExchangeBind(destination: destination, source: source, routingKey: "")),
            answer: ExchangeBindOk.self
          )
        }
        try await stage.publish("x", to: "", exchange: source)
        return try await stage.take(queue) != nil
      }
    ),
    Feature(
      name: "alternate exchange",
      probe: { stage throws(ProbeRefusal) in
        let alternate = try await stage.declareExchange(type: "fanout")
        let queue = try await stage.declareQueue()
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.bindQueue(queue, exchange: alternate)
        }
        let first = try await stage.declareExchange(
          type: "direct",
          arguments: ["alternate-exchange": alternate]
        )
        try await stage.publish("x", to: "nowhere", exchange: first)
        return try await stage.take(queue) != nil
      }
    ),
    Feature(
      name: "sender-selected distribution",
      probe: { stage throws(ProbeRefusal) in
        let first = try await stage.declareQueue()
        let second = try await stage.declareQueue()
        let headers: FieldTable = ["CC": .array([.text(second)])]
        try await stage.publish("x", to: first, BasicProperties(headers: headers))
        return try await stage.take(second) != nil
      }
    ),
  ]

  /// Queue types: a broker that takes any type would say nothing by taking one.
  static let queueTypes = ["quorum", "stream"].map { type in
    Feature(
      name: "\(type) queues",
      probe: { stage throws(ProbeRefusal) in
        try await stage.declareQueue(type: type)
        return try await stage.isRefused { stage throws(ProbeRefusal) in
          try await stage.declareQueue(type: "sluice-no-such-type")
        } ? true : nil
      }
    )
  }

  /// Arguments of queues, each by what it does: unknown ones are taken by every broker.
  static let queueFeatures = [
    Feature(
      name: "priority queues",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue(["x-max-priority": .signed32(5)])
        try await stage.publish("low", to: queue, BasicProperties(priority: 1))
        try await stage.publish("high", to: queue, BasicProperties(priority: 5))
        guard try await stage.reaches(2, queue) else { return nil }
        return try await stage.take(queue)?.text == "high"
      }
    ),
    Feature(
      name: "message TTL",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue(["x-message-ttl": .signed32(20)])
        try await stage.publish("x", to: queue)
        return try await stage.reaches(0, queue)
      }
    ),
    Feature(
      name: "dead lettering",
      probe: { stage throws(ProbeRefusal) in
        let dead = try await stage.declareQueue()
        let queue = try await stage.declareQueue([
          "x-dead-letter-exchange": .text(""), "x-dead-letter-routing-key": .text(dead),
        ])
        try await stage.publish("x", to: queue)
        guard let message = try await stage.take(queue, noAck: false) else { return nil }
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.reject(message.deliveryTag, requeue: false)
        }
        return try await stage.take(dead) != nil
      }
    ),
    Feature(
      name: "queue length limit",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue(["x-max-length": .signed32(1)])
        try await stage.publish("first", to: queue)
        try await stage.publish("second", to: queue)
        guard try await stage.reaches(1, queue) else { return false }
        return try await stage.take(queue)?.text == "second"
      }
    ),
    Feature(
      name: "reject-publish",
      probe: { stage throws(ProbeRefusal) in
        let queue = try await stage.declareQueue([
          "x-max-length": .signed32(1), "x-overflow": .text("reject-publish"),
        ])
        try await stage.attempt { () throws(ClientError) in
          try await stage.channel.confirmSelect()
          try await stage.channel.publishConfirmed([1], exchange: "", routingKey: queue)
        }
        do throws(ClientError) {
          try await stage.channel.publishConfirmed([2], exchange: "", routingKey: queue)
          return false
        } catch {
          guard error.code == .nacked else { throw ProbeRefusal(error) }
          return true
        }
      }
    ),
  ]
}

extension Delivery {
  /// The body as text.
  fileprivate var text: String { String(decoding: body.readableBytesView, as: UTF8.self) }
}
