import AMQPClient
import AMQPServer
import Foundation
import Lab
import LabBroker
import Logging
import NIOPosix
import Telemetry
import TestSupport
import Testing

/// A scenario with its real processes on a broker of the test's own.
struct LabStage {
  let server: BrokerServer
  let runner: LabRunner
  private let directory: String

  /// Starts and waits until the scenario runs.
  ///
  /// - Parameters:
  ///   - scenario: A shipped one; its text is handed to `change` first.
  ///   - load: Customers a second for each way.
  ///   - mode: Which ways they go.
  ///   - timeScale: How much faster than the clock it runs.
  ///   - leavesNothing: Whether what it makes on the broker is deleted at the end.
  ///   - change: Makes another scenario of the text.
  ///   - before: What is done to the broker before it begins.
  /// - Returns: The stage, with customers.
  /// - Throws: ``DeadlineMissed`` when it does not run in time, and what the lab has against it.
  static func start(
    _ scenario: String,
    load: Double,
    mode: CallMode = .both,
    timeScale: Double = 1,
    leavesNothing: Bool = false,
    change: (String) -> String = { $0 },
    before: (AMQPChannel) async throws -> Void = { _ in }
  ) async throws -> LabStage {
    let directory = "/tmp/sluice-stage-\(UUID().uuidString)"
    let server = try await BrokerServer.start(
      ServerConfiguration(port: 0, dataDirectory: directory),
      logger: Logger(label: "lab") { _ in SwiftLogNoOpLogHandler() }
    )
    try await with(server, before)
    let text = try #require(ScenarioCatalog.text(named: scenario))
    let runner = try await LabRunner.start(
      LabConfiguration(
        scenario: .text(change(text), file: "\(scenario).toml"),
        endpoint: ClientEndpoint(host: "127.0.0.1", port: server.port),
        executable: try BuiltExecutable.path(),
        seed: 7,
        paymentsPerSecond: load,
        mode: mode,
        timeScale: timeScale,
        control: BrokerControl(server: server),
        leavesNothing: leavesNothing
      )
    )
    let stage = LabStage(server: server, runner: runner, directory: directory)
    try await stage.wait(for: "the scenario") { snapshot in
      if case .failed(let reason) = snapshot.state { Issue.record("\(reason)") }
      return snapshot.state == .running
    }
    return stage
  }

  private static func with(
    _ server: BrokerServer,
    _ body: (AMQPChannel) async throws -> Void
  ) async throws {
    let connection = try await AMQPConnection.open(
      ClientEndpoint(host: "127.0.0.1", port: server.port),
      name: "test",
      group: MultiThreadedEventLoopGroup.singleton
    )
    try await body(connection.openChannel())
    await connection.close()
  }

  /// Waits until a snapshot is as wanted.
  @discardableResult
  func wait(
    for what: String,
    deadline: Duration = .seconds(40),
    until isThere: (LabSnapshot) async throws -> Bool
  ) async throws -> LabSnapshot {
    var last = runner.snapshot
    try await TestSupport.wait(
      for: what,
      deadline: deadline,
      interval: .milliseconds(50),
      seen: { "\(LabMeasurements(last).values)" }
    ) {
      last = runner.snapshot
      return try await isThere(last)
    }
    return last
  }

  /// Lets so many customers of each way come and be answered, and measures what they saw.
  func measure(_ what: String, customers: Double = 40) async throws -> [String: Double] {
    let base = runner.snapshot
    let end = try await wait(for: "customers \(what)", deadline: .seconds(90)) { snapshot in
      snapshot.ways.allSatisfy { way in
        let before = base.ways.first { $0.way == way.way }
        let answered = way.succeeded + way.declined + way.failed
        let old = before.map { $0.succeeded + $0.declined + $0.failed } ?? 0
        return Double(answered - old) >= customers
      }
    }
    return LabMeasurements(end, since: base).values
  }

  /// Measures once the window of percentiles has forgotten what was before.
  func measureFresh(_ what: String, customers: Double = 40) async throws -> [String: Double] {
    let began = runner.snapshot
    let window = began.ways.compactMap(\.latency?.windowSeconds).max() ?? 10
    try await wait(for: "fresh window \(what)", deadline: .seconds(60)) { snapshot in
      snapshot.at.seconds(since: began.at) > window
    }
    return try await measure(what, customers: customers)
  }

  /// Puts a fault and fails the test when it cannot be put.
  func put(_ service: String, _ kind: FaultKind, _ amount: Int? = nil) async throws {
    let result = await runner.put(FaultRequest(service: service, kind: kind, amount: amount))
    if case .failure(let refusal) = result { throw DeadlineMissed(description: refusal.message) }
  }

  /// Heals everything and waits until nothing waits.
  func drain(deadline: Duration = .seconds(60)) async throws {
    _ = await runner.healAll()
    try await wait(for: "the drain", deadline: deadline) { snapshot in
      snapshot.queues.allSatisfy { $0.waiting < 15 }
    }
  }

  /// Ends everything and balances.
  func end() async -> LabLedger {
    let ledger = await runner.stop()
    await server.stop()
    // The broker may not have made it.
    try? FileManager.default.removeItem(atPath: directory)
    return ledger
  }

  /// Ends everything and checks that nothing was lost and that the account sums to zero.
  func endWithNothingLost(_ location: SourceLocation = #_sourceLocation) async {
    let ledger = await end()
    #expect(ledger.remainder == 0, "\(ledger.lines)", sourceLocation: location)
    #expect(ledger.problems == [], sourceLocation: location)
    #expect(ledger.queues.map(\.lost).reduce(0, +) == 0, "\(ledger)", sourceLocation: location)
    #expect(ledger.queues.map(\.waiting).reduce(0, +) == 0, "\(ledger)", sourceLocation: location)
  }
}
