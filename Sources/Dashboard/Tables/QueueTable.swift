import Canvas
import Telemetry

/// The columns of the queues table.
enum QueueField: String, TableField {
  case name
  case ready
  case unacked
  case arrivals = "in"
  case deliveries = "deliver"
  case acks = "ack"
  case redeliveries = "redel"
  case requeues = "requeue"
  case consumers
  case oldest
  case bytes
  case depth
  case state
  case expired
  case deadLettered = "dead"
  case dropped = "drop"
  case total
  case features
  case p50
  case p95

  var title: String {
    switch self {
    case .name: "queue"
    case .ready: "ready"
    case .unacked: "unack"
    case .arrivals: "in/s"
    case .deliveries: "deliver/s"
    case .acks: "ack/s"
    case .redeliveries: "redel/s"
    case .requeues: "requeue/s"
    case .consumers: "cons"
    case .oldest: "oldest"
    case .bytes: "bytes"
    case .depth: "depth \(Limits.historySeconds)s"
    case .state: "state"
    case .expired: "expired"
    case .deadLettered: "dead"
    case .dropped: "dropped"
    case .total: "ever in"
    case .features: "features"
    case .p50: "p50 ms"
    case .p95: "p95 ms"
    }
  }

  var alignment: TableColumn<QueueField>.Alignment {
    switch self {
    case .name, .depth, .state, .features: .left
    case .ready, .unacked, .arrivals, .deliveries, .acks, .redeliveries, .requeues, .consumers,
      .oldest, .bytes, .expired, .deadLettered, .dropped, .total, .p50,
      .p95:
      .right
    }
  }

  var width: StackItem {
    func digits(_ columns: Int, _ priority: Int) -> StackItem {
      StackItem(minimum: columns, preferred: columns + 2, priority: priority)
    }
    return switch self {
    case .name: StackItem(minimum: 11, preferred: 26, weight: 2, priority: 0)
    case .ready: digits(6, 1)
    case .unacked: digits(6, 8)
    case .arrivals: digits(6, 4)
    case .deliveries: digits(9, 10)
    case .acks: digits(6, 3)
    case .redeliveries: digits(7, 9)
    case .requeues: digits(9, 13)
    case .consumers: digits(4, 6)
    case .oldest: digits(6, 7)
    case .bytes: digits(7, 11)
    case .depth: StackItem(minimum: 9, preferred: 16, weight: 3, priority: 5)
    case .state: StackItem(minimum: 13, preferred: 20, weight: 1, priority: 2)
    case .expired, .deadLettered, .dropped, .total: digits(7, 14)
    case .features: StackItem(minimum: 8, preferred: 10, priority: 12)
    case .p50, .p95: digits(6, 13)
    }
  }

  var shownFrom: Int? {
    switch self {
    case .name, .ready, .unacked, .arrivals, .acks, .redeliveries, .consumers, .oldest, .depth,
      .state:
      0
    case .deliveries, .bytes: Layout.wideColumns - 10
    case .requeues, .expired, .deadLettered, .dropped, .total, .features, .p50, .p95: nil
    }
  }
}

