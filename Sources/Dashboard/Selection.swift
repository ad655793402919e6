import Canvas
import Telemetry

/// The consumer under the cursor, or the service that should be one.
struct SelectedConsumer {
  /// nil when the row is of a service that has no consumer now.
  var consumer: ConsumerSnapshot?
  var service: String?
  var name: String
}

extension Model {
  /// How many rows a panel has.
  func rowCount(of panel: Panel) -> Int {
    switch panel {
    case .queues: shown.broker?.queues.count ?? 0
    case .consumers: shown.consumerRows.count
    case .lab: shown.lab?.services.count ?? 0
    case .events: shown.log.events.count
    case .exchanges: shown.exchangeOrder.count
    }
  }

  /// Returns what a row shows; nil where there is none.
  func identity(of panel: Panel, at index: Int) -> RowIdentity? {
    guard index >= 0, index < rowCount(of: panel) else { return nil }
    switch panel {
    case .queues:
      return shown.broker.map { .queue($0.queues[index].identity) }
    case .consumers:
      return shown.consumerRows[index].identity
    case .lab:
      return shown.lab.map { .service(name: $0.services[index].name) }
    case .events:
      // The newest stands first.
      return .event(sequence: shown.log.events[shown.log.events.count - 1 - index].sequence)
    case .exchanges:
      guard let exchange = shown.broker?.exchanges[shown.exchangeOrder[index]] else { return nil }
      return .exchange(virtualHost: exchange.virtualHost, name: exchange.name)
    }
  }

  /// Returns where a thing is, looking first near `hint`.
  func index(of identity: RowIdentity, in panel: Panel, near hint: Int) -> Int? {
    let count = rowCount(of: panel)
    guard count > 0 else { return nil }
    let start = min(max(0, hint), count - 1)
    for distance in 0..<count {
      for index in distance == 0 ? [start] : [start - distance, start + distance]
      where self.identity(of: panel, at: index) == identity {
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

  var selectedQueue: QueueSnapshot? {
    let index = selectedIndex(of: .queues)
    guard let queues = shown.broker?.queues, queues.indices.contains(index) else { return nil }
    return queues[index]
  }

  var selectedExchange: ExchangeSnapshot? {
    let index = selectedIndex(of: .exchanges)
    guard let broker = shown.broker, shown.exchangeOrder.indices.contains(index) else { return nil }
    return broker.exchanges[shown.exchangeOrder[index]]
  }

  var selectedService: ServiceSnapshot? {
    let index = selectedIndex(of: .lab)
    guard let services = shown.lab?.services, services.indices.contains(index) else { return nil }
    return services[index]
  }

  var selectedConsumer: SelectedConsumer? {
    let index = selectedIndex(of: .consumers)
    guard shown.consumerRows.indices.contains(index) else { return nil }
    return selected(shown.consumerRows[index])
  }

  /// The consumers of a queue, with the services that should consume from it.
  func consumers(of queue: QueueIdentity) -> [SelectedConsumer] {
    guard let consumers = shown.broker?.consumers else { return [] }
    return shown.consumerRows.lazy.filter { row in
      switch row.subject {
      case .consumer(let index):
        consumers[index].queue == queue.name && consumers[index].virtualHost == queue.virtualHost
      case .absentService(let index):
        shown.lab?.services[index].queue == queue.name
      }
    }.compactMap { selected($0) }
  }

  private func selected(_ row: ConsumerRow) -> SelectedConsumer? {
    switch row.subject {
    case .consumer(let index):
      guard let consumer = shown.broker?.consumers[index] else { return nil }
      return SelectedConsumer(
        consumer: consumer,
        service: row.service,
        name: row.service ?? consumer.shownName
      )
    case .absentService:
      guard let service = row.service else { return nil }
      return SelectedConsumer(consumer: nil, service: service, name: service)
    }
  }

  /// A queue as it is now, whatever the screen shows.
  func liveQueue(_ identity: QueueIdentity) -> QueueSnapshot? {
    guard let queues = live.broker?.queues else { return nil }
    let index = queues.index(near: selectedIndex(of: .queues)) { $0.identity == identity }
    return index.map { queues[$0] }
  }

  /// A consumer as it is now, whatever the screen shows.
  func liveConsumer(_ identifier: UInt64) -> ConsumerSnapshot? {
    live.broker?.consumers.first { $0.identifier == identifier }
  }

  /// Puts every cursor back on its thing, or on the row where it was, and makes it visible.
  mutating func settleCursors() {
    let layout = OverviewLayout(for: self)
    for panel in Panel.allCases {
      var cursor = cursors[panel] ?? Cursor()
      let count = rowCount(of: panel)
      if let wanted = cursor.identity, identity(of: panel, at: cursor.index) != wanted,
        let found = index(of: wanted, in: panel, near: cursor.index)
      {
        cursor.index = found
      }
      cursor.index = min(max(0, cursor.index), max(0, count - 1))
      // The newest event stays under a cursor that was never moved away from it.
      let followsNewest = panel == .events && cursor.identity == nil
      if !followsNewest { cursor.identity = identity(of: panel, at: cursor.index) }
      let visible = layout.rowCapacity(of: panel)
      cursor.top = min(cursor.top, max(0, count - visible))
      cursor.top = max(min(cursor.top, cursor.index), cursor.index - max(1, visible) + 1)
      cursors[panel] = cursor
    }
  }

  /// Moves the cursor of the focused panel to a row.
  mutating func moveCursor(to index: Int) {
    var cursor = cursors[focus] ?? Cursor()
    cursor.index = min(max(0, index), max(0, rowCount(of: focus) - 1))
    let isNewestEvent = focus == .events && cursor.index == 0
    cursor.identity = isNewestEvent ? nil : identity(of: focus, at: cursor.index)
    cursors[focus] = cursor
    settleCursors()
  }
}
