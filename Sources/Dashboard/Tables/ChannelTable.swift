import Canvas
import Telemetry

/// The columns of a connection's channels.
enum ChannelField: String, TableField {
  case number
  case mode
  case consumers
  case unacked
  case prefetch
  case unconfirmed
  case published = "publish"

  var title: String {
    switch self {
    case .number: "channel"
    case .mode: "mode"
    case .consumers: "cons"
    case .unacked: "unack"
    case .prefetch: "global prefetch"
    case .unconfirmed: "unconfirmed"
    case .published: "publish/s"
    }
  }

  var alignment: TableColumn<ChannelField>.Alignment {
    switch self {
    case .mode: .left
    case .number, .consumers, .unacked, .prefetch, .unconfirmed, .published: .right
    }
  }

  var width: StackItem {
    switch self {
    case .number: StackItem(minimum: 7, priority: 0)
    case .mode: StackItem(minimum: 8, preferred: 12, weight: 1, priority: 4)
    case .consumers: StackItem(minimum: 4, preferred: 5, priority: 2)
    case .unacked: StackItem(minimum: 6, preferred: 8, priority: 1)
    case .prefetch: StackItem(minimum: 15, priority: 6)
    case .unconfirmed: StackItem(minimum: 11, priority: 5)
    case .published: StackItem(minimum: 9, preferred: 10, priority: 3)
    }
  }

  var shownFrom: Int? { 0 }
}

/// What the table says about one channel.
struct ChannelRow: TableRow {
  let channel: ChannelSnapshot
  private let rate: Double?

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array((picture.details(of: subject)?.channels ?? []).indices)
  }

  init?(at index: Int, in picture: Picture) {
    guard let all = picture.broker?.details?.channels, all.indices.contains(index) else {
      return nil
    }
    channel = all[index]
    let wanted = channel
    rate = picture.detailsBase.flatMap { base in
      let before = base.details.channels.first {
        $0.number == wanted.number && $0.connectionIdentifier == wanted.connectionIdentifier
      }
      return Rates.perSecond(
        wanted.published,
        since: before?.published ?? 0,
        seconds: base.seconds
      )
    }
  }

  var identity: RowIdentity {
    .channel(connection: channel.connectionIdentifier, number: channel.number)
  }
  var name: String { "channel \(channel.number)" }
  var trouble: Int { 0 }

  private var mode: String {
    channel.isTransactional ? "transactions" : channel.isConfirming ? "confirms" : "plain"
  }

  func value(of field: ChannelField) -> FieldValue {
    switch field {
    case .number: FieldValue(Int(channel.number))
    case .mode: .text(mode)
    case .consumers: FieldValue(channel.consumerCount)
    case .unacked: FieldValue(channel.unacked)
    case .prefetch: FieldValue(channel.globalPrefetchCount)
    case .unconfirmed: FieldValue(channel.unconfirmed)
    case .published: FieldValue(rate)
    }
  }

  func text(of field: ChannelField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .number: (String(channel.number), .base)
    case .mode: (mode, .muted)
    case .consumers: Self.countText(channel.consumerCount)
    case .unacked: Self.countText(channel.unacked, .metricUnacked)
    case .prefetch:
      channel.globalPrefetchCount == 0
        ? ("no limit", .muted) : (Format.count(channel.globalPrefetchCount), .base)
    case .unconfirmed: Self.countText(channel.unconfirmed)
    case .published: Self.rateText(rate, .metricPublish)
    }
  }
}

/// The columns of those who publish.
enum PublisherField: String, TableField {
  case connection
  case exchange
  case rate
  case total

  var title: String {
    switch self {
    case .connection: "publisher"
    case .exchange: "exchange"
    case .rate: "publish/s"
    case .total: "messages"
    }
  }

  var alignment: TableColumn<PublisherField>.Alignment {
    switch self {
    case .connection, .exchange: .left
    case .rate, .total: .right
    }
  }

  var width: StackItem {
    switch self {
    case .connection: StackItem(minimum: 10, preferred: 22, weight: 2, priority: 0)
    case .exchange: StackItem(minimum: 8, preferred: 14, weight: 1, priority: 3)
    case .rate: StackItem(minimum: 9, priority: 1)
    case .total: StackItem(minimum: 9, priority: 2)
    }
  }

  var shownFrom: Int? { 0 }
}

/// What the table says about one connection that publishes to one exchange.
struct PublisherRow: TableRow {
  let publisher: PublisherSnapshot
  /// Messages a second.
  let rate: Double?

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array((picture.details(of: subject)?.publishers ?? []).indices)
  }

  static func redundant(in picture: Picture, about subject: Subject) -> Set<PublisherField> {
    if case .exchange = subject { return [.exchange] }
    return []
  }

  init?(at index: Int, in picture: Picture) {
    guard let all = picture.broker?.details?.publishers, all.indices.contains(index) else {
      return nil
    }
    publisher = all[index]
    let wanted = publisher
    rate = picture.detailsBase.flatMap { base in
      let before = base.details.publishers.first {
        $0.connectionIdentifier == wanted.connectionIdentifier
          && $0.exchange == wanted.exchange && $0.virtualHost == wanted.virtualHost
      }
      return Rates.perSecond(
        wanted.published,
        since: before?.published ?? 0,
        seconds: base.seconds
      )
    }
  }

  var identity: RowIdentity {
    .publisher(
      connection: publisher.connectionIdentifier,
      exchange: ExchangeIdentity(virtualHost: publisher.virtualHost, name: publisher.exchange)
    )
  }
  var name: String { publisher.connectionName }
  var trouble: Int { 0 }

  func value(of field: PublisherField) -> FieldValue {
    switch field {
    case .connection: .text(publisher.connectionName)
    case .exchange: .text(publisher.exchange)
    case .rate: FieldValue(rate)
    case .total: FieldValue(publisher.published)
    }
  }

  func text(of field: PublisherField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .connection: (publisher.connectionName, .kindProducer)
    case .exchange: (publisher.exchange.isEmpty ? "(default)" : publisher.exchange, .kindExchange)
    case .rate: Self.rateText(rate, .metricPublish)
    case .total: Self.countText(publisher.published)
    }
  }
}
