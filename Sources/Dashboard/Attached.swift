import Canvas
import Telemetry

/// Brokers that are watched from outside, as far as the screen is about them.
package struct AttachOptions: Hashable, Sendable {
  /// What can be chosen, each as `host:port`; the first one is shown first.
  package var targets: [String]
  /// Whether anything may be changed there.
  package var allowsChanges: Bool

  /// - Parameters:
  ///   - targets: What can be chosen, each as `host:port`, without user and password.
  ///   - allowsChanges: Whether anything may be changed there.
  package init(targets: [String], allowsChanges: Bool = false) {
    self.targets = targets
    self.allowsChanges = allowsChanges
  }
}

/// Watching a broker that is not ours.
extension Model {
  var isAttached: Bool { options.attachment != nil }

  /// Whether the broker that is shown does not answer now.
  var isLost: Bool {
    if case .lost = attached?.link { return frozen == nil }
    return false
  }

  /// Takes how it stands with the broker.
  mutating func take(_ state: AttachedState) {
    let wasLost = isLost
    guard state != attached else { return }
    attached = state
    if wasLost, !isLost {
      // Of a cluster it may be another node.
      let endpoint = SafeText.clean(live.broker?.identity.endpoint ?? targetName)
      tell(
        endpoint.contains(targetName) ? "\(targetName) answers again" : "\(endpoint) answers now"
      )
    }
    touch()
  }

  /// Shows another broker from now on, of which nothing is known yet.
  mutating func switched(to target: Int) {
    guard let names = options.attachment?.targets, names.indices.contains(target) else { return }
    targetIndex = target
    attached = nil
    live = Picture(refreshSeconds: refreshSeconds, tuning: options.tuning)
    timeline = Timeline()
    frozen = nil
    path = [.overview]
    marks = []
    cursors = [:]
    arrangements = [:]
    undoable = []
    dialog = nil
    alertWatch = AlertWatch()
    watched = (.nothing, false)
    seen = []
    settle()
    tell("\(names[target]) is shown")
  }

  /// What the broker that is shown is called.
  var targetName: String {
    let names = options.attachment?.targets ?? []
    return SafeText.clean(names.indices.contains(targetIndex) ? names[targetIndex] : "the broker")
  }

  func choosingTarget() -> Decision {
    guard let names = options.attachment?.targets else {
      return .refuse("the broker that runs here is the only one; see sluice attach --help")
    }
    guard names.count > 1 else {
      return .refuse("this is the only one; sluice attach takes more with --target")
    }
    let items = names.enumerated().map { index, name in
      Menu.Item(
        text: SafeText.clean(name),
        note: index == targetIndex ? "now" : "",
        choice: .effects(index == targetIndex ? [] : [.switchTarget(index)])
      )
    }
    return .open(
      .menu(Menu(title: "target", items: items, isSearched: false, cursor: targetIndex))
    )
  }

  /// Tells which queues are on the screen, when they have changed: they are asked for more often
  /// than the others.
  mutating func seeingEffects() -> [Effect] {
    guard isAttached, frozen == nil, let broker = live.broker else { return [] }
    let rows = arrangements[.queues]?.rows ?? []
    let isListed = screen == .overview || screen == .queues
    let top = min(max(0, cursors[.queues]?.top ?? 0), rows.count)
    let places = isListed ? rows[top...].prefix(size.rows) : []
    let queues = places.filter { broker.queues.indices.contains($0) }.map {
      broker.queues[$0].identity
    }
    if queues == seen { return [] }
    seen = queues
    return [.see(queues)]
  }
}

/// What cannot be done to a broker that is not ours, and why.
extension Model {
  /// Why an action means nothing there; nil when it does what it always does.
  func attachRefusal(of action: Action) -> String? {
    guard let attachment = options.attachment else { return nil }
    if let reason = impossibility(of: action) { return reason }
    let changes = action.isChange || action == .peek
    if isLost, changes { return "\(targetName) does not answer now" }
    if !attachment.allowsChanges {
      // Where a scenario runs there are still its processes to change.
      if changes || (action == .readOnly && !options.hasLab) {
        return action == .peek
          ? "looking marks messages as redelivered there; start with --write to allow it"
          : "attached read-only; start with --write to allow changes"
            + (options.hasLab ? " of the broker" : "")
      }
      return nil
    }
    if isReadOnly, action == .peek {
      let label = keymap.binding(of: .readOnly)?.shortLabel ?? ""
      return "looking marks messages as redelivered there; \(label) allows changes"
    }
    return nil
  }

  /// Why the management of a broker cannot do it, whoever asks.
  private func impossibility(of action: Action) -> String? {
    switch action {
    case .pause:
      "a broker's management cannot stop deliveries; only its consumers can"
        + (options.hasLab ? "; f and hang stop a service" : "")
    case .prefetch: "only the consumer itself can set its prefetch count"
    case .cancel: "a broker's management cannot cancel a consumer; K closes its connection"
    case .tap: "a broker's management shows no messages as they pass"
    case .redrive: "a broker's management cannot send dead letters back; M moves them to a queue"
    case .closeConnection where target.channel != nil && focus == .channels:
      "a broker's management cannot close a channel, only its whole connection"
    case .delete where focus == .messages, .move where focus == .messages:
      "a broker's management cannot take one message out of a queue"
    case .fault, .healAll, .add, .loadMenu, .loadUp, .loadDown, .mode, .knobUp, .knobDown,
      .lesson, .repeatStep:
      options.hasLab ? nil : "no scenario runs on a broker that is watched"
    default: nil
    }
  }

  /// Cutting a consumer's connection is nothing to undo where its process is not ours: ask first.
  func askingToKill(_ decision: Decision) -> Decision {
    guard isAttached, case .act(let effects, _, _) = decision, !effects.allSatisfy(\.isOnLab)
    else { return decision }
    let count = effects.count
    return .open(
      .confirmation(
        Confirmation(
          title: count == 1 ? "close the consumer's connection" : "close \(count) connections",
          lines: [
            "All channels of it go, with all their consumers; what they hold is delivered again.",
            "Its client may connect again, or not: nothing here brings it back.",
          ],
          verb: "close it",
          choice: .effects(effects)
        )
      )
    )
  }
}

extension AttachedState {
  /// What asking costs the broker, in one line.
  var costText: String {
    var text = "asked every \(Format.refresh(cost.stepSeconds)), busy with it \(percent) %"
    if cost.queuesMilliseconds > 0 {
      text +=
        ", all queues every \(queuesInterval)"
        + " (\(Format.milliseconds(cost.queuesMilliseconds)) ms, \(Format.bytes(cost.queuesBytes)))"
    }
    return text
  }

  /// The same where there is little room.
  var shortCostText: String {
    "asked every \(Format.refresh(cost.stepSeconds)), busy \(percent) %"
      + (cost.queuesSeconds > cost.stepSeconds ? ", queues every \(queuesInterval)" : "")
  }

  private var queuesInterval: String { Format.refresh(cost.queuesSeconds.rounded()) }

  private var percent: String {
    let share = cost.share * 100
    return share < 0.1 ? "<0.1" : Format.plain((share * 10).rounded() / 10)
  }
}
