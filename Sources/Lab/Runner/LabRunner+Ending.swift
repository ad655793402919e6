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
    await drain()
  }

  /// Ends the scenario in order and balances its ledger.
  ///
  /// The customers go home, queues with a living consumer drain, every process finishes and ends,
  /// and the queues are looked into. Each of these has its limit; what is not over by then is
  /// killed, and the ledger shows it. No process is left afterwards.
  ///
  /// - Returns: The ledger; the same one for every call.
  package func stop() async -> LabLedger {
    let ending = state.withLock { state in
      if let ending = state.ending { return ending }
      let ending = Task { await self.end() }
      state.ending = ending
      return ending
    }
    return await ending.value
  }

  private func end() async -> LabLedger {
    await sendHome()
    // Nobody publishes any more once these two are gone, and all their lines have been read.
    await stop([.customers])
    await stop([.payment])
    await drain()
    await stop(state.withLock { $0.model.scenario.roles })
    let ledger = await balance()
    state.withLock { state in
      if case .failed = state.model.state { return }
      state.model.state = .stopped
    }
    endSnapshots()
    return ledger
  }

  /// Waits until the living consumers have worked on everything that was confirmed.
  private func drain() async {
    _ = await wait(Limits.drain) { state in
      state.model.services.allSatisfy { service in
        guard let queue = service.role.queue, service.isRunning else { return true }
        return state.model.book.unhandledCount(in: queue) == 0
      }
    }
  }

  /// Has processes finish and end; kills those that do not.
  private func stop(_ roles: [Role]) async {
    let processes = state.withLock { state in roles.compactMap { state.processes[$0] } }
    for process in processes { process.stop() }
    let areGone: @Sendable (borrowing State) -> Bool = { state in
      roles.allSatisfy { state.processes[$0] == nil }
    }
    guard await !wait(Limits.stop, until: areGone) else { return }
    for process in processes { _ = process.kill() }
    _ = await wait(Limits.kill, until: areGone)
  }

  /// Looks into the queues and balances, again for a moment if it does not come out even: a broker
  /// that has just lost a consumer may still be putting back what that one held.
  private func balance() async -> LabLedger {
    let queues = state.withLock { $0.model.scenario.queues }
    let deadline = MonotonicClock.now().advanced(by: .seconds(1))
    while true {
      let inspections = await QueueInspector.inspect(queues, at: configuration.endpoint)
      let ledger = state.withLock { $0.model.ledger(with: inspections) }
      let isEven = ledger.remainder == 0 && ledger.queues.allSatisfy { $0.lost == 0 }
      guard !isEven, ledger.problems.isEmpty, MonotonicClock.now() < deadline else { return ledger }
      // It fails when the task is cancelled; the deadline holds all the same.
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}
