import Synchronization
import Telemetry

extension LabRunner {
  /// Starts every process and, when all are ready, lets the customers come.
  ///
  /// Consumers are ready only when their queue exists and is bound, so no payment can be published
  /// before; customers come only when everybody is ready.
  func boot() async {
    let roles = state.withLock { $0.model.scenario.roles }
    for role in roles { launch(role) }
    _ = await wait(Limits.start) { state in
      state.model.areAllRunning || state.model.services.contains { !$0.isAlive }
    }
    let failure = state.withLock { state -> String? in
      guard state.ending == nil else { return nil }
      let absent =
        state.model.services.first { !$0.isAlive }
        ?? state.model.services.first { !$0.isRunning }
      guard let absent else {
        state.model.state = .running
        return nil
      }
      let sentence = "the \(absent.role.rawValue) service \(absent.whyNotRunning)"
      state.model.state = .failed(sentence)
      return sentence
    }
    if failure == nil { welcomeCustomers() } else { endEverybody() }
    changed()
  }

  /// Starts a process for a service; false when it has one or the scenario is ending.
  @discardableResult
  func launch(_ role: Role) -> Bool {
    let process = state.withLock { state -> ServiceProcess? in
      guard state.processes[role] == nil, state.ending == nil else { return nil }
      let process = ServiceProcess(
        arguments: ServiceArguments(
          role: role,
          name: role.rawValue,
          endpoint: configuration.endpoint,
          run: run,
          start: state.model.willStart(role),
          seed: configuration.seed
        )
      )
      state.processes[role] = process
      for peer in role.peers {
        guard let port = state.model[peer].port else { continue }
        process.send(.peer(name: peer.rawValue, port: port))
      }
      return process
    }
    guard let process else { return false }
    changed()
    Task {
      let how = await process.run(executable: configuration.executable) { [self] event in
        received(event, from: role)
      }
      state.withLock { state in
        state.processes[role] = nil
        state.model.ended(role, how: how)
      }
      changed()
    }
    return true
  }

  private func received(_ event: ServiceEvent, from role: Role) {
    let callers = state.withLock { state -> [ServiceProcess] in
      state.model.received(event, from: role)
      guard case .ready = event else { return [] }
      return state.processes.filter { $0.key.peers.contains(role) }.map(\.value)
    }
    guard case .ready(let port, _) = event else { return }
    if let port {
      for caller in callers { caller.send(.peer(name: role.rawValue, port: port)) }
    }
    if role == .customers { welcomeCustomers() }
    changed()
  }

  /// Tells the customers' process what the person wants, once the scenario runs.
  private func welcomeCustomers() {
    state.withLock { state in
      guard let customers = state.runningCustomers else { return }
      customers.send(.mode(state.model.mode))
      customers.send(.load(perSecond: state.model.perSecond))
    }
  }

  private func endEverybody() {
    let processes = state.withLock { Array($0.processes.values) }
    for process in processes { process.stop() }
  }
}
