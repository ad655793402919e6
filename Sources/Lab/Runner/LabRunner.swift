import Glibc
import Synchronization
package import Telemetry

/// Runs a scenario: starts its processes, passes on what a person wants, and keeps the ledger.
///
/// - Isolation: any task or thread may call. Wishes that need no answer are queued and return at
///   once.
package final class LabRunner: Sendable {
  struct State {
    var model: LabModel
    var processes: [ProcessKey: ServiceProcess] = [:]
    /// What heals faults after their time, and crash loops, by the fault.
    var faultTasks: [Int: Task<Void, Never>] = [:]
    /// What was on the broker before the run; nil when that is not known or does not matter.
    var wasThere: Set<String>?
    /// Queues that deliver nothing while the run ends.
    var pausedQueues: Set<String> = []
    /// What ``LabRunner/stop(pausedQueues:)`` comes to; made by the first call.
    var ending: Task<LabLedger, Never>?
  }

  let configuration: LabConfiguration
  let run: UInt32
  let state: Mutex<State>
  /// What services keep for themselves in this run.
  let directory: TemporaryDirectory
  private let snapshots: SnapshotFeed

  private init(
    _ configuration: LabConfiguration,
    _ scenario: Scenario,
    _ directory: TemporaryDirectory
  ) {
    self.configuration = configuration
    self.directory = directory
    // A run's identity tells its messages from those that an earlier run left in the queues.
    run = UInt32.random(in: 1...UInt32.max)
    state = Mutex(
      State(model: LabModel(scenario: scenario, run: run, configuration: configuration))
    )
    snapshots = SnapshotFeed()
  }

  /// Begins a scenario and returns before its processes are up.
  ///
  /// How the start goes shows in the snapshots: ``LabState/starting``, then ``LabState/running`` or
  /// ``LabState/failed(_:)`` with a sentence.
  ///
  /// - Throws: ``LabError`` for an unknown scenario, one whose file has a mistake, or a load beyond
  ///   the limits; nothing was started then.
  package static func start(
    _ configuration: LabConfiguration
  ) async throws(LabError) -> LabRunner {
    let scenario = try configuration.scenario.read()
    let load = configuration.paymentsPerSecond ?? scenario.perSecond
    guard (0...Limits.arrivalsPerSecond).contains(load) else {
      throw LabError(
        code: .badConfiguration,
        message: "a load is 0 to \(Int(Limits.arrivalsPerSecond)) customers a second, not \(load)"
      )
    }
    guard Limits.timeScales.contains(configuration.timeScale) else {
      throw LabError(
        code: .badConfiguration,
        message: "a time scale is 0.1 to 100, not \(configuration.timeScale)"
      )
    }
    guard let directory = TemporaryDirectory(.lab) else {
      throw LabError(
        code: .badConfiguration,
        message: "no temporary directory: \(String(cString: strerror(errno))); set TMPDIR"
      )
    }
    // A child that died shows as an error of the write to it.
    signal(SIGPIPE, SIG_IGN)
    let runner = LabRunner(configuration, scenario, directory)
    Task { await runner.boot() }
    Task { await runner.keepSnapshotsComing() }
    Task { await runner.keepMeasuring() }
    return runner
  }

  // MARK: Snapshots

  /// The state now.
  package var snapshot: LabSnapshot {
    let now = configuration.now()
    return state.withLock { $0.model.snapshot(at: now) }
  }

  /// Has snapshots delivered: one at once, one every 500 ms and one at each change of state.
  ///
  /// - Parameter receive: Replaces an earlier one. It is called for one snapshot after the other,
  ///   on no particular thread, and must be quick.
  package func onSnapshot(_ receive: @escaping @Sendable (LabSnapshot) -> Void) {
    snapshots.setReceiver(receive)
    snapshots.request()
  }

  /// Asks for a snapshot out of turn.
  func changed() {
    snapshots.request()
  }

  private func keepSnapshotsComing() async {
    let timer = Task { [snapshots] in
      while !Task.isCancelled {
        // It fails when the task is cancelled, which ends the loop.
        try? await Task.sleep(for: Limits.snapshotInterval)
        snapshots.request()
      }
    }
    for await _ in snapshots.requests { snapshots.deliver(snapshot) }
    timer.cancel()
  }

  /// Delivers the last snapshot and no more.
  func endSnapshots() {
    snapshots.deliver(snapshot)
    snapshots.end()
  }

  /// What the scenario is about, in the lab's language.
  package var about: String {
    state.withLock { $0.model.scenario.about[configuration.language] }
  }

  /// Why the recording of arrivals ended before the run, in one line; nil when it did not.
  package var recordingProblem: String? { configuration.recorder?.problem }

  // MARK: Load

  /// Changes which way the customers go.
  package func setMode(_ mode: CallMode) {
    tellCustomers(.mode(mode)) { $0.mode = mode }
  }

  /// Changes how many customers arrive, for each way in use; beyond the limits it is cut.
  package func setLoad(perSecond: Double) {
    let load = min(max(perSecond.isFinite ? perSecond : 0, 0), Limits.arrivalsPerSecond)
    tellCustomers(.load(perSecond: load)) { $0.perSecond = load }
  }

  /// Has arrivals move around the load as a shape says, from now on.
  package func setShape(_ shape: LoadShape) {
    let now = configuration.now()
    tellCustomers(.shape(shape)) { model in
      model.shape = shape
      model.shapeBegan = shape.kind == .steady ? nil : now
    }
  }

  /// Lets a number of customers arrive at once, for each way in use; beyond the limits it is cut.
  package func burst(customers count: Int) {
    tellCustomers(.burst(customers: min(max(count, 0), Limits.burstCustomers))) { _ in }
  }

  /// Has every message carry so many bytes more; beyond the limits it is cut.
  package func setMessageBytes(_ bytes: Int) {
    let bytes = min(max(bytes, 0), Limits.messageBytes)
    let processes = state.withLock { state in
      state.model.messageBytes = bytes
      return Array(state.processes.values)
    }
    for process in processes { process.send(.messageBytes(bytes)) }
    changed()
  }

  private func tellCustomers(_ command: ServiceCommand, _ note: (inout LabModel) -> Void) {
    let customers = state.withLock { state in
      note(&state.model)
      return state.runningCustomers
    }
    customers?.send(command)
    changed()
  }

  /// Turns the scenario's knob, the owner of new queues first.
  ///
  /// - Parameter value: One of the knob's values.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func turnKnob(to value: Int) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> Result<(KnobPlan, Int), LabRefusal> in
      guard let plan = state.model.scenario.knob, let old = state.model.knob else {
        return .failure(LabRefusal(message: "this scenario has nothing to turn"))
      }
      guard plan.values.contains(value) else {
        let values = plan.values.map(String.init).joined(separator: ", ")
        return .failure(LabRefusal(message: "it can be turned to \(values)"))
      }
      state.model.knob = value
      return .success((plan, old))
    }
    switch found {
    case .failure(let refusal): return .failure(refusal)
    case .success(let (plan, old)):
      if case .copies(let service) = plan.subject, value > old {
        await tellAndWait(service, .knob(value))
      }
      let processes = state.withLock { Array($0.processes.values) }
      for process in processes { process.send(.knob(value)) }
      changed()
      return .success("\(plan.label[configuration.language]): \(value)")
    }
  }

  /// Tells the processes of a service and waits until they say that it is in force.
  private func tellAndWait(_ service: String, _ command: ServiceCommand) async {
    let processes = state.withLock { state in
      state.model.keys(of: service).compactMap { state.processes[$0] }
    }
    for process in processes {
      process.expectKnob()
      process.hurry()
      process.send(command)
    }
    _ = await wait(Limits.start) { _ in processes.allSatisfy { !$0.isAwaitingKnob } }
  }

  /// Waits for a condition, looking every few milliseconds; false when it never came true.
  func wait(
    _ limit: Duration,
    until condition: @Sendable (borrowing State) -> Bool
  ) async -> Bool {
    let deadline = MonotonicClock.now().advanced(by: limit)
    while !state.withLock({ condition($0) }) {
      guard MonotonicClock.now() < deadline else { return false }
      // It fails when the task is cancelled; the deadline holds all the same.
      try? await Task.sleep(for: .milliseconds(5))
    }
    return true
  }
}

