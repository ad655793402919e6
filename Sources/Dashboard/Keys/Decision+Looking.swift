import Canvas
import Telemetry

/// What changes nothing outside: looking closer, sorting, marking, choosing.
extension Model {
  /// A question that only a table can answer.
  func tableOnly() -> Decision {
    focus.tableFields == nil ? .refuse("there is no table under the keys here") : .act([])
  }

  func opening() -> Decision {
    let target = target
    switch focus {
    case .queues: return target.queue == nil ? .refuse("there is no queue") : .act([])
    case .ledger:
      return target.queue == nil ? .refuse("the broker has no queue of that name") : .act([])
    case .lesson: return walkingOn()
    case .faults: return changingFault()
    case .ways, .nodes: return .refuse("there is no more to see about it")
    case .exchanges: return target.exchange == nil ? .refuse("there is no exchange") : .act([])
    case .consumers:
      return target.consumer?.consumer == nil
        ? .refuse("there is no consumer; u brings a service back") : .act([])
    case .connections, .publishers:
      return target.connection == nil ? .refuse("there is no connection") : .act([])
    case .bindings: return target.binding == nil ? .refuse("there is no binding") : .act([])
    case .messages:
      guard let message = target.message else { return .refuse("m looks at the messages first") }
      return .open(.message(MessageView(message: message, queue: queueOfMessages)))
    case .held:
      guard let held = target.held else { return .refuse("it holds no message") }
      return .open(.message(MessageView(message: held.message, queue: nil)))
    case .lab, .services:
      guard let queue = queueOfService else { return .refuse("this service consumes no queue") }
      return shownQueue(queue) == nil ? .refuse("\(queue.name) is not there") : .act([])
    case .topology: return topology.isEmpty ? .refuse("there is nothing yet") : .act([])
    case .channels, .events: return .refuse("there is no more to see about it")
    case .verdict: return explaining()
    }
  }

  /// The queue that the shown messages wait in; nil for those that pass a tap.
  private var queueOfMessages: QueueIdentity? {
    guard !shown.isTapping, case .queue(let queue) = screen.subject else { return nil }
    return queue
  }

  /// The queue that the service under the cursor consumes.
  var queueOfService: QueueIdentity? {
    guard let name = target.service?.queue else { return nil }
    return live.broker?.queues.first { $0.name == name }?.identity
  }

  func marking() -> Decision {
    guard rowCount(of: focus) > 0 else { return .refuse("there is no row to mark") }
    switch focus {
    case .queues, .exchanges, .consumers, .connections: return .act([])
    case .lab, .services, .events, .bindings, .messages, .held, .channels, .publishers, .topology,
      .ways, .ledger, .lesson, .faults, .verdict, .nodes:
      return .refuse("rows are marked in queues, exchanges, consumers and connections")
    }
  }

  /// What the marked rows of the panel with the keys are.
  var markedTargets: [Target] {
    if marks.isEmpty { return [] }
    return (0..<rowCount(of: focus)).compactMap { index in
      guard let identity = identity(of: focus, at: index), marks.contains(identity) else {
        return nil
      }
      var target = Target()
      switch focus {
      case .queues: target.queue = row(QueueRow.self, of: focus, at: index)?.queue
      case .exchanges: target.exchange = row(ExchangeRow.self, of: focus, at: index)?.exchange
      case .connections:
        target.connection = row(ConnectionRow.self, of: focus, at: index)?.connection
      case .consumers:
        guard let place = place(of: focus, at: index) else { return nil }
        target.consumer = selected(shown.consumerRows[place])
        let connection = target.consumer?.consumer?.connectionIdentifier
        target.connection = connection.flatMap { shownConnection($0) }
      case .lab, .services, .events, .bindings, .messages, .held, .channels, .publishers, .topology,
        .ways, .ledger, .lesson, .faults, .verdict, .nodes:
        return nil
      }
      return target
    }
  }

  func sorting() -> Decision {
    guard let fields = focus.tableFields else { return .refuse("there is no table here") }
    let settings = tables[focus] ?? TableSettings()
    var items = fields.map { field in
      Menu.Item(
        text: field.title,
        note: settings.sortedBy == field.name ? (settings.isReversed ? "turned round" : "now") : "",
        choice: .sortBy(focus, field.name)
      )
    }
    items.insert(
      Menu.Item(
        text: "trouble first",
        note: settings.sortedBy == nil ? "now" : "",
        choice: .sortBy(focus, "")
      ),
      at: 0
    )
    let cursor = fields.firstIndex { $0.name == settings.sortedBy }.map { $0 + 1 } ?? 0
    return .open(
      .menu(Menu(title: "sort by", items: items, isSearched: false, cursor: cursor))
    )
  }

  func editingColumns() -> Decision {
    guard let fields = focus.tableFields else { return .refuse("there is no table here") }
    let chosen = tables[focus]?.columns ?? fields.filter(\.isUsual).map(\.name)
    let known = chosen.compactMap { name in fields.first { $0.name == name } }
    let rest = fields.filter { field in !known.contains { $0.name == field.name } }
    let items =
      known.map { ColumnEditor.Item(name: $0.name, title: $0.title, isShown: true) }
      + rest.map { ColumnEditor.Item(name: $0.name, title: $0.title, isShown: false) }
    return .open(.columns(ColumnEditor(panel: focus, items: items)))
  }

