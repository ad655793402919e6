import JSONText
import AMQPClient
import NIOCore
import Telemetry

/// What one process of the scenario does between its start and its end.
protocol Service: Sendable {
  /// Answers one request of a peer; called for many at once.
  func answer(_ request: ServiceRequest) async -> ServiceResponse
  /// Returns when the service can be used.
  ///
  /// - Throws: One sentence why it never can.
  func prepare() async throws(ServiceFailure)
  /// Carries out a command; ``ServiceCommand/stop`` is not passed on.
  func receive(_ command: ServiceCommand)
  /// Finishes what is in hand.
  func finish() async
  /// What is to be told now and then: the sums so far.
  func report() -> [ServiceEvent]
}

/// Why a service cannot go on.
struct ServiceFailure: Error, Sendable, Hashable {
  /// One sentence.
  var reason: String
}

/// What every service is given.
struct ServiceContext: Sendable {
  var arguments: ServiceArguments
  var scenario: Scenario
  /// The process has one loop, for its requests, its connections and its timers.
  var loop: any EventLoop
  var events: EventWriter
  var faults: FaultSwitchboard

  /// The service's plan; nil for the customers.
  var plan: ServicePlan? { scenario.service(named: arguments.service) }

  /// The name that the broker's operators see for the connection and the consumer: `trade-1`, and
  /// `payment-sync-1`.
  var brokerName: String {
    arguments.number == 1 ? "\(arguments.name)-1" : arguments.name
  }

  /// Opens a connection to the broker with a channel on it.
  func connect() async throws(ClientError) -> AMQPChannel {
    await faults.passage()
    let connection = try await AMQPConnection.open(
      anyOf: arguments.endpoints,
      name: brokerName,
      group: loop
    )
    return try await connection.openChannel()
  }

  /// A duration of the scenario's on the clock.
  func scaled(milliseconds: Double) -> Duration {
    .nanoseconds(Int64(max(0, milliseconds) * 1_000_000 / arguments.timeScale))
  }

  /// Pauses for a duration of the scenario's.
  ///
  /// The loop's timer is exact to a fraction of a millisecond; that of a task may be 10 % late.
  func pause(milliseconds: Double) async {
    guard milliseconds > 0 else { return }
    await pause(for: scaled(milliseconds: milliseconds))
  }

  /// Pauses without a thread of its own.
  func pause(for duration: Duration) async {
    // It fails only while the process ends.
    try? await loop.scheduleTask(in: TimeAmount(duration)) {}.futureResult.get()
  }
}

/// The pauses between attempts to connect again: each twice as long as the last, up to a limit.
struct Backoff: Sendable {
  private var pause = Limits.firstReconnectPause

  /// Forgets the failures so far.
  mutating func succeeded() {
    pause = Limits.firstReconnectPause
  }

  /// The pause before the next attempt.
  mutating func next() -> Duration {
    defer { pause = min(pause * 2, Limits.longestReconnectPause) }
    return pause
  }
}

/// The wire form of answers between services.
enum Answers {
  static let done = ServiceResponse(status: 200, ["outcome": "done"])
  static let succeeded = ServiceResponse(status: 200, ["outcome": "succeeded"])
  static let declined = ServiceResponse(status: 402, ["outcome": "declined"])
  static let busy = ServiceResponse(status: 503, ["problem": "too many requests wait already"])
  static let refused = ServiceResponse(status: 429, ["problem": "the queue is full; come again"])
  static let broken = ServiceResponse(status: 500, ["problem": "the work failed"])
  static let badRequest = ServiceResponse(status: 400, ["problem": "the body is no request"])
  static let unknownPath = ServiceResponse(status: 404, ["problem": "there is no such path"])
  static let wrongMethod = ServiceResponse(status: 405, ["problem": "only POST is answered"])

  static func failed(step: String, reason: String) -> ServiceResponse {
    ServiceResponse(
      status: 502,
      ["outcome": "failed", "step": .string(step), "reason": .string(reason)]
    )
  }
}
