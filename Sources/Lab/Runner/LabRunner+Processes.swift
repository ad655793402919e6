import Glibc
import Synchronization
import Telemetry

extension LabRunner {
  /// Starts every process and, when all are ready, lets the customers come.
  ///
  /// Consumers are ready only when their queue exists and is bound, so nothing can be published
  /// before; customers come only when everybody is ready.
  func boot() async {
    if configuration.leavesNothing {
      let belongings = state.withLock { Belongings($0.model.scenario) { _ in 1 } }
      let found = await belongings.found(at: configuration.endpoints)
      state.withLock { $0.wasThere = found }
    }
    let keys = state.withLock { $0.model.processes.map(\.key) }
    for key in keys { launch(key) }
    _ = await wait(Limits.start) { state in
      state.model.areAllRunning || state.model.processes.contains { !$0.isAlive }
    }
    let failure = state.withLock { state -> String? in
      guard state.ending == nil else { return nil }
      let absent =
        state.model.processes.first { !$0.isAlive }
        ?? state.model.processes.first { !$0.isRunning }
      guard let absent else {
        state.model.state = .running
        return nil
      }
      let sentence = "the \(absent.name) service \(absent.whyNotRunning)"
      state.model.state = .failed(sentence)
      return sentence
    }
    if failure == nil { welcomeCustomers() } else { endEverybody() }
    changed()
  }

  /// Starts a process; false when there is one or the scenario is ending.
  @discardableResult
  func launch(_ key: ProcessKey) -> Bool {
    let process = state.withLock { state -> ServiceProcess? in
      guard state.processes[key] == nil, state.ending == nil else { return nil }
      let model = state.model
      let process = ServiceProcess(
        arguments: ServiceArguments(
          service: key.service,
          name: model[key].name,
          way: key.way,
          number: key.number,
          endpoints: configuration.endpoints,
          queueType: configuration.queueType,
          run: run,
          start: state.model.willStart(key),
          seed: configuration.seed,
          timeScale: configuration.timeScale,
          directory: directory.path,
          joined: model.joined,
          knob: model.knobAtStart(of: key)
        )
      )
      state.processes[key] = process
      process.send(.scenario(model.scenario.text))
      for peer in model.scenario.peers(of: key) {
        let ports = model.ports(of: peer)
        if !ports.isEmpty { process.send(.peer(name: peer, ports: ports)) }
      }
      if model.messageBytes > 0 { process.send(.messageBytes(model.messageBytes)) }
      let poisons = model.poisons(of: key.service)
      if !poisons.isEmpty { process.send(.poisons(poisons)) }
      for fault in model.faults where fault.request.service == model[key].name {
        if let command = fault.stepFault { process.send(.fault(command)) }
      }
      return process
    }
    guard let process else { return false }
    changed()
    Task {
      let how = await process.run(executable: configuration.executable) { [self] event in
        received(event, from: key, process)
      }
      let peerChange = state.withLock { state -> PeerChange in
        state.processes[key] = nil
        state.model.ended(key, how: how)
        return state.peerChange(of: key)
      }
      peerChange.tell()
      changed()
    }
    return true
  }

  private func received(_ event: ServiceEvent, from key: ProcessKey, _ process: ServiceProcess) {
    let now = MonotonicClock.now()
    let peerChange = state.withLock { state -> PeerChange? in
      state.model.received(event, from: key, at: now)
      guard case .ready = event else { return nil }
      return state.peerChange(of: key)
    }
    switch event {
    case .knobTurned: process.knobIsTurned()
    case .arrived(let instants): recorded(instants)
    case .ready, .failed, .published, .handled, .dead, .faultOver, .counters, .entry, .customers:
      break
    }
    guard let peerChange else { return }
    peerChange.tell()
    if key == .customers { welcomeCustomers() }
    changed()
  }

  private func recorded(_ instants: [Int64]) {
    guard let recorder = configuration.recorder else { return }
    recorder.record(instants, timeScale: configuration.timeScale)
    guard let problem = recorder.problem else { return }
    state.withLock { $0.model.recordingProblem = problem }
  }