  func copying() -> Decision {
    let target = target
    let text =
      target.message.map(\.bodyText) ?? target.held.map { $0.message.bodyText }
      ?? target.binding?.routingKey ?? target.consumer?.name ?? target.connection?.name
      ?? target.queue?.name ?? target.exchange?.name ?? target.service?.name
      ?? selectedRow(EventRow.self, of: .events)?.event.text
    guard let text, !text.isEmpty else { return .refuse("there is nothing to copy") }
    return .act([.copy(text)], saying: "copied \(SafeText.clean(text))")
  }

  func choosingTheme() -> Decision {
    guard !themes.isEmpty else { return .refuse("there are no theme files") }
    let items = themes.map { theme in
      Menu.Item(
        text: theme.name,
        note: theme.name == themeName ? "\(theme.note), now" : theme.note,
        choice: .theme(theme.name)
      )
    }
    return .open(
      .menu(
        Menu(
          title: "theme",
          items: items,
          isSearched: false,
          cursor: themes.firstIndex { $0.name == themeName } ?? 0,
          previews: true,
          onCancel: .previewTheme(themeName)
        )
      )
    )
  }

  /// Lets the charts reach less far back, or further.
  func zooming(to span: ChartSpan?) -> Decision {
    guard let span else {
      let isNearest = chartSpan.nearer == nil
      return .refuse("\(chartSpan.word) is the \(isNearest ? "shortest" : "longest")")
    }
    return .act([], saying: "charts of the last \(span.word)")
  }

  func peeking() -> Decision {
    if frozen != nil { return .refuse("the screen is frozen; z lets it go") }
    guard let queue = target.queue else { return .refuse("choose a queue first") }
    guard liveQueue(queue.identity) != nil else { return .refuse("\(queue.name) is gone") }
    return .act([.look(.peek(queue.identity))])
  }

  func tapping() -> Decision {
    if frozen != nil { return .refuse("the screen is frozen; z lets it go") }
    if shown.isTapping { return .act([], saying: "the tap is closed") }
    let target = target
    guard target.queue != nil || target.exchange != nil else {
      return .refuse("choose a queue or an exchange first")
    }
    return .act([])
  }

  func refreshing(isFaster: Bool) -> Decision {
    let old = refreshSeconds
    let steps = Limits.refreshSteps
    let next =
      isFaster ? steps.last { $0 < old - 0.001 } : steps.first { $0 > old + 0.001 }
    guard let next else {
      return .refuse(isFaster ? "100 ms is the shortest" : "10 s is the longest")
    }
    if isAttached, next < Limits.shortestAttachedRefresh {
      return .refuse("a broker elsewhere is asked every second at most: each question costs it")
    }
    return .act([.setRefresh(seconds: next)], saying: "refresh every \(Format.refresh(next))")
  }

  func togglingReadOnly() -> Decision {
    guard isReadOnly else { return .act([], saying: "read-only from now on") }
    return .open(
      .confirmation(
        Confirmation(
          title: "allow changes",
          lines: ["Keys can then pause, kill, purge and delete on \(brokerName)."],
          verb: "allow",
          choice: .allowChanges
        )
      )
    )
  }

  private var brokerName: String { live.broker?.identity.endpoint ?? "this broker" }

  /// Everything that can be done, by its name.
  func palette() -> Menu {
    let bindings = keymap.bindings.filter { $0.places.contains(screenUnderHelp.place) }
    let others = keymap.bindings.filter { !$0.places.contains(screenUnderHelp.place) }
    return Menu(
      title: "command",
      items: items(for: bindings)
        + others.map { binding in
          Menu.Item(
            text: Self.sentence(of: binding),
            note: binding.shortLabel,
            refusal: "that is not for this screen",
            choice: .action(binding.action)
          )
        },
      isSearched: true
    )
  }

  private func items(for bindings: [KeyBinding]) -> [Menu.Item] {
    bindings.filter { $0.action != .palette && $0.action != .rowMenu }.map { binding in
      var refusal: String?
      if case .refuse(let reason) = decision(of: binding.action) { refusal = reason }
      return Menu.Item(
        text: Self.sentence(of: binding),
        note: glyphs.isASCII ? KeyBinding.ascii(binding.shortLabel) : binding.shortLabel,
        refusal: refusal,
        choice: .action(binding.action)
      )
    }
  }

  private static func sentence(of binding: KeyBinding) -> String {
    let first = binding.help.prefix { $0 != ":" && $0 != ";" && $0 != "." }
    return "\(binding.action.rawValue): \(first)"
  }

  /// What can be done with the row under the cursor.
  func rowActions() -> Decision {
    let acts = keymap.bindings.filter { binding in
      guard binding.places.contains(screen.place) else { return false }
      switch binding.action {
      case .open, .showTopology, .peek, .tap, .copy, .mark: return true
      case .loadUp, .loadDown, .mode, .readOnly, .loadMenu, .knobUp, .knobDown, .healAll, .lesson,
        .repeatStep:
        return false
      default: return binding.chapter == .act || binding.chapter == .forGood
      }
    }
    let possible = items(for: acts).filter { $0.refusal == nil }
    guard !possible.isEmpty else { return .refuse("nothing can be done with it") }
    return .open(.menu(Menu(title: "what to do", items: possible, isSearched: false)))
  }
}
