import Telemetry

/// Taking back.
extension Model {
  func undoing() -> Decision {
    if let healing = healingUnderCursor { return healing }
    if let service = selectedAbsentService { return bringingBack(service) }
    if let resuming = resumingUnderCursor { return resuming }
    for entry in undoable.reversed() {
      if let decision = undoing(entry) { return decision }
    }
    let absent = live.lab?.services.last { $0.state.isAbsent }
    if let absent { return bringingBack(absent.name) }
    if let fault = live.lab?.faults.last { return healing(fault) }
    return .refuse("nothing to take back")
  }

  /// Takes one thing back; nil when it is no longer to be taken back.
  private func undoing(_ entry: Undoable) -> Decision? {
    switch entry {
    case .killedService(let name, let processIdentifier):
      if live.service(named: name)?.state == .starting { return nil }
      let other = live.service(named: name)?.state.processIdentifier
      if let other, other != processIdentifier { return nil }
      return bringingBack(name)
    case .pausedQueue(let identity):
      guard liveQueue(identity) != nil else { return nil }
      return .act(
        [.pauseQueue(virtualHost: identity.virtualHost, name: identity.name, isPaused: false)]
      )
    case .pausedConsumer(let identifier, _):
      guard liveConsumer(identifier) != nil else { return nil }
      return .act([.pauseConsumer(identifier: identifier, isPaused: false)])
    case .setPrefetch(let identifier, _, let old):
      guard let consumer = liveConsumer(identifier), consumer.prefetchCount != Int(old) else {
        return nil
      }
      return .act([.act(.setPrefetch(consumer: identifier, count: old))])
    case .bound(let binding): return .act([.act(.unbind(binding))])
    case .unbound(let binding): return .act([.act(.bind(binding))])
    case .putFault, .changedLoad, .changedShape, .changedMessageBytes, .turnedKnob, .addedInstance:
      return undoingInLab(entry)
    }
  }

  private func bringingBack(_ name: String) -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    return .act([.bringBack(service: name)], saying: "bringing \(name) back")
  }

  /// Lets what is under the cursor go on, when it was paused from here.
  private var resumingUnderCursor: Decision? {
    if focus == .queues {
      guard
        let identity = selectedQueue?.identity,
        undoable.contains(.pausedQueue(identity)),
        liveQueue(identity)?.isPaused == true
      else { return nil }
      return .act(
        [.pauseQueue(virtualHost: identity.virtualHost, name: identity.name, isPaused: false)]
      )
    }
    guard
      focus == .consumers,
      let identifier = selectedConsumer?.consumer?.identifier,
      liveConsumer(identifier)?.isPaused == true
    else { return nil }
    return .act([.pauseConsumer(identifier: identifier, isPaused: false)])
  }

  /// The service under the cursor, when its process is gone.
  private var selectedAbsentService: String? {
    let name: String?
    switch focus {
    case .consumers: name = selectedConsumer?.service
    case .lab, .services: name = selectedService?.name
    case .queues, .exchanges, .events, .connections, .bindings, .messages, .held, .channels,
      .publishers, .topology, .ways, .ledger, .lesson, .faults, .verdict, .nodes:
      name = nil
    }
    guard let name, let service = live.service(named: name), service.state.isAbsent else {
      return nil
    }
    return name
  }
}
