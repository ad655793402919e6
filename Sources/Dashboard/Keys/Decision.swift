import Canvas
import Telemetry

/// What a key does in a model, or why it does nothing: the one place that knows both.
enum Decision: Sendable, Hashable {
  /// The effects, what `u` can take back of them, and what is said until their outcome is known.
  case act([Effect], undoable: [Model.Undoable] = [], saying: String? = nil)
  /// Ask first, or let the person choose.
  case open(Dialog)
  case refuse(String)
}

extension Model {
  /// Returns why an action can do nothing now, in one line; nil when it can.
  package func refusal(of action: Action) -> String? {
    // Always possible, and costly to make ready for every frame.
    let isForm = [.publishForm, .create, .bind, .palette, .rowMenu, .fault, .add, .loadMenu]
      .contains(action)
    if isForm, !((isReadOnly || isReplay || isAttached) && action.isChange) { return nil }
    switch decision(of: action) {
    case .act, .open: return nil
    case .refuse(let reason):
      return (keymap.binding(of: action)?.shortLabel ?? "") + ": " + reason
    }
  }

  /// Returns how a pressed key is called in an answer to it.
  static func name(of key: Key, in binding: KeyBinding) -> String {
    if case .character(let scalar) = key { return scalar == " " ? "Space" : String(scalar) }
    return binding.shortLabel
  }

  /// Returns what an action does outside of the dashboard; moving about is always possible.
  func decision(of action: Action) -> Decision {
    if let reason = replayRefusal(of: action) { return .refuse(reason) }
    if let onLab = decisionOnLab(of: action) { return onLab }
    if let reason = attachRefusal(of: action) { return .refuse(reason) }
    if isReadOnly, action.isChange {
      let label = keymap.binding(of: .readOnly)?.shortLabel ?? ""
      return .refuse("this dashboard is read-only; \(label) allows changes")
    }
    return unguardedDecision(of: action)
  }

  /// What a key does to the lab where the broker is not ours; nil for what it does to the broker, or
  /// when it does nothing.
  private func decisionOnLab(of action: Action) -> Decision? {
    guard isAttached, options.hasLab, !isReadOnly else { return nil }
    let isAlwaysOnLab = [
      .fault, .healAll, .add, .loadMenu, .loadUp, .loadDown, .mode, .knobUp, .knobDown,
    ].contains(action)
    if isAlwaysOnLab { return unguardedDecision(of: action) }
    guard [.kill, .undo, .burst, .publishOne].contains(action) else { return nil }
    let decision = unguardedDecision(of: action)
    guard case .act(let effects, _, _) = decision, !effects.isEmpty,
      effects.allSatisfy(\.isOnLab)
    else { return nil }
    return decision
  }

