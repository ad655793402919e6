import Diagnosis
import Telemetry

/// A broker's figures as a test moves them: its snapshots go to a diagnosis as they would from a
/// broker, one every 500 ms.
struct Stage {
  var diagnosis = Diagnosis()
  var snapshot: BrokerSnapshot
  /// Seconds since the stage was made.
  private(set) var passed = 0.0
  /// When each rule first spoke, in seconds since the stage was made.
  private(set) var firstSaid: [Rule: Double] = [:]
  /// Whether the broker says since when the oldest message waits.
  var tellsAges = true
  /// How often the diagnosis gets a snapshot, in seconds; a whole number of steps.
  var every = Self.stepSeconds
  /// Parts of messages that a rate leaves over until they make a whole one.
  private var rests: [String: Double] = [:]

  static let stepSeconds = 0.5

  init(tuning: Tuning = .standard) {
    diagnosis.tuning = tuning
    let start = Instant.zero.advanced(bySeconds: 1_000)
    snapshot = BrokerSnapshot(
      at: start,
      wallTime: WallTime(milliseconds: 1_700_000_000_000),
      identity: BrokerIdentity(label: "stage", endpoint: "amqp://stage", startedAt: start)
    )
  }

  /// From here on asks one rule alone, so that no other hides what it finds.
  mutating func only(_ rule: Rule) {
    diagnosis.tuning.off = Set(Rule.allCases).subtracting([rule])
  }

  var findings: [Finding] { diagnosis.findings }
  var now: Instant { snapshot.at }

  func finding(_ rule: Rule) -> Finding? { findings.first { $0.rule == rule } }

  // MARK: What there is

  mutating func addQueue(_ name: String, _ change: (inout QueueSnapshot) -> Void = { _ in }) {
    var queue = QueueSnapshot(virtualHost: "/", name: name)
    change(&queue)
    snapshot.queues.append(queue)
    snapshot.queues.sort { $0.name < $1.name }
  }

  /// Adds a consumer with a connection of its own.
  @discardableResult
  mutating func addConsumer(
    _ queue: String,
    prefetch: Int = 10,
    _ change: (inout ConsumerSnapshot) -> Void = { _ in }
  ) -> UInt64 {
    let identifier = nextIdentifier
    snapshot.connections.append(
      ConnectionSnapshot(
        identifier: identifier,
        name: "\(queue)-\(identifier)",
        peerAddress: "127.0.0.1:\(40_000 + identifier)",
        user: "guest",
        virtualHost: "/",
        channelCount: 1,
        heartbeatSeconds: 10,
        connectedAt: now
      )
    )
    var consumer = ConsumerSnapshot(
      identifier: identifier,
      tag: "\(queue)-\(identifier)",
      virtualHost: "/",
      queue: queue,
      connectionIdentifier: identifier,
      connectionName: "\(queue)-\(identifier)",
      prefetchCount: prefetch,
      busyNanoseconds: 0,
      startedAt: now
    )
    change(&consumer)
    snapshot.consumers.append(consumer)
    snapshot.consumers.sort { ($0.queue, $0.identifier) < ($1.queue, $1.identifier) }
    count(queue) { $0.consumerCount += 1 }
    return identifier
  }

  mutating func removeConsumer(_ identifier: UInt64) {
    guard let consumer = snapshot.consumers.first(where: { $0.identifier == identifier }) else {
      return
    }
    snapshot.consumers.removeAll { $0.identifier == identifier }
    snapshot.connections.removeAll { $0.identifier == identifier }
    count(consumer.queue) { queue in
      queue.consumerCount -= 1
      queue.ready += consumer.held
      queue.unacked -= consumer.held
      queue.requeued += UInt64(consumer.held)
    }
    snapshot.totals.requeued += UInt64(consumer.held)
  }

  mutating func addExchange(_ name: String, _ change: (inout ExchangeSnapshot) -> Void = { _ in }) {
    var exchange = ExchangeSnapshot(virtualHost: "/", name: name, type: "topic")
    change(&exchange)
    snapshot.exchanges.append(exchange)
    snapshot.exchanges.sort { $0.name < $1.name }
  }

  // MARK: What happens

  /// Messages come into a queue.
  mutating func arrive(_ messages: Int, in queue: String) {
    count(queue) { queue in
      queue.ready += messages
      queue.enqueued += UInt64(messages)
    }
    snapshot.totals.published += UInt64(messages)
    snapshot.totals.enqueued += UInt64(messages)
  }

