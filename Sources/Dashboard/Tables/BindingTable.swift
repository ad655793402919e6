import Canvas
import Telemetry

/// The columns of the bindings table.
enum BindingField: String, TableField {
  case source
  case destination
  case routingKey = "key"
  case hitRate = "hit"
  case share
  case hits
  case arguments

  var title: String {
    switch self {
    case .source: "exchange"
    case .destination: "to"
    case .routingKey: "routing key"
    case .hitRate: "hits/s"
    case .share: "share"
    case .hits: "hits"
    case .arguments: "arguments"
    }
  }

  var alignment: TableColumn<BindingField>.Alignment {
    switch self {
    case .source, .destination, .routingKey, .arguments: .left
    case .hitRate, .share, .hits: .right
    }
  }

  var width: StackItem {
    switch self {
    case .source: StackItem(minimum: 8, preferred: 16, weight: 1, priority: 2)
    case .destination: StackItem(minimum: 8, preferred: 20, weight: 1, priority: 1)
    case .routingKey: StackItem(minimum: 8, preferred: 18, weight: 2, priority: 0)
    case .hitRate: StackItem(minimum: 6, priority: 3)
    case .share: StackItem(minimum: 5, priority: 5)
    case .hits: StackItem(minimum: 5, preferred: 9, priority: 4)
    case .arguments: StackItem(minimum: 9, preferred: 20, weight: 1, priority: 6)
    }
  }

  var shownFrom: Int? {
    switch self {
    case .source, .destination, .routingKey, .hitRate, .hits: 0
    case .share: 50
    case .arguments: 90
    }
  }
}

/// What the table says about one binding of what is watched.
struct BindingRow: TableRow {
  let binding: BindingSnapshot
  /// Messages a second that it matched; nil where nobody counts or it is too new.
  let hitRate: Double?
  /// Its part of all messages that came to its exchange in that time, from 0 to 1.
  private let share: Double?
  private let isNeverHit: Bool

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array((picture.details(of: subject)?.bindings ?? []).indices)
  }

  static func redundant(in picture: Picture, about subject: Subject) -> Set<BindingField> {
    let bindings = picture.details(of: subject)?.bindings ?? []
    switch subject {
    case .queue: return [.destination]
    case .exchange(let exchange):
      return bindings.allSatisfy { $0.source == exchange.name } ? [.source] : []
    case .everything, .consumer, .connection: return []
    }
  }

  init?(at index: Int, in picture: Picture) {
    guard let bindings = picture.broker?.details?.bindings, bindings.indices.contains(index) else {
      return nil
    }
    binding = bindings[index]
    let wanted = binding.identity
    let base = picture.detailsBase
    let before = base.flatMap { base in
      base.details.bindings.index(near: index) { $0.identity == wanted }
        .map { base.details.bindings[$0].hits ?? 0 }
    }
    let rate = binding.hits.flatMap { hits in
      base.flatMap { Rates.perSecond(hits, since: before ?? 0, seconds: $0.seconds) }
    }
    hitRate = rate
    let arrivals = picture.arrivalRate(
      of: ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source)
    )
    share = rate.flatMap { rate in arrivals.flatMap { $0 > 0 ? min(1, rate / $0) : nil } }
    isNeverHit = binding.hits == 0
  }

  var identity: RowIdentity { .binding(binding.identity) }
  var name: String { "\(binding.source) \(binding.destination.name) \(binding.routingKey)" }
  var trouble: Int { 0 }

  func value(of field: BindingField) -> FieldValue {
    switch field {
    case .source: .text(binding.source)
    case .destination: .text(binding.destination.name)
    case .routingKey: .text(binding.routingKey)
    case .hitRate: FieldValue(hitRate)
    case .share: FieldValue(share.map { $0 * 100 })
    case .hits: binding.hits.map { FieldValue($0) } ?? .none
    case .arguments: .text(binding.arguments)
    }
  }

  func text(of field: BindingField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .source: return (binding.source.isEmpty ? "(default)" : binding.source, .kindExchange)
    case .destination:
      switch binding.destination {
      case .queue(let name): return (name, .kindQueue)
      case .exchange(let name): return (name, .kindExchange)
      }
    case .routingKey:
      return (binding.routingKey.isEmpty ? "(empty)" : binding.routingKey, .kindBinding)
    case .hitRate: return Self.rateText(hitRate, .metricDeliver)
    case .share:
      return (share.map { "\(Int($0 * 100 + 0.5))%" } ?? Format.none, share == nil ? .muted : .base)
    case .hits:
      guard let hits = binding.hits else { return (Format.none, .muted) }
      return isNeverHit ? ("never", .stateNone) : (Format.count(hits), .base)
    case .arguments: return (binding.arguments, .muted)
    }
  }
}
