import Glibc
import Synchronization
import Telemetry

extension LabRunner {
  /// Sends the customers home and waits, for a bounded time, until what they started is done.
  ///
  /// The processes go on; queues whose consumer is dead keep what waits in them.
  package func sendHome() async {
    let (customers, processes) = state.withLock { state in
      if state.model.state == .running { state.model.state = .draining }
      return (state.processes[.customers], Array(state.processes.values))
    }
    changed()
    for process in processes { process.hurry() }
    customers?.send(.goHome)
    _ = await wait(Limits.farewell) { state in
      !state.model[.customers].isAlive || state.model.customers.haveAllGoneHome
    }
    await drain(Limits.drain)
  }

  /// Ends the scenario in order and balances its ledger.
  ///
  /// The customers go home, queues with a living consumer drain, every process finishes and ends,
  /// and the queues are looked into. Each of these has its limit; what is not over by then is
  /// killed, and the ledger shows it. No process is left afterwards.
  ///
  /// - Parameter pausedQueues: What these hold is not waited for: nobody is given it.
  /// - Returns: The ledger; the same one for every call.
  package func stop(pausedQueues: Set<String> = []) async -> LabLedger {
    let ending = state.withLock { state in
      if let ending = state.ending { return ending }
      state.pausedQueues = pausedQueues
      let ending = Task { await self.end() }
      state.ending = ending
      return ending
    }
    return await ending.value
  }

  private func end() async -> LabLedger {
    await sendHome()
    wakeTheHung()
    // Nobody publishes any more once these are gone, and all their lines have been read.
    await stop { $0 == .customers }
    configuration.recorder?.finish()
    await stop { $0.way != nil }
    await drain(Limits.drain)
    await stop { _ in true }
    var (ledger, inspections) = await balance()
    ledger.onBroker = await takeAway(ledger, inspections)
    state.withLock { state in
      for task in state.faultTasks.values { task.cancel() }
      state.faultTasks = [:]
      if case .failed = state.model.state { return }
      state.model.state = .stopped
    }
    endSnapshots()
    directory.remove()
    return ledger
  }

  /// Lets stopped processes go on: they could not end otherwise.
  private func wakeTheHung() {
    let hung = state.withLock { state in
      state.model.processes.filter {
        if case .hung = $0.state { true } else { false }
      }
    }
    for process in hung {
      guard let identifier = process.processIdentifier else { continue }
      Glibc.kill(pid_t(identifier), SIGCONT)
      state.withLock { $0.model.setHung(process.key, false) }
    }
  }

  /// Waits until the living consumers have worked on everything that was published.
  ///
  /// - Parameter limit: How long.
  /// - Returns: Whether nothing waits for a living consumer.
  @discardableResult
  package func drain(_ limit: Duration) async -> Bool {
    await wait(limit) { state in
      state.model.scenario.services.allSatisfy { service in
        let keys = state.model.keys(of: service.name)
        let isConsumed = keys.contains { key in
          if case .running = state.model[key].state { true } else { false }
        }
        guard let queue = service.queue, isConsumed else { return true }
        if state.pausedQueues.contains(queue.name) { return true }
        let lost = state.model.paces[service.name]?.lost ?? 0
        return state.model.book.sums(of: service.name).outstanding <= lost
      }
    }
  }

  /// Has processes finish and end; kills those that do not.
  private func stop(_ isMeant: (ProcessKey) -> Bool) async {
    let meant = state.withLock { state in state.processes.filter { isMeant($0.key) } }
    let keys = Array(meant.keys)
    for process in meant.values { process.stop() }
    let areGone: @Sendable (borrowing State) -> Bool = { state in
      keys.allSatisfy { state.processes[$0] == nil }
    }
    guard await !wait(Limits.stop, until: areGone) else { return }
    for process in meant.values { _ = process.kill() }
    _ = await wait(Limits.kill, until: areGone)
  }

  /// Deletes what this run made on a broker that is not ours; what is not known to be ours stays.
  private func takeAway(
    _ ledger: LabLedger,
    _ inspections: [ServiceInspection]
  ) async -> [String] {
    guard configuration.leavesNothing else { return [] }
    guard ledger.isEven else { return ["the ledger is not even: nothing is deleted on the broker"] }
    let (belongings, wasThere) = state.withLock { state in
      let model = state.model
      return (Belongings(model.scenario, copies: model.mostCopies(of:)), state.wasThere)
    }
    guard let wasThere else {
      return ["nothing is deleted on the broker: it did not say what was there before"]
    }
    // What was looked into may still be on its way back into its queue.
    let held = inspections.flatMap(\.all).map { ($0.queue, $0.waitingCount) }
    return await belongings.takeAway(
      but: wasThere,
      held: Dictionary(held, uniquingKeysWith: max),
      at: configuration.endpoints
    )
  }

  /// Looks into the queues and balances, again for a moment if it does not come out even: a broker
  /// that has just lost a consumer may still be putting back what that one held.
  private func balance() async -> (LabLedger, [ServiceInspection]) {
    let services = state.withLock { state in
      let model = state.model
      return model.scenario.services
        .filter { $0.queue != nil && (!$0.isOptional || model.joined.contains($0.name)) }
        .map { plan in
          (
            plan: plan,
            copies: model.scenario.isGroup(plan) ? model.mostCopies(of: plan) : 0
          )
        }
    }
    let deadline = MonotonicClock.now().advanced(by: .seconds(1))
    while true {
      let inspections = await QueueInspector.inspect(services, at: configuration.endpoints)
      let ledger = state.withLock { $0.model.ledger(with: inspections) }
      guard !ledger.isEven, ledger.problems.isEmpty, MonotonicClock.now() < deadline else {
        return (ledger, inspections)
      }
      // It fails when the task is cancelled; the deadline holds all the same.
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}

extension LabModel {
  /// The most copies that a service's queue has had in this run.
  func mostCopies(of plan: ServicePlan) -> Int {
    max(1, scenario.copies(of: plan, knob: highestKnob))
  }
}