extension LabConfiguration.Source {
  /// Reads the scenario.
  func read() throws(LabError) -> Scenario {
    switch self {
    case .shipped(let name):
      guard let scenario = ScenarioCatalog.shipped(named: name) else {
        let names = ScenarioCatalog.names.joined(separator: ", ")
        throw LabError(
          code: .unknownScenario,
          message: "unknown scenario '\(name)'; choose one of: \(names)"
        )
      }
      return scenario
    case .text(let text, let file):
      do {
        return try ScenarioReader.read(text, file: file)
      } catch {
        throw LabError(code: .badScenario, message: "\(error)")
      }
    }
  }
}

extension LabRunner.State {
  /// The customers' process, once the scenario runs.
  var runningCustomers: ServiceProcess? {
    guard model.state == .running, model[.customers].isRunning else { return nil }
    return processes[.customers]
  }
}

/// Passes snapshots on, one after the other, however many threads ask for one.
private final class SnapshotFeed: Sendable {
  /// One element whenever a snapshot is wanted; several wishes at once are one.
  let requests: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation
  private let receiver = Mutex<(@Sendable (LabSnapshot) -> Void)?>(nil)

  init() {
    (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func setReceiver(_ receive: @escaping @Sendable (LabSnapshot) -> Void) {
    receiver.withLock { $0 = receive }
  }

  func request() {
    continuation.yield()
  }

  func deliver(_ snapshot: LabSnapshot) {
    let receive = receiver.withLock { $0 }
    receive?(snapshot)
  }

  func end() {
    continuation.finish()
  }
}
