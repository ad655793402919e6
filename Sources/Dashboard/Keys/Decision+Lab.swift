import Canvas
import Telemetry

/// Load, customers and messages by hand.
extension Model {
  /// Why the lab cannot be told anything; nil when it can.
  var labRefusal: String? {
    guard options.hasLab else { return "no scenario runs here" }
    guard let lab = live.lab else { return "the scenario has not started yet" }
    switch lab.state {
    case .starting: return "the scenario is still starting"
    case .running: return nil
    case .draining: return "the customers have gone home"
    case .stopped: return "the scenario has ended"
    case .failed: return "the scenario could not start"
    }
  }

  func publishing(count: Int) -> Decision {
    let isBurst = count > 1
    let isLabScreen = screen == .overview || screen == .lab
    if isBurst && isLabRunning && isLabScreen { return customers(count) }
    if focus == .exchanges || screen.place == .exchange || focus == .topology,
      let exchange = target.exchange
    {
      return publishing(to: exchange, count)
    }
    let isCustomersPlace = focus == .consumers && isLabScreen && isLabRunning
    if !isCustomersPlace, let queue = target.queue {
      return publishing(to: queue.virtualHost, queue: queue.name, count)
    }
    if isLabRunning && isLabScreen { return customers(count) }
    if options.hasLab, [.lab, .services, .ways].contains(focus), let labRefusal {
      return .refuse(labRefusal)
    }
    return .refuse("choose a queue or an exchange first (Tab)")
  }

  func customers(_ count: Int) -> Decision {
    guard case .running = live.service(named: "customers")?.state else {
      return .refuse("the customers' process is not there; u brings it back")
    }
    let text = count == 1 ? "one customer comes" : "\(count) customers come at once"
    return .act(
      [.burst(customers: count)],
      saying: text + (mode == .both ? " for each way" : "")
    )
  }

  private func publishing(to virtualHost: String, queue: String, _ count: Int) -> Decision {
    .act([.publish(virtualHost: virtualHost, exchange: "", routingKey: queue, count: count)])
  }

  private func publishing(to exchange: ExchangeSnapshot, _ count: Int) -> Decision {
    guard !exchange.name.isEmpty else {
      return .refuse("the default exchange takes a queue's name as the key; choose the queue")
    }
    // The payment scenario's own key, so that its queues get the message; elsewhere any key.
    let routingKey = live.lab?.scenario == "payment" ? "payment.succeeded" : "sluice.by-hand"
    return .act([
      .publish(
        virtualHost: exchange.virtualHost,
        exchange: exchange.name,
        routingKey: routingKey,
        count: count
      )
    ])
  }

  func changingLoad(isUp: Bool) -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    let old = load
    let next =
      isUp ? Limits.loads.first { $0 > old + 0.001 } : Limits.loads.last { $0 < old - 0.001 }
    guard let next else {
      return .refuse(isUp ? "\(Format.rate(old))/s is the most" : "no customers come already")
    }
    let text = "load \(Format.rate(old))/s to \(Format.rate(next))/s"
    let key = isUp ? "+" : "-"
    return .act(
      [
        .setLoad(perSecond: next),
        .record(text: "\(text) (you, \(key))", severity: .information),
      ],
      undoable: [.changedLoad(old: old)],
      saying: text
    )
  }

  func changingMode() -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    guard let mode else { return .refuse("the scenario has not started yet") }
    let text = "customers are served \(mode.next.shownName(of: live.lab))"
    return .act(
      [.setMode(mode.next), .record(text: "\(text) (you, x)", severity: .information)],
      saying: text
    )
  }
}

extension ServiceState {
  /// Whether there is no process and none is on its way.
  var isAbsent: Bool {
    switch self {
    case .starting, .running, .hung: false
    case .killed, .ended: true
    }
  }
}

extension ServiceState {
  /// The process that is there; nil when none is.
  var processIdentifier: Int? {
    switch self {
    case .running(let identifier), .hung(let identifier): identifier
    case .starting, .killed, .ended: nil
    }
  }
}

extension LabSnapshot {
  /// Whether the scenario has a third way of calling, as far as it was used.
  var hasThreeWays: Bool { ways.contains { $0.way == .alternative } }
}

extension CallWay {
  /// As tables call it.
  var shortName: String {
    switch self {
    case .synchronous: "sync"
    case .asynchronous: "async"
    case .alternative: "third"
    }
  }

  /// The colour of what belongs to it.
  var role: Role {
    switch self {
    case .synchronous: .labSynchronous
    case .asynchronous: .labAsynchronous
    case .alternative: .lab
    }
  }
}

extension CallMode {
  /// As the screen calls it, in a scenario with a third way too.
  func shownName(of lab: LabSnapshot?) -> String {
    self == .both && lab?.hasThreeWays == true ? "all ways" : shortName
  }

  /// As the screen calls it.
  var shortName: String {
    switch self {
    case .synchronous: "sync"
    case .asynchronous: "async"
    case .both: "both ways"
    }
  }
}
