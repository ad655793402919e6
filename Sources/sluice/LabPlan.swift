import AMQPClient
import Lab
import Telemetry

/// Which scenario the command line asked for, and how it is to run.
struct LabPlan: Sendable {
  var scenario: LabConfiguration.Source
  var mode: CallMode
  /// Customers a second; nil for the scenario's rate.
  var load: Double?
  /// Recorded arrivals that the load begins with.
  var arrivals: [Double]?
  /// Keeps when customers arrive.
  var recorder: ArrivalRecorder?
  var seed: UInt64
  /// Of lessons and verdicts.
  var language: Language

  /// What the lab is told.
  ///
  /// - Parameters:
  ///   - endpoint: The broker.
  ///   - alternatives: Further nodes of it.
  ///   - queueType: What durable queues are declared as.
  ///   - leavesNothing: Whether what the run makes there is deleted when it is over.
  /// - Returns: The configuration.
  func configuration(
    at endpoint: ClientEndpoint,
    alternatives: [ClientEndpoint] = [],
    queueType: QueueType = .classic,
    leavesNothing: Bool = false
  ) -> LabConfiguration {
    LabConfiguration(
      scenario: scenario,
      endpoint: endpoint,
      alternatives: alternatives,
      queueType: queueType,
      executable: Environment.executable,
      seed: seed,
      paymentsPerSecond: load,
      arrivals: arrivals,
      recorder: recorder,
      mode: mode,
      language: language,
      leavesNothing: leavesNothing,
      now: { SystemClock.now() }
    )
  }
}
