import Canvas
import Telemetry

/// The columns of the consumers table.
enum ConsumerField: Hashable, Sendable {
  case name
  case queue
  case connection
  /// Messages it holds, of how many it may.
  case held
  case acks
  case redelivered
  case lastAck
  case state

  /// Returns the columns for a width, in order.
  static func columns(for width: Int) -> [TableColumn<ConsumerField>] {
    func digits(
      _ field: ConsumerField,
      _ title: String,
      _ columns: Int,
      _ priority: Int
    )
      -> TableColumn<ConsumerField>
    {
      TableColumn(
        field,
        title,
        width: StackItem(minimum: columns, preferred: columns, priority: priority)
      )
    }
    let isWide = width >= 100
    var columns: [TableColumn<ConsumerField>] = [
      TableColumn(
        .name,
        "consumer",
        .left,
        width: StackItem(minimum: 9, preferred: 14, weight: 2, priority: 0)
      ),
      TableColumn(
        .queue,
        "queue",
        .left,
        width: StackItem(minimum: 10, preferred: 20, weight: 2, priority: 5)
      ),
    ]
    if isWide {
      columns.append(
        TableColumn(
          .connection,
          "connection",
          .left,
          width: StackItem(minimum: 12, preferred: 22, weight: 2, priority: 8)
        )
      )
    }
    columns += [
      digits(.acks, "ack/s", 6, 2),
      digits(.held, "held", 6, 3),
    ]
    if isWide { columns.append(digits(.redelivered, "redel", 6, 7)) }
    columns += [
      digits(.lastAck, "last ack", 8, 4),
      TableColumn(
        .state,
        "state",
        .left,
        width: StackItem(minimum: 9, preferred: 10, weight: 1, priority: 1)
      ),
    ]
    return columns
  }
}

extension Painter {
  mutating func drawConsumers(in area: Rectangle) {
    let capacity = layout.rowCapacity(of: .consumers)
    let inside = frame(
      .consumers,
      in: area,
      title: title("consumers", count: picture.broker?.consumers.count ?? 0),
      footerCorner: position(of: .consumers, capacity: capacity)
    )
    let table = table(in: inside)
    let columns = PlacedColumn.place(ConsumerField.columns(for: table.columns), in: table.columns)
    let first = layout.headRows(inside)
    if first > 0 { head(columns, in: table.line(0)) }
    guard let broker = picture.broker else { return }
    if picture.consumerRows.isEmpty {
      drawNothing("no consumers yet", in: table.line(first))
      return
    }
    let rows = visibleRows(of: .consumers, capacity: capacity)
    let names = TextCut.names(
      rows.map { SafeText.clean(shownName(of: picture.consumerRows[$0], broker)) },
      columns: columns.first?.width ?? 0,
      ellipsis: glyphs.ellipsis
    )
    for (offset, index) in rows.enumerated() {
      let line = table.line(offset + first)
      switch picture.consumerRows[index].subject {
      case .consumer(let place):
        let consumer = broker.consumers[place]
        for column in columns {
          draw(column, of: consumer, at: place, name: names[offset], in: line)
        }
      case .absentService(let place):
        drawAbsent(place, columns, name: names[offset], in: line)
      }
      if isUnderCursor(index, of: .consumers) { markCursor(in: inside.line(offset + first)) }
    }
  }

  private func shownName(of row: ConsumerRow, _ broker: BrokerSnapshot) -> String {
    if let service = row.service {
      if case .serviceConsumer(_, let ordinal) = row.identity, ordinal > 0 {
        return "\(service)/\(ordinal + 1)"
      }
      return service
    }
    guard case .consumer(let index) = row.subject else { return "" }
    return broker.consumers[index].shownName
  }

  private mutating func draw(
    _ column: PlacedColumn<ConsumerField>,
    of consumer: ConsumerSnapshot,
    at place: Int,
    name: String,
    in line: Rectangle
  ) {
    let (text, role) = text(of: column.field, of: consumer, at: place, name: name)
    drawCell(text, role, in: column.rectangle(in: line), column)
  }

  private func text(
    of field: ConsumerField,
    of consumer: ConsumerSnapshot,
    at place: Int,
    name: String
  ) -> (String, Role) {
    switch field {
    case .name: return (name, .kindConsumer)
    case .queue: return (consumer.queue, .kindQueue)
    case .connection: return (consumer.connectionName, .muted)
    case .held:
      if consumer.isAutomaticallyAcknowledged { return ("auto", .muted) }
      let limit = consumer.prefetchCount
      let held = Format.count(consumer.held)
      return (
        limit == 0 ? held : held + "/" + Format.count(limit),
        consumer.held > 0 ? .metricUnacked : .muted
      )
    case .acks:
      let rate = picture.ackRate(of: consumer, near: place)
      return (Format.rate(rate), (rate ?? 0) > 0 ? .metricAck : .muted)
    case .redelivered:
      return (
        Format.count(consumer.redelivered), consumer.redelivered > 0 ? .metricRedeliver : .muted
      )
    case .lastAck:
      guard let last = consumer.lastAcknowledgedAt, let broker = picture.broker else {
        return ("never", .muted)
      }
      return (Format.age(broker.at.seconds(since: last)), .base)
    case .state:
      let state = picture.state(of: consumer, near: place)
      return ("\(state.glyph(glyphs)) \(state.word)", state.role)
    }
  }

  /// A service that should consume and does not: its name and queue stay, the rest says why.
  private mutating func drawAbsent(
    _ place: Int,
    _ columns: [PlacedColumn<ConsumerField>],
    name: String,
    in line: Rectangle
  ) {
    guard let service = picture.lab?.services[place] else { return }
    let (state, words) = absence(of: service)
    var start = 0
    for column in columns where column.field == .name || column.field == .queue {
      let text = column.field == .name ? name : service.queue ?? ""
      grid.put(
        text,
        in: column.rectangle(in: line),
        .left as TableColumn<ConsumerField>.Alignment,
        style: Style(column.field == .name ? state.role : .kindQueue),
        ellipsis: glyphs.ellipsis
      )
      start = column.start + column.width + 1
    }
    grid.put(
      [Span("\(state.glyph(glyphs)) \(state.word)", state.role), Span(words, .muted)],
      at: line.shifted(start),
      limit: line.columns - start,
      ellipsis: glyphs.ellipsis
    )
  }

  private func absence(of service: ServiceSnapshot) -> (ConsumerState, String) {
    let since = picture.since(ofService: service.name)
    let age = since.flatMap { since in
      picture.broker.map { " " + Format.span($0.at.seconds(since: since)) }
    }
    switch service.state {
    case .starting: return (.starting, "")
    case .running: return (.starting, ": its process runs and has not consumed yet")
    case .killed: return (.killed, (age ?? "") + "  u brings it back")
    case .ended(let reason): return (.ended, (age ?? "") + "  " + reason)
    }
  }
}
