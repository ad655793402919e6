import AMQP
import AMQPServer
import Broker
import JSONText
import WebText

extension RouteTable {
  static let queueContentRoutes: [Route] = [
    Route(
      .delete,
      "/api/queues/{vhost}/{name}/contents",
      .management,
      "Throws away what waits in a queue."
    ) { call in
      let (host, name) = (call[Call.hostName], Name(call["name"]))
      try await call.demand(.read, on: .queue(name))
      _ = try await call.foundOrMissing { broker in
        broker.findHost(host).flatMap { broker.purgeByOperator(queue: name, in: $0) }
      }
      return .done
    },
    Route(
      .post,
      "/api/queues/{vhost}/{name}/actions",
      .administrator,
      "Actions on mirrored queues, of which there are none.",
      [.init("action", "string", isRequired: true)]
    ) { call in
      let action = try call.members().requiredText("action")
      guard ["sync", "cancel_sync"].contains(action) else {
        throw Refusal.badRequest("unknown", action)
      }
      return .done
    },
    Route(
      .post,
      "/api/queues/{vhost}/{name}/get",
      .management,
      "Fetches messages.",
      [
        .init("count", "integer", isRequired: true), .init("ackmode", "string", isRequired: true),
        .init("encoding", "string", isRequired: true), .init("truncate", "integer"),
      ]
    ) { call in
      try await call.fetch()
    },
    Route(
      .post,
      "/api/exchanges/{vhost}/{name}/publish",
      .management,
      "Publishes a message.",
      [
        .init("routing_key", "string", isRequired: true),
        .init("properties", "object", isRequired: true),
        .init("payload", "string", isRequired: true),
        .init("payload_encoding", "string", isRequired: true),
      ]
    ) { call in
      try await call.publish()
    },
  ]
}

extension Call {
  fileprivate func fetch() async throws(Refusal) -> Answer {
    let (host, name) = (self[Call.hostName], Name(self["name"]))
    let members = try members()
    try members.require("count", "ackmode", "encoding")
    let count = try members.integer("count") ?? 0
    guard let settlement = Self.settlements[try members.requiredText("ackmode")] else {
      throw Refusal.badRequest(
        "ackmode should be one of " + Self.settlements.keys.sorted().joined(separator: ", ")
      )
    }
    let encoding = try members.requiredText("encoding")
    guard ["auto", "base64"].contains(encoding) else {
      throw Refusal.badRequest("unsupported_encoding", encoding)
    }
    let truncated = try members.integer("truncate").map { max(0, $0) }
    try await demand(.read, on: .queue(name))
    let messages = try await fetched { broker in
      broker.findHost(host).flatMap {
        broker.fetchByOperator(
          from: name,
          in: $0,
          // RabbitMQ counts down to 0, so that less than 0 never ends.
          count: count < 0 ? .max : count,
          wantedBytes: truncated,
          as: settlement
        )
      }
    }
    return .json(.array(messages.map { $0.json(isBase64: encoding == "base64") }))
  }

  /// What is missing has RabbitMQ's words here.
  private func fetched(
    _ body: @escaping @Sendable (Broker) -> Result<[FetchedMessage], OperationRefusal>
  ) async throws(Refusal) -> [FetchedMessage] {
    let result = try await act(body)
    guard case .failure(let refusal) = result, refusal.code == .notFound else {
      return try result.orRefusal()
    }
    throw .notFound("NOT_FOUND - no queue '\(self["name"])' in vhost '\(self[Call.hostName])'")
  }

  private static let settlements: [String: Settlement] = [
    "ack_requeue_true": .requeued, "ack_requeue_false": .acknowledged,
    "reject_requeue_true": .requeued, "reject_requeue_false": .discarded,
  ]

  fileprivate func publish() async throws(Refusal) -> Answer {
    let host = self[Call.hostName]
    let exchange = Name(exchangeName)
    let members = try members()
    try members.require("routing_key", "properties", "payload", "payload_encoding")
    let key = Name(try members.requiredText("routing_key"))
    let payload = try members.requiredText("payload")
    let bytes: [UInt8]
    switch try members.requiredText("payload_encoding") {
    case "string": bytes = Array(payload.utf8)
    case "base64":
      guard let decoded = Base64.decode(payload) else {
        throw Refusal.badRequest("not_base64", payload)
      }
      bytes = decoded
    case let other: throw Refusal.badRequest("unsupported_encoding", other)
    }
    let properties = try BasicProperties(management: members["properties"] ?? .null)
    try await demand(.write, on: .exchange(exchange))
    let content = try properties.content(with: bytes, from: user.name).orRefusal()
    let counts = try await publish(content, to: exchange, key, in: host)
    if counts.refused > 0 {
      throw Refusal.badRequest("the queue, or the message store, refused it")
    }
    return .json(["routed": .boolean(counts.routed > 0)])
  }

  /// An exchange that is not there is a mistake of the request here, as in RabbitMQ.
  private func publish(
    _ content: OperatorContent,
    to exchange: Name,
    _ key: Name,
    in host: String
  ) async throws(Refusal) -> PublicationCount {
    let result = try await act { broker in
      broker.findHost(host).flatMap {
        broker.publishByOperator(
          content,
          toExchange: exchange,
          in: $0,
          routingKey: key,
          count: 1
        )
      }
    }
    switch result {
    case .success(let counts): return counts
    case .failure(let refusal) where refusal.code == .notFound:
      throw Refusal.badRequest("404 NOT_FOUND - no exchange '\(exchange.text)' in vhost '\(host)'")
    case .failure(let refusal): throw Refusal(refusal)
    }
  }

  /// The exchange that the path names; `amq.default` stands for the one without a name.
  var exchangeName: String { self["name"] == "amq.default" ? "" : self["name"] }
}
