import Telemetry

/// Pausing and killing.
extension Model {
  func pausing() -> Decision {
    let marked = markedTargets
    if !marked.isEmpty { return pausing(marked) }
    let target = target
    if focus == .lab || focus == .services { return pausing(target.service) }
    if focus == .consumers || focus == .held || screen.place == .consumer {
      guard let selected = target.consumer else { return .refuse("there is no consumer") }
      return pausing(selected)
    }
    guard let shown = target.queue else {
      return focus == .exchanges || screen.place == .exchange
        ? .refuse("an exchange cannot be paused; choose a queue or a consumer")
        : .refuse("choose a queue or a consumer first (Tab)")
    }
    guard let queue = liveQueue(shown.identity) else {
      return .refuse("\(shown.name) is no longer there")
    }
    return .act(
      [pause(queue, isPaused: !queue.isPaused)],
      undoable: queue.isPaused ? [] : [.pausedQueue(queue.identity)]
    )
  }

  private func pause(_ queue: QueueSnapshot, isPaused: Bool) -> Effect {
    .pauseQueue(virtualHost: queue.virtualHost, name: queue.name, isPaused: isPaused)
  }

  /// Pauses the consumers of a service's process; when all are paused, lets them go on.
  private func pausing(_ service: ServiceSnapshot?) -> Decision {
    guard let service else { return .refuse("there is no service") }
    guard service.queue != nil else { return .refuse("\(service.name) consumes no queue") }
    guard let process = live.service(named: service.name)?.state.processIdentifier else {
      return .refuse("\(service.name) is not there; u brings it back")
    }
    let consumers = (live.broker?.consumers ?? []).filter { $0.processIdentifier == process }
    if consumers.isEmpty { return .refuse("\(service.name) has no consumer now") }
    let isPausing = consumers.contains { !$0.isPaused }
    let meant = consumers.filter { $0.isPaused != isPausing }
    return .act(
      meant.map { .pauseConsumer(identifier: $0.identifier, isPaused: isPausing) },
      undoable: isPausing
        ? meant.map { .pausedConsumer(identifier: $0.identifier, name: service.name) } : [],
      saying: "\(service.name) \(isPausing ? "is paused" : "goes on")"
    )
  }

  private func pausing(_ selected: SelectedConsumer) -> Decision {
    guard let shown = selected.consumer else {
      return .refuse("\(selected.name) is not there; u brings it back")
    }
    guard let consumer = liveConsumer(shown.identifier) else {
      return .refuse("\(selected.name) is no longer there")
    }
    return .act(
      [.pauseConsumer(identifier: consumer.identifier, isPaused: !consumer.isPaused)],
      undoable: consumer.isPaused
        ? [] : [.pausedConsumer(identifier: consumer.identifier, name: selected.name)]
    )
  }

  /// Pauses all that are marked; when all are paused already, lets them go on.
  private func pausing(_ marked: [Target]) -> Decision {
    let queues = marked.compactMap(\.queue)
    let consumers = marked.compactMap(\.consumer?.consumer)
    let isPausing = queues.contains { !$0.isPaused } || consumers.contains { !$0.isPaused }
    var effects: [Effect] = []
    var undoable: [Undoable] = []
    for queue in queues where queue.isPaused != isPausing {
      effects.append(pause(queue, isPaused: isPausing))
      if isPausing { undoable.append(.pausedQueue(queue.identity)) }
    }
    for consumer in consumers where consumer.isPaused != isPausing {
      effects.append(.pauseConsumer(identifier: consumer.identifier, isPaused: isPausing))
      if isPausing {
        undoable.append(.pausedConsumer(identifier: consumer.identifier, name: consumer.tag))
      }
    }
    if effects.isEmpty { return .refuse("nothing that is marked can be paused") }
    return .act(effects, undoable: undoable)
  }

  func killing() -> Decision {
    let marked = markedTargets.compactMap(\.consumer)
    if !marked.isEmpty { return killing(marked) }
    let target = target
    if focus == .lab || focus == .services {
      guard let service = target.service else { return .refuse("there is no service") }
      return killing(serviceNamed: service.name)
    }
    if let selected = target.consumer { return killing(selected) }
    if focus == .consumers { return .refuse("there is no consumer") }
    guard focus != .exchanges, focus != .events, let queue = target.queue else {
      return .refuse("choose a consumer first (Tab)")
    }
    let candidates = consumers(of: queue.identity)
    guard candidates.count < 2 else {
      return .refuse("\(queue.name) has \(candidates.count) consumers; Tab to them and choose one")
    }
    guard let only = candidates.first else { return .refuse("\(queue.name) has no consumer") }
    return killing(only)
  }

