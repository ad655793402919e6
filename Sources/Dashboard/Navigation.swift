import Canvas
import Telemetry

/// Where a person goes.
extension Model {
  /// Does what an action changes in the dashboard itself.
  ///
  /// - Returns: What is to be done outside because of it.
  mutating func apply(_ action: Action, _ key: Key?) -> [Effect] {
    touch()
    switch action {
    case .moveUp, .moveDown, .moveFirst, .moveLast, .pageUp, .pageDown: move(action, key)
    case .nextPanel: changeFocus(by: 1)
    case .previousPanel: changeFocus(by: -1)
    case .showOverview: show(.overview)
    case .showQueues: show(.queues)
    case .showExchanges: show(.exchanges)
    case .showConsumers: show(.consumers)
    case .showConnections: show(.connections)
    case .showLab: show(.lab)
    case .showEvents: show(.events)
    case .showTopology: showTopology()
    case .open: return openSelected()
    case .enlarge:
      isEnlarged.toggle()
      settle()
    case .filter: beginFilter()
    case .close: closeSomething()
    case .quit: goBack()
    case .help: toggleHelp()
    case .freeze: toggleReplay()
    case .scrubBack: scrub(by: -1)
    case .scrubForward: scrub(by: 1)
    case .scrubFarBack: scrub(by: -Limits.farSteps)
    case .scrubFarForward: scrub(by: Limits.farSteps)
    case .goLive: if frozen != nil { toggleFreeze() }
    case .zoomIn: chartSpan = chartSpan.nearer ?? chartSpan
    case .zoomOut: chartSpan = chartSpan.further ?? chartSpan
    case .sortLeft: return changeSorting(by: -1)
    case .sortRight: return changeSorting(by: 1)
    case .invertSort: return changeTable { $0.isReversed.toggle() }
    case .wide: return changeTable { $0.isWide.toggle() }
    case .trouble: return changeTable { $0.isTroubleOnly.toggle() }
    case .mark: markSelected()
    case .markAll: markAll()
    case .readOnly: isReadOnly = true
    case .tap: toggleTap()
    case .peek:
      // The messages are shown on their queue's screen.
      if live.isTapping { toggleTap() }
      if let queue = target.queue, screen != .queue(queue.identity) {
        push(.queue(queue.identity))
      }
      focuses[screen.place] = .messages
    case .refreshFaster, .refreshSlower:
      // What is right for a broker elsewhere is not for the one that runs here.
      if isAttached { break }
      options.settings.refreshSeconds = refreshSeconds
      return [.remember(settings)]
    case .lesson: walk(.next)
    case .repeatStep: walk(.again)
    case .record, .why, .fault, .healAll, .add, .loadMenu, .knobUp, .knobDown,
      .publishOne, .publishForm, .burst, .loadUp, .loadDown, .mode, .pause, .undo, .kill,
      .quitNow, .suspend, .repaint, .sort, .columns, .copy, .export, .theme, .palette, .rowMenu,
      .target, .create, .bind, .prefetch, .cancel, .closeConnection, .purge, .delete, .move,
      .redrive:
      break
    }
    return []
  }

  /// Shows one of the screens that have a number; from there `q` leads to the overview.
  mutating func show(_ screen: Screen) {
    path = screen == .overview ? [.overview] : [.overview, screen]
    left()
  }

  /// Shows a screen from which `q` comes back to this one.
  mutating func push(_ screen: Screen) {
    if screen == self.screen { return }
    path.append(screen)
    if path.count > Limits.screensDeep { path.remove(at: 1) }
    for panel in panelsInUse where screen.isDetail {
      cursors[panel] = nil
    }
    left()
  }

  mutating func goBack() {
    if path.count > 1 { path.removeLast() }
    left()
  }

  /// What belonged to the screen before is forgotten.
  private mutating func left() {
    isEnlarged = false
    filterField = nil
    marks = []
    if screen != .help { help = HelpState() }
    if !screenUnderHelp.isDetail { live.isTapping = false }
    settle()
    touch()
  }

  private mutating func closeSomething() {
    if toast != nil, toast?.isRefusal == true {
      toast = nil
      return
    }
    if screen == .help {
      help.search.isEmpty ? goBack() : (help.search = "")
    } else if !marks.isEmpty {
      marks = []
    } else if tables[focus]?.hidesRows == true {
      tables[focus]?.filter = ""
      tables[focus]?.isTroubleOnly = false
      settle()
    } else if isEnlarged {
      isEnlarged = false
      settle()
    } else if frozen != nil {
      toggleFreeze()
    } else if path.count > 1 {
      goBack()
    } else {
      toast = nil
    }
  }

  private mutating func toggleHelp() {
    guard screen == .help else {
      push(.help)
      return
    }
    if help.isWhole {
      goBack()
    } else {
      help = HelpState(isWhole: true)
    }
  }

  private mutating func showTopology() {
    if case .topology(let subject) = screen {
      guard subject != .everything else { return goBack() }
      path[path.count - 1] = .topology(.everything)
      cursors[.topology] = nil
      return left()
    }
    let target = target
    let isOverview = screen == .overview
    if !isOverview, let queue = target.queue {
      push(.topology(.queue(queue.identity)))
    } else if !isOverview, let exchange = target.exchange {
      push(.topology(.exchange(exchange.identity)))
    } else {
      push(.topology(.everything))
    }
  }

