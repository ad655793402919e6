import Telemetry

/// The forms that there are, filled with what is under the cursor.
extension Model {
  private var hostNames: [String] {
    let broker = live.broker
    let hosts = Set(broker?.exchanges.map(\.virtualHost) ?? ["/"])
    return hosts.sorted()
  }

  private func exchangeNames(in host: String) -> [String] {
    (live.broker?.exchanges ?? []).filter { $0.virtualHost == host && !$0.name.isEmpty }
      .map(\.name)
  }

  private func queueNames(in host: String) -> [String] {
    (live.broker?.queues ?? []).filter { $0.virtualHost == host }.map(\.name)
  }

  /// The virtual host of what is under the cursor.
  private var hostUnderCursor: String {
    target.queue?.virtualHost ?? target.exchange?.virtualHost ?? hostNames.first ?? "/"
  }

  /// A message to be written, to what is under the cursor.
  func publishForm() -> Form {
    let host = hostUnderCursor
    let exchange = target.exchange?.name ?? ""
    let key = target.exchange == nil ? target.queue?.name ?? "" : lastRoutingKey
    return Form(
      purpose: .publish,
      title: "publish a message",
      fields: [
        .choice("virtual host", hostNames, chosen: host),
        .text(
          "exchange",
          exchange,
          hint: "empty for the default: the key is then a queue's name",
          completions: exchangeNames(in: host)
        ),
        .text("routing key", key, completions: queueNames(in: host)),
        .choice("delivery", ["transient", "persistent"]),
        .text(
          "properties",
          hint: "content_type=text/plain, expiration=60000",
          completions: Form.propertyNames.map { $0 + "=" }
        ),
        .text("headers", hint: "name=value, other=value"),
        .text("body", #"{"note":"published by hand"}"#, isMultiline: true),
        .text("body from file", hint: "a path, instead of the text above"),
        .text("how many", "1"),
      ],
      verb: "publish",
      focus: exchange.isEmpty && key.isEmpty ? 1 : 6
    )
  }

  /// A key that some binding of the exchange under the cursor has, so that a message gets through.
  private var lastRoutingKey: String {
    guard let exchange = target.exchange else { return "" }
    let bindings = live.broker?.details?.bindings ?? []
    return bindings.first { $0.source == exchange.name }?.routingKey ?? ""
  }

  /// A queue to be made.
  func createQueueForm() -> Form {
    Form(
      purpose: .createQueue,
      title: "create a queue",
      fields: [
        .choice("virtual host", hostNames, chosen: hostUnderCursor),
        .text("name"),
        .choice("type", ["classic", "quorum"]),
        .choice("durable", ["yes", "no"]),
        .choice("auto-delete", ["no", "yes"]),
        .text(
          "arguments",
          hint: "x-max-length=1000, x-dead-letter-exchange=dlx",
          completions: Self.queueArguments.map { $0 + "=" }
        ),
      ],
      verb: "create",
      focus: 1
    )
  }

  /// The arguments that a queue can have (RabbitMQ's page "Queues", optional arguments).
  private static let queueArguments = [
    "x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-overflow",
    "x-dead-letter-exchange", "x-dead-letter-routing-key", "x-max-priority",
    "x-single-active-consumer", "x-delivery-limit",
  ]

  /// An exchange to be made.
  func createExchangeForm() -> Form {
    Form(
      purpose: .createExchange,
      title: "create an exchange",
      fields: [
        .choice("virtual host", hostNames, chosen: hostUnderCursor),
        .text("name"),
        .choice("type", ["topic", "direct", "fanout", "headers", "x-delayed-message"]),
        .choice("durable", ["yes", "no"]),
        .choice("auto-delete", ["no", "yes"]),
        .text(
          "arguments",
          hint: "alternate-exchange=unrouted",
          completions: ["alternate-exchange=", "x-delayed-type="]
        ),
      ],
      verb: "create",
      focus: 1
    )
  }

  /// A binding to be made, from or to what is under the cursor.
  func bindForm() -> Form {
    let host = hostUnderCursor
    let source = target.exchange?.name ?? ""
    let queue = target.exchange == nil ? target.queue?.name ?? "" : ""
    return Form(
      purpose: .bind,
      title: "bind",
      fields: [
        .choice("virtual host", hostNames, chosen: host),
        .text("exchange", source, completions: exchangeNames(in: host)),
        .choice("leads to", ["queue", "exchange"]),
        .text("to", queue, completions: queueNames(in: host) + exchangeNames(in: host)),
        .text("routing key", hint: "for a topic: order.* or order.#"),
        .text("arguments", hint: "x-match=all, format=pdf: for a headers exchange"),
      ],
      verb: "bind",
      focus: source.isEmpty ? 1 : queue.isEmpty ? 3 : 4
    )
  }

  /// Where the messages of a queue are to go.
  func moveForm(from queue: QueueSnapshot) -> Form {
    let others = queueNames(in: queue.virtualHost).filter { $0 != queue.name }
    return Form(
      purpose: .move(queue.identity, count: queue.ready),
      title: "move \(Format.count(queue.ready)) messages of \(queue.name)",
      fields: [.text("to", hint: "the name of another queue", completions: others)],
      verb: "move"
    )
  }

  /// Where one message is to go.
  func parkForm(_ identifier: UInt64, in queue: QueueIdentity) -> Form {
    let others = queueNames(in: queue.virtualHost).filter { $0 != queue.name }
    let usual = others.first { $0.hasSuffix(".parked") || $0 == "parked" } ?? ""
    return Form(
      purpose: .park(queue, identifier: identifier),
      title: "park one message of \(queue.name)",
      fields: [.text("to", usual, hint: "the name of another queue", completions: others)],
      verb: "park"
    )
  }

  /// How many messages a consumer may hold.
  func prefetchForm(_ consumer: ConsumerSnapshot, name: String) -> Form {
    Form(
      purpose: .prefetch(
        consumer: consumer.identifier,
        name: name,
        old: consumer.prefetchCount
      ),
      title: "prefetch count of \(name)",
      fields: [.text("prefetch", String(consumer.prefetchCount), hint: "0 means no limit")],
      verb: "set"
    )
  }
}
