import Canvas
import Diagnosis
import Telemetry

/// The columns of the consumers table.
enum ConsumerField: String, TableField {
  case name
  case queue
  case connection
  case acks = "ack"
  /// Messages it holds, of how many it may.
  case held
  case prefetch
  case p50
  case p95
  case redelivered = "redel"
  case lastAck = "last-ack"
  case oldestHeld = "oldest"
  case state
  case priority
  case channel
  case age

  var title: String {
    switch self {
    case .name: "consumer"
    case .queue: "queue"
    case .connection: "connection"
    case .acks: "ack/s"
    case .held: "held"
    case .prefetch: "prefetch"
    case .p50: "p50 ms"
    case .p95: "p95 ms"
    case .redelivered: "redel"
    case .lastAck: "last ack"
    case .oldestHeld: "oldest held"
    case .state: "state"
    case .priority: "priority"
    case .channel: "channel"
    case .age: "age"
    }
  }

  var alignment: TableColumn<ConsumerField>.Alignment {
    switch self {
    case .name, .queue, .connection, .state: .left
    case .acks, .held, .prefetch, .p50, .p95, .redelivered, .lastAck, .oldestHeld, .priority,
      .channel, .age:
      .right
    }
  }

  var width: StackItem {
    func digits(_ columns: Int, _ priority: Int) -> StackItem {
      StackItem(minimum: columns, preferred: columns, priority: priority)
    }
    return switch self {
    case .name: StackItem(minimum: 9, preferred: 14, weight: 2, priority: 0)
    case .queue: StackItem(minimum: 10, preferred: 20, weight: 2, priority: 5)
    case .connection: StackItem(minimum: 12, preferred: 22, weight: 2, priority: 8)
    case .acks: digits(6, 2)
    case .held: digits(6, 3)
    case .prefetch: digits(8, 12)
    case .p50: digits(6, 6)
    case .p95: digits(6, 7)
    case .redelivered: digits(6, 9)
    case .lastAck: digits(8, 4)
    case .oldestHeld: digits(11, 10)
    case .state: StackItem(minimum: 9, preferred: 10, weight: 1, priority: 1)
    case .priority: digits(8, 13)
    case .channel: digits(7, 14)
    case .age: digits(5, 15)
    }
  }

  var shownFrom: Int? {
    switch self {
    case .name, .queue, .acks, .held, .lastAck, .state: 0
    case .p50, .p95: 80
    case .connection, .redelivered, .oldestHeld: 100
    case .prefetch, .priority, .channel, .age: nil
    }
  }
}

/// What the table says about one consumer, or about a service that should be one.
struct ConsumerTableRow: TableRow {
  private enum Content {
    case consumer(ConsumerSnapshot)
    case absent(ServiceSnapshot, since: Instant?)
  }

  let identity: RowIdentity
  let name: String
  private let content: Content
  let state: ConsumerState
  /// What the diagnosis says of it.
  private let verdict: Rule?
  /// Acknowledgements a second; nil where that is not known.
  let rate: Double?
  /// Whether what it holds and acknowledges is known.
  private let isCounted: Bool
  private let now: Instant

  /// Indices of ``Picture/consumerRows``.
  static func rows(in picture: Picture, about subject: Subject) -> [Int] {
    let all = picture.consumerRows
    guard let broker = picture.broker else { return [] }
    func consumer(_ index: Int) -> ConsumerSnapshot? {
      if case .consumer(let place) = all[index].subject { return broker.consumers[place] }
      return nil
    }
    switch subject {
    case .everything, .exchange: return Array(all.indices)
    case .consumer(let identifier):
      return all.indices.filter { consumer($0)?.identifier == identifier }
    case .connection(let identifier):
      return all.indices.filter { consumer($0)?.connectionIdentifier == identifier }
    case .queue(let queue):
      return all.indices.filter { index in
        if case .absentService(let place) = all[index].subject {
          return picture.lab?.services[place].queue == queue.name
        }
        return consumer(index).map { $0.queue == queue.name && $0.virtualHost == queue.virtualHost }
          ?? false
      }
    }
  }

  static func redundant(in picture: Picture, about subject: Subject) -> Set<ConsumerField> {
    switch subject {
    case .queue: [.queue]
    case .connection: [.connection]
    case .everything, .exchange, .consumer: []
    }
  }

  init?(at index: Int, in picture: Picture) {
    guard let broker = picture.broker, picture.consumerRows.indices.contains(index) else {
      return nil
    }
    let row = picture.consumerRows[index]
    identity = row.identity
    now = broker.at
    switch row.subject {
    case .consumer(let place):
      let consumer = broker.consumers[place]
      content = .consumer(consumer)
      name = Self.shownName(of: row, consumer)
      state = picture.state(of: consumer, near: place)
      isCounted = picture.isCounted(consumer)
      rate = isCounted ? picture.ackRate(of: consumer, near: place) : nil
      verdict = picture.consumerVerdicts[consumer.identifier]
    case .absentService(let place):
      guard let service = picture.lab?.services[place] else { return nil }
      content = .absent(service, since: picture.since(ofService: service.name))
      name = service.name
      isCounted = true
      state = Self.state(of: service)
      rate = nil
      verdict = nil
    }
  }

  private static func shownName(of row: ConsumerRow, _ consumer: ConsumerSnapshot) -> String {
    guard let service = row.service else { return consumer.shownName }
    if case .serviceConsumer(_, let ordinal) = row.identity, ordinal > 0 {
      return "\(service)/\(ordinal + 1)"
    }
    return service
  }

