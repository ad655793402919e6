import AMQP
import AMQPClient
import AMQPServer
import Diagnosis
import Foundation
import Logging
import NIOPosix
import Telemetry
import TestSupport
import Testing

/// A broker on which only a test's own clients are, and its diagnosis.
struct ClientStage {
  let server: BrokerServer
  let watch: DiagnosisWatch
  private let publisher: AMQPChannel

  /// Starts a broker with one client, which publishes.
  static func start(_ tuning: Tuning = .standard) async throws -> ClientStage {
    let server = try await BrokerServer.start(
      ServerConfiguration(port: 0),
      logger: Logger(label: "diagnosis") { _ in SwiftLogNoOpLogHandler() }
    )
    let watch = DiagnosisWatch(server, tuning: tuning)
    let connection = try await connect(to: server, "publisher", [:], 10)
    return ClientStage(
      server: server,
      watch: watch,
      publisher: try await connection.openChannel()
    )
  }

  private static func connect(
    to server: BrokerServer,
    _ name: String,
    _ properties: FieldTable,
    _ heartbeatSeconds: UInt16
  ) async throws -> AMQPConnection {
    try await AMQPConnection.open(
      ClientEndpoint(host: "127.0.0.1", port: server.port),
      name: name,
      properties: properties,
      heartbeatSeconds: heartbeatSeconds,
      group: MultiThreadedEventLoopGroup.singleton
    )
  }

  /// Connects another client.
  func connect(
    _ name: String,
    properties: FieldTable = [:],
    heartbeatSeconds: UInt16 = 10
  ) async throws -> AMQPConnection {
    try await Self.connect(to: server, name, properties, heartbeatSeconds)
  }

  /// Publishes through the default exchange.
  func publish(_ count: Int, to queue: String) async throws {
    for _ in 0..<count {
      try await publisher.publish([1, 2, 3], exchange: "", routingKey: queue)
    }
  }

  /// Publishes so many a second until it is cancelled, however late the machine wakes it.
  func load(_ queue: String, perSecond: Int) -> Task<Void, Never> {
    Task {
      let began = ContinuousClock.now
      var count = 0
      do {
        while !Task.isCancelled {
          try await publish(1, to: queue)
          count += 1
          // The pace is what is wanted.
          try await Task.sleep(
            until: began + .seconds(Double(count) / Double(perSecond)),
            clock: .continuous
          )
        }
      } catch {
        // It was cancelled, or the broker has ended.
      }
    }
  }

  /// Acknowledges so many deliveries a second until it is cancelled.
  ///
  /// - Parameters:
  ///   - channel: That of the consumer.
  ///   - stream: What it gets.
  ///   - perSecond: How many it acknowledges in a second.
  ///   - isAlwaysBusy: Whether it makes up for what a busy machine woke it late for, so that its pace
  ///     is exact as long as messages wait; else each message takes its time, others or not.
  /// - Returns: The work, to be cancelled.
  func work(
    _ channel: AMQPChannel,
    on stream: DeliveryStream,
    perSecond: Int,
    isAlwaysBusy: Bool = false
  ) -> Task<Void, Never> {
    Task {
      var due = ContinuousClock.now
      do {
        for await delivery in stream {
          due = (isAlwaysBusy ? due : max(due, .now)) + .seconds(1 / Double(perSecond))
          try await Task.sleep(until: due, clock: .continuous)
          try await channel.acknowledge(delivery.deliveryTag)
        }
      } catch {
        // It was cancelled, or the broker has ended.
      }
    }
  }

  /// Waits for a verdict, notes how long it took, and checks that it came in time.
  ///
  /// - Parameters:
  ///   - rule: Which rule is to speak.
  ///   - name: Of what, as a screen calls it; nil for anything.
  ///   - cause: What the table of times calls it.
  ///   - began: When the trouble began.
  ///   - bar: In seconds; nil when none is set. A second more is for a machine that is busy.
  ///   - deadline: How long to wait.
  ///   - location: Where a failure is told.
  /// - Returns: What it said.
  /// - Throws: ``DeadlineMissed`` with what was found instead.
  func expect(
    _ rule: Rule,
    of name: String?,
    _ cause: String,
    _ began: ContinuousClock.Instant,
    _ bar: Double?,
    deadline: Duration = .seconds(40),
    _ location: SourceLocation = #_sourceLocation
  ) async throws -> Finding {
    let sighting = try await watch.wait(for: rule, of: name, since: began, deadline: deadline)
    let taken = sighting.at - began
    VerdictTimes.note(rule, cause, taken, bar: bar)
    if let bar {
      #expect(
        taken < .seconds(bar + 1),
        "\(rule.word) after \(taken)",
        sourceLocation: location
      )
    }
    return sighting.finding
  }

  /// When a queue is said to be empty: `empty in 28s` or `1m03s`.
  func emptySeconds(of finding: Finding) -> Double? {
    guard let words = finding.text.components(separatedBy: "empty in ").last else { return nil }
    let parts = words.dropLast().split(separator: "m").compactMap { Double($0) }
    return words.hasSuffix("s") ? parts.reduce(0) { $0 * 60 + $1 } : nil
  }

  func end() async {
    watch.stop()
    await server.stop()
  }
}
