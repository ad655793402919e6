import Diagnosis
import Telemetry
import TestSupport

/// A broker with chance in it, message by message, in simulated time.
///
/// Chance is when messages come, and how long the work takes. The diagnosis gets a snapshot every
/// 500 ms.
struct Simulation {
  private(set) var snapshot: BrokerSnapshot
  private(set) var now = 0.0
  var diagnosis = Diagnosis()
  var random: SplitMix
  /// All that was found and is no note, with the second in which it was first.
  private(set) var troubles: [String] = []
  private(set) var rules: Set<Rule> = []

  private var agenda = Agenda()
  private var waiting: [[Message]] = []
  private var consumers: [UInt64: Consumer] = [:]
  private var placeOfConsumer: [UInt64: Int] = [:]
  private var consumersOfQueue: [[UInt64]] = []
  private var returns: [UInt64: Int] = [:]
  private var lastMessage: UInt64 = 0
  private var lastConsumer: UInt64 = 0

  struct Message {
    var identifier: UInt64
    var at: Double
  }

  /// How a consumer works.
  struct Work {
    var seconds: Double
    /// On so many messages at once.
    var places = 1
    var prefetch = 10
    /// Acknowledges all that is done every so many seconds; nil when each at once.
    var batchSeconds: Double?
    /// Such a part of the messages it gives back once.
    var failing = 0.0
    /// For how long its work took before the simulation began.
    var isKnown = false
  }