  /// Tells the customers' process what the person wants, once the scenario runs.
  ///
  /// A shape of the load that was set before, or that was under way when the customers were killed,
  /// begins now; of a recording goes on what is left.
  private func welcomeCustomers() {
    let now = configuration.now()
    state.withLock { state in
      guard let customers = state.runningCustomers else { return }
      if let recorder = configuration.recorder {
        recorder.begin(at: MonotonicClock.now())
        customers.send(.tellArrivals)
      }
      customers.send(.mode(state.model.mode))
      customers.send(.load(perSecond: state.model.perSecond))
      if let knob = state.model.knob { customers.send(.knob(knob)) }
      let shape = state.model.welcome(at: now)
      if shape.kind != .steady { customers.send(.shape(shape)) }
    }
  }

  private func endEverybody() {
    let processes = state.withLock { Array($0.processes.values) }
    for process in processes { process.stop() }
  }

  // MARK: Wishes

  /// Kills a process with SIGKILL.
  ///
  /// - Parameter name: The process's own name.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func kill(service name: String) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> Result<(ProcessKey, ServiceProcess), LabRefusal> in
      guard let key = state.model.key(named: name) else {
        return .failure(LabRefusal(message: "the scenario has no service '\(name)'"))
      }
      guard let process = state.processes[key], state.model[key].isAlive else {
        let why = state.model[key].whyNotRunning
        return .failure(LabRefusal(message: "\(name) cannot be killed: it \(why)"))
      }
      state.model.willKill(key)
      return .success((key, process))
    }
    switch found {
    case .failure(let refusal): return .failure(refusal)
    case .success(let (key, process)):
      guard process.kill() else {
        // It ended by itself in this moment, and that is what will be said of it.
        state.withLock { $0.model.willNotKill(key) }
        return .failure(LabRefusal(message: "\(name) has no process now; try again"))
      }
      guard await wait(Limits.kill, until: { !$0.model[key].isAlive }) else {
        return .failure(LabRefusal(message: "\(name) was sent SIGKILL and has not ended yet"))
      }
      return .success("\(name) was killed (SIGKILL); u brings it back")
    }
  }

  /// Starts a process again that was killed or that ended, and waits until it is ready.
  ///
  /// - Parameter name: Its name; nil means the one that went last.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func bringBack(service name: String?) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> Result<ProcessKey, LabRefusal> in
      guard state.ending == nil, state.model.state == .running else {
        return .failure(LabRefusal(message: "the scenario does not run"))
      }
      guard let name else {
        return state.model.missing.last.map(Result.success)
          ?? .failure(LabRefusal(message: "every service runs; there is none to bring back"))
      }
      guard let key = state.model.key(named: name) else {
        return .failure(LabRefusal(message: "the scenario has no service '\(name)'"))
      }
      return .success(key)
    }
    switch found {
    case .failure(let refusal): return .failure(refusal)
    case .success(let key): return await bringUp(key, saying: "is back")
    }
  }

  /// Starts a process and waits until it is ready.
  func bringUp(_ key: ProcessKey, saying what: String) async -> Result<String, LabRefusal> {
    let name = state.withLock { $0.model[key].name }
    // A kill that is under way comes first: `K` and `u` may follow each other at once.
    _ = await wait(Limits.kill) { !($0.model[key].isKilled && $0.model[key].isAlive) }
    guard launch(key) else {
      return .failure(LabRefusal(message: "\(name) runs already"))
    }
    if await !wait(Limits.start, until: { $0.model[key].isRunning || !$0.model[key].isAlive }) {
      _ = state.withLock { $0.processes[key] }?.kill()
    }
    let process = state.withLock { $0.model[key] }
    guard process.isRunning else {
      return .failure(LabRefusal(message: "\(name) \(process.whyNotRunning)"))
    }
    return .success("\(name) \(what)")
  }

  /// Has an optional service join: its queue is bound, and synchronous callers that are started
  /// from now on call it.
  ///
  /// - Parameter service: The scenario's name for it.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func join(service: String) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> Result<ProcessKey, LabRefusal> in
      guard state.model.state == .running else {
        return .failure(LabRefusal(message: "the scenario does not run"))
      }
      guard state.model.joinable.contains(service) else {
        return .failure(LabRefusal(message: "there is no service '\(service)' that could join"))
      }
      state.model.joined.append(service)
      let key = ProcessKey(service: service)
      return .success(state.model.add(like: key) ?? key)
    }
    switch found {
    case .failure(let refusal): return .failure(refusal)
    case .success(let key): return await bringUp(key, saying: "has joined")
    }
  }

  /// Starts one more process of a service: one more consumer, or one more producer.
  ///
  /// - Parameter name: The name of one of its processes.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func add(service name: String) async -> Result<String, LabRefusal> {
    let key = state.withLock { state -> ProcessKey? in
      guard state.model.state == .running, let like = state.model.key(named: name),
        like != .customers
      else { return nil }
      return state.model.add(like: like)
    }
    guard let key else {
      return .failure(
        LabRefusal(message: "there is no more of '\(name)' to be had (at most \(Limits.instances))")
      )
    }
    return await bringUp(key, saying: "was added")
  }

  /// Has the last process of a service finish what it holds and leave.
  ///
  /// - Parameter name: The name of one of its processes.
  /// - Returns: What was done, for a person; or why it could not be done.
  package func removeOne(service name: String) async -> Result<String, LabRefusal> {
    let found = state.withLock { state -> (ProcessKey, ServiceProcess?)? in
      guard let like = state.model.key(named: name) else { return nil }
      let keys = state.model.keys(of: like.service, way: like.way)
      guard keys.count > 1, let last = keys.last else { return nil }
      state.model[last].isLeaving = true
      guard let process = state.processes[last] else {
        state.model.remove(last)
        return (last, nil)
      }
      return (last, process)
    }
    guard let (key, process) = found else {
      return .failure(LabRefusal(message: "'\(name)' has only one process; K kills it"))
    }
    process?.stop()
    if await !wait(Limits.stop, until: { $0.processes[key] == nil }) { _ = process?.kill() }
    let left = state.withLock { $0.model.scenario.name(of: key) }
    return .success("\(left) has finished and left")
  }
}

