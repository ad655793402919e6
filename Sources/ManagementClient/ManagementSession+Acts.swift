import JSONText
import NIOHTTP1
package import Telemetry
import WebText

/// What a person does to a broker, in the words of RabbitMQ's management.
extension ManagementSession {
  /// Throws the ready messages of a queue away.
  package func purge(_ queue: QueueIdentity) async throws(ManagementError) {
    _ = try await perform(
      .delete(ManagementRequest.path("queues", queue.virtualHost, queue.name, "contents"))
    )
  }

  /// Deletes a queue with all that is in it.
  package func delete(queue: QueueIdentity) async throws(ManagementError) {
    _ = try await perform(
      .delete(ManagementRequest.path("queues", queue.virtualHost, queue.name))
    )
  }

  /// Deletes an exchange with its bindings.
  package func delete(exchange: ExchangeIdentity) async throws(ManagementError) {
    _ = try await perform(
      .delete(ManagementRequest.path("exchanges", exchange.virtualHost, exchange.name))
    )
  }

  /// Declares a queue.
  ///
  /// - Parameters:
  ///   - queue: What it is called.
  ///   - isDurable: Whether it outlives the broker.
  ///   - isAutoDelete: Whether it goes with its last consumer.
  ///   - arguments: A value that is a number or a truth value is sent as one.
  /// - Throws: ``ManagementError``, why it was not done, as far as is known.
  package func declare(
    queue: QueueIdentity,
    isDurable: Bool,
    isAutoDelete: Bool,
    arguments: [WatchedDetails.Fact]
  ) async throws(ManagementError) {
    let body: JSON = [
      "durable": .boolean(isDurable),
      "auto_delete": .boolean(isAutoDelete),
      "arguments": .table(arguments),
    ]
    _ = try await perform(
      .put(ManagementRequest.path("queues", queue.virtualHost, queue.name), body)
    )
  }

  /// Declares an exchange.
  ///
  /// - Parameters:
  ///   - exchange: What it is called.
  ///   - type: As in `topic`.
  ///   - isDurable: Whether it outlives the broker.
  ///   - isAutoDelete: Whether it goes with its last binding.
  ///   - arguments: As those of a queue.
  /// - Throws: ``ManagementError``, why it was not done, as far as is known.
  package func declare(
    exchange: ExchangeIdentity,
    type: String,
    isDurable: Bool,
    isAutoDelete: Bool,
    arguments: [WatchedDetails.Fact]
  ) async throws(ManagementError) {
    let body: JSON = [
      "type": .string(type),
      "durable": .boolean(isDurable),
      "auto_delete": .boolean(isAutoDelete),
      "arguments": .table(arguments),
    ]
    _ = try await perform(
      .put(ManagementRequest.path("exchanges", exchange.virtualHost, exchange.name), body)
    )
  }

  /// Binds a queue or an exchange to an exchange.
  package func bind(_ binding: BindingSnapshot) async throws(ManagementError) {
    let body: JSON = [
      "routing_key": .string(binding.routingKey), "arguments": .table(binding.argumentPairs),
    ]
    _ = try await perform(.post(Self.path(of: binding), body))
  }

  /// Takes a binding away; the broker's own name for it is looked up first.
  package func unbind(_ binding: BindingSnapshot) async throws(ManagementError) {
    let path = Self.path(of: binding)
    let found = try await perform(.get(path)).elements.first { json in
      let other = BindingAnswer.binding(json)
      return other?.routingKey == binding.routingKey
        && Set(other?.argumentPairs ?? []) == Set(binding.argumentPairs)
    }
    guard let key = found?["properties_key"]?.text else { throw .notFound }
    _ = try await perform(.delete(path + "/" + PercentCoding.encode(key)))
  }

  private static func path(of binding: BindingSnapshot) -> String {
    let kind: String
    switch binding.destination {
    case .queue: kind = "q"
    case .exchange: kind = "e"
    }
    return ManagementRequest.path(
      "bindings",
      binding.virtualHost,
      "e",
      binding.source,
      kind,
      binding.destination.name
    )
  }

  /// Closes a connection.
  ///
  /// - Parameters:
  ///   - connection: Its number in the snapshots.
  ///   - reason: What its client is told.
  /// - Throws: ``ManagementError``, why it was not done, as far as is known.
  package func close(connection: UInt64, reason: String) async throws(ManagementError) {
    guard let name = connectionName(connection) else { throw .notFound }
    try await close(named: name, reason: reason)
  }

  /// Closes the connection of a consumer.
  package func close(consumer: UInt64, reason: String) async throws(ManagementError) {
    guard let name = connectionName(ofConsumer: consumer) else { throw .notFound }
    try await close(named: name, reason: reason)
  }

