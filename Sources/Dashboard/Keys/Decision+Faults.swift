import Canvas
import Telemetry

/// Breaking things on purpose, and healing them.
extension Model {
  /// The service that a fault would be put on: the one under the cursor, or the one that consumes
  /// the queue or is the consumer under it.
  var serviceForFaults: ServiceSnapshot? {
    let services = live.lab?.services ?? []
    func consuming(_ queue: String) -> ServiceSnapshot? { services.first { $0.queue == queue } }
    switch focus {
    case .lab, .services: return selectedService.flatMap { live.service(named: $0.name) }
    case .consumers:
      guard let selected = selectedConsumer else { return nil }
      if let name = selected.service { return live.service(named: name) }
      return selected.consumer.flatMap { consuming($0.queue) }
    case .queues: return selectedQueue.flatMap { consuming($0.name) }
    case .ledger:
      guard let account = selectedAccount(at: selectedIndex(of: .ledger)) else { return nil }
      return services.first { $0.service == account.service } ?? consuming(account.name)
    case .faults:
      let name = activeFault(at: selectedIndex(of: .faults))?.request.service
      return name.flatMap { name in services.first { $0.name == name || $0.service == name } }
    case .events, .exchanges, .connections, .bindings, .messages, .held, .channels, .publishers,
      .topology, .ways, .lesson, .verdict, .nodes:
      return services.first
    }
  }

  func faulting() -> Decision {
    guard live.broker != nil else { return .refuse("there is no broker yet") }
    let service = serviceForFaults
    let items = FaultText.menu.map { item(of: $0, service) }
    let subject = service?.name ?? FaultRequest.broker
    return .open(
      .menu(
        Menu(
          title: "fault on \(subject)",
          heading: "looking for the filter? press /",
          items: items + [
            Menu.Item(text: "filter the table", key: "/", choice: .action(.filter))
          ],
          isSearched: false
        )
      )
    )
  }

  private func item(of kind: FaultKind, _ service: ServiceSnapshot?) -> Menu.Item {
    let name = FaultText.menuName(of: kind)
    let missing = max(0, 15 - CharacterWidth.columns(of: name))
    let text = name + String(repeating: " ", count: missing) + FaultText.meaning(of: kind)
    let key = FaultText.key(of: kind)
    if isAttached, kind.needsHandOnBroker {
      return Menu.Item(
        text: text,
        key: key,
        refusal: "that broker is not ours to break",
        choice: .allowChanges
      )
    }
    // Also possible without a scenario.
    if kind == .brokerCrash {
      return Menu.Item(
        text: text,
        note: FaultRequest.broker,
        key: key,
        choice: .effects([.crashBroker], saying: "the broker is killed")
      )
    }
    let subject = subject(of: kind, service)
    guard case .success(let target) = subject else {
      if case .failure(let reason) = subject {
        return Menu.Item(text: text, key: key, refusal: reason.text, choice: .allowChanges)
      }
      return Menu.Item(text: text, key: key, choice: .allowChanges)
    }
    let request = FaultRequest(service: target, kind: kind)
    if let active = live.fault(on: target, kind) {
      let since = Format.span(max(0, now.seconds(since: active.since)))
      return Menu.Item(
        text: text,
        note: "\(glyphs.alert) on \(since)",
        key: key,
        quick: healingChoice(active),
        choice: .faultForm(active.request)
      )
    }
    let hasFigures = !faultForm(request).fields.isEmpty
    return Menu.Item(
      text: text,
      note: target,
      key: key,
      quick: putting(request),
      choice: hasFigures ? .faultForm(request) : putting(request)
    )
  }

  /// Why a fault cannot be put on anything here.
  private struct Obstacle: Error {
    var text: String
  }

  /// What a fault of a kind would be put on.
  private func subject(
    of kind: FaultKind,
    _ service: ServiceSnapshot?
  ) -> Result<String, Obstacle> {
    if let labRefusal { return .failure(Obstacle(text: labRefusal)) }
    if kind.target == .broker { return .success(FaultRequest.broker) }
    guard let service else {
      return .failure(Obstacle(text: "choose a service, a queue or a consumer of the lab first"))
    }
    switch kind.target {
    case .service, .broker: return .success(service.name)
    case .queue:
      return service.queue == nil
        ? .failure(Obstacle(text: "\(service.name) has no queue")) : .success(service.service)
    case .producer:
      return service.isProducer
        ? .success(service.name) : .failure(Obstacle(text: "\(service.name) publishes nothing"))
    }
  }

