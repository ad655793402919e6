import Canvas
import Telemetry

/// The columns of the exchanges table.
enum ExchangeField: String, TableField {
  case name
  case type
  case bindings
  case arrivals = "in"
  case routed = "out"
  case dropped = "drop"
  case lastDropped = "last-dropped"
  case delayed
  case features

  var title: String {
    switch self {
    case .name: "exchange"
    case .type: "type"
    case .bindings: "bindings"
    case .arrivals: "in/s"
    case .routed: "out/s"
    case .dropped: "drops"
    case .lastDropped: "last dropped key"
    case .delayed: "delayed"
    case .features: "features"
    }
  }

  var alignment: TableColumn<ExchangeField>.Alignment {
    switch self {
    case .name, .type, .lastDropped, .features: .left
    case .bindings, .arrivals, .routed, .dropped, .delayed: .right
    }
  }

  var width: StackItem {
    func digits(_ columns: Int, _ priority: Int) -> StackItem {
      StackItem(minimum: columns, preferred: columns + 1, priority: priority)
    }
    return switch self {
    case .name: StackItem(minimum: 9, preferred: 14, weight: 2, priority: 0)
    case .type: StackItem(minimum: 7, preferred: 8, priority: 4)
    case .bindings: digits(8, 5)
    case .arrivals: digits(6, 1)
    case .routed: digits(6, 2)
    case .dropped: digits(5, 3)
    case .lastDropped: StackItem(minimum: 16, preferred: 20, weight: 1, priority: 6)
    case .delayed: digits(7, 7)
    case .features: StackItem(minimum: 8, preferred: 10, priority: 8)
    }
  }

  var shownFrom: Int? {
    switch self {
    case .name, .type, .arrivals, .routed, .dropped: 0
    case .bindings: 60
    case .lastDropped: 70
    case .delayed, .features: nil
    }
  }
}

/// What the table says about one exchange.
struct ExchangeRow: TableRow {
  let exchange: ExchangeSnapshot
  private let before: ExchangeSnapshot?
  private let seconds: Double
  private let hasDroppedLately: Bool
  /// Whether the broker counts for each exchange what it could not route.
  private let countsDrops: Bool

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    picture.exchangeOrder
  }

  init?(at index: Int, in picture: Picture) {
    guard let broker = picture.broker, broker.exchanges.indices.contains(index) else { return nil }
    exchange = broker.exchanges[index]
    countsDrops = broker.totals.isLedgerKept
    let exchange = exchange
    let base = picture.window.base?.exchanges ?? []
    before = base.index(near: index) {
      $0.name == exchange.name && $0.virtualHost == exchange.virtualHost
    }.map { base[$0] }
    seconds = base.isEmpty ? 0 : picture.window.baseSeconds
    hasDroppedLately =
      exchange.unroutable > 0 && picture.losingExchanges.contains(exchange.identity)
  }

  var identity: RowIdentity { .exchange(exchange.identity) }
  var name: String { exchange.identity.shownName }
  var trouble: Int { hasDroppedLately ? 1 : 0 }

  /// An average over the window; what is new in it counts from 0.
  func rate(_ sum: KeyPath<ExchangeSnapshot, UInt64>) -> Double? {
    Rates.perSecond(exchange[keyPath: sum], since: before?[keyPath: sum] ?? 0, seconds: seconds)
  }

  private var features: String {
    (exchange.isDurable ? "D" : "") + (exchange.isPredeclared ? " predeclared" : "")
  }

  func value(of field: ExchangeField) -> FieldValue {
    switch field {
    case .name: .text(name)
    case .type: .text(exchange.type)
    case .bindings: FieldValue(exchange.bindingCount)
    case .arrivals: FieldValue(rate(\.published))
    case .routed: FieldValue(rate(\.routed))
    case .dropped: countsDrops ? FieldValue(exchange.unroutable) : .none
    case .lastDropped: exchange.lastUnroutableKey.map { .text($0) } ?? .none
    case .delayed: FieldValue(exchange.delayed)
    case .features: .text(features)
    }
  }

  func text(of field: ExchangeField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .name: (name, exchange.isPredeclared ? .muted : .kindExchange)
    case .type: (exchange.type, .muted)
    case .bindings: (Format.count(exchange.bindingCount), .base)
    case .arrivals: Self.rateText(rate(\.published), .metricPublish)
    case .routed: Self.rateText(rate(\.routed), .metricDeliver)
    case .dropped:
      countsDrops ? Self.countText(exchange.unroutable, .metricDrop) : (Format.none, .muted)
    case .lastDropped: (exchange.lastUnroutableKey ?? Format.none, .muted)
    case .delayed: Self.countText(exchange.delayed)
    case .features: (features, .muted)
    }
  }
}
