import Canvas
import Telemetry

/// The columns of the exchanges table.
enum ExchangeField: Hashable, Sendable {
  case name
  case type
  case bindings
  case arrivals
  case routed
  case dropped
  case lastDropped

  /// Returns the columns for a width, in order.
  static func columns(for width: Int) -> [TableColumn<ExchangeField>] {
    func digits(
      _ field: ExchangeField,
      _ title: String,
      _ columns: Int,
      _ priority: Int
    )
      -> TableColumn<ExchangeField>
    {
      TableColumn(
        field,
        title,
        width: StackItem(minimum: columns, preferred: columns + 1, priority: priority)
      )
    }
    var columns: [TableColumn<ExchangeField>] = [
      TableColumn(
        .name,
        "exchange",
        .left,
        width: StackItem(minimum: 9, preferred: 14, weight: 2, priority: 0)
      ),
      TableColumn(
        .type,
        "type",
        .left,
        width: StackItem(minimum: 7, preferred: 8, priority: 4)
      ),
    ]
    if width >= 60 { columns.append(digits(.bindings, "bindings", 8, 5)) }
    columns += [
      digits(.arrivals, "in/s", 6, 1),
      digits(.routed, "out/s", 6, 2),
      digits(.dropped, "drops", 5, 3),
    ]
    if width >= 70 {
      columns.append(
        TableColumn(
          .lastDropped,
          "last dropped key",
          .left,
          width: StackItem(minimum: 16, preferred: 20, weight: 1, priority: 6)
        )
      )
    }
    return columns
  }
}

extension Painter {
  mutating func drawExchanges(in area: Rectangle) {
    let capacity = layout.rowCapacity(of: .exchanges)
    let count = model.rowCount(of: .exchanges)
    let inside = frame(
      .exchanges,
      in: area,
      title: title("exchanges", count: count),
      footerCorner: position(of: .exchanges, capacity: capacity)
    )
    let table = table(in: inside)
    let columns = PlacedColumn.place(ExchangeField.columns(for: table.columns), in: table.columns)
    let first = layout.headRows(inside)
    if first > 0 { head(columns, in: table.line(0)) }
    guard let broker = picture.broker else { return }
    let rows = visibleRows(of: .exchanges, capacity: capacity)
    let names = TextCut.names(
      rows.map { SafeText.clean(shownName(of: broker.exchanges[picture.exchangeOrder[$0]])) },
      columns: columns.first?.width ?? 0,
      ellipsis: glyphs.ellipsis
    )
    for (offset, index) in rows.enumerated() {
      let place = picture.exchangeOrder[index]
      let exchange = broker.exchanges[place]
      for column in columns {
        let (text, role) = text(of: column.field, of: exchange, at: place, name: names[offset])
        drawCell(text, role, in: column.rectangle(in: table.line(offset + first)), column)
      }
      if isUnderCursor(index, of: .exchanges) { markCursor(in: inside.line(offset + first)) }
    }
  }

  private func shownName(of exchange: ExchangeSnapshot) -> String {
    exchange.virtualHost == "/"
      ? exchange.shownName : exchange.virtualHost + ":" + exchange.shownName
  }

  private func text(
    of field: ExchangeField,
    of exchange: ExchangeSnapshot,
    at place: Int,
    name: String
  ) -> (String, Role) {
    func rate(_ sum: KeyPath<ExchangeSnapshot, UInt64>, _ role: Role) -> (String, Role) {
      guard let base = picture.window.base?.exchanges else { return (Format.none, .muted) }
      let before = base.index(near: place) {
        $0.name == exchange.name && $0.virtualHost == exchange.virtualHost
      }
      let rate = Rates.perSecond(
        exchange[keyPath: sum],
        since: before.map { base[$0][keyPath: sum] } ?? 0,
        seconds: picture.window.baseSeconds
      )
      return (Format.rate(rate), (rate ?? 0) > 0 ? role : .muted)
    }
    switch field {
    case .name: return (name, exchange.isPredeclared ? .muted : .kindExchange)
    case .type: return (exchange.type, .muted)
    case .bindings: return (Format.count(exchange.bindingCount), .base)
    case .arrivals: return rate(\.published, .metricPublish)
    case .routed: return rate(\.routed, .metricDeliver)
    case .dropped:
      return (
        Format.count(exchange.unroutable), exchange.unroutable > 0 ? .metricDrop : .muted
      )
    case .lastDropped: return (exchange.lastUnroutableKey ?? Format.none, .muted)
    }
  }
}
