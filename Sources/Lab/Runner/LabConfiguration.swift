package import AMQPClient
import Glibc
package import Telemetry

/// How a scenario is to be run.
package struct LabConfiguration: Sendable {
  /// One of ``Scenarios/names``.
  package var scenario: String
  package var endpoint: ClientEndpoint
  /// The program whose subcommand `lab-service` runs ``LabProcess/run(arguments:)``.
  package var executable: String
  /// Decides when customers arrive and what they buy.
  package var seed: UInt64
  /// Customers a second for each way in use, from 0 to 1000.
  package var paymentsPerSecond: Double
  package var mode: CallMode
  /// The clock that snapshots are stamped with.
  package var now: @Sendable () -> Instant

  /// - Parameters:
  ///   - scenario: One of ``Scenarios/names``.
  ///   - endpoint: The broker; every process connects to it.
  ///   - executable: The program that the processes run; by default this one.
  ///   - seed: Decides when customers arrive and what they buy.
  ///   - paymentsPerSecond: Customers a second for each way in use.
  ///   - mode: Which way the customers go at first.
  ///   - now: The clock of snapshots; by default `CLOCK_MONOTONIC`.
  package init(
    scenario: String = "payment",
    endpoint: ClientEndpoint,
    executable: String? = nil,
    seed: UInt64 = 1,
    paymentsPerSecond: Double = 5,
    mode: CallMode = .both,
    now: (@Sendable () -> Instant)? = nil
  ) {
    self.scenario = scenario
    self.endpoint = endpoint
    self.executable = executable ?? LabConfiguration.thisProgram
    self.seed = seed
    self.paymentsPerSecond = paymentsPerSecond
    self.mode = mode
    self.now = now ?? { MonotonicClock.now() }
  }

  /// The path of the running program, so that its processes bear its name in `ps`.
  ///
  /// While a program runs its file may be replaced, by a build say; the link in `/proc` still leads
  /// to the program itself then.
  private static var thisProgram: String {
    let link = "/proc/self/exe"
    var characters = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &characters, characters.count)
    guard count > 0, count < characters.count,
      let path = String(
        validating: characters[..<count].map { UInt8(bitPattern: $0) },
        as: UTF8.self
      ),
      !path.hasSuffix(" (deleted)")
    else { return link }
    return path
  }
}