  private mutating func openSelected() -> [Effect] {
    let target = target
    switch focus {
    case .queues, .ledger: target.queue.map { push(.queue($0.identity)) }
    case .exchanges: target.exchange.map { push(.exchange($0.identity)) }
    case .consumers: target.consumer?.consumer.map { push(.consumer($0.identifier)) }
    case .connections, .publishers: target.connection.map { push(.connection($0.identifier)) }
    case .lab, .services: queueOfService.map { push(.queue($0)) }
    case .bindings: target.binding.map { openOtherEnd(of: $0) }
    case .topology: openTopologyLine()
    case .messages, .held, .channels, .events, .ways, .faults, .verdict, .nodes: break
    case .lesson: walk(.next)
    }
    // There a look leaves a mark on the messages, and so is never unasked.
    if case .queue(let queue) = screen, !isAttached { return [.look(.peek(queue))] }
    return []
  }

  private mutating func openOtherEnd(of binding: BindingSnapshot) {
    let host = binding.virtualHost
    let source = ExchangeIdentity(virtualHost: host, name: binding.source)
    switch binding.destination {
    case .queue(let name):
      let queue = QueueIdentity(virtualHost: host, name: name)
      push(screen == .queue(queue) ? .exchange(source) : .queue(queue))
    case .exchange(let name):
      let exchange = ExchangeIdentity(virtualHost: host, name: name)
      push(screen == .exchange(exchange) ? .exchange(source) : .exchange(exchange))
    }
  }

  private mutating func openTopologyLine() {
    let index = selectedIndex(of: .topology)
    guard topology.indices.contains(index) else { return }
    switch topology[index].thing {
    case .queue(let identity): push(.queue(identity))
    case .exchange(let identity): push(.exchange(identity))
    case .consumer(let identifier): push(.consumer(identifier))
    case .connection(let identifier): push(.connection(identifier))
    case .everything: break
    }
  }

  private mutating func toggleTap() {
    if live.isTapping {
      live.isTapping = false
    } else {
      let target = target
      if let queue = target.queue, screen.place != .exchange {
        push(.queue(queue.identity))
      } else if let exchange = target.exchange {
        push(.exchange(exchange.identity))
      }
      live.isTapping = true
      focuses[screen.place] = .messages
    }
    live.changed(.messages)
    settle()
  }

  mutating func toggleFreeze() {
    if frozen == nil {
      frozen = (live, snapshotNow)
    } else {
      frozen = nil
      settle()
    }
  }
}

/// Moving about in what is shown.
extension Model {
  private mutating func move(_ action: Action, _ key: Key?) {
    if screen == .help {
      let page = HelpScreen.visibleLines(in: size)
      let target = Self.target(of: action, from: help.top, page: page, last: .max / 2)
      helpMoved(by: target - help.top)
      return
    }
    let index = selectedIndex(of: focus)
    if key == .character("k"), index == 0, !hasToldAboutK {
      hasToldAboutK = true
      tell("k only moves up; K kills")
    }
    let page = max(1, Layout(for: self).rowCapacity(of: focus))
    let last = rowCount(of: focus) - 1
    moveCursor(
      of: focus,
      to: Self.target(of: action, from: index, page: min(page, max(1, last)), last: last)
    )
  }

  private static func target(of action: Action, from index: Int, page: Int, last: Int) -> Int {
    switch action {
    case .moveUp: return index - 1
    case .moveDown: return index + 1
    case .pageUp: return index - page
    case .pageDown: return index + page
    case .moveFirst: return 0
    case .moveLast: return last
    default: return index
    }
  }

  mutating func helpMoved(by lines: Int) {
    let last = max(0, HelpScreen.lineCount(for: self) - HelpScreen.visibleLines(in: size))
    help.top = min(max(0, help.top + lines), last)
  }

  private mutating func changeFocus(by step: Int) {
    let panels = panelsInUse
    guard !panels.isEmpty else { return }
    let place = panels.firstIndex(of: focus) ?? 0
    focus = panels[(place + step + panels.count) % panels.count]
    marks = []
    settle()
  }

  private mutating func markSelected() {
    let index = selectedIndex(of: focus)
    guard let identity = identity(of: focus, at: index) else { return }
    if marks.remove(identity) == nil, marks.count < Limits.marks { marks.insert(identity) }
    moveCursor(of: focus, to: index + 1)
  }

  private mutating func markAll() {
    let all = (0..<min(rowCount(of: focus), Limits.marks)).compactMap {
      identity(of: focus, at: $0)
    }
    marks = marks.isSuperset(of: all) ? [] : Set(all)
    if marks.count > 1 { tell("\(marks.count) marked; what acts now acts on all of them") }
  }

  /// Changes how the table with the keys is shown, and remembers it.
  mutating func changeTable(_ change: (inout TableSettings) -> Void) -> [Effect] {
    let before = settings
    change(&tables[focus, default: TableSettings()])
    settle()
    return settings == before ? [] : [.remember(settings)]
  }

  private mutating func changeSorting(by step: Int) -> [Effect] {
    guard let fields = focus.tableFields else { return [] }
    let current = tables[focus]?.sortedBy
    let place = fields.firstIndex { $0.name == current } ?? (step > 0 ? -1 : fields.count)
    let next = place + step
    return changeTable { settings in
      settings.sortedBy = fields.indices.contains(next) ? fields[next].name : nil
      settings.isReversed = false
    }
  }
}
