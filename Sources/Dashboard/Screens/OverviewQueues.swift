import Canvas
import Telemetry

/// The columns of the queues table.
enum QueueField: Hashable, Sendable {
  case name
  case ready
  case unacked
  case arrivals
  case deliveries
  case acks
  case redeliveries
  case consumers
  case oldest
  case bytes
  case depth
  case state

  /// Returns the columns for a width, in order.
  static func columns(for width: Int) -> [TableColumn<QueueField>] {
    func digits(
      _ field: QueueField,
      _ title: String,
      _ columns: Int,
      _ priority: Int
    )
      -> TableColumn<QueueField>
    {
      TableColumn(
        field,
        title,
        width: StackItem(minimum: columns, preferred: columns + 2, priority: priority)
      )
    }
    let isWide = width >= OverviewLayout.wideColumns - 10
    var columns: [TableColumn<QueueField>] = [
      TableColumn(
        .name,
        "queue",
        .left,
        width: StackItem(minimum: 11, preferred: 26, weight: 2, priority: 0)
      ),
      digits(.ready, "ready", 6, 1),
      digits(.unacked, "unack", 6, 8),
      digits(.arrivals, "in/s", 6, 4),
    ]
    if isWide { columns.append(digits(.deliveries, "deliver/s", 9, 10)) }
    columns += [
      digits(.acks, "ack/s", 6, 3),
      digits(.redeliveries, "redel/s", 7, 9),
      digits(.consumers, "cons", 4, 6),
      digits(.oldest, "oldest", 6, 7),
    ]
    if isWide { columns.append(digits(.bytes, "bytes", 7, 11)) }
    columns += [
      TableColumn(
        .depth,
        "depth \(Limits.historySeconds)s",
        .left,
        width: StackItem(minimum: 9, preferred: 16, weight: 3, priority: 5)
      ),
      TableColumn(
        .state,
        "state",
        .left,
        width: StackItem(minimum: 13, preferred: 20, weight: 1, priority: 2)
      ),
    ]
    return columns
  }
}

extension Painter {
  mutating func drawQueues(in area: Rectangle) {
    let capacity = layout.rowCapacity(of: .queues)
    let count = model.rowCount(of: .queues)
    let inside = frame(
      .queues,
      in: area,
      title: title("queues", count: count),
      footerCorner: position(of: .queues, capacity: capacity)
    )
    let table = table(in: inside)
    let columns = PlacedColumn.place(QueueField.columns(for: table.columns), in: table.columns)
    let first = layout.headRows(inside)
    if first > 0 { head(columns, in: table.line(0)) }
    guard let broker = picture.broker else { return }
    if count == 0 {
      drawNothing("no queues yet", in: table.line(first))
      return
    }
    let rows = visibleRows(of: .queues, capacity: capacity)
    let names = TextCut.names(
      rows.map { SafeText.clean(shownName(of: broker.queues[$0])) },
      columns: columns.first?.width ?? 0,
      ellipsis: glyphs.ellipsis
    )
    for (offset, index) in rows.enumerated() {
      let line = inside.line(offset + first)
      let row = QueueRow(broker.queues[index], index, names[offset], picture)
      for column in columns {
        draw(column.field, of: row, in: column.rectangle(in: table.line(offset + first)), column)
      }
      if isUnderCursor(index, of: .queues) { markCursor(in: line) }
    }
  }

  mutating func drawNothing(_ text: String, in line: Rectangle) {
    grid.put(text, at: line.origin, style: Style(.muted), limit: line.columns)
  }

  private func shownName(of queue: QueueSnapshot) -> String {
    queue.virtualHost == "/" ? queue.name : queue.virtualHost + ":" + queue.name
  }

  private mutating func draw(
    _ field: QueueField,
    of row: QueueRow,
    in area: Rectangle,
    _ column: PlacedColumn<QueueField>
  ) {
    if field == .depth {
      if let track = row.track {
        let role: Role = row.state == .noConsumer ? .stateNone : .metricReady
        drawSparkline(track.depth, in: area, role: role)
      }
      return
    }
    if field == .state {
      drawState(of: row, in: area)
      return
    }
    let (text, role) = row.text(of: field)
    drawCell(text, role, in: area, column)
  }

  /// The glyph, the word, and with room for it since when.
  private mutating func drawState(of row: QueueRow, in area: Rectangle) {
    let state = row.state
    let word = state.word
    let glyph = area.columns >= word.utf8.count + 2 ? "\(state.glyph(glyphs)) " : ""
    var spans = [Span(glyph + word, state.role)]
    let isWorthAge = state != .ok && state != .idle
    if isWorthAge, let since = row.since, let broker = picture.broker {
      let age = " " + Format.span(broker.at.seconds(since: since))
      if spans.columns + age.utf8.count <= area.columns { spans.append(Span(age, .muted)) }
    }
    grid.put(spans, at: area.origin, limit: area.columns, ellipsis: glyphs.ellipsis)
  }
}

/// What the table says about one queue.
struct QueueRow {
  let queue: QueueSnapshot
  let name: String
  let track: QueueTrack?
  let state: QueueState
  let since: Instant?
  private let before: QueueSnapshot?
  private let seconds: Double
  private let now: Instant

  init(_ queue: QueueSnapshot, _ index: Int, _ name: String, _ picture: Picture) {
    self.queue = queue
    self.name = name
    track = picture.history.track(queue.identity, near: index)
    now = picture.broker?.at ?? .zero
    let base = picture.window.base?.queues ?? []
    before = base.index(near: index) {
      $0.name == queue.name && $0.virtualHost == queue.virtualHost
    }.map { base[$0] }
    seconds = picture.window.baseSeconds
    state = track?.state ?? QueueTrack.state(of: queue, readyBefore: before?.ready, at: now)
    since = track?.since
  }

  /// An average over the window; what is new in it counts from 0.
  func rate(_ sum: KeyPath<QueueSnapshot, UInt64>) -> Double? {
    Rates.perSecond(queue[keyPath: sum], since: before?[keyPath: sum] ?? 0, seconds: seconds)
  }

  func text(of field: QueueField) -> (String, Role) {
    switch field {
    case .name: return (name, .kindQueue)
    case .ready: return (Format.count(queue.ready), queue.ready > 0 ? .metricReady : .muted)
    case .unacked:
      return (Format.count(queue.unacked), queue.unacked > 0 ? .metricUnacked : .muted)
    case .arrivals: return rateText(rate(\.enqueued), .metricPublish)
    case .deliveries: return rateText(rate(\.delivered), .metricDeliver)
    case .acks: return rateText(rate(\.acknowledged), .metricAck)
    case .redeliveries: return rateText(rate(\.redelivered), .metricRedeliver)
    case .consumers:
      return (Format.count(queue.consumerCount), queue.consumerCount > 0 ? .base : .muted)
    case .oldest:
      let age = queue.oldestReadyAt.map { now.seconds(since: $0) }
      return (Format.age(age), age == nil ? .muted : .base)
    case .bytes: return (Format.bytes(queue.readyBytes), queue.readyBytes > 0 ? .base : .muted)
    case .depth, .state: return ("", .base)
    }
  }

  private func rateText(_ rate: Double?, _ role: Role) -> (String, Role) {
    (Format.rate(rate), (rate ?? 0) > 0 ? role : .muted)
  }
}