  private func close(named name: String, reason: String) async throws(ManagementError) {
    // A header has one line.
    let line = String(
      String.UnicodeScalarView(reason.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) })
    )
    let headers = line.isEmpty ? [] : [("X-Reason", line)]
    _ = try await perform(.delete(ManagementRequest.path("connections", name), headers: headers))
  }

  /// Publishes messages, one after the other.
  ///
  /// - Parameters:
  ///   - message: What to publish; its place in a queue means nothing.
  ///   - virtualHost: Where.
  ///   - count: How many times.
  /// - Returns: How many of them a queue took.
  /// - Throws: ``ManagementError``; those before it are published.
  package func publish(
    _ message: OutgoingMessage,
    virtualHost: String,
    count: Int
  ) async throws(ManagementError) -> Int {
    let exchange = message.exchange.isEmpty ? "amq.default" : message.exchange
    let path = ManagementRequest.path("exchanges", virtualHost, exchange, "publish")
    var routed = 0
    for _ in 0..<count {
      let answer = try await perform(.post(path, message.json))
      if answer["routed"]?.boolean == true { routed += 1 }
    }
    return routed
  }

  /// Looks at the messages at the head of a queue and puts them back.
  ///
  /// The broker marks them as redelivered; it cannot show one without delivering it.
  ///
  /// - Parameters:
  ///   - queue: The queue.
  ///   - count: How many at most.
  /// - Returns: The messages, the head first.
  /// - Throws: ``ManagementError``; what was looked at is back in the queue all the same.
  package func peek(
    _ queue: QueueIdentity,
    count: Int
  ) async throws(ManagementError) -> [MessageSnapshot] {
    let body: JSON = [
      "count": .integer(Int64(count)),
      "ackmode": "ack_requeue_true",
      "encoding": "auto",
      "truncate": .integer(Int64(MessageSnapshot.bodyLimit)),
    ]
    let path = ManagementRequest.path("queues", queue.virtualHost, queue.name, "get")
    return try await perform(.post(path, body)).elements.enumerated().map { index, json in
      MessageAnswer.message(json, position: index)
    }
  }

  /// Has the broker's shovel plugin move a queue's messages to another queue of its virtual host.
  ///
  /// - Throws: ``ManagementError``; without the plugin, one that says how to get it.
  package func move(
    _ queue: QueueIdentity,
    to target: String
  ) async throws(ManagementError) {
    let uri = "amqp:///" + PercentCoding.encode(queue.virtualHost)
    let value: JSON = [
      "src-protocol": "amqp091", "src-uri": .string(uri), "src-queue": .string(queue.name),
      "src-delete-after": "queue-length", "dest-protocol": "amqp091", "dest-uri": .string(uri),
      "dest-queue": .string(target), "dest-add-forward-headers": false, "ack-mode": "on-confirm",
    ]
    let path = ManagementRequest.path(
      "parameters",
      "shovel",
      queue.virtualHost,
      "sluice moves " + queue.name
    )
    do throws(ManagementError) {
      _ = try await perform(.put(path, ["value": value]))
    } catch .refused(let status, let reason) where reason.contains("shovel") {
      throw .refused(status: status, reason: Self.noShovel)
    } catch .notFound {
      throw .refused(status: 404, reason: Self.noShovel)
    }
  }

  /// Why nothing is moved.
  static let noShovel =
    "the broker moves messages with its shovel plugin, which is off: rabbitmq-plugins enable "
    + "rabbitmq_shovel"
}

/// A message that is to be published.
package struct OutgoingMessage: Sendable, Hashable {
  /// Empty for the default exchange.
  package var exchange: String
  package var routingKey: String
  /// Names as the protocol's, for example `content_type`.
  package var properties: [WatchedDetails.Fact]
  package var headers: [WatchedDetails.Fact]
  package var body: [UInt8]

  package init(
    exchange: String,
    routingKey: String,
    properties: [WatchedDetails.Fact] = [],
    headers: [WatchedDetails.Fact] = [],
    body: [UInt8]
  ) {
    self.exchange = exchange
    self.routingKey = routingKey
    self.properties = properties
    self.headers = headers
    self.body = body
  }

  var json: JSON {
    let text = String(validating: body, as: UTF8.self)
    var members = properties.map { JSON.Member(name: $0.name, value: Self.property($0)) }
    if !headers.isEmpty { members.append(JSON.Member(name: "headers", value: .table(headers))) }
    return [
      "properties": .object(members),
      "routing_key": .string(routingKey),
      "payload": .string(text ?? Base64.encode(body)),
      "payload_encoding": .string(text == nil ? "base64" : "string"),
    ]
  }

  /// Three properties are numbers, whatever they look like.
  private static func property(_ fact: WatchedDetails.Fact) -> JSON {
    let numbers: Set = ["delivery_mode", "priority", "timestamp"]
    guard numbers.contains(fact.name), let number = Int64(fact.value) else {
      return .string(fact.value)
    }
    return .integer(number)
  }
}

extension JSON {
  /// A table of arguments or headers as a person wrote them.
  static func table(_ facts: [WatchedDetails.Fact]) -> JSON {
    .object(
      facts.map { fact in
        let value: JSON =
          switch fact.value {
          case "true": true
          case "false": false
          default: Int64(fact.value).map { .integer($0) } ?? .string(fact.value)
          }
        return Member(name: fact.name, value: value)
      }
    )
  }
}
