import Canvas
import Telemetry

/// What a key does in a model, or why it does nothing: the one place that knows both.
enum Decision: Sendable, Hashable {
  /// The effects, what `u` can take back of them, and what is said until their outcome is known.
  case act([Effect], undoable: Model.Undoable? = nil, saying: String? = nil)
  case refuse(String)
}

extension Keymap {
  /// Returns why an action can do nothing now, in one line; nil when it can.
  package static func refusal(of action: Action, in model: Model) -> String? {
    switch decision(of: action, in: model) {
    case .act: nil
    case .refuse(let reason): (binding(of: action)?.shortLabel ?? "") + ": " + reason
    }
  }

  /// Returns how a pressed key is called in an answer to it.
  static func name(of key: Key, in binding: KeyBinding) -> String {
    if case .character(let scalar) = key { return String(scalar) }
    return binding.shortLabel
  }

  /// Returns what an action does outside of the dashboard; moving about is always possible.
  static func decision(of action: Action, in model: Model) -> Decision {
    switch action {
    case .moveUp, .moveDown, .moveFirst, .moveLast, .pageUp, .pageDown, .nextPanel, .previousPanel,
      .help, .close:
      .act([])
    case .freeze:
      model.live.broker == nil ? .refuse("nothing to freeze yet") : .act([])
    case .quit:
      .act(model.screen == .overview ? [.quit] : [])
    case .quitNow: .act([.quit])
    case .suspend: .act([.suspend])
    case .repaint: .act([.repaint])
    case .publishOne: model.publishing(count: 1)
    case .burst: model.publishing(count: Limits.burstCount)
    case .loadUp: model.changingLoad(isUp: true)
    case .loadDown: model.changingLoad(isUp: false)
    case .mode: model.changingMode()
    case .pause: model.pausing()
    case .kill: model.killing()
    case .crash: model.crashing()
    case .undo: model.undoing()
    }
  }
}

extension Model {
  /// Why the lab cannot be told anything; nil when it can.
  private var labRefusal: String? {
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

  fileprivate func publishing(count: Int) -> Decision {
    let isBurst = count > 1
    if isBurst && isLabRunning { return customers(count) }
    switch focus {
    case .queues:
      if let queue = selectedQueue {
        return publishing(to: queue.virtualHost, queue: queue.name, count)
      }
    case .exchanges:
      if let exchange = selectedExchange { return publishing(to: exchange, count) }
    case .consumers:
      if !isLabRunning, let consumer = selectedConsumer?.consumer {
        return publishing(to: consumer.virtualHost, queue: consumer.queue, count)
      }
    case .lab, .events:
      break
    }
    if isLabRunning { return customers(count) }
    if options.hasLab, focus == .lab, let labRefusal { return .refuse(labRefusal) }
    return .refuse("choose a queue or an exchange first (Tab)")
  }

  private func customers(_ count: Int) -> Decision {
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

  fileprivate func changingLoad(isUp: Bool) -> Decision {
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
      saying: text
    )
  }

  fileprivate func changingMode() -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    guard let mode else { return .refuse("the scenario has not started yet") }
    let text = "customers are served \(mode.next.shortName)"
    return .act(
      [.setMode(mode.next), .record(text: "\(text) (you, x)", severity: .information)],
      saying: text
    )
  }

  /// The broker says itself what became of it, on the timeline of its new life.
  fileprivate func crashing() -> Decision {
    guard live.broker != nil else { return .refuse("there is no broker yet") }
    return .act([.crashBroker], saying: "the broker is killed")
  }

  fileprivate func pausing() -> Decision {
    switch focus {
    case .queues:
      guard let shown = selectedQueue else { return .refuse("there is no queue") }
      guard let queue = liveQueue(shown.identity) else {
        return .refuse("\(shown.name) is no longer there")
      }
      return .act(
        [
          .pauseQueue(
            virtualHost: queue.virtualHost,
            name: queue.name,
            isPaused: !queue.isPaused
          )
        ],
        undoable: queue.isPaused ? nil : .pausedQueue(queue.identity)
      )
    case .consumers:
      guard let selected = selectedConsumer else { return .refuse("there is no consumer") }
      guard let shown = selected.consumer else {
        return .refuse("\(selected.name) is not there; u brings it back")
      }
      guard let consumer = liveConsumer(shown.identifier) else {
        return .refuse("\(selected.name) is no longer there")
      }
      return .act(
        [.pauseConsumer(identifier: consumer.identifier, isPaused: !consumer.isPaused)],
        undoable: consumer.isPaused
          ? nil : .pausedConsumer(identifier: consumer.identifier, name: selected.name)
      )
    case .lab:
      return .refuse("a service is paused as a consumer; Tab to the consumers")
    case .exchanges:
      return .refuse("an exchange cannot be paused; Tab to a queue or a consumer")
    case .events:
      return .refuse("choose a queue or a consumer first (Tab)")
    }
  }

