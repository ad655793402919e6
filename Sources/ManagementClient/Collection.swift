import JSONText
import Telemetry

/// What the answers of a management said last, and the snapshot that they make together.
///
/// - Isolation: none; whoever asks owns it.
struct Collection: Sendable {
  private(set) var overview: OverviewAnswer?
  private(set) var nodes: [NodeSnapshot] = []
  private var totals = EvenSums([], at: .zero)
  private var queues = MeasuredRows<QueueIdentity, QueueAnswer>()
  private var exchanges = MeasuredRows<ExchangeIdentity, ExchangeAnswer>()
  private var channels = MeasuredRows<String, ChannelAnswer>()
  private var connections: [ConnectionAnswer] = []
  private var consumers: [ConsumerAnswer] = []
  private var bindings: [BindingSnapshot] = []
  private var bindingCounts: [ExchangeIdentity: Int] = [:]
  private var surveyedAt: Instant?
  private var consumersAt: Instant?
  private(set) var connectionNumbers = Numbering<String>()
  private var consumerNumbers = Numbering<[String]>()
  /// When a consumer was first seen, and when its acknowledgements were last seen to grow.
  private var consumerTimes: [UInt64: ConsumerTimes] = [:]
  /// What changed in the cluster, and what was done by hand.
  private(set) var events = ClusterEvents()
  private var startedAt: Instant?
  /// For how long the node that answers has been up.
  private var up: (node: String, seconds: Double)?
  /// How often snapshots are made.
  var stepSeconds: Double

  private struct ConsumerTimes: Sendable {
    var startedAt: Instant
    var lastAcknowledgedAt: Instant?
    var acknowledged: UInt64
  }

  init(stepSeconds: Double) {
    self.stepSeconds = stepSeconds
  }

  /// What runs there, as in `RabbitMQ 3.10.8`.
  var product: String { overview.map { $0.product.rawValue + " " + $0.version } ?? "" }

  // MARK: - Answers

  /// Takes an answer.
  ///
  /// - Parameters:
  ///   - call: What was asked.
  ///   - json: What came.
  ///   - time: When.
  /// - Returns: How many things it lists; nil when it is no answer to that.
  mutating func take(_ call: PolledCall, _ json: JSON, at time: MeasuringTime) -> Int? {
    if call == .overview {
      guard let answer = OverviewAnswer(json) else { return nil }
      take(answer, at: time.instant)
      return 1
    }
    guard case .array(let rows) = json else { return nil }
    switch call {
    case .overview: break
    case .nodes: take(nodes: rows.compactMap(NodeAnswer.node), at: time)
    case .connections:
      connections = rows.compactMap { ConnectionAnswer($0, at: time) }
        .sorted { ($0.connection.connectedAt, $0.name) < ($1.connection.connectedAt, $1.name) }
      for connection in connections { _ = connectionNumbers.number(of: connection.name) }
      connectionNumbers.keep(Set(connections.map(\.name)))
    case .channels:
      let answers = rows.compactMap { ChannelAnswer($0) }
      channels.take(
        answers.map { ($0.name, $0) },
        stepSeconds: stepSeconds,
        at: time.instant
      )
    case .consumers: take(consumers: rows.compactMap(ConsumerAnswer.init), at: time.instant)
    case .queues:
      let answers = rows.compactMap { QueueAnswer($0, at: time) }
      queues.take(
        answers.map { ($0.queue.identity, $0) },
        stepSeconds: stepSeconds,
        at: time.instant
      )
      lookAtLeaders(at: time)
    case .exchanges:
      let answers = rows.compactMap { ExchangeAnswer($0) }
      exchanges.take(
        answers.map { ($0.exchange.identity, $0) },
        stepSeconds: stepSeconds,
        at: time.instant
      )
    case .bindings:
      bindings = rows.compactMap(BindingAnswer.binding)
      surveyedAt = time.instant
      bindingCounts = bindings.reduce(into: [:]) { counts, binding in
        let source = ExchangeIdentity(virtualHost: binding.virtualHost, name: binding.source)
        counts[source, default: 0] += 1
      }
    }
    return rows.count
  }

  /// Takes what one queue alone was asked for; one that is not in the list waits for the list.
  mutating func take(queue json: JSON, at time: MeasuringTime) {
    guard let answer = QueueAnswer(json, at: time) else { return }
    queues.take(one: answer, of: answer.queue.identity, stepSeconds: stepSeconds, at: time.instant)
    lookAtLeaders(at: time)
  }

  private mutating func lookAtLeaders(at time: MeasuringTime) {
    let listed = queues.rows.map { row in
      (queue: row.answer.queue.identity, leader: row.answer.leader)
    }
    events.look(at: listed, at: time.wallTime)
  }

  /// Notes what was done by hand.
  mutating func record(_ text: String, _ severity: BrokerEvent.Severity, at wallTime: WallTime) {
    events.record(text, severity, at: wallTime)
  }

