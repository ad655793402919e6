import Canvas
import Telemetry

/// The consumer under the cursor, or the service that should be one.
struct SelectedConsumer {
  /// nil when the row is of a service that has no consumer now.
  var consumer: ConsumerSnapshot?
  var service: String?
  var name: String
}

/// Rows and cursors.
extension Model {
  /// How many rows a panel has.
  func rowCount(of panel: Panel) -> Int {
    switch panel {
    case .lab, .services: shown.lab?.services.count ?? 0
    case .topology: topology.count
    case .ledger: shown.lab?.queues.count ?? 0
    case .faults: shown.lab?.faults.count ?? 0
    case .ways, .lesson, .nodes: 0
    case .verdict: listedProblems.count
    case .queues, .consumers, .events, .exchanges, .connections, .bindings, .messages, .held,
      .channels, .publishers:
      arrangements[panel]?.rows.count ?? 0
    }
  }

  /// The index, in what the panel's row type reads, of a row that is shown; nil where there is none.
  func place(of panel: Panel, at index: Int) -> Int? {
    guard let rows = arrangements[panel]?.rows, rows.indices.contains(index) else { return nil }
    return rows[index]
  }

  /// Returns what a row shows; nil where there is none.
  func identity(of panel: Panel, at index: Int) -> RowIdentity? {
    switch panel {
    case .lab, .services:
      guard let services = shown.lab?.services, services.indices.contains(index) else { return nil }
      return .service(name: services[index].name)
    case .topology: return topology.indices.contains(index) ? .line(index) : nil
    case .ledger: return selectedAccount(at: index).map { .account(queue: $0.name) }
    case .faults: return activeFault(at: index).map { .fault(identifier: $0.identifier) }
    case .ways, .lesson, .nodes: return nil
    case .verdict:
      let problems = listedProblems
      guard problems.indices.contains(index) else { return nil }
      return .problem(word: problems[index].word, subject: problems[index].subject)
    case .queues: return row(QueueRow.self, of: panel, at: index)?.identity
    case .consumers: return row(ConsumerTableRow.self, of: panel, at: index)?.identity
    case .events: return row(EventRow.self, of: panel, at: index)?.identity
    case .exchanges: return row(ExchangeRow.self, of: panel, at: index)?.identity
    case .connections: return row(ConnectionRow.self, of: panel, at: index)?.identity
    case .bindings: return row(BindingRow.self, of: panel, at: index)?.identity
    case .messages: return row(MessageRow.self, of: panel, at: index)?.identity
    case .held: return row(HeldRow.self, of: panel, at: index)?.identity
    case .channels: return row(ChannelRow.self, of: panel, at: index)?.identity
    case .publishers: return row(PublisherRow.self, of: panel, at: index)?.identity
    }
  }

  /// The row that stands at an index of a panel.
  func row<Row: TableRow>(_ type: Row.Type, of panel: Panel, at index: Int) -> Row? {
    place(of: panel, at: index).flatMap { Row(at: $0, in: shown) }
  }

  /// The row under the cursor of a panel.
  func selectedRow<Row: TableRow>(_ type: Row.Type, of panel: Panel) -> Row? {
    row(type, of: panel, at: selectedIndex(of: panel))
  }

  /// Returns where a thing is, looking first near `hint`.
  func index(of identity: RowIdentity, in panel: Panel, near hint: Int) -> Int? {
    let count = rowCount(of: panel)
    guard count > 0 else { return nil }
    let start = min(max(0, hint), count - 1)
    for distance in 0..<count {
      for index in distance == 0 ? [start] : [start - distance, start + distance]
      where index >= 0 && index < count && self.identity(of: panel, at: index) == identity {
        return index
      }
    }
    return nil
  }

  /// The row that a panel's cursor is on; 0 when there are no rows.
  func selectedIndex(of panel: Panel) -> Int {
    let cursor = cursors[panel] ?? Cursor()
    return min(max(0, cursor.index), max(0, rowCount(of: panel) - 1))
  }

  /// Arranges the rows of what is on the screen anew, and puts every cursor back on its thing.
  mutating func settle() {
    arrangeTables()
    settleCursors()
  }

