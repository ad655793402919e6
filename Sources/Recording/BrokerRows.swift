internal import Telemetry

/// What a snapshot says of the broker as a whole: a table of one row.
struct BrokerHead: RecordedRow {
  var identity: BrokerIdentity
  var totals: BrokerTotals
  /// When the bindings were surveyed.
  var surveyedAt: Instant?

  init(_ snapshot: BrokerSnapshot) {
    identity = snapshot.identity
    totals = snapshot.totals
    surveyedAt = snapshot.bindingSurvey?.at
  }

  private init() {
    identity = BrokerIdentity(label: "", endpoint: "", startedAt: .zero)
    totals = BrokerTotals()
  }

  var recordedKey: Bool { true }
  static var blank: BrokerHead { BrokerHead() }

  static func walk<Visitor: CellVisitor>(_ row: inout BrokerHead, _ visitor: inout Visitor) {
    visitor.string(&row.identity.label)
    visitor.string(&row.identity.endpoint)
    visitor.string(&row.identity.notice)
    visitor.instant(&row.identity.startedAt)
    walk(&row.totals, &visitor)
    visitor.instant(&row.surveyedAt)
  }

  private static func walk<Visitor: CellVisitor>(
    _ totals: inout BrokerTotals,
    _ visitor: inout Visitor
  ) {
    visitor.count(&totals.published)
    visitor.count(&totals.unroutable)
    visitor.count(&totals.returned)
    visitor.count(&totals.enqueued)
    visitor.count(&totals.recovered)
    visitor.count(&totals.delivered)
    visitor.count(&totals.redelivered)
    visitor.count(&totals.acknowledged)
    visitor.count(&totals.requeued)
    visitor.count(&totals.discarded)
    visitor.count(&totals.expired)
    visitor.count(&totals.deadLettered)
    visitor.count(&totals.dropped)
    visitor.count(&totals.moved)
    visitor.count(&totals.refused)
    visitor.count(&totals.confirmed)
    visitor.identifier(&totals.ready)
    visitor.identifier(&totals.unacked)
    visitor.count(&totals.delayed)
    visitor.count(&totals.released)
    visitor.count(&totals.delayedDiscarded)
    visitor.identifier(&totals.heldBack)
    visitor.count(&totals.connectionsOpened)
    visitor.count(&totals.channelsOpened)
    visitor.flag(&totals.isLedgerKept)
  }
}

extension ExchangeSnapshot: RecordedRow {
  var recordedKey: ExchangeIdentity { identity }
  static var blank: ExchangeSnapshot { ExchangeSnapshot(virtualHost: "", name: "", type: "") }

  static func walk<Visitor: CellVisitor>(
    _ row: inout ExchangeSnapshot,
    _ visitor: inout Visitor
  ) {
    visitor.string(&row.virtualHost)
    visitor.string(&row.name)
    visitor.string(&row.type)
    visitor.flag(&row.isDurable)
    visitor.flag(&row.isPredeclared)
    visitor.integer(&row.bindingCount)
    visitor.count(&row.published)
    visitor.count(&row.routed)
    visitor.count(&row.unroutable)
    visitor.string(&row.lastUnroutableKey)
    visitor.string(&row.nearestBindingKey)
    visitor.integer(&row.delayed)
  }
}

extension QueueSnapshot: RecordedRow {
  var recordedKey: QueueIdentity { identity }
  static var blank: QueueSnapshot { QueueSnapshot(virtualHost: "", name: "") }

  static func walk<Visitor: CellVisitor>(_ row: inout QueueSnapshot, _ visitor: inout Visitor) {
    visitor.string(&row.virtualHost)
    visitor.string(&row.name)
    visitor.flag(&row.isDurable)
    visitor.flag(&row.isExclusive)
    visitor.flag(&row.isAutoDelete)
    visitor.flag(&row.isPaused)
    visitor.integer(&row.ready)
    visitor.integer(&row.unacked)
    visitor.integer(&row.readyBytes)
    visitor.integer(&row.consumerCount)
    visitor.count(&row.enqueued)
    visitor.count(&row.delivered)
    visitor.count(&row.redelivered)
    visitor.count(&row.acknowledged)
    visitor.count(&row.requeued)
    visitor.count(&row.discarded)
    visitor.count(&row.expired)
    visitor.count(&row.deadLettered)
    visitor.count(&row.dropped)
    visitor.count(&row.moved)
    visitor.count(&row.refused)
    walkDetails(of: &row, &visitor)
    visitor.instant(&row.oldestReadyAt)
    visitor.optional(&row.timeToAcknowledgement, blank: ServiceTime.blank, ServiceTime.walk)
  }
}