  /// A consumer takes what its prefetch allows.
  mutating func take(_ identifier: UInt64) {
    guard let place = snapshot.consumers.firstIndex(where: { $0.identifier == identifier }) else {
      return
    }
    let consumer = snapshot.consumers[place]
    let room = consumer.prefetchCount == 0 ? .max : consumer.prefetchCount - consumer.held
    let ready = snapshot.queues.first { $0.name == consumer.queue }?.ready ?? 0
    let taken = max(0, min(room, ready))
    if taken == 0 { return }
    if consumer.held == 0 { snapshot.consumers[place].heldSince = now }
    snapshot.consumers[place].held += taken
    snapshot.consumers[place].delivered += UInt64(taken)
    count(consumer.queue) { queue in
      queue.ready -= taken
      queue.unacked += taken
      queue.delivered += UInt64(taken)
    }
    snapshot.totals.delivered += UInt64(taken)
  }

  /// A consumer acknowledges some of what it holds.
  mutating func acknowledge(_ messages: Int, by identifier: UInt64) {
    settle(messages, by: identifier) { stage, place, done in
      stage.snapshot.consumers[place].acknowledged += UInt64(done)
      stage.snapshot.consumers[place].lastAcknowledgedAt = stage.now
      stage.snapshot.totals.acknowledged += UInt64(done)
      stage.count(stage.snapshot.consumers[place].queue) { $0.acknowledged += UInt64(done) }
    }
  }

  /// A consumer gives some of what it holds back to the queue.
  mutating func giveBack(_ messages: Int, by identifier: UInt64) {
    settle(messages, by: identifier) { stage, place, done in
      stage.snapshot.totals.requeued += UInt64(done)
      stage.count(stage.snapshot.consumers[place].queue) { queue in
        queue.ready += done
        queue.requeued += UInt64(done)
      }
    }
  }

  private mutating func settle(
    _ messages: Int,
    by identifier: UInt64,
    _ effect: (inout Stage, Int, Int) -> Void
  ) {
    guard let place = snapshot.consumers.firstIndex(where: { $0.identifier == identifier }) else {
      return
    }
    let done = min(messages, snapshot.consumers[place].held)
    if done == 0 { return }
    snapshot.consumers[place].held -= done
    if snapshot.consumers[place].held == 0 { snapshot.consumers[place].heldSince = nil }
    count(snapshot.consumers[place].queue) { $0.unacked -= done }
    effect(&self, place, done)
  }

  /// A consumer works at a pace for one step: takes, acknowledges, takes again.
  mutating func work(_ identifier: UInt64, perSecond: Double) {
    take(identifier)
    var left = whole(perSecond * Self.stepSeconds, of: "work \(identifier)")
    while left > 0 {
      guard let consumer = snapshot.consumers.first(where: { $0.identifier == identifier }),
        consumer.held > 0
      else { break }
      let done = min(left, consumer.held)
      acknowledge(done, by: identifier)
      left -= done
      take(identifier)
    }
  }

  /// Changes the figures of a queue.
  mutating func count(_ queue: String, _ change: (inout QueueSnapshot) -> Void) {
    guard let place = snapshot.queues.firstIndex(where: { $0.name == queue }) else { return }
    change(&snapshot.queues[place])
  }

  /// The whole messages of a rate; what is left over counts the next time.
  mutating func whole(_ messages: Double, of name: String) -> Int {
    let sum = messages + (rests[name] ?? 0)
    rests[name] = sum - sum.rounded(.down)
    return Int(sum.rounded(.down))
  }

  // MARK: Time

  /// Lets time pass: each step changes the figures and gives a snapshot to the diagnosis.
  mutating func run(_ seconds: Double, each change: (inout Stage) -> Void = { _ in }) {
    let end = passed + seconds
    while passed < end - 0.001 {
      passed += Self.stepSeconds
      snapshot.at = snapshot.at.advanced(bySeconds: Self.stepSeconds)
      snapshot.wallTime.milliseconds += Int64(Self.stepSeconds * 1_000)
      for place in snapshot.consumers.indices where snapshot.consumers[place].held > 0 {
        snapshot.consumers[place].busyNanoseconds? += UInt64(Self.stepSeconds * 1e9)
      }
      change(&self)
      for place in snapshot.queues.indices {
        let queue = snapshot.queues[place]
        if queue.ready == 0 || !tellsAges {
          snapshot.queues[place].oldestReadyAt = nil
        } else if queue.oldestReadyAt == nil {
          snapshot.queues[place].oldestReadyAt = now
        }
      }
      balance()
      snapshot.totals.ready = snapshot.queues.reduce(0) { $0 + UInt64($1.ready) }
      snapshot.totals.unacked = snapshot.queues.reduce(0) { $0 + UInt64($1.unacked) }
      if (passed / every).rounded() * every != passed { continue }
      diagnosis.examine(snapshot)
      for finding in findings where firstSaid[finding.rule] == nil {
        firstSaid[finding.rule] = passed
      }
    }
  }

  /// Messages come at a pace, for a step.
  mutating func arrive(perSecond: Double, in queue: String) {
    arrive(whole(perSecond * Self.stepSeconds, of: "arrive \(queue)"), in: queue)
  }
}