/// What those who call a service must be told.
struct PeerChange {
  var name: String
  var ports: [Int]
  var callers: [ServiceProcess]

  func tell() {
    guard !ports.isEmpty else { return }
    for caller in callers { caller.send(.peer(name: name, ports: ports)) }
  }
}

extension LabRunner.State {
  /// What changes for callers when a process comes or goes.
  func peerChange(of key: ProcessKey) -> PeerChange {
    let name = model.scenario.peerName(of: key)
    return PeerChange(
      name: name,
      ports: model.ports(of: name),
      callers: processes.filter { model.scenario.peers(of: $0.key).contains(name) }.map(\.value)
    )
  }
}

extension LabModel {
  /// What a process is told of the knob: the owner of copies consumes as many as there have been,
  /// since the further ones are still bound.
  func knobAtStart(of key: ProcessKey) -> Int? {
    scenario.knob?.subject == .copies(service: key.service) ? highestKnob : knob
  }

  /// Where a service can be called: at its living processes, or where the last one was, so that its
  /// callers find nobody there.
  func ports(of peer: String) -> [Int] {
    let all = processes.filter { scenario.peerName(of: $0.key) == peer }
    let living = all.filter(\.isAlive).compactMap(\.port)
    return living.isEmpty ? Array(all.compactMap(\.port).suffix(1)) : living
  }
}

extension ActiveFault {
  /// What a process is told of it; nil for a fault that is not its own to inflict.
  var stepFault: StepFault? {
    switch request.kind {
    case .latency, .jitter, .error, .slow, .poison, .split, .noConfirms, .wrongKey,
      .oversizedBody, .duplicateIDs:
      StepFault(
        identifier: identifier,
        kind: request.kind,
        amount: request.amount,
        percent: request.percent,
        count: request.count,
        seed: request.seed
      )
    case .hang, .crash, .crashLoop, .drop, .memoryAlarm, .diskAlarm, .queueFull, .unbind,
      .brokerCrash, .brokerRestart:
      nil
    }
  }
}