/// What the table says about one queue.
struct QueueRow: TableRow {
  let queue: QueueSnapshot
  let track: QueueTrack?
  let state: QueueState
  let since: Instant?
  private let before: QueueSnapshot?
  private let seconds: Double
  private let now: Instant
  /// Whether the broker counts what becomes of every message.
  private let isLedgerKept: Bool

  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    Array((picture.broker?.queues ?? []).indices)
  }

  static func trouble(at index: Int, in picture: Picture) -> Int {
    picture.queueState(at: index).trouble
  }

  init?(at index: Int, in picture: Picture) {
    guard let broker = picture.broker, broker.queues.indices.contains(index) else { return nil }
    queue = broker.queues[index]
    now = broker.at
    isLedgerKept = broker.totals.isLedgerKept
    track = picture.history.track(at: index)
    let base = picture.window.base?.queues ?? []
    let queue = queue
    before = base.index(near: index) {
      $0.name == queue.name && $0.virtualHost == queue.virtualHost
    }.map { base[$0] }
    seconds = picture.window.baseSeconds
    state = picture.queueState(of: queue)
    since = picture.since(of: queue.identity, state)
  }

  var identity: RowIdentity { .queue(queue.identity) }
  var name: String { queue.identity.shownName }
  var trouble: Int { state.trouble }

  /// An average over the window; what is new in it counts from 0.
  func rate(_ sum: KeyPath<QueueSnapshot, UInt64>) -> Double? {
    Rates.perSecond(queue[keyPath: sum], since: before?[keyPath: sum] ?? 0, seconds: seconds)
  }

  /// A sum that only a broker has which keeps the ledger.
  private func counted(_ sum: UInt64) -> UInt64? { isLedgerKept ? sum : nil }

  private func countedText(_ sum: UInt64, _ role: Role) -> (String, Role) {
    isLedgerKept ? Self.countText(sum, role) : (Format.none, .muted)
  }

  private var oldestSeconds: Double? { queue.oldestReadyAt.map { now.seconds(since: $0) } }

  private var features: String {
    let parts = [
      queue.isDurable ? "D" : "", queue.isExclusive ? "Excl" : "", queue.isAutoDelete ? "AD" : "",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }

  func value(of field: QueueField) -> FieldValue {
    switch field {
    case .name: .text(name)
    case .ready, .depth: FieldValue(queue.ready)
    case .unacked: FieldValue(queue.unacked)
    case .arrivals: FieldValue(rate(\.enqueued))
    case .deliveries: FieldValue(rate(\.delivered))
    case .acks: FieldValue(rate(\.acknowledged))
    case .redeliveries: FieldValue(rate(\.redelivered))
    case .requeues: FieldValue(isLedgerKept ? rate(\.requeued) : nil)
    case .consumers: FieldValue(queue.consumerCount)
    case .oldest: FieldValue(oldestSeconds)
    case .bytes: FieldValue(queue.readyBytes)
    case .state: .text(state.word)
    case .expired: counted(queue.expired).map { FieldValue($0) } ?? .none
    case .deadLettered: counted(queue.deadLettered).map { FieldValue($0) } ?? .none
    case .dropped: counted(queue.dropped).map { FieldValue($0) } ?? .none
    case .total: FieldValue(queue.enqueued)
    case .features: .text(features)
    case .p50: FieldValue(queue.timeToAcknowledgement?.p50Milliseconds)
    case .p95: FieldValue(queue.timeToAcknowledgement?.p95Milliseconds)
    }
  }

  func text(of field: QueueField, glyphs: Glyphs) -> (String, Role) {
    switch field {
    case .name: (name, .kindQueue)
    case .ready: Self.countText(queue.ready, .metricReady)
    case .unacked: Self.countText(queue.unacked, .metricUnacked)
    case .arrivals: Self.rateText(rate(\.enqueued), .metricPublish)
    case .deliveries: Self.rateText(rate(\.delivered), .metricDeliver)
    case .acks: Self.rateText(rate(\.acknowledged), .metricAck)
    case .redeliveries: Self.rateText(rate(\.redelivered), .metricRedeliver)
    case .requeues: Self.rateText(isLedgerKept ? rate(\.requeued) : nil, .metricRedeliver)
    case .consumers: Self.countText(queue.consumerCount)
    case .oldest: (Format.age(oldestSeconds), oldestSeconds == nil ? .muted : .base)
    case .bytes: (Format.bytes(queue.readyBytes), queue.readyBytes > 0 ? .base : .muted)
    case .expired: countedText(queue.expired, .metricDead)
    case .deadLettered: countedText(queue.deadLettered, .metricDead)
    case .dropped: countedText(queue.dropped, .metricDrop)
    case .total: Self.countText(queue.enqueued)
    case .features: (features, .muted)
    case .p50: (Format.milliseconds(queue.timeToAcknowledgement?.p50Milliseconds), .base)
    case .p95: (Format.milliseconds(queue.timeToAcknowledgement?.p95Milliseconds), .base)
    case .depth: ("", .base)
    case .state: ("\(state.glyph(glyphs)) \(state.word)\(stateAge)", state.role)
    }
  }

  func shorterTexts(of field: QueueField, glyphs: Glyphs) -> [String] {
    field == .state ? ["\(state.glyph(glyphs)) \(state.word)", state.word] : []
  }

  /// Since when the state holds, for those that are worth it.
  private var stateAge: String {
    guard state != .ok, state != .idle, let since else { return "" }
    return " " + Format.span(now.seconds(since: since))
  }

  func series(of field: QueueField) -> (TimeSeries, Role)? {
    guard field == .depth, let track else { return nil }
    return (track.depth, state == .noConsumer ? .stateNone : .metricReady)
  }
}
