package import AMQPClient
import Glibc
package import Telemetry

/// How a scenario is to be run.
package struct LabConfiguration: Sendable {
  /// Where the scenario comes from.
  package enum Source: Sendable, Hashable {
    /// One of ``ScenarioCatalog/names``.
    case shipped(String)
    /// A text with the name of its file, for what is wrong with it.
    case text(String, file: String)
  }

  package var scenario: Source
  /// The broker: one node, or several of one cluster in the order in which they are tried.
  ///
  /// Never empty; all have the same user, password and virtual host.
  package var endpoints: [ClientEndpoint]
  /// What durable queues are declared as.
  package var queueType: QueueType
  /// The program whose subcommand `lab-service` runs ``LabProcess/run(arguments:)``.
  package var executable: String
  /// Decides when customers arrive and what they buy.
  package var seed: UInt64
  /// Customers a second for each way in use, from 0 to 1000; nil for the scenario's own rate.
  package var paymentsPerSecond: Double?
  /// When customers arrived once, in seconds of the scenario since the beginning, ascending: the
  /// load begins with them; nil for the scenario's rate.
  package var arrivals: [Double]?
  /// Keeps when customers arrive in this run; nil when nobody wants to know.
  package var recorder: ArrivalRecorder?
  package var mode: CallMode
  /// The language of lessons and verdicts.
  package var language: Language
  /// How many seconds of the scenario pass in one of the clock, from 0.1 to 100.
  package var timeScale: Double
  /// What can be done to the broker; by default nothing.
  package var control: BrokerControl
  /// Whether what the run makes on the broker is deleted when it is over: queues and exchanges that
  /// were not there before, are empty and used by nobody.
  package var leavesNothing: Bool
  /// The clock that snapshots are stamped with.
  package var now: @Sendable () -> Instant

  /// - Parameters:
  ///   - scenario: Where the scenario comes from.
  ///   - endpoint: The broker; every process connects to it.
  ///   - alternatives: Further nodes of its cluster, for when that one cannot be reached.
  ///   - queueType: What durable queues are declared as.
  ///   - executable: The program that the processes run; by default this one.
  ///   - seed: Decides when customers arrive and what they buy.
  ///   - paymentsPerSecond: Customers a second for each way in use; nil for the scenario's rate.
  ///   - arrivals: Recorded arrivals that the load begins with.
  ///   - recorder: Keeps when customers arrive.
  ///   - mode: Which way the customers go at first.
  ///   - language: The language of lessons and verdicts.
  ///   - timeScale: How many seconds of the scenario pass in one of the clock.
  ///   - control: What can be done to the broker.
  ///   - leavesNothing: Whether what the run makes there is deleted when it is over.
  ///   - now: The clock of snapshots; by default `CLOCK_MONOTONIC`.
  package init(
    scenario: Source = .shipped("payment"),
    endpoint: ClientEndpoint,
    alternatives: [ClientEndpoint] = [],
    queueType: QueueType = .classic,
    executable: String? = nil,
    seed: UInt64 = 1,
    paymentsPerSecond: Double? = nil,
    arrivals: [Double]? = nil,
    recorder: ArrivalRecorder? = nil,
    mode: CallMode = .both,
    language: Language = .english,
    timeScale: Double = 1,
    control: BrokerControl = .none,
    leavesNothing: Bool = false,
    now: (@Sendable () -> Instant)? = nil
  ) {
    self.scenario = scenario
    endpoints = [endpoint] + alternatives
    self.queueType = queueType
    self.executable = executable ?? LabConfiguration.thisProgram
    self.seed = seed
    self.paymentsPerSecond = paymentsPerSecond
    self.arrivals = arrivals
    self.recorder = recorder
    self.mode = mode
    self.language = language
    self.timeScale = timeScale
    self.control = control
    self.leavesNothing = leavesNothing
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

/// What the lab wants done to the broker itself.
package enum BrokerWish: Sendable, Hashable {
  case memoryAlarm(Bool)
  case diskAlarm(Bool)
  /// Refuse publishes to a queue above a length; nil for its own setting.
  case limitQueue(name: String, maximumLength: Int?)
  case crash
  /// End in order and be away for a while.
  case restart(away: Duration)
}

/// The hand that the lab has on the broker, if any.
package struct BrokerControl: Sendable {
  package var perform: @Sendable (BrokerWish) async -> Result<String, LabRefusal>

  /// - Parameter perform: Does what is wished and says what was done, or why it cannot be.
  package init(perform: @escaping @Sendable (BrokerWish) async -> Result<String, LabRefusal>) {
    self.perform = perform
  }

  /// No hand at all: a broker that is not ours.
  package static let none = BrokerControl { _ in
    .failure(LabRefusal(message: "this broker is not ours to break"))
  }
}