  private func unguardedDecision(of action: Action) -> Decision {
    switch action {
    case .moveUp, .moveDown, .moveFirst, .moveLast, .pageUp, .pageDown, .nextPanel, .previousPanel,
      .showOverview, .showQueues, .showExchanges, .showConsumers, .showConnections, .showEvents,
      .enlarge, .help, .close, .filter:
      .act([])
    case .showLab:
      options.hasLab ? .act([]) : .refuse("no scenario runs here")
    case .showTopology: .act([])
    case .open: opening()
    case .sortLeft, .sortRight, .invertSort, .wide, .trouble: tableOnly()
    case .mark, .markAll: marking()
    case .sort: sorting()
    case .columns: editingColumns()
    case .freeze:
      live.broker == nil ? .refuse("nothing to freeze yet") : .act([])
    case .scrubBack, .scrubFarBack: scrubbing(isBack: true)
    case .scrubForward, .scrubFarForward: scrubbing(isBack: false)
    case .goLive: goingLive()
    case .zoomIn: zooming(to: chartSpan.nearer)
    case .zoomOut: zooming(to: chartSpan.further)
    case .copy: copying()
    case .export: exporting()
    case .why: explaining()
    case .theme: choosingTheme()
    case .palette: .open(.menu(palette()))
    case .rowMenu: rowActions()
    case .refreshFaster: refreshing(isFaster: true)
    case .refreshSlower: refreshing(isFaster: false)
    case .readOnly: togglingReadOnly()
    case .target: choosingTarget()
    case .record: switchingRecording()
    case .quit: quitting()
    case .quitNow: .act([.quit])
    case .suspend: .act([.suspend])
    case .repaint: .act([.repaint])
    case .publishOne: publishing(count: 1)
    case .publishForm: .open(.form(publishForm()))
    case .burst: publishing(count: Limits.burstCount)
    case .loadUp: changingLoad(isUp: true)
    case .loadDown: changingLoad(isUp: false)
    case .mode: changingMode()
    case .pause: pausing()
    case .undo: undoing()
    case .fault: faulting()
    case .healAll: healingAll()
    case .add: adding()
    case .loadMenu: choosingLoad()
    case .knobUp: turningKnob(isUp: true)
    case .knobDown: turningKnob(isUp: false)
    case .lesson: walkingOn()
    case .repeatStep: repeatingStep()
    case .peek: peeking()
    case .tap: tapping()
    case .create: creating()
    case .bind: .open(.form(bindForm()))
    case .prefetch: changingPrefetch()
    case .kill: askingToKill(killing())
    case .cancel: cancelling()
    case .closeConnection: closingConnection()
    case .purge: purging()
    case .delete: deleting()
    case .move: moving()
    case .redrive: redriving()
    }
  }
}

extension Action {
  /// Whether it changes something outside of the dashboard.
  var isChange: Bool {
    switch self {
    case .publishOne, .publishForm, .burst, .loadUp, .loadDown, .mode, .pause, .undo, .fault,
      .healAll, .add, .loadMenu, .knobUp, .knobDown, .create, .bind, .prefetch, .kill, .cancel,
      .closeConnection, .purge, .delete, .move,
      .redrive:
      true
    case .moveUp, .moveDown, .moveFirst, .moveLast, .pageUp, .pageDown, .nextPanel,
      .previousPanel, .sortLeft, .sortRight, .showOverview, .showQueues, .showExchanges,
      .showConsumers, .showConnections, .showLab, .showEvents, .showTopology, .open, .enlarge, .why,
      .filter, .trouble, .sort, .invertSort, .wide, .columns, .mark, .markAll, .freeze, .scrubBack,
      .scrubForward, .scrubFarBack, .scrubFarForward, .goLive, .zoomIn, .zoomOut, .record, .copy,
      .export,
      .theme, .palette, .rowMenu, .help, .close, .repaint, .refreshFaster, .refreshSlower, .peek,
      .tap, .readOnly, .target, .lesson, .repeatStep, .quit, .quitNow, .suspend:
      false
    }
  }
}

extension Action {
  /// Whether it does something to the scenario: such keys work through a page of its lesson too.
  var actsOnLab: Bool {
    switch self {
    case .undo, .fault, .healAll, .add, .loadMenu, .loadUp, .loadDown, .mode, .knobUp, .knobDown,
      .pause, .kill, .publishOne:
      true
    case .moveUp, .moveDown, .moveFirst, .moveLast, .pageUp, .pageDown, .nextPanel,
      .previousPanel, .sortLeft, .sortRight, .showOverview, .showQueues, .showExchanges,
      .showConsumers, .showConnections, .showLab, .showEvents, .showTopology, .open, .enlarge, .why,
      .filter, .trouble, .sort, .invertSort, .wide, .columns, .mark, .markAll, .freeze, .scrubBack,
      .scrubForward, .scrubFarBack, .scrubFarForward, .goLive, .zoomIn, .zoomOut, .record, .copy,
      .export,
      .theme, .palette, .rowMenu, .help, .close, .repaint, .refreshFaster, .refreshSlower, .peek,
      .tap, .readOnly, .target, .lesson, .repeatStep, .quit, .quitNow, .suspend, .publishForm,
      .burst,
      .create, .bind, .prefetch, .cancel, .closeConnection, .purge, .delete, .move, .redrive:
      false
    }
  }
}