  /// What puts a fault.
  func putting(_ request: FaultRequest) -> Choice {
    let text = FaultText.description(of: request)
    return .effects(
      [.putFault(request)],
      undoable: request.kind.isInstant
        ? nil : .putFault(service: request.service, kind: request.kind),
      saying: "\(request.service): \(text)" + (request.kind.isInstant ? "" : "; u heals")
    )
  }

  private func healingChoice(_ fault: ActiveFault) -> Choice {
    .effects(
      [.healFault(identifier: fault.identifier)],
      saying: "healed: \(fault.request.service), \(FaultText.description(of: fault.request))"
    )
  }

  func healing(_ fault: ActiveFault) -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    return .act(
      [.healFault(identifier: fault.identifier)],
      saying: "healed: \(fault.request.service), \(FaultText.description(of: fault.request))"
    )
  }

  func healingAll() -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    let count = live.lab?.faults.count ?? 0
    if count == 0 { return .refuse("nothing is broken on purpose") }
    return .act([.healAll], saying: count == 1 ? "healed" : "all \(count) faults are healed")
  }

  /// The fault under the cursor, or what took away or stopped the process under it.
  var healingUnderCursor: Decision? {
    if focus == .faults, let fault = activeFault(at: selectedIndex(of: .faults)) {
      return live.fault(fault.identifier).map { healing($0) }
    }
    guard [.lab, .services, .consumers].contains(focus), let service = serviceForFaults else {
      return nil
    }
    let isDown: Bool
    switch service.state {
    case .hung, .killed, .ended: isDown = true
    case .starting, .running: isDown = false
    }
    guard isDown else { return nil }
    let cause = [FaultKind.hang, .crash, .crashLoop].lazy
      .compactMap { self.live.fault(on: service.name, $0) }.first
    return cause.map { healing($0) }
  }

  /// Opens the figures of the fault under the cursor.
  func changingFault() -> Decision {
    guard let shown = activeFault(at: selectedIndex(of: .faults)),
      let fault = live.fault(shown.identifier)
    else { return .refuse("nothing is broken on purpose; f breaks something") }
    if isReadOnly { return .refuse("this dashboard is read-only") }
    return .open(.form(faultForm(fault.request)))
  }

  /// Takes back what was done to the lab; nil when there is nothing to take back.
  func undoingInLab(_ entry: Undoable) -> Decision? {
    guard let lab = live.lab, labRefusal == nil else { return nil }
    switch entry {
    case .putFault(let service, let kind):
      return live.fault(on: service, kind).map { healing($0) }
    case .changedLoad(let old):
      guard load != old else { return nil }
      return .act([.setLoad(perSecond: old)], saying: "load \(Format.rate(old))/s again")
    case .changedShape(let old):
      guard lab.shape != old else { return nil }
      return .act([.setShape(old)], saying: "load: \(old.description(perSecond: load))")
    case .changedMessageBytes(let old):
      guard lab.messageBytes != old else { return nil }
      return .act([.setMessageBytes(old)], saying: "messages carry \(Format.bytes(old)) more again")
    case .turnedKnob(let old):
      guard let knob = lab.knob, knobValue != old else { return nil }
      return .act([.turnKnob(value: old)], saying: "\(knob.label) \(old)\(knob.unit) again")
    case .addedInstance(let service):
      guard lab.services.count(where: { $0.service == service }) > 1 else { return nil }
      return .act([.removeInstance(service: service)], saying: "one fewer \(service)")
    case .killedService, .pausedQueue, .pausedConsumer, .setPrefetch, .bound, .unbound:
      return nil
    }
  }
}

extension FaultKind {
  /// Whether only who runs the broker can do it; bindings any client can delete.
  fileprivate var needsHandOnBroker: Bool { target == .broker || self == .queueFull }
}
