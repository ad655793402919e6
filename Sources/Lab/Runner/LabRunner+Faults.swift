import AMQPClient
import Glibc
import NIOCore
import NIOPosix
import Synchronization
package import Telemetry

/// Faults, put and healed.
extension LabRunner {
  /// Puts a fault in force.
  ///
  /// - Parameter request: What is wanted; its service is a process's own name, or the service that
  ///   owns the queue, or ``FaultRequest/broker``.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func put(_ request: FaultRequest) async -> Result<String, LabRefusal> {
    if let problem = state.withLock({ $0.model.problem(with: request) }) {
      return .failure(LabRefusal(message: problem))
    }
    // A second one of a kind takes the place of the first.
    for old in state.withLock({ $0.model.faults(like: request) }) { _ = await heal(fault: old) }
    switch request.kind.target {
    case .broker: return await putOnBroker(request)
    case .queue: return await putOnQueue(request)
    case .service, .producer: return await putOnProcess(request)
    }
  }

  /// Heals one fault.
  ///
  /// - Parameter identifier: As in the snapshot.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func heal(fault identifier: Int) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> ActiveFault? in
      state.faultTasks.removeValue(forKey: identifier)?.cancel()
      guard let index = state.model.faults.firstIndex(where: { $0.identifier == identifier })
      else { return nil }
      return state.model.faults.remove(at: index)
    }
    guard let fault = found else {
      return .failure(LabRefusal(message: "that fault is over already"))
    }
    let result = await undo(fault)
    if fault.request.kind == .poison { tellPoisons(of: fault.request.service) }
    changed()
    return result
  }

  /// Tells all processes of a service which poison is still poison: any of them may be given what
  /// one of them has put into the queue.
  private func tellPoisons(of name: String) {
    state.withLock { state in
      guard let service = state.model.key(named: name)?.service else { return }
      let poisons = state.model.poisons(of: service)
      for key in state.model.keys(of: service) { state.processes[key]?.send(.poisons(poisons)) }
    }
  }

  /// Heals everything: faults, and processes that are not there.
  ///
  /// - Returns: What was done, for a person.
  package func healAll() async -> Result<String, LabRefusal> {
    let (faults, missing) = state.withLock { state in
      (state.model.faults.map(\.identifier), state.model.missing.count)
    }
    for fault in faults { _ = await heal(fault: fault) }
    for _ in 0..<missing { _ = await bringBack(service: nil) }
    let left = state.withLock { $0.model.missing.map { key in key.service } }
    guard left.isEmpty else {
      return .failure(LabRefusal(message: "\(left.joined(separator: ", ")) did not come back"))
    }
    return .success("everything is healed")
  }

  // MARK: On a process

  private func putOnProcess(_ request: FaultRequest) async -> Result<String, LabRefusal> {
    let now = configuration.now()
    let (fault, key, process) = state.withLock { state in
      let key = state.model.key(named: request.service) ?? .customers
      return (state.model.put(request, at: now), key, state.processes[key])
    }
    healLater(fault)
    if request.kind == .poison { tellPoisons(of: request.service) }
    switch request.kind {
    case .hang:
      guard signal(key, SIGSTOP) else { return takeBack(fault, "has no process to stop") }
      state.withLock { $0.model.setHung(key, true) }
    case .crash:
      if case .failure(let refusal) = await kill(service: request.service) {
        state.withLock { $0.model.faults.removeAll { $0.identifier == fault.identifier } }
        return .failure(refusal)
      }
    case .crashLoop: loop(fault, key)
    case .drop:
      process?.send(.drop)
      state.withLock { $0.model.faults.removeAll { $0.identifier == fault.identifier } }
    case .latency, .jitter, .error, .slow, .poison, .split, .noConfirms, .wrongKey,
      .oversizedBody, .duplicateIDs:
      if let command = fault.stepFault { process?.send(.fault(command)) }
    case .memoryAlarm, .diskAlarm, .queueFull, .unbind, .brokerCrash, .brokerRestart: break
    }
    changed()
    return .success("\(request.service): \(request.words)")
  }

  private func takeBack(_ fault: ActiveFault, _ why: String) -> Result<String, LabRefusal> {
    state.withLock { state in
      state.model.faults.removeAll { $0.identifier == fault.identifier }
      state.faultTasks.removeValue(forKey: fault.identifier)?.cancel()
    }
    return .failure(LabRefusal(message: "\(fault.request.service) \(why)"))
  }

  private func signal(_ key: ProcessKey, _ number: Int32) -> Bool {
    guard let identifier = state.withLock({ $0.model[key].processIdentifier }) else { return false }
    return Glibc.kill(pid_t(identifier), number) == 0
  }

  /// Kills the process again and again after it was ready, and starts it again, until it is healed.
  private func loop(_ fault: ActiveFault, _ key: ProcessKey) {
    let task = Task {
      while !Task.isCancelled {
        let alive = await wait(Limits.start) { $0.model[key].isRunning }
        // It fails when the task is cancelled, which ends the loop.
        try? await Task.sleep(for: scaled(milliseconds: fault.request.amount))
        guard alive, !Task.isCancelled else { break }
        _ = await kill(service: fault.request.service)
        // As above.
        try? await Task.sleep(for: Limits.crashLoopPause)
        guard !Task.isCancelled else { break }
        _ = await bringBack(service: fault.request.service)
      }
    }
    state.withLock { $0.faultTasks[fault.identifier] = task }
  }

  /// A duration of the scenario's on the clock.
  private func scaled(milliseconds: Int) -> Duration {
    .nanoseconds(Int64(Double(milliseconds) * 1_000_000 / configuration.timeScale))
  }

  private func healLater(_ fault: ActiveFault) {
    guard let seconds = fault.request.seconds else { return }
    let pause = Duration.nanoseconds(Int64(seconds * 1e9 / configuration.timeScale))
    Task {
      // It fails when the task is cancelled, which nobody does.
      try? await Task.sleep(for: pause)
      _ = await heal(fault: fault.identifier)
    }
  }

  // MARK: On a queue or the broker

  private func putOnQueue(_ request: FaultRequest) async -> Result<String, LabRefusal> {
    let result: Result<String, LabRefusal> =
      switch request.kind {
      case .queueFull: await limit(request.service, to: request.amount)
      case .unbind: await bind(request.service, isBound: false)
      case .latency, .jitter, .error, .hang, .crash, .crashLoop, .slow, .poison, .drop, .split,
        .memoryAlarm, .diskAlarm, .brokerCrash, .brokerRestart, .noConfirms, .wrongKey,
        .oversizedBody, .duplicateIDs:
        .failure(LabRefusal(message: "\(request.kind.rawValue) is no fault of a queue"))
      }
    return noted(request, result)
  }

  private func putOnBroker(_ request: FaultRequest) async -> Result<String, LabRefusal> {
    let wish: BrokerWish? =
      switch request.kind {
      case .memoryAlarm: .memoryAlarm(true)
      case .diskAlarm: .diskAlarm(true)
      case .brokerCrash: .crash
      case .brokerRestart: .restart(away: scaled(milliseconds: request.amount))
      case .latency, .jitter, .error, .hang, .crash, .crashLoop, .slow, .poison, .drop, .split,
        .queueFull, .unbind, .noConfirms, .wrongKey, .oversizedBody, .duplicateIDs:
        nil
      }
    guard let wish else {
      return .failure(LabRefusal(message: "\(request.kind.rawValue) is no fault of the broker"))
    }
    guard request.kind.isInstant else {
      return noted(request, await configuration.control.perform(wish))
    }
    state.withLock { $0.model.brokerDepartures += 1 }
    changed()
    let result = await configuration.control.perform(wish)
    // It is back, or it never went.
    state.withLock { $0.model.brokerDepartures -= 1 }
    return noted(request, result)
  }

  /// Keeps a fault that has been put in force.
  private func noted(
    _ request: FaultRequest,
    _ result: Result<String, LabRefusal>
  ) -> Result<String, LabRefusal> {
    if case .success = result, !request.kind.isInstant {
      let now = configuration.now()
      healLater(state.withLock { $0.model.put(request, at: now) })
    }
    changed()
    return result
  }

  private func undo(_ fault: ActiveFault) async -> Result<String, LabRefusal> {
    let request = fault.request
    let key = state.withLock { $0.model.key(named: request.service) }
    switch request.kind {
    case .hang:
      guard let key, signal(key, SIGCONT) else { break }
      state.withLock { $0.model.setHung(key, false) }
    case .crash, .crashLoop:
      guard let key, state.withLock({ !$0.model[key].isAlive }) else { break }
      return await bringBack(service: request.service)
    case .latency, .jitter, .error, .slow, .poison, .split, .noConfirms, .wrongKey,
      .oversizedBody, .duplicateIDs:
      guard let key else { break }
      state.withLock { $0.processes[key] }?.send(.heal(fault: fault.identifier))
    case .memoryAlarm: return await configuration.control.perform(.memoryAlarm(false))
    case .diskAlarm: return await configuration.control.perform(.diskAlarm(false))
    case .queueFull: return await limit(request.service, to: nil)
    case .unbind: return await bind(request.service, isBound: true)
    case .drop, .brokerCrash, .brokerRestart: break
    }
    return .success("\(request.service): \(request.kind.rawValue) is healed")
  }

  private func limit(_ service: String, to length: Int?) async -> Result<String, LabRefusal> {
    for queue in state.withLock({ $0.model.queueNames(of: service) }) {
      let wish = BrokerWish.limitQueue(name: queue, maximumLength: length)
      if case .failure(let refusal) = await configuration.control.perform(wish) {
        return .failure(refusal)
      }
    }
    return .success(
      length.map { "\(service): its queue takes no message above \($0)" }
        ?? "\(service): its queue has its own limit again"
    )
  }

  /// Takes the bindings of a service's queue away or puts them back, as any client can.
  private func bind(_ service: String, isBound: Bool) async -> Result<String, LabRefusal> {
    let (plan, names) = state.withLock { state in
      (state.model.scenario.service(named: service)?.queue, state.model.queueNames(of: service))
    }
    do {
      let connection = try await AMQPConnection.open(
        anyOf: configuration.endpoints,
        name: "sluice lab fault",
        group: MultiThreadedEventLoopGroup.singleton
      )
      let channel = try await connection.openChannel()
      for name in names {
        for binding in plan?.bindings ?? [] {
          if isBound {
            try await channel.bindQueue(
              name,
              exchange: binding.exchange,
              routingKey: binding.key
            )
          } else {
            try await channel.unbindQueue(
              name,
              exchange: binding.exchange,
              routingKey: binding.key
            )
          }
        }
      }
      await connection.close()
    } catch {
      return .failure(LabRefusal(message: "\(service): \(error)"))
    }
    return .success("\(service): its queue is \(isBound ? "bound again" : "not bound any more")")
  }
}