  fileprivate struct Consumer {
    var queue: Int
    var work: Work
    /// Delivered, and not begun.
    var next: [(Message, Double)] = []
    /// Begun: what and when it was delivered.
    var begun: [UInt64: (Message, Double)] = [:]
    /// Done, and not yet acknowledged.
    var done: [(Message, Double)] = []
    var busySince: Double?
    var busy = 0.0
    var times: [(at: Double, seconds: Double)] = []
    var held: Int { next.count + begun.count + done.count }
  }

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    let start = Instant.zero.advanced(bySeconds: 1_000)
    snapshot = BrokerSnapshot(
      at: start,
      wallTime: WallTime(milliseconds: 1_700_000_000_000),
      identity: BrokerIdentity(label: "simulation", endpoint: "amqp://sim", startedAt: start)
    )
  }

  // MARK: What there is

  /// - Returns: The queue's number, to be used in all the rest.
  mutating func addQueue(_ name: String) -> Int {
    snapshot.queues.append(QueueSnapshot(virtualHost: "/", name: name))
    waiting.append([])
    consumersOfQueue.append([])
    return waiting.count - 1
  }

  @discardableResult
  mutating func addConsumer(_ queue: Int, _ work: Work) -> UInt64 {
    lastConsumer += 1
    let identifier = lastConsumer
    var consumer = Consumer(queue: queue, work: work)
    if work.isKnown { consumer.times = [(1e9, work.seconds * 1.2)] }
    consumers[identifier] = consumer
    consumersOfQueue[queue].append(identifier)
    let name = "\(snapshot.queues[queue].name)-\(identifier)"
    snapshot.connections.append(
      ConnectionSnapshot(
        identifier: identifier,
        name: name,
        peerAddress: "127.0.0.1:40000",
        user: "guest",
        virtualHost: "/",
        channelCount: 1,
        heartbeatSeconds: 10,
        connectedAt: instant
      )
    )
    snapshot.consumers.append(
      ConsumerSnapshot(
        identifier: identifier,
        tag: name,
        virtualHost: "/",
        queue: snapshot.queues[queue].name,
        connectionIdentifier: identifier,
        connectionName: name,
        prefetchCount: work.prefetch,
        busyNanoseconds: 0,
        startedAt: instant
      )
    )
    snapshot.consumers.sort { ($0.queue, $0.identifier) < ($1.queue, $1.identifier) }
    placeConsumers()
    snapshot.queues[queue].consumerCount += 1
    if let batch = work.batchSeconds { agenda.add(.batch(identifier), at: now + batch) }
    pump(queue)
    return identifier
  }

  /// A consumer goes; what it held returns, in front.
  mutating func removeConsumer(_ identifier: UInt64) {
    guard let consumer = consumers.removeValue(forKey: identifier) else { return }
    let held =
      consumer.done.map(\.0) + consumer.begun.values.map(\.0) + consumer.next.map(\.0)
    snapshot.connections.removeAll { $0.identifier == identifier }
    snapshot.consumers.removeAll { $0.identifier == identifier }
    placeConsumers()
    consumersOfQueue[consumer.queue].removeAll { $0 == identifier }
    snapshot.queues[consumer.queue].consumerCount -= 1
    giveBack(held.sorted { $0.identifier < $1.identifier }, to: consumer.queue, by: identifier)
  }

  /// From now on a consumer works otherwise.
  mutating func change(_ identifier: UInt64, _ change: (inout Work) -> Void) {
    guard var consumer = consumers[identifier] else { return }
    change(&consumer.work)
    consumers[identifier] = consumer
  }

  private mutating func placeConsumers() {
    placeOfConsumer = Dictionary(
      uniqueKeysWithValues: snapshot.consumers.enumerated().map { ($1.identifier, $0) }
    )
  }

  // MARK: What happens

  /// Messages come by chance, from now on.
  mutating func arrive(perSecond: Double, in queues: [Int]) {
    agenda.add(
      .arrival(queues, perSecond: perSecond),
      at: now + random.pause(perSecond: perSecond)
    )
  }

  /// So many come at once.
  mutating func arrive(_ messages: Int, in queue: Int) {
    for _ in 0..<messages {
      lastMessage += 1
      waiting[queue].append(Message(identifier: lastMessage, at: now))
    }
    snapshot.queues[queue].enqueued += UInt64(messages)
    snapshot.queues[queue].ready += messages
    pump(queue)
  }

  private mutating func pump(_ queue: Int) {
    while !waiting[queue].isEmpty {
      let free = consumersOfQueue[queue].filter { identifier in
        consumers[identifier].map { $0.held < $0.work.prefetch } ?? false
      }
      guard let first = free.first else { return }
      // Who got one goes behind the others.
      consumersOfQueue[queue].removeAll { $0 == first }
      consumersOfQueue[queue].append(first)
      deliver(waiting[queue].removeFirst(), of: queue, to: first)
    }
  }

  private mutating func deliver(_ message: Message, of queue: Int, to identifier: UInt64) {
    guard let place = placeOfConsumer[identifier] else { return }
    snapshot.queues[queue].ready -= 1
    snapshot.queues[queue].unacked += 1
    snapshot.queues[queue].delivered += 1
    snapshot.consumers[place].delivered += 1
    if snapshot.consumers[place].held == 0 {
      snapshot.consumers[place].heldSince = instant
      consumers[identifier]?.busySince = now
    }
    snapshot.consumers[place].held += 1
    if returns[message.identifier] != nil {
      snapshot.queues[queue].redelivered += 1
      snapshot.consumers[place].redelivered += 1
    }
    consumers[identifier]?.next.append((message, now))
    begin(identifier)
  }

  private mutating func begin(_ identifier: UInt64) {
    while let consumer = consumers[identifier], !consumer.next.isEmpty,
      consumer.begun.count < consumer.work.places
    {
      let (message, at) = consumer.next[0]
      consumers[identifier]?.next.removeFirst()
      consumers[identifier]?.begun[message.identifier] = (message, at)
      let seconds = consumer.work.seconds * Double.random(in: 0.8...1.2, using: &random)
      agenda.add(.done(identifier, message.identifier), at: now + seconds)
    }
  }

  private mutating func finish(_ message: UInt64, by identifier: UInt64) {
    guard let consumer = consumers[identifier],
      let done = consumers[identifier]?.begun.removeValue(forKey: message)
    else { return }
    if returns[message] == nil, Double.random(in: 0..<1, using: &random) < consumer.work.failing {
      settled(1, by: identifier)
      giveBack([done.0], to: consumer.queue, by: identifier)
    } else if consumer.work.batchSeconds != nil {
      consumers[identifier]?.done.append(done)
    } else {
      acknowledge([done], by: identifier)
    }
    begin(identifier)
  }

  private mutating func acknowledge(_ done: [(Message, Double)], by identifier: UInt64) {
    guard let consumer = consumers[identifier], let place = placeOfConsumer[identifier],
      !done.isEmpty
    else { return }
    for (message, at) in done {
      consumers[identifier]?.times.append((now, now - at))
      returns[message.identifier] = nil
    }
    snapshot.consumers[place].acknowledged += UInt64(done.count)
    snapshot.consumers[place].lastAcknowledgedAt = instant
    snapshot.queues[consumer.queue].acknowledged += UInt64(done.count)
    snapshot.queues[consumer.queue].unacked -= done.count
    settled(done.count, by: identifier)
    pump(consumer.queue)
  }

  private mutating func settled(_ count: Int, by identifier: UInt64) {
    guard let place = placeOfConsumer[identifier] else { return }
    snapshot.consumers[place].held -= count
    guard snapshot.consumers[place].held == 0 else { return }
    snapshot.consumers[place].heldSince = nil
    if let since = consumers[identifier]?.busySince { consumers[identifier]?.busy += now - since }
    consumers[identifier]?.busySince = nil
  }

  private mutating func giveBack(_ messages: [Message], to queue: Int, by identifier: UInt64) {
    for message in messages {
      returns[message.identifier, default: 0] += 1
      let count = returns[message.identifier] ?? 0
      if count > snapshot.queues[queue].mostReturned?.count ?? 0 {
        snapshot.queues[queue].mostReturned = ReturnedMessage(
          identifier: message.identifier,
          routingKey: "key",
          count: count,
          since: instant,
          consumerIdentifier: identifier
        )
      }
    }
    waiting[queue].insert(contentsOf: messages, at: 0)
    snapshot.queues[queue].ready += messages.count
    snapshot.queues[queue].unacked -= messages.count
    snapshot.queues[queue].requeued += UInt64(messages.count)
    pump(queue)
  }

  // MARK: Time

  private var instant: Instant { Instant.zero.advanced(bySeconds: 1_000 + now) }

  /// Lets time pass.
  ///
  /// - Parameters:
  ///   - seconds: How much.
  ///   - change: Called before each snapshot.
  mutating func run(_ seconds: Double, each change: (inout Simulation) -> Void = { _ in }) {
    let end = now + seconds
    while now < end - 0.001 {
      let next = now + 0.5
      while let (at, event) = agenda.next(before: next) {
        now = at
        happen(event)
      }
      now = next
      change(&self)
      look()
    }
  }

  private mutating func happen(_ event: Agenda.Event) {
    switch event {
    case .arrival(let queues, let perSecond):
      for queue in queues { arrive(1, in: queue) }
      arrive(perSecond: perSecond, in: queues)
    case .done(let consumer, let message): finish(message, by: consumer)
    case .batch(let identifier):
      guard let consumer = consumers[identifier], let batch = consumer.work.batchSeconds else {
        return
      }
      consumers[identifier]?.done = []
      acknowledge(consumer.done, by: identifier)
      agenda.add(.batch(identifier), at: now + batch)
    }
  }

  private mutating func look() {
    snapshot.at = instant
    for queue in snapshot.queues.indices {
      let oldest = waiting[queue].first.map { Instant.zero.advanced(bySeconds: 1_000 + $0.at) }
      if snapshot.queues[queue].oldestReadyAt != oldest {
        snapshot.queues[queue].oldestReadyAt = oldest
      }
      if let most = snapshot.queues[queue].mostReturned, returns[most.identifier] == nil {
        snapshot.queues[queue].mostReturned = nil
      }
    }
    for (identifier, place) in placeOfConsumer {
      guard let consumer = consumers[identifier] else { continue }
      let busy = consumer.busy + (consumer.busySince.map { now - $0 } ?? 0)
      snapshot.consumers[place].busyNanoseconds = UInt64(busy * 1e9)
      measure(identifier, place)
    }
    for place in snapshot.connections.indices {
      snapshot.connections[place].lastReceivedAt = instant
    }
    diagnosis.examine(snapshot)
    for finding in diagnosis.findings {
      let isNew = rules.insert(finding.rule).inserted
      guard isNew, finding.rule.severity != .note else { continue }
      troubles.append(
        "\(now) s: \(finding.rule.word) \(finding.subject.shownName): \(finding.text); "
          + finding.evidence.joined(separator: " ")
      )
    }
  }

  /// Percentiles of the last 30 s, every five seconds.
  private mutating func measure(_ identifier: UInt64, _ place: Int) {
    guard
      now.truncatingRemainder(dividingBy: 5) == 0 || snapshot.consumers[place].serviceTime == nil
    else { return }
    consumers[identifier]?.times.removeAll { $0.at < now - 30 }
    let sorted = (consumers[identifier]?.times ?? []).map(\.seconds).sorted()
    guard !sorted.isEmpty else {
      snapshot.consumers[place].serviceTime = nil
      return
    }
    snapshot.consumers[place].serviceTime = ServiceTime(
      p50Milliseconds: sorted[(sorted.count - 1) / 2] * 1_000,
      p95Milliseconds: sorted[(sorted.count - 1) * 95 / 100] * 1_000,
      sampleCount: sorted.count
    )
  }
}
