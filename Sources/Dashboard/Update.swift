import Canvas
import Telemetry

/// Takes what happened into the model.
///
/// It is the only thing that changes a model, and it does nothing else: what is to be done outside
/// comes back as effects, in the order in which they are to be done.
package func update(_ model: inout Model, _ message: Message) -> [Effect] {
  switch message {
  case .key(let key):
    return model.keyPressed(key)
  case .snapshot(let snapshot):
    model.now = max(model.now, snapshot.at)
    model.wallNow = model.wallNow ?? snapshot.wallTime
    if model.live.add(snapshot), model.frozen == nil {
      model.settleCursors()
      model.touch()
    }
    return []
  case .lab(let snapshot):
    model.labReported(snapshot)
    return []
  case .tick(let now, let wallTime):
    model.timePassed(now, wallTime)
    return []
  case .resized(let size):
    guard size != model.size else { return [] }
    model.size = size
    model.settleCursors()
    model.helpMoved(by: 0)
    model.touch()
    return []
  case .outcome(.succeeded(let text)):
    if !text.isEmpty { model.tell(text) }
    return []
  case .outcome(.refused(let text)):
    model.tell(text, isRefusal: true)
    return []
  }
}

extension Model {
  mutating func labReported(_ snapshot: LabSnapshot) {
    now = max(now, snapshot.at)
    guard live.add(snapshot) else { return }
    if pendingLoad?.value == snapshot.offeredPerSecond { pendingLoad = nil }
    if pendingMode?.value == snapshot.mode { pendingMode = nil }
    undoable.removeAll { entry in
      guard case .killedService(let name, let killed) = entry,
        case .running(let processIdentifier) = live.service(named: name)?.state
      else { return false }
      return processIdentifier != killed
    }
    if frozen == nil {
      settleCursors()
      touch()
    }
  }

  /// Draws again only when a text that depends on the time reads differently.
  mutating func timePassed(_ instant: Instant, _ wallTime: WallTime) {
    let before = (wallNow?.milliseconds ?? 0) / 1_000
    let wasStale = isStale
    now = max(now, instant)
    wallNow = wallTime
    let isSecondOver = wallTime.milliseconds / 1_000 != before
    if frozen == nil, isSecondOver || isStale != wasStale { touch() }
    if let toast, toast.until <= now {
      self.toast = nil
      touch()
    }
    if let pendingLoad, pendingLoad.until <= now { self.pendingLoad = nil }
    if let pendingMode, pendingMode.until <= now { self.pendingMode = nil }
  }

  mutating func keyPressed(_ key: Key) -> [Effect] {
    if case .mouse = key { return [] }
    if case .pasted(let text) = key {
      tell(
        "pasted text is not a command: \(Format.count(text.unicodeScalars.count)) characters left out",
        isRefusal: true
      )
      return []
    }
    let place: KeyBinding.Place = screen == .help ? .help : .overview
    guard let binding = Keymap.binding(for: key, at: place) else {
      if case .unknown = key { return [] }
      if screen == .overview { tell("that key does nothing; ? lists those that do") }
      return []
    }
    switch Keymap.decision(of: binding.action, in: self) {
    case .refuse(let reason):
      tell("\(Keymap.name(of: key, in: binding)): \(reason)", isRefusal: true)
      return []
    case .act(let effects, let undoable, let text):
      if let undoable { remember(undoable) }
      if let text { tell(text) }
      note(effects)
      apply(binding.action, key)
      return effects
    }
  }

  /// Keeps what the effects ask for until it shows up in a snapshot.
  private mutating func note(_ effects: [Effect]) {
    let until = now.advanced(bySeconds: Limits.pendingSeconds)
    for effect in effects {
      switch effect {
      case .setLoad(let perSecond):
        pendingLoad = Pending(value: perSecond, until: until)
      case .setMode(let mode):
        pendingMode = Pending(value: mode, until: until)
      case .pauseQueue(let virtualHost, let name, isPaused: false):
        let identity = QueueIdentity(virtualHost: virtualHost, name: name)
        undoable.removeAll { $0 == .pausedQueue(identity) }
      case .pauseConsumer(let identifier, isPaused: false):
        undoable.removeAll { entry in
          if case .pausedConsumer(identifier, _) = entry { return true }
          return false
        }
      case .bringBack(let service?):
        undoable.removeAll { entry in
          if case .killedService(service, _) = entry { return true }
          return false
        }
      case .crashBroker:
        // A new life of the broker knows no pauses.
        undoable.removeAll { entry in
          switch entry {
          case .pausedQueue, .pausedConsumer: true
          case .killedService: false
          }
        }
      case .publish, .pauseQueue, .pauseConsumer, .killService, .killConsumer, .bringBack, .burst,
        .record, .suspend, .repaint, .quit:
        break
      }
    }
  }

  /// Does what an action changes in the dashboard itself.
  private mutating func apply(_ action: Action, _ key: Key) {
    touch()
    switch action {
    case .moveUp, .moveDown, .moveFirst, .moveLast, .pageUp, .pageDown:
      move(action, key)
    case .nextPanel: changeFocus(by: 1)
    case .previousPanel: changeFocus(by: -1)
    case .freeze: toggleFreeze()
    case .help:
      screen = screen == .help ? .overview : .help
      helpTop = 0
    case .close:
      if screen == .help {
        screen = .overview
      } else if frozen != nil {
        toggleFreeze()
      } else {
        toast = nil
      }
    case .quit:
      screen = .overview
    case .publishOne, .burst, .loadUp, .loadDown, .mode, .pause, .undo, .kill, .crash, .quitNow,
      .suspend, .repaint:
      break
    }
  }

  private mutating func move(_ action: Action, _ key: Key) {
    if screen == .help {
      let page = HelpScreen.visibleLines(in: size)
      let target = Self.target(of: action, from: helpTop, page: page, last: .max / 2)
      helpMoved(by: target - helpTop)
      return
    }
    let index = selectedIndex(of: focus)
    if key == .character("k"), index == 0, !hasToldAboutK {
      hasToldAboutK = true
      tell("k only moves up; K kills")
    }
    let page = max(1, OverviewLayout(for: self).rowCapacity(of: focus))
    let last = rowCount(of: focus) - 1
    moveCursor(to: Self.target(of: action, from: index, page: page, last: last))
  }

  private static func target(of action: Action, from index: Int, page: Int, last: Int) -> Int {
    switch action {
    case .moveUp: index - 1
    case .moveDown: index + 1
    case .pageUp: index - page
    case .pageDown: index + page
    case .moveFirst: 0
    case .moveLast: last
    case .nextPanel, .previousPanel, .freeze, .help, .close, .publishOne, .burst, .loadUp,
      .loadDown, .mode, .pause, .undo, .kill, .crash, .quit, .quitNow, .suspend, .repaint:
      index
    }
  }

  mutating func helpMoved(by lines: Int) {
    let last = max(0, HelpScreen.lineCount(for: self) - HelpScreen.visibleLines(in: size))
    helpTop = min(max(0, helpTop + lines), last)
  }

  private mutating func changeFocus(by step: Int) {
    let panels = Panel.allCases.filter { $0 != .lab || options.hasLab }
    let place = panels.firstIndex(of: focus) ?? 0
    focus = panels[(place + step + panels.count) % panels.count]
    settleCursors()
  }

  private mutating func toggleFreeze() {
    if frozen == nil {
      frozen = (live, now)
    } else {
      frozen = nil
      settleCursors()
    }
  }
}