  private mutating func take(_ answer: OverviewAnswer, at now: Instant) {
    if overview == nil {
      totals = EvenSums(answer.sums, at: now)
    } else {
      totals.measure(answer.sums, isMoving: answer.isMoving, stepSeconds: stepSeconds, at: now)
    }
    overview = answer
    // A broker that has only just started does not yet say since when it runs.
    startedAt = startedAt ?? now
  }

  /// A node that runs for less long than before was started anew, and all its sums with it.
  private mutating func take(nodes answers: [NodeSnapshot], at time: MeasuringTime) {
    nodes = answers.sorted { $0.name < $1.name }
    events.look(at: nodes, at: time.wallTime)
    let own = nodes.first { $0.name == overview?.node } ?? nodes.first
    guard let own, let seconds = own.upSeconds else { return }
    // Another node of the cluster may answer now, which was started at another time.
    let isAnew = up.map { $0.node == own.name && seconds + Self.upSlack < $0.seconds } ?? true
    if isAnew {
      let now = time.instant
      startedAt = now.advanced(bySeconds: -min(seconds, now.seconds(since: .zero)))
    }
    up = (own.name, seconds)
  }

  /// What the age of an answer may differ by.
  private static let upSlack = 5.0

  private mutating func take(consumers answers: [ConsumerAnswer], at now: Instant) {
    consumers = answers
    consumersAt = now
    consumerNumbers.keep(Set(answers.map(\.name)))
    var times: [UInt64: ConsumerTimes] = [:]
    for consumer in answers {
      let number = consumerNumbers.number(of: consumer.name)
      let acknowledged = channels[consumer.channel]?.acknowledged ?? 0
      guard var known = consumerTimes[number] else {
        times[number] = ConsumerTimes(startedAt: now, acknowledged: acknowledged)
        continue
      }
      if acknowledged > known.acknowledged { known.lastAcknowledgedAt = now }
      known.acknowledged = acknowledged
      times[number] = known
    }
    consumerTimes = times
  }

  /// Forgets how sums grew: after a silence they are as they are.
  mutating func resume() {
    totals = EvenSums(overview == nil ? [] : totals.measured, at: totals.measuredAt)
    queues.resume()
    exchanges.resume()
    channels.resume()
  }

  // MARK: - The snapshot

  /// Makes a snapshot.
  ///
  /// - Parameters:
  ///   - time: Of the newest answer.
  ///   - endpoint: Where the broker is, without user and password.
  ///   - details: About what is watched.
  /// - Returns: The snapshot; nil before there is an overview.
  func snapshot(
    at time: MeasuringTime,
    endpoint: String,
    details: WatchedDetails?
  ) -> BrokerSnapshot? {
    guard let overview else { return nil }
    let label = overview.clusterName.isEmpty ? overview.product.rawValue : overview.clusterName
    let listed = listedConsumers(at: time.instant)
    return BrokerSnapshot(
      at: time.instant,
      wallTime: time.wallTime,
      identity: BrokerIdentity(
        label: label,
        endpoint: endpoint,
        startedAt: startedAt ?? time.instant
      ),
      totals: brokerTotals(overview, at: time.instant),
      exchanges: exchanges.given(at: time.instant, stepSeconds: stepSeconds) { answer, sums in
        answer.given(sums, bindingCount: bindingCounts[answer.exchange.identity] ?? 0)
      },
      queues: givenQueues(listed, at: time.instant),
      consumers: listed,
      connections: listedConnections(at: time.instant),
      alarms: alarms,
      bindingSurvey: survey,
      events: events.events,
      details: details
    )
  }

  private func brokerTotals(_ overview: OverviewAnswer, at now: Instant) -> BrokerTotals {
    let sums = totals.given(at: now, stepSeconds: stepSeconds)
    func sum(_ which: OverviewAnswer.Sum) -> UInt64 { sums[which.rawValue] }
    var totals = BrokerTotals()
    totals.published = sum(.published)
    totals.unroutable = sum(.unroutable)
    totals.returned = sum(.returned)
    totals.confirmed = sum(.confirmed)
    totals.delivered = sum(.delivered)
    totals.redelivered = sum(.redelivered)
    totals.acknowledged = sum(.acknowledged)
    totals.connectionsOpened = sum(.connectionsOpened)
    totals.channelsOpened = sum(.channelsOpened)
    totals.enqueued = queues.rows.reduce(0) { $0 + $1.answer.queue.enqueued }
    totals.ready = overview.ready
    totals.unacked = overview.unacked
    totals.isLedgerKept = false
    return totals
  }

  /// Counts of consumers that are older than the list of consumers give way to it.
  private func givenQueues(_ listed: [ConsumerSnapshot], at now: Instant) -> [QueueSnapshot] {
    var counts: [QueueIdentity: Int] = [:]
    for consumer in listed {
      let queue = QueueIdentity(virtualHost: consumer.virtualHost, name: consumer.queue)
      counts[queue, default: 0] += 1
    }
    var given = queues.given(at: now, stepSeconds: stepSeconds) { answer, sums in
      answer.given(sums)
    }
    guard let consumersAt else { return given }
    for index in given.indices where queues.rows[index].at < consumersAt {
      given[index].consumerCount = counts[given[index].identity] ?? 0
    }
    return given
  }