extension QueueSnapshot {
  /// They are one shared piece, which is only made anew when it has changed.
  private static func walkDetails<Visitor: CellVisitor>(
    of row: inout QueueSnapshot,
    _ visitor: inout Visitor
  ) {
    var (bounds, deadLetters, mostReturned) = (row.bounds, row.deadLetters, row.mostReturned)
    visitor.integer(&bounds.maximumLength)
    visitor.integer(&bounds.maximumBytes)
    visitor.choice(&bounds.overflow)
    visitor.integer(&bounds.messageMilliseconds)
    visitor.string(&bounds.deadLetterExchange)
    visitor.string(&bounds.deadLetterRoutingKey)
    visitor.count(&deadLetters.rejected)
    visitor.count(&deadLetters.expired)
    visitor.count(&deadLetters.maximumLength)
    visitor.count(&deadLetters.deliveryLimit)
    visitor.optional(&mostReturned, blank: ReturnedMessage.blank, ReturnedMessage.walk)
    row.setDetails(bounds, deadLetters, mostReturned)
  }
}

extension ReturnedMessage {
  static var blank: ReturnedMessage {
    ReturnedMessage(identifier: 0, routingKey: "", count: 0, since: .zero)
  }

  static func walk<Visitor: CellVisitor>(
    _ message: inout ReturnedMessage,
    _ visitor: inout Visitor
  ) {
    visitor.identifier(&message.identifier)
    visitor.string(&message.messageIdentifier)
    visitor.string(&message.routingKey)
    visitor.count(&message.count)
    visitor.instant(&message.since)
    visitor.optional(&message.consumerIdentifier, blank: 0) { identifier, visitor in
      visitor.identifier(&identifier)
    }
  }
}

extension ServiceTime {
  static var blank: ServiceTime {
    ServiceTime(p50Milliseconds: 0, p95Milliseconds: 0, sampleCount: 0)
  }

  static func walk<Visitor: CellVisitor>(_ time: inout ServiceTime, _ visitor: inout Visitor) {
    visitor.measured(&time.p50Milliseconds)
    visitor.measured(&time.p95Milliseconds)
    visitor.integer(&time.sampleCount)
  }
}

extension ConsumerSnapshot: RecordedRow {
  var recordedKey: UInt64 { identifier }
  static var blank: ConsumerSnapshot {
    ConsumerSnapshot(
      identifier: 0,
      tag: "",
      virtualHost: "",
      queue: "",
      connectionIdentifier: 0,
      connectionName: "",
      startedAt: .zero
    )
  }

  static func walk<Visitor: CellVisitor>(
    _ row: inout ConsumerSnapshot,
    _ visitor: inout Visitor
  ) {
    visitor.identifier(&row.identifier)
    visitor.string(&row.tag)
    visitor.string(&row.virtualHost)
    visitor.string(&row.queue)
    visitor.identifier(&row.connectionIdentifier)
    visitor.string(&row.connectionName)
    visitor.integer(&row.processIdentifier)
    visitor.short(&row.channelNumber)
    visitor.integer(&row.prefetchCount)
    visitor.flag(&row.isAutomaticallyAcknowledged)
    visitor.flag(&row.isPaused)
    visitor.flag(&row.isExclusive)
    visitor.flag(&row.isActive)
    visitor.cell(&row.priority, .plain)
    visitor.integer(&row.held)
    visitor.instant(&row.heldSince)
    visitor.count(&row.delivered)
    visitor.count(&row.acknowledged)
    visitor.count(&row.redelivered)
    visitor.instant(&row.lastAcknowledgedAt)
    visitor.optional(&row.busyNanoseconds, blank: 0) { nanoseconds, visitor in
      visitor.sum(nanoseconds: &nanoseconds)
    }
    visitor.optional(&row.serviceTime, blank: ServiceTime.blank, ServiceTime.walk)
    visitor.instant(&row.startedAt)
  }
}

extension ConnectionSnapshot: RecordedRow {
  var recordedKey: UInt64 { identifier }
  static var blank: ConnectionSnapshot {
    ConnectionSnapshot(
      identifier: 0,
      name: "",
      peerAddress: "",
      user: "",
      virtualHost: "",
      connectedAt: .zero
    )
  }

  static func walk<Visitor: CellVisitor>(
    _ row: inout ConnectionSnapshot,
    _ visitor: inout Visitor
  ) {
    visitor.identifier(&row.identifier)
    visitor.string(&row.name)
    visitor.string(&row.peerAddress)
    visitor.string(&row.clientProduct)
    visitor.string(&row.clientVersion)
    visitor.string(&row.user)
    visitor.string(&row.virtualHost)
    visitor.integer(&row.channelCount)
    visitor.count(&row.published)
    visitor.count(&row.bytesReceived)
    visitor.count(&row.bytesSent)
    visitor.flag(&row.isBlocked)
    visitor.instant(&row.lastReceivedAt)
    visitor.integer(&row.heartbeatSeconds)
    visitor.integer(&row.unconfirmed)
    visitor.flag(&row.isFlowControlled)
    visitor.instant(&row.connectedAt)
  }
}