  /// The panels whose rows must be known.
  var panelsInUse: [Panel] { screen.panels(hasLab: options.hasLab, hasNodes: isAttached) }

  private mutating func arrangeTables() {
    for panel in panelsInUse {
      switch panel {
      case .lab, .services, .ways, .ledger, .lesson, .faults, .verdict, .nodes: break
      case .topology: topology = TopologyLine.lines(of: screen.subject, in: shown)
      case .queues: arrange(QueueRow.self, panel)
      case .consumers: arrange(ConsumerTableRow.self, panel)
      case .events: arrange(EventRow.self, panel)
      case .exchanges: arrange(ExchangeRow.self, panel)
      case .connections: arrange(ConnectionRow.self, panel)
      case .bindings: arrange(BindingRow.self, panel)
      case .messages: arrange(MessageRow.self, panel)
      case .held: arrange(HeldRow.self, panel)
      case .channels: arrange(ChannelRow.self, panel)
      case .publishers: arrange(PublisherRow.self, panel)
      }
    }
  }

  private mutating func arrange<Row: TableRow>(_ type: Row.Type, _ panel: Panel) {
    let picture = shown
    arrangements[panel, default: Arrangement()].arrange(
      type,
      of: picture,
      about: screen.subject,
      version: picture.versions[panel] ?? 0,
      settings: tables[panel] ?? TableSettings(),
      at: picture.broker?.at ?? .zero
    )
  }

  /// Puts every cursor back on its thing, or on the row where it was, and makes it visible.
  mutating func settleCursors() {
    let layout = Layout(for: self)
    for panel in panelsInUse {
      var cursor = cursors[panel] ?? Cursor()
      let count = rowCount(of: panel)
      if let wanted = cursor.identity, identity(of: panel, at: cursor.index) != wanted,
        let found = index(of: wanted, in: panel, near: cursor.index)
      {
        cursor.index = found
      }
      cursor.index = min(max(0, cursor.index), max(0, count - 1))
      // The first row stays under a cursor until somebody can have seen what is under it.
      let followsFirst = cursor.identity == nil && (panel.showsNewestFirst || !hasPressedKey)
      if !followsFirst { cursor.identity = identity(of: panel, at: cursor.index) }
      let visible = layout.rowCapacity(of: panel)
      cursor.top = min(cursor.top, max(0, count - visible))
      cursor.top = max(min(cursor.top, cursor.index), cursor.index - max(1, visible) + 1)
      cursors[panel] = cursor
    }
  }

  /// Moves the cursor of a panel to a row.
  mutating func moveCursor(of panel: Panel, to index: Int) {
    var cursor = cursors[panel] ?? Cursor()
    cursor.index = min(max(0, index), max(0, rowCount(of: panel) - 1))
    let isNewest = panel.showsNewestFirst && cursor.index == 0
    cursor.identity = isNewest ? nil : identity(of: panel, at: cursor.index)
    cursors[panel] = cursor
    settleCursors()
  }
}

extension Panel {
  /// Whether new rows come at the top.
  var showsNewestFirst: Bool { self == .events }
}

/// What is as it is now, whatever the screen shows.
extension Model {
  /// A queue as it is now.
  func liveQueue(_ identity: QueueIdentity) -> QueueSnapshot? {
    guard let queues = live.broker?.queues else { return nil }
    let hint = place(of: .queues, at: selectedIndex(of: .queues)) ?? 0
    let index = queues.index(near: hint) { $0.identity == identity }
    return index.map { queues[$0] }
  }

  /// An exchange as it is now.
  func liveExchange(_ identity: ExchangeIdentity) -> ExchangeSnapshot? {
    live.broker?.exchanges.first { $0.identity == identity }
  }

  /// A consumer as it is now.
  func liveConsumer(_ identifier: UInt64) -> ConsumerSnapshot? {
    live.broker?.consumers.first { $0.identifier == identifier }
  }

  /// A connection as it is now.
  func liveConnection(_ identifier: UInt64) -> ConnectionSnapshot? {
    live.broker?.connections.first { $0.identifier == identifier }
  }
}
