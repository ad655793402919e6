import Canvas
import Diagnosis
import Telemetry

/// The columns of the connections table.
enum ConnectionField: String, TableField {
  case name
  case peer
  case user
  case virtualHost = "vhost"
  case channels
  case consumers
  case published = "publish"
  case received
  case sent
  case age
  case state

  var title: String {
    switch self {
    case .name: "connection"
    case .peer: "peer"
    case .user: "user"
    case .virtualHost: "vhost"
    case .channels: "chan"
    case .consumers: "cons"
    case .published: "publish/s"
    case .received: "from/s"
    case .sent: "to/s"
    case .age: "age"
    case .state: "state"
    }
  }

  var alignment: TableColumn<ConnectionField>.Alignment {
    switch self {
    case .name, .peer, .user, .virtualHost, .state: .left
    case .channels, .consumers, .published, .received, .sent, .age: .right
    }
  }

  var width: StackItem {
    func digits(_ columns: Int, _ priority: Int) -> StackItem {
      StackItem(minimum: columns, preferred: columns + 1, priority: priority)
    }
    return switch self {
    case .name: StackItem(minimum: 10, preferred: 24, weight: 2, priority: 0)
    case .peer: StackItem(minimum: 15, preferred: 21, weight: 1, priority: 8)
    case .user: StackItem(minimum: 6, preferred: 8, priority: 9)
    case .virtualHost: StackItem(minimum: 5, preferred: 8, priority: 10)
    case .channels: digits(4, 5)
    case .consumers: digits(4, 6)
    case .published: digits(9, 2)
    case .received: digits(7, 3)
    case .sent: digits(7, 4)
    case .age: digits(5, 7)
    case .state: StackItem(minimum: 9, preferred: 10, priority: 1)
    }
  }

  var shownFrom: Int? { 0 }
}

/// What the table says about one connection.
struct ConnectionRow: TableRow {
  let connection: ConnectionSnapshot
  private let before: ConnectionSnapshot?
  private let seconds: Double
  private let now: Instant
  private let consumerCount: Int
  /// What the diagnosis says of it.
  private let verdict: Rule?

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array((picture.broker?.connections ?? []).indices)
  }

  init?(at index: Int, in picture: Picture) {
    guard let broker = picture.broker, broker.connections.indices.contains(index) else {
      return nil
    }
    connection = broker.connections[index]
    let identifier = connection.identifier
    let base = picture.window.base?.connections ?? []
    before = base.index(near: index) { $0.identifier == identifier }.map { base[$0] }
    seconds = base.isEmpty ? 0 : picture.window.baseSeconds
    now = broker.at
    consumerCount = picture.consumerCounts[identifier] ?? 0
    verdict = picture.connectionVerdicts[identifier]
  }

  var identity: RowIdentity { .connection(identifier: connection.identifier) }
  var name: String { connection.name }
  var trouble: Int { isHeldBack ? 2 : verdict != nil ? 1 : 0 }

  /// An average over the window; what is new in it counts from 0.
  func rate(_ sum: KeyPath<ConnectionSnapshot, UInt64>) -> Double? {
    Rates.perSecond(connection[keyPath: sum], since: before?[keyPath: sum] ?? 0, seconds: seconds)
  }

  private var isHeldBack: Bool { connection.isBlocked || connection.isFlowControlled }
  /// RabbitMQ's words.
  private var stateWord: String {
    connection.isBlocked
      ? "blocked" : connection.isFlowControlled ? "flow" : verdict?.word.lowercased() ?? "running"
  }
  private var ageSeconds: Double { now.seconds(since: connection.connectedAt) }

  func value(of field: ConnectionField) -> FieldValue {
    switch field {
    case .name: .text(name)
    case .peer: .text(connection.peerAddress)
    case .user: .text(connection.user)
    case .virtualHost: .text(connection.virtualHost)
    case .channels: FieldValue(connection.channelCount)
    case .consumers: FieldValue(consumerCount)
    case .published: FieldValue(rate(\.published))
    case .received: FieldValue(rate(\.bytesReceived))
    case .sent: FieldValue(rate(\.bytesSent))
    case .age: FieldValue(ageSeconds)
    case .state: .text(stateWord)
    }
  }

  func text(of field: ConnectionField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .name: (name, .kindProducer)
    case .peer: (connection.peerAddress, .muted)
    case .user: (connection.user, .base)
    case .virtualHost: (connection.virtualHost, .muted)
    case .channels: Self.countText(connection.channelCount)
    case .consumers: Self.countText(consumerCount)
    case .published: Self.rateText(rate(\.published), .metricPublish)
    case .received: bytesText(rate(\.bytesReceived))
    case .sent: bytesText(rate(\.bytesSent))
    case .age: (Format.age(ageSeconds), .muted)
    case .state:
      trouble > 0
        ? ("\(glyphs.alert) \(stateWord)", .stateStuck) : ("\(glyphs.ok) \(stateWord)", .stateOK)
    }
  }

  private func bytesText(_ rate: Double?) -> (String, Role) {
    guard let rate else { return (Format.none, .muted) }
    return (Format.bytes(Int(min(rate, 1e15))), rate > 0 ? .base : .muted)
  }
}
