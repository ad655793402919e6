import AMQP
import AMQPClient
import NIOCore

/// Why a probe ended early.
struct ProbeRefusal: Error {
  /// Whether the broker said no, with a code; else something else happened, and nothing is known.
  let isRefused: Bool

  init(_ error: ClientError) {
    switch error.code {
    case .channelClosed(let code), .connectionClosed(let code):
      isRefused = code != nil && code != .replySuccess
    case .nacked, .returned: isRefused = true
    case .connectFailed, .handshakeFailed, .timedOut, .cancelled, .invalidArgument, .limitReached,
      .protocolViolation:
      isRefused = false
    }
  }
}

/// One probe's own connection: a refusal costs a channel or the whole connection.
///
/// Queues are exclusive where the probe does not ask for more, so they go with the connection.
struct ProbeStage: Sendable {
  let connection: AMQPConnection
  let channel: AMQPChannel
  let leftovers: Leftovers
  /// Opens another.
  let another: @Sendable () async throws(ProbeRefusal) -> ProbeStage

  /// Runs a call of the client.
  func attempt<Value>(
    _ body: () async throws(ClientError) -> Value
  ) async throws(ProbeRefusal) -> Value {
    do throws(ClientError) {
      return try await body()
    } catch {
      throw ProbeRefusal(error)
    }
  }

  /// Whether the broker refuses what is tried on a connection of its own.
  func isRefused(
    _ body: (ProbeStage) async throws(ProbeRefusal) -> Void
  ) async throws(ProbeRefusal) -> Bool {
    let other = try await another()
    var refusal: ProbeRefusal?
    do throws(ProbeRefusal) {
      try await body(other)
    } catch {
      refusal = error
    }
    await other.connection.close()
    guard let refusal else { return false }
    guard refusal.isRefused else { throw refusal }
    return true
  }

  // MARK: Steps

  /// Declares an exchange, to be deleted afterwards.
  @discardableResult
  func declareExchange(
    type: String,
    arguments: [String: String] = [:]
  ) async throws(ProbeRefusal) -> String {
    let name = Naming.unique()
    leftovers.expect(exchange: name)
    let table = FieldTable(
      entries: arguments.map { FieldTable.Entry(key: $0.key, value: .text($0.value)) }
    )
    try await attempt { () throws(ClientError) in
      try await channel.declareExchange(name, type: type, arguments: table)
    }
    return name
  }

  /// Declares an exclusive queue.
  func declareQueue(_ arguments: FieldTable = [:]) async throws(ProbeRefusal) -> String {
    let name = Naming.unique()
    try await attempt { () throws(ClientError) in
      _ = try await channel.declareQueue(name, exclusive: true, arguments: arguments)
    }
    return name
  }

  /// Declares a durable queue of a type, to be deleted afterwards.
  func declareQueue(type: String) async throws(ProbeRefusal) {
    let name = Naming.unique()
    leftovers.expect(queue: name)
    try await attempt { () throws(ClientError) in
      // Streams refuse to expire.
      let expiry: FieldTable = ["x-expires": .signed32(Limits.expiryMilliseconds)]
      var arguments: FieldTable = type == "stream" ? [:] : expiry
      arguments.entries.append(FieldTable.Entry(key: "x-queue-type", value: .text(type)))
      try await channel.declareQueue(name, durable: true, arguments: arguments)
    }
  }

  func publish(
    _ text: String,
    to key: String,
    exchange: String = "",
    _ properties: BasicProperties = BasicProperties()
  ) async throws(ProbeRefusal) {
    try await attempt { () throws(ClientError) in
      try await channel.publish(
        Array(text.utf8),
        exchange: exchange,
        routingKey: key,
        properties: properties
      )
    }
  }

  /// Takes the next message as soon as there is one; nil when none comes in time.
  func take(_ queue: String, noAck: Bool = true) async throws(ProbeRefusal) -> Delivery? {
    var found: Delivery?
    try await poll { () throws(ProbeRefusal) in
      found = try await attempt { () throws(ClientError) in
        try await channel.get(queue, noAck: noAck)
      }
      return found != nil
    }
    return found
  }

  /// Whether a queue comes to hold so many messages in time.
  func reaches(_ count: UInt32, _ queue: String) async throws(ProbeRefusal) -> Bool {
    try await poll { () throws(ProbeRefusal) in
      try await attempt { () throws(ClientError) in
        try await channel.declareQueue(queue, passive: true).messageCount == count
      }
    }
  }

  /// Asks until it is so, or the patience is over.
  @discardableResult
  func poll(
    _ condition: () async throws(ProbeRefusal) -> Bool
  ) async throws(ProbeRefusal) -> Bool {
    let end = ContinuousClock.now + Limits.probePatience
    while ContinuousClock.now < end, !Task.isCancelled {
      if try await condition() { return true }
      // It fails when the task is cancelled, which ends the loop.
      try? await Task.sleep(for: Limits.probeInterval)
    }
    return false
  }
}