  fileprivate func killing() -> Decision {
    switch focus {
    case .consumers:
      guard let selected = selectedConsumer else { return .refuse("there is no consumer") }
      return killing(selected)
    case .queues:
      guard let queue = selectedQueue else { return .refuse("there is no queue") }
      let candidates = consumers(of: queue.identity)
      guard candidates.count < 2 else {
        return .refuse(
          "\(queue.name) has \(candidates.count) consumers; Tab to them and choose one"
        )
      }
      guard let only = candidates.first else { return .refuse("\(queue.name) has no consumer") }
      return killing(only)
    case .lab:
      guard let service = selectedService else { return .refuse("there is no service") }
      return killing(serviceNamed: service.name)
    case .exchanges, .events:
      return .refuse("choose a consumer first (Tab)")
    }
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
    case .running(let processIdentifier):
      return .act(
        [.killService(name: name)],
        undoable: .killedService(name: name, processIdentifier: processIdentifier),
        saying: "killing \(name); u brings it back"
      )
    case .starting: return .refuse("\(name) is only starting")
    case .killed: return .refuse("\(name) is killed already; u brings it back")
    case .ended: return .refuse("\(name) has ended already; u starts it again")
    case nil: return .refuse("\(name) is no longer there")
    }
  }

  fileprivate func undoing() -> Decision {
    if let service = selectedAbsentService { return bringingBack(service) }
    if let resuming = resumingUnderCursor { return resuming }
    for entry in undoable.reversed() {
      switch entry {
      case .killedService(let name, let processIdentifier):
        if live.service(named: name)?.state == .starting { continue }
        if case .running(let other) = live.service(named: name)?.state, other != processIdentifier {
          continue
        }
        return bringingBack(name)
      case .pausedQueue(let identity):
        guard liveQueue(identity) != nil else { continue }
        return .act(
          [
            .pauseQueue(
              virtualHost: identity.virtualHost,
              name: identity.name,
              isPaused: false
            )
          ]
        )
      case .pausedConsumer(let identifier, _):
        guard liveConsumer(identifier) != nil else { continue }
        return .act([.pauseConsumer(identifier: identifier, isPaused: false)])
      }
    }
    let absent = live.lab?.services.last { $0.state.isAbsent }
    if let absent { return bringingBack(absent.name) }
    return .refuse("nothing to take back")
  }

  private func bringingBack(_ name: String) -> Decision {
    if let labRefusal { return .refuse(labRefusal) }
    return .act([.bringBack(service: name)], saying: "bringing \(name) back")
  }

  /// Lets what is under the cursor go on, when it was paused from here.
  private var resumingUnderCursor: Decision? {
    switch focus {
    case .queues:
      guard
        let identity = selectedQueue?.identity,
        undoable.contains(.pausedQueue(identity)),
        liveQueue(identity)?.isPaused == true
      else { return nil }
      return .act(
        [.pauseQueue(virtualHost: identity.virtualHost, name: identity.name, isPaused: false)]
      )
    case .consumers:
      guard
        let identifier = selectedConsumer?.consumer?.identifier,
        liveConsumer(identifier)?.isPaused == true
      else { return nil }
      return .act([.pauseConsumer(identifier: identifier, isPaused: false)])
    case .exchanges, .lab, .events:
      return nil
    }
  }

  /// The service under the cursor, when its process is gone.
  private var selectedAbsentService: String? {
    let name: String?
    switch focus {
    case .consumers: name = selectedConsumer?.service
    case .lab: name = selectedService?.name
    case .queues, .exchanges, .events: name = nil
    }
    guard let name, let service = live.service(named: name), service.state.isAbsent else {
      return nil
    }
    return name
  }
}

extension ServiceState {
  /// Whether there is no process and none is on its way.
  var isAbsent: Bool {
    switch self {
    case .starting, .running: false
    case .killed, .ended: true
    }
  }
}

extension CallMode {
  /// As the screen calls it.
  var shortName: String {
    switch self {
    case .synchronous: "sync"
    case .asynchronous: "async"
    case .both: "both ways"
    }
  }
}