  private func listedConsumers(at now: Instant) -> [ConsumerSnapshot] {
    // What a channel counts is a consumer's own only where it has no other.
    let perChannel = consumers.reduce(into: [String: Int]()) { $0[$1.channel, default: 0] += 1 }
    let clients = Dictionary(
      connections.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first }
    )
    let snapshots = consumers.compactMap { answer -> ConsumerSnapshot? in
      guard let number = consumerNumbers.known(answer.name) else { return nil }
      let client = clients[answer.connection]
      var consumer = ConsumerSnapshot(
        identifier: number,
        tag: answer.tag,
        virtualHost: answer.queue.virtualHost,
        queue: answer.queue.name,
        connectionIdentifier: connectionNumbers.known(answer.connection) ?? 0,
        connectionName: client?.connection.name ?? answer.connection,
        processIdentifier: client?.processIdentifier,
        channelNumber: answer.channelNumber,
        prefetchCount: answer.prefetchCount,
        isAutomaticallyAcknowledged: answer.isAutomaticallyAcknowledged,
        isExclusive: answer.isExclusive,
        isActive: answer.isActive,
        priority: answer.priority,
        startedAt: consumerTimes[number]?.startedAt ?? now
      )
      guard perChannel[answer.channel] == 1, let channel = channels[answer.channel] else {
        return consumer
      }
      let sums = channels.sums(of: answer.channel, at: now, stepSeconds: stepSeconds)
      consumer.held = channel.channel.unacked
      (consumer.delivered, consumer.redelivered, consumer.acknowledged) = (
        sums[1], sums[2], sums[3]
      )
      consumer.lastAcknowledgedAt = consumerTimes[number]?.lastAcknowledgedAt
      return consumer
    }
    return snapshots.sorted {
      ($0.virtualHost, $0.queue, $0.identifier) < ($1.virtualHost, $1.queue, $1.identifier)
    }
  }

  private func listedConnections(at now: Instant) -> [ConnectionSnapshot] {
    var published: [String: UInt64] = [:]
    var unconfirmed: [String: Int] = [:]
    for row in channels.rows {
      let sums = row.sums.given(at: now, stepSeconds: stepSeconds)
      published[row.answer.connection, default: 0] += sums[0]
      unconfirmed[row.answer.connection, default: 0] += row.answer.channel.unconfirmed
    }
    return connections.compactMap { answer in
      guard let number = connectionNumbers.known(answer.name) else { return nil }
      var connection = answer.connection
      connection.identifier = number
      connection.published = published[answer.name] ?? 0
      connection.unconfirmed = unconfirmed[answer.name] ?? 0
      return connection
    }.sorted { $0.identifier < $1.identifier }
  }

  private var alarms: [ResourceAlarm] {
    (nodes.contains(where: \.hasMemoryAlarm) ? [.memory] : [])
      + (nodes.contains(where: \.hasDiskAlarm) ? [.disk] : [])
  }

  private var survey: BindingSurvey? {
    guard let surveyedAt else { return nil }
    let own = bindings.filter { !$0.source.isEmpty }
    return own.count > BindingSurvey.limit ? nil : BindingSurvey(at: surveyedAt, bindings: own)
  }

  /// The nodes, with how many quorum queues each leads.
  var describedNodes: [NodeSnapshot] {
    let leaders = queues.rows.reduce(into: [String: Int]()) { counts, row in
      if let leader = row.answer.leader { counts[leader, default: 0] += 1 }
    }
    return nodes.map { node in
      var node = node
      node.leaderCount = leaders[node.name] ?? 0
      return node
    }
  }

  // MARK: - What is watched

  /// The management's name of a connection; nil when it is not there.
  func connectionName(_ number: UInt64) -> String? { connectionNumbers.name(of: number) }

  /// The connection of a consumer, by the management's name; nil when it is not there.
  func connectionName(ofConsumer number: UInt64) -> String? {
    consumers.first { consumerNumbers.known($0.name) == number }?.connection
  }

  /// All bindings, those of the default exchange too.
  var allBindings: [BindingSnapshot] { bindings }

  /// The channels of a connection.
  func channels(ofConnection number: UInt64) -> [ChannelSnapshot] {
    guard let name = connectionName(number) else { return [] }
    return channels.rows.filter { $0.answer.connection == name }.map { row in
      var channel = row.answer.channel
      channel.connectionIdentifier = number
      return channel
    }.sorted { $0.number < $1.number }
  }

  /// Queues of those that were measured longer ago than some time, in the order that was given.
  func outdated(_ wanted: [QueueIdentity], since instant: Instant) -> [QueueIdentity] {
    wanted.filter { identity in queues.measuredAt(identity).map { $0 < instant } ?? false }
  }
}
