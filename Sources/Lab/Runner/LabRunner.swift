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
    var processes: [Role: ServiceProcess] = [:]
    /// What ``LabRunner/stop()`` comes to; made by the first call.
    var ending: Task<LabLedger, Never>?
  }

  let configuration: LabConfiguration
  let run: UInt32
  let state: Mutex<State>
  private let snapshots: SnapshotFeed

  private init(configuration: LabConfiguration, scenario: Scenario) {
    self.configuration = configuration
    // A run's identity tells its messages from those that an earlier run left in the queues.
    run = UInt32.random(in: 1...UInt32.max)
    state = Mutex(
      State(
        model: LabModel(
          scenario: scenario,
          run: run,
          mode: configuration.mode,
          perSecond: configuration.paymentsPerSecond
        )
      )
    )
    snapshots = SnapshotFeed()
  }

  /// Begins a scenario and returns before its processes are up.
  ///
  /// How the start goes shows in the snapshots: ``LabState/starting``, then ``LabState/running`` or
  /// ``LabState/failed(_:)`` with a sentence.
  ///
  /// - Throws: ``LabError`` for an unknown scenario or a load beyond the limits; nothing was
  ///   started then.
  package static func start(
    _ configuration: LabConfiguration
  ) async throws(LabError) -> LabRunner {
    let scenario = try Scenarios.named(configuration.scenario)
    guard (0...Limits.arrivalsPerSecond).contains(configuration.paymentsPerSecond) else {
      throw LabError(
        code: .badConfiguration,
        message: "a load is 0 to \(Int(Limits.arrivalsPerSecond)) customers a second, "
          + "not \(configuration.paymentsPerSecond)"
      )
    }
    // A child that died shows as an error of the write to it.
    signal(SIGPIPE, SIG_IGN)
    let runner = LabRunner(configuration: configuration, scenario: scenario)
    Task { await runner.boot() }
    Task { await runner.keepSnapshotsComing() }
    return runner
  }

  // MARK: Snapshots

  /// The state now.
  package var snapshot: LabSnapshot {
    let now = configuration.now()
    return state.withLock { $0.model.snapshot(at: now) }
  }

  /// Has snapshots delivered: one at once, one every 250 ms and one at each change of state.
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

  // MARK: Wishes

  /// Changes which way the customers go.
  package func setMode(_ mode: CallMode) {
    let customers = state.withLock { state in
      state.model.mode = mode
      return state.runningCustomers
    }
    customers?.send(.mode(mode))
    changed()
  }

  /// Changes how many customers arrive, for each way in use; beyond the limits it is cut.
  package func setLoad(perSecond: Double) {
    let load = min(max(perSecond.isFinite ? perSecond : 0, 0), Limits.arrivalsPerSecond)
    let customers = state.withLock { state in
      state.model.perSecond = load
      return state.runningCustomers
    }
    customers?.send(.load(perSecond: load))
    changed()
  }

  /// Lets a number of customers arrive at once, for each way in use; beyond the limits it is cut.
  package func burst(customers count: Int) {
    let customers = state.withLock { $0.runningCustomers }
    customers?.send(.burst(customers: min(max(count, 0), Limits.burstCustomers)))
  }

  /// Kills a service's process with SIGKILL.
  ///
  /// - Returns: What was done, for a person; or why it could not be done.
  package func kill(service name: String) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> Result<(Role, ServiceProcess), LabRefusal> in
      guard let role = state.model.role(named: name) else {
        return .failure(LabRefusal(message: "the scenario has no service '\(name)'"))
      }
      guard let process = state.processes[role], state.model[role].isAlive else {
        let why = state.model[role].whyNotRunning
        return .failure(LabRefusal(message: "\(name) cannot be killed: it \(why)"))
      }
      state.model.willKill(role)
      return .success((role, process))
    }
    switch found {
    case .failure(let refusal): return .failure(refusal)
    case .success(let (role, process)):
      guard process.kill() else {
        // It ended by itself in this moment, and that is what will be said of it.
        state.withLock { $0.model.willNotKill(role) }
        return .failure(LabRefusal(message: "\(name) has no process now; try again"))
      }
      guard await wait(Limits.kill, until: { !$0.model[role].isAlive }) else {
        return .failure(LabRefusal(message: "\(name) was sent SIGKILL and has not ended yet"))
      }
      return .success("\(name) was killed (SIGKILL); u brings it back")
    }
  }

  /// Starts a service again that was killed or that ended, and waits until it is ready.
  ///
  /// - Parameter name: Its name; nil means the one that went last.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func bringBack(service name: String?) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> Result<Role, LabRefusal> in
      guard state.ending == nil, state.model.state == .running else {
        return .failure(LabRefusal(message: "the scenario does not run"))
      }
      guard let name else {
        return state.model.missing.last.map(Result.success)
          ?? .failure(LabRefusal(message: "every service runs; there is none to bring back"))
      }
      guard let role = state.model.role(named: name) else {
        return .failure(LabRefusal(message: "the scenario has no service '\(name)'"))
      }
      return .success(role)
    }
    switch found {
    case .failure(let refusal): return .failure(refusal)
    case .success(let role):
      // A kill that is under way comes first: `K` and `u` may follow each other at once.
      _ = await wait(Limits.kill) { !($0.model[role].isKilled && $0.model[role].isAlive) }
      guard launch(role) else {
        return .failure(LabRefusal(message: "\(role.rawValue) runs already"))
      }
      if await !wait(
        Limits.start,
        until: { $0.model[role].isRunning || !$0.model[role].isAlive }
      ) {
        _ = state.withLock { $0.processes[role] }?.kill()
      }
      let service = state.withLock { $0.model[role] }
      guard service.isRunning else {
        return .failure(LabRefusal(message: "\(role.rawValue) \(service.whyNotRunning)"))
      }
      return .success("\(role.rawValue) is back")
    }
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