  private func killing(_ all: [SelectedConsumer]) -> Decision {
    var effects: [Effect] = []
    var undoable: [Undoable] = []
    for selected in all {
      if case .act(let more, let entries, _) = killing(selected) {
        effects += more.filter { !effects.contains($0) }
        undoable += entries
      }
    }
    if effects.isEmpty { return .refuse("nothing that is marked can be killed") }
    return .act(effects, undoable: undoable, saying: "killing \(effects.count); u brings back")
  }

  private func killing(_ selected: SelectedConsumer) -> Decision {
    if let service = selected.service { return killing(serviceNamed: service) }
    guard let consumer = selected.consumer else {
      return .refuse("\(selected.name) is not there")
    }
    guard liveConsumer(consumer.identifier) != nil else {
      return .refuse("\(selected.name) is no longer there")
    }
    return .act([.killConsumer(identifier: consumer.identifier)])
  }

  private func killing(serviceNamed name: String) -> Decision {
    switch live.service(named: name)?.state {
    case .running(let processIdentifier), .hung(let processIdentifier):
      return .act(
        [.killService(name: name)],
        undoable: [.killedService(name: name, processIdentifier: processIdentifier)],
        saying: "killing \(name); u brings it back"
      )
    case .starting: return .refuse("\(name) is only starting")
    case .killed: return .refuse("\(name) is killed already; u brings it back")
    case .ended: return .refuse("\(name) has ended already; u starts it again")
    case nil: return .refuse("\(name) is no longer there")
    }
  }

  func cancelling() -> Decision {
    let marked = markedTargets.compactMap(\.consumer?.consumer)
    let chosen = marked.isEmpty ? [target.consumer?.consumer].compactMap { $0 } : marked
    let there = chosen.filter { liveConsumer($0.identifier) != nil }
    guard let first = there.first else { return .refuse("choose a consumer first") }
    let names = there.count == 1 ? first.tag : "\(there.count) consumers"
    let held = there.reduce(0) { $0 + $1.held }
    return .open(
      .confirmation(
        Confirmation(
          title: "cancel \(names)",
          lines: [
            "The broker sends basic.cancel and delivers nothing more to it.",
            "It still holds \(Format.count(held)) messages, which it may settle.",
          ],
          verb: "cancel it",
          choice: .effects(there.map { .act(.cancelConsumer(identifier: $0.identifier)) })
        )
      )
    )
  }

  func changingPrefetch() -> Decision {
    let selected = target.consumer
    guard let shown = selected?.consumer, let consumer = liveConsumer(shown.identifier) else {
      return .refuse("choose a consumer first")
    }
    if consumer.isAutomaticallyAcknowledged {
      return .refuse("\(consumer.tag) acknowledges automatically and has no prefetch count")
    }
    return .open(.form(prefetchForm(consumer, name: selected?.name ?? consumer.tag)))
  }

  func closingConnection() -> Decision {
    if let channel = target.channel {
      return .open(
        .form(
          Form(
            purpose: .closeChannel(
              connection: channel.connectionIdentifier,
              number: channel.number
            ),
            title: "close channel \(channel.number)",
            fields: [.text("reason", hint: "the client is told this")],
            verb: "close"
          )
        )
      )
    }
    let marked = markedTargets.compactMap(\.connection)
    if marked.count > 1 { return closing(marked) }
    guard let connection = marked.first ?? target.connection,
      liveConnection(connection.identifier) != nil
    else { return .refuse("choose a connection or a consumer first") }
    return .open(
      .form(
        Form(
          purpose: .closeConnection(identifier: connection.identifier),
          title: "close connection \(connection.name)",
          fields: [.text("reason", hint: "the client is told this")],
          verb: "close"
        )
      )
    )
  }

  private func closing(_ connections: [ConnectionSnapshot]) -> Decision {
    let channels = connections.reduce(0) { $0 + $1.channelCount }
    return .open(
      .confirmation(
        Confirmation(
          title: "close \(connections.count) connections",
          lines: ["They have \(channels) channels; what these hold goes back to its queues."],
          verb: "close them",
          choice: .effects(
            connections.map { .act(.closeConnection(identifier: $0.identifier, reason: "")) }
          )
        )
      )
    )
  }
}
