import AMQP
import AMQPClient
import NIOCore
import NIOPosix
import Telemetry

/// What a run makes on a broker that is not ours: looked for before it begins, and taken away when
/// it is over.
struct Belongings: Sendable, Hashable {
  var exchanges: [String]
  /// Each with its copies, which come and go with it.
  var queues: [[String]]

  /// - Parameters:
  ///   - scenario: What is run.
  ///   - copies: How many copies of a service's queue there are at most, where it has copies.
  init(_ scenario: Scenario, copies: (ServicePlan) -> Int) {
    exchanges = scenario.exchanges.map(\.name)
    queues = []
    for service in scenario.services {
      guard let queue = service.queue else { continue }
      let names =
        scenario.isGroup(service) ? (1...copies(service)).map(queue.copyName) : [queue.name]
      queues.append(names)
      if queue.onError == .retry { queues.append([queue.retryName]) }
      if queue.hasDeadLetters { queues.append([queue.deadName]) }
    }
  }

  /// Looks which are there: of queues that come together the first stands for all.
  ///
  /// - Parameter endpoints: The nodes of the broker in the order in which they are tried.
  /// - Returns: Their names; nil when the broker cannot be asked.
  func found(at endpoints: [ClientEndpoint]) async -> Set<String>? {
    do {
      let connection = try await Self.connect(to: endpoints)
      var found: Set<String> = []
      for name in exchanges where try await Self.isExchange(name, on: connection) {
        found.insert(name)
      }
      for name in queues.compactMap(\.first)
      where try await Self.queue(name, on: connection) != nil {
        found.insert(name)
      }
      await connection.close()
      return found
    } catch {
      // Then nothing is known to be ours, and nothing will be deleted.
      return nil
    }
  }

  /// Deletes what was not there before, is empty and is used by nobody; of queues that come together
  /// none when the first was there.
  ///
  /// - Parameters:
  ///   - before: What was there before the run.
  ///   - held: How many messages a queue had when it was looked into.
  ///   - endpoints: The nodes of the broker.
  /// - Returns: What came of it, in lines for a person.
  func takeAway(
    but before: Set<String>,
    held: [String: Int],
    at endpoints: [ClientEndpoint]
  ) async -> [String] {
    var removal = Removal()
    do {
      let connection = try await Self.connect(to: endpoints)
      let deadline = MonotonicClock.now().advanced(by: Limits.removal)
      for names in queues {
        guard let first = names.first, !before.contains(first) else {
          removal.wasThere += names.prefix(1)
          continue
        }
        for name in names {
          guard MonotonicClock.now() < deadline else {
            removal.staying.append("\(name) (no time)")
            continue
          }
          try await Self.delete(queue: name, held: held[name] ?? 0, on: connection, &removal)
        }
      }
      for name in exchanges {
        guard !before.contains(name) else {
          removal.wasThere.append(name)
          continue
        }
        try await Self.delete(exchange: name, on: connection, &removal)
      }
      await connection.close()
    } catch {
      removal.problem = "\(error)"
    }
    return removal.lines
  }

  // MARK: Asking and deleting

  private static func connect(to endpoints: [ClientEndpoint]) async throws -> AMQPConnection {
    try await AMQPConnection.open(
      anyOf: endpoints,
      name: "sluice lab",
      group: MultiThreadedEventLoopGroup.singleton
    )
  }

  /// Runs something on a channel of its own, which an error closes; nil for what is not there.
  private static func onChannel<Value>(
    of connection: AMQPConnection,
    _ body: (AMQPChannel) async throws -> Value
  ) async throws -> Value? {
    do {
      let channel = try await connection.openChannel()
      let value = try await body(channel)
      await channel.close()
      return value
    } catch let error as ClientError where error.code == .channelClosed(.notFound) {
      return nil
    }
  }

  private static func isExchange(_ name: String, on connection: AMQPConnection) async throws -> Bool
  {
    try await onChannel(of: connection) { channel in
      // Its type does not matter to a question.
      try await channel.declareExchange(name, type: "direct", passive: true)
    } != nil
  }

  private static func queue(
    _ name: String,
    on connection: AMQPConnection
  ) async throws -> DeclaredQueue? {
    try await onChannel(of: connection) { try await $0.declareQueue(name, passive: true) }
  }

  /// Quorum queues of RabbitMQ 3.10 know no `if-empty` and no `if-unused`, so it is asked before.
  private static func delete(
    queue name: String,
    held: Int,
    on connection: AMQPConnection,
    _ removal: inout Removal
  ) async throws {
    guard let queue = try await queue(name, on: connection) else { return }
    let count = max(held, Int(queue.messageCount))
    guard count == 0, queue.consumerCount == 0 else {
      let messages = Removal.count(count, "message")
      removal.staying.append(
        count > 0 ? "\(name) (\(messages))" : "\(name) (somebody consumes it)"
      )
      return
    }
    _ = try await onChannel(of: connection) { try await $0.deleteQueue(name) }
    removal.queues += 1
  }

  private static func delete(
    exchange name: String,
    on connection: AMQPConnection,
    _ removal: inout Removal
  ) async throws {
    do {
      guard try await isExchange(name, on: connection) else { return }
      _ = try await onChannel(of: connection) { try await $0.deleteExchange(name, ifUnused: true) }
      removal.exchanges += 1
    } catch let error as ClientError where error.code == .channelClosed(.preconditionFailed) {
      removal.staying.append("\(name) (a queue is bound)")
    }
  }
}

/// What came of deleting.
private struct Removal {
  var queues = 0
  var exchanges = 0
  var staying: [String] = []
  var wasThere: [String] = []
  var problem: String?

  private static let named = 6

  var lines: [String] {
    var lines: [String] = []
    if queues + exchanges > 0 {
      let parts = [(queues, "queue"), (exchanges, "exchange")].filter { $0.0 > 0 }.map(Self.count)
      lines.append("deleted on the broker again: " + parts.joined(separator: ", "))
    }
    if !staying.isEmpty { lines.append("stay on the broker: \(Self.list(staying))") }
    if !wasThere.isEmpty { lines.append("were there before, and stay: \(Self.list(wasThere))") }
    if let problem { lines.append("the rest stays on the broker: \(problem)") }
    return lines
  }

  /// `1 queue`, `2 queues`.
  static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func list(_ names: [String]) -> String {
    let more = names.count - named
    return names.prefix(named).joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
  }
}