extension FaultRequest {
  /// What is wrong, in a few words: `latency 2000 ms`.
  package var words: String {
    guard let unit = kind.unit else { return kind.rawValue }
    let often = percent < 100 ? " in \(percent) %" : ""
    return "\(kind.rawValue) \(amount) \(unit)\(often)"
  }
}

extension LabModel {
  /// Why a fault cannot be put; nil when it can.
  func problem(with request: FaultRequest) -> String? {
    guard state == .running else { return "the scenario does not run" }
    guard request.kind.amounts.contains(request.amount) else {
      let amounts = request.kind.amounts
      return "\(request.kind.rawValue) takes \(amounts.lowerBound) to \(amounts.upperBound) "
        + "\(request.kind.unit ?? ""), not \(request.amount)"
    }
    guard (1...100).contains(request.percent) else { return "a probability is 1 to 100 %" }
    switch request.kind.target {
    case .broker: return nil
    case .queue:
      return scenario.service(named: request.service)?.queue == nil
        ? "\(request.service) has no queue" : nil
    case .service, .producer:
      guard let key = key(named: request.service) else {
        return "the scenario has no service '\(request.service)'"
      }
      guard key != .customers || request.kind == .crash else { return "customers have no faults" }
      guard request.kind.target == .service || self[key].isProducer else {
        return "\(request.service) publishes nothing"
      }
      guard request.kind != .poison || self[key].queue != nil else {
        return "\(request.service) has no queue"
      }
      return nil
    }
  }

  /// The faults of the same kind on the same thing.
  func faults(like request: FaultRequest) -> [Int] {
    faults.filter { $0.request.service == request.service && $0.request.kind == request.kind }
      .map(\.identifier)
  }

  /// The names of a service's queues, all copies.
  func queueNames(of service: String) -> [String] {
    guard let plan = scenario.service(named: service), let queue = plan.queue else { return [] }
    guard scenario.isGroup(plan) else { return [queue.name] }
    return (1...max(1, scenario.copies(of: plan, knob: knob))).map(queue.copyName)
  }

  /// Notes that a process was stopped or goes on.
  mutating func setHung(_ key: ProcessKey, _ isHung: Bool) {
    guard let identifier = self[key].processIdentifier else { return }
    self[key].state =
      isHung ? .hung(processIdentifier: identifier) : .running(processIdentifier: identifier)
  }
}