  private static func state(of service: ServiceSnapshot) -> ConsumerState {
    switch service.state {
    case .starting, .running, .hung: .starting
    case .killed: .killed
    case .ended: .ended
    }
  }

  var trouble: Int {
    max(state.trouble, verdict == nil ? 0 : ConsumerState.silent.trouble)
  }

  /// The diagnosis knows better than the state why a consumer that works is no good.
  private var stateText: (word: String, role: Role, isAlert: Bool) {
    if !isCounted, verdict == nil { return (Format.none, .muted, false) }
    guard let verdict, state == .busy || state == .idle else {
      return (state.word, state.role, false)
    }
    return (verdict.word.lowercased(), .stateSlow, true)
  }

  /// The broker's number of the consumer; nil for a service without one.
  var identifier: UInt64? { consumer?.identifier }

  private var consumer: ConsumerSnapshot? {
    if case .consumer(let consumer) = content { return consumer }
    return nil
  }

  private func age(of instant: Instant?) -> Double? { instant.map { now.seconds(since: $0) } }

  func value(of field: ConsumerField) -> FieldValue {
    guard let consumer else {
      switch field {
      case .name: return .text(name)
      case .state: return .text(state.word)
      case .queue:
        if case .absent(let service, _) = content { return .text(service.queue ?? "") }
        return .none
      case .connection, .acks, .held, .prefetch, .p50, .p95, .redelivered, .lastAck, .oldestHeld,
        .priority, .channel, .age:
        return .none
      }
    }
    return switch field {
    case .name: .text(name)
    case .queue: .text(consumer.queue)
    case .connection: .text(consumer.connectionName)
    case .acks: FieldValue(rate)
    case .held: isCounted ? FieldValue(consumer.held) : .none
    case .prefetch: FieldValue(consumer.prefetchCount)
    case .p50: FieldValue(consumer.serviceTime?.p50Milliseconds)
    case .p95: FieldValue(consumer.serviceTime?.p95Milliseconds)
    case .redelivered: isCounted ? FieldValue(consumer.redelivered) : .none
    case .lastAck: FieldValue(age(of: consumer.lastAcknowledgedAt))
    case .oldestHeld: FieldValue(age(of: consumer.heldSince))
    case .state: .text(stateText.word)
    case .priority: .number(Double(consumer.priority))
    case .channel: FieldValue(Int(consumer.channelNumber))
    case .age: FieldValue(age(of: consumer.startedAt))
    }
  }

  func text(of field: ConsumerField, glyphs: Glyphs) -> (String, Role) {
    guard let consumer else {
      if case .absent(let service, _) = content, field == .queue {
        return (service.queue ?? "", .kindQueue)
      }
      return field == .name ? (name, state.role) : ("", .base)
    }
    switch field {
    case .name: return (name, .kindConsumer)
    case .queue: return (consumer.queue, .kindQueue)
    case .connection: return (consumer.connectionName, .muted)
    case .acks: return Self.rateText(rate, .metricAck)
    case .held: return heldText(consumer)
    case .prefetch:
      return consumer.prefetchCount == 0
        ? ("no limit", .muted) : (Format.count(consumer.prefetchCount), .base)
    case .p50: return (Format.milliseconds(consumer.serviceTime?.p50Milliseconds), .base)
    case .p95: return (Format.milliseconds(consumer.serviceTime?.p95Milliseconds), .base)
    case .redelivered:
      return isCounted
        ? Self.countText(consumer.redelivered, .metricRedeliver) : (Format.none, .muted)
    case .lastAck where !isCounted: return (Format.none, .muted)
    case .lastAck:
      guard let seconds = age(of: consumer.lastAcknowledgedAt) else { return ("never", .muted) }
      return (Format.age(seconds), .base)
    case .oldestHeld: return (Format.age(age(of: consumer.heldSince)), .base)
    case .state:
      let (word, role, isAlert) = stateText
      if word == Format.none { return (word, role) }
      return ("\(isAlert ? String(glyphs.alert) : "\(state.glyph(glyphs))") \(word)", role)
    case .priority: return (String(consumer.priority), consumer.priority == 0 ? .muted : .base)
    case .channel: return (String(consumer.channelNumber), .muted)
    case .age: return (Format.age(age(of: consumer.startedAt)), .muted)
    }
  }

  private func heldText(_ consumer: ConsumerSnapshot) -> (String, Role) {
    if consumer.isAutomaticallyAcknowledged { return ("auto", .muted) }
    let limit = consumer.prefetchCount
    let held = isCounted ? Format.count(consumer.held) : Format.none
    return (
      limit == 0 ? held : held + "/" + Format.count(limit),
      consumer.held > 0 ? .metricUnacked : .muted
    )
  }

  /// A service that should consume and does not: its name and queue stay, the rest says why.
  func note(glyphs: Glyphs) -> (after: Set<ConsumerField>, text: [Span])? {
    guard case .absent(let service, let since) = content else { return nil }
    let words: String
    let lasting = since.map { " " + Format.span(now.seconds(since: $0)) } ?? ""
    switch service.state {
    case .starting: words = ""
    case .running: words = ": its process runs and has not consumed yet"
    case .hung: words = ": its process is stopped; u lets it go on"
    case .killed: words = lasting + "  u brings it back"
    case .ended(let reason): words = lasting + "  " + reason
    }
    return (
      [.name, .queue],
      [Span("\(state.glyph(glyphs)) \(state.word)", state.role), Span(words, .muted)]
    )
  }
}

extension ConsumerState {
  /// How wrong it is.
  var trouble: Int {
    switch self {
    case .busy, .idle, .starting: 0
    case .paused: 1
    case .silent: 2
    case .killed: 3
    case .ended: 4
    }
  }
}
